"""What a vendor reports moves a message forward and never back, whatever the order."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.reports import ORDER, behind
from bot.errors import DeliveryError, Failure
from bot.messages import Delivery, Template
from bot.store.tables import Outbound, Reason, State
from integrations.channel import DeliveryState, StatusUpdate
from tests.conversation.conftest import Talk

SENT, DELIVERED, READ, FAILED = (
    DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.READ, DeliveryState.FAILED,
)  # fmt: skip


@given(reports=st.lists(st.sampled_from(ORDER[2:])), begin=st.sampled_from(ORDER))
def test_the_end_is_the_furthest_whatever_the_order(reports: list[State], begin: State) -> None:
    state, seen = begin, [begin]
    for report in reports:
        state = report if state in behind(report) else state
        assert ORDER.index(state) >= ORDER.index(seen[-1])
        seen.append(state)
    assert state == max((begin, *reports), key=ORDER.index)


def report(row: Outbound, state: DeliveryState, *, by_id: bool = False) -> StatusUpdate:
    error = "63016" if state is FAILED else None
    sid = str(row.external_id or "SM-not-known-yet")
    return StatusUpdate(sid, state, error, row.id if by_id else None)


async def delivered(talk: Talk, text: str = "hallo") -> Outbound:
    await talk.say(text)
    await talk.run_turn()
    await talk.run_delivery()
    return (await talk.outbound())[-1]


@pytest.mark.parametrize("order", list(itertools.permutations([SENT, DELIVERED, READ])))
async def test_in_any_order_it_was_read(talk: Talk, order: tuple[DeliveryState, ...]) -> None:
    row = await delivered(talk)
    for state in order:
        await talk.reports.take("webchat", report(row, state))
    assert (await talk.outbound())[-1].state == State.READ


@pytest.mark.parametrize(
    ("order", "end"),
    [
        ((SENT, FAILED), (State.FAILED, "63016")),
        ((FAILED, SENT), (State.FAILED, "63016")),
        ((DELIVERED, FAILED), (State.DELIVERED, None)),
        ((FAILED, DELIVERED), (State.DELIVERED, None)),
        ((READ, DELIVERED, SENT, READ), (State.READ, None)),
        ((DeliveryState.UNDELIVERED,), (State.FAILED, None)),
    ],
)
async def test_a_failure_counts_unless_it_arrived_after_all(
    talk: Talk, order: tuple[DeliveryState, ...], end: tuple[State, str | None]
) -> None:
    row = await delivered(talk)
    for state in order:
        await talk.reports.take("webchat", report(row, state))
    found = (await talk.outbound())[-1]
    assert (found.state, found.error) == end


@pytest.mark.parametrize("state", [DELIVERED, FAILED])
async def test_a_report_that_is_faster_than_our_own_note_is_kept(
    talk: Talk, state: DeliveryState
) -> None:
    async def report_at_once(delivery: Delivery) -> None:
        row = (await talk.outbound())[-1]
        assert row.state == State.SENDING
        await talk.reports.take("webchat", report(row, state, by_id=True))

    talk.channel.before = report_at_once
    row = await delivered(talk)
    assert row.state == state.value
    assert row.external_id == f"sent-{row.id}"
    assert row.error == ("63016" if state is FAILED else None)


async def test_a_report_of_a_message_that_perhaps_went_out_tells_that_it_did(talk: Talk) -> None:
    talk.channel.failures = [DeliveryError(Failure.UNKNOWN, "timeout")]
    row = await delivered(talk)
    assert row.state == State.UNKNOWN
    await talk.reports.take("webchat", report(row, READ, by_id=True))

    row = (await talk.outbound())[-1]
    assert (row.state, row.error, row.external_id) == (State.READ, None, "SM-not-known-yet")


async def test_a_message_that_was_not_sent_yet_is_not_moved(talk: Talk) -> None:
    await talk.say("hallo")
    await talk.run_turn()
    row = (await talk.outbound())[-1]
    await talk.reports.take("webchat", report(row, READ, by_id=True))
    assert (await talk.outbound())[-1].state == State.QUEUED


async def test_a_report_of_another_channel_or_of_nothing_changes_nothing(talk: Talk) -> None:
    row = await delivered(talk)
    await talk.reports.take("whatsapp", report(row, READ, by_id=True))
    await talk.reports.take("webchat", StatusUpdate("of nobody", DeliveryState.FAILED, "63016"))
    assert (await talk.outbound())[-1].state == State.SENT


async def test_a_report_that_somebody_blocked_us_is_noted_until_they_write_again(
    talk: Talk,
) -> None:
    row = await delivered(talk)
    blocked = StatusUpdate(str(row.external_id), FAILED, "63014", row.id, blocked=True)
    await talk.reports.take("telegram", blocked)
    assert (await talk.conversation()).blocked_at is None
    await talk.reports.take("webchat", blocked)
    assert (await talk.conversation()).blocked_at is not None
    await talk.say("toch nog een vraag")
    assert (await talk.conversation()).blocked_at is None


async def test_a_late_report_shuts_nobody_out_who_wrote_since(talk: Talk) -> None:
    row = await delivered(talk)
    talk.clock.pass_by(minutes=1)
    await talk.say("ik ben er weer")
    late = StatusUpdate(str(row.external_id), FAILED, "63014", row.id, blocked=True)
    await talk.reports.take("webchat", late)
    assert (await talk.conversation()).blocked_at is None


async def test_a_reminder_that_is_reported_lost_is_a_coordinator_s_to_keep(talk: Talk) -> None:
    row = await delivered(talk)
    async with talk.database.transaction() as session:
        (await session.get_one(Outbound, row.id)).template = Template.REMINDER
    await talk.reports.take("webchat", report(row, FAILED))
    (task,) = await talk.tasks()
    assert task.reason == Reason.NOT_DELIVERED
