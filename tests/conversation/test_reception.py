"""What happens on a channel besides messages: blocking, groups, taps, and showing that we type."""

import asyncio
from datetime import datetime, timedelta
from enum import StrEnum

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import DeliveryError, Failure
from bot.messages import Blocking, ChoiceRef, GroupInvitation, IncomingMessage, Kind
from bot.store.tables import Inbound, Outbound, State
from tests.conversation.conftest import Talk, until


async def blocking(
    talk: Talk, who: str = "riet", *, blocked: bool, at: datetime | None = None, sequence: int = 0
) -> None:
    event = Blocking("webchat", who, blocked, at or talk.clock(), sequence)
    assert await talk.reception.take(talk.channel, event) is None


async def test_who_blocked_us_gets_nothing_and_the_reason_is_shown(talk: Talk) -> None:
    await talk.say("hallo")
    await talk.run_turn()
    await blocking(talk, blocked=True)
    await talk.run_delivery()

    assert talk.channel.sent == []
    assert [(row.state, row.error) for row in await talk.outbound()] == [(State.FAILED, "blocked")]
    assert (await talk.conversation()).blocked_at == talk.clock()


async def test_a_refusal_by_a_blocker_is_remembered(talk: Talk) -> None:
    await talk.say("hallo")
    await talk.say("bent u daar?")
    await talk.run_turn()
    talk.channel.failures = [DeliveryError(Failure.BLOCKED, "forbidden")]
    await talk.run_delivery()

    assert [row.error for row in await talk.outbound()] == ["forbidden", "blocked"]
    assert (await talk.conversation()).blocked_at == talk.clock()


async def test_who_lets_us_in_again_is_written_to_again(talk: Talk) -> None:
    await talk.say("hallo")
    await blocking(talk, blocked=True)
    await blocking(talk, blocked=False)
    await talk.run_turn()
    await talk.run_delivery()

    assert len(talk.channel.sent) == 1


async def test_who_writes_has_let_us_in_again(talk: Talk) -> None:
    await talk.say("hallo")
    await blocking(talk, blocked=True)
    await talk.say("toch nog iets")
    await talk.run_turn()
    await talk.run_delivery()

    assert (await talk.conversation()).blocked_at is None
    assert len(talk.channel.sent) == 2


class Deed(StrEnum):
    """What a person does about us."""

    BLOCKS = "blocks"
    LETS_IN = "lets in"
    WRITES = "writes"


@st.composite
def told(draw: st.DrawFn) -> tuple[list[Deed], list[int]]:
    """A short history, and the places in it in the order in which we are told, each at least
    once."""
    history = draw(st.lists(st.sampled_from(Deed), min_size=1, max_size=5))
    again = draw(st.lists(st.integers(0, len(history) - 1), max_size=4))
    return history, draw(st.permutations([*range(len(history)), *again]))


@pytest.mark.parametrize("apart", [timedelta(seconds=1), timedelta()], ids=["apart", "at once"])
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(told=told())
async def test_in_whatever_order_and_however_often_it_is_told_the_newest_deed_counts(
    talk: Talk, apart: timedelta, told: tuple[list[Deed], list[int]]
) -> None:
    history, order = told
    who = f"riet-{next(talk.numbers)}"
    await talk.say("hallo", who=who, written_at=talk.clock() - timedelta(hours=1))
    for place in order:
        at, deed = talk.clock() + place * apart, history[place]
        if deed is Deed.WRITES:
            external_id = f"{who}:{place}"
            await talk.say("ja", who=who, written_at=at, sequence=place, external_id=external_id)
        else:
            await blocking(talk, who, blocked=deed is Deed.BLOCKS, at=at, sequence=place)

    shut_out = (await talk.conversation(who)).blocked_at is not None
    assert shut_out is (history[-1] is Deed.BLOCKS)


async def test_a_message_that_comes_late_does_not_open_a_door_that_was_shut_since(
    talk: Talk,
) -> None:
    await talk.say("hallo")
    written = talk.clock() + timedelta(seconds=5)
    talk.clock.pass_by(minutes=10)
    await blocking(talk, blocked=True)
    await talk.say("dit schreef ik eerst", written_at=written)

    assert (await talk.conversation()).blocked_at == talk.clock()


async def test_a_refusal_that_is_older_than_her_words_is_no_longer_so(talk: Talk) -> None:
    await talk.say("hallo")
    await talk.run_turn()
    talk.channel.failures = [DeliveryError(Failure.BLOCKED, "forbidden")]
    await talk.run_delivery()
    await talk.say("daar ben ik weer", written_at=talk.clock() + timedelta(seconds=1))

    assert (await talk.conversation()).blocked_at is None


async def test_a_blocking_shuts_out_nobody_else(talk: Talk) -> None:
    await talk.say("hallo", who="riet")
    await talk.say("hallo", who="bilal")
    await blocking(talk, "riet", blocked=True)

    assert (await talk.conversation("bilal")).blocked_at is None


async def test_a_stranger_who_blocks_us_stays_a_stranger(talk: Talk) -> None:
    await blocking(talk, "nobody", blocked=True)

    assert await talk.inbox.conversation_of("webchat", "nobody") is None


async def test_a_group_is_told_why_and_nobody_of_it_is_stored(talk: Talk) -> None:
    courtesy = await talk.reception.take(talk.channel, GroupInvitation("webchat", "-100"))
    assert courtesy is not None
    await courtesy()

    ((address, words),) = talk.channel.declined
    assert address == "-100"
    assert "één op één" in words
    assert (await talk.rows(Inbound), await talk.rows(Outbound)) == ([], [])
    assert await talk.inbox.conversation_of("webchat", "-100") is None


async def test_a_message_is_taken_in_once(talk: Talk) -> None:
    tap = IncomingMessage(
        "webchat", "riet", "1", Kind.CHOICE, choice=ChoiceRef(1, 0), callback_id="3049"
    )
    for _ in range(2):
        await talk.reception.take(talk.channel, tap)

    assert len(await talk.inbound()) == 1


async def test_a_slow_answer_is_seen_to_be_written_and_a_quick_one_needs_no_sign(
    talk: Talk,
) -> None:
    await talk.say("hallo")
    await talk.run_turn()
    assert talk.channel.typing == []

    talk.rasa.hanging = asyncio.Event()
    await talk.say("nog iets")
    turn = asyncio.create_task(talk.run_turn())
    await until(lambda: talk.channel.typing == ["riet"])
    talk.rasa.hanging.set()
    await turn

    assert len(await talk.outbound()) == 2
    assert talk.channel.typing == ["riet"]


async def test_an_answer_comes_also_when_typing_cannot_be_shown(talk: Talk) -> None:
    seen = asyncio.Event()

    async def fail(_: str) -> None:
        seen.set()
        raise ConnectionError

    talk.channel.show_typing = fail  # type: ignore[assignment, method-assign]  # a channel that breaks its word
    talk.rasa.hanging = asyncio.Event()
    await talk.say("hallo")
    turn = asyncio.create_task(talk.run_turn())
    await asyncio.wait_for(seen.wait(), 5)
    talk.rasa.hanging.set()
    await turn

    assert len(await talk.outbound()) == 1
