"""What Twilio refuses in a later report is repeated like what it refuses on the spot, once."""

import asyncio
import itertools

import pytest

from bot.store.tables import Conversation, State
from tests.channels.inbound import RIET_WHATSAPP
from tests.channels.outbound import PUBLIC_URL
from tests.channels.peers import TwilioPeer
from tests.channels.twilio_town import Town
from tests.channels.world import World
from tests.conftest import Clock

BILAL = "whatsapp:+31600000002"
# The code, and for how many seconds it pauses whom.
LATER = [(20429, 2, True), (63017, 2, True), (21611, 60, True), (30001, 60, True),
         (63038, 3600, True), (63018, 6, False)]  # fmt: skip


@pytest.fixture
def town(world: World, twilio: TwilioPeer, clock: Clock) -> Town:
    return Town(world, twilio, clock)


@pytest.mark.parametrize("status", ["failed", "undelivered"])
@pytest.mark.parametrize(("code", "seconds", "everyone"), LATER)
async def test_a_message_that_is_refused_late_goes_out_after_the_pause(
    town: Town, code: int, seconds: float, everyone: bool, status: str
) -> None:
    bubble, jobs = await town.sent(), town.deliveries()
    await town.reports(bubble, status, code)
    row = await town.row()
    assert (row.state, row.error) == (State.QUEUED, str(code))
    assert town.deliveries() == jobs + 1

    await town.writes("hallo", BILAL)
    assert await town.works() == seconds
    assert [one.to for one in town.twilio.sent[1:]] == ([] if everyone else [BILAL])

    assert await town.works(after=seconds) == 0.0
    assert [one.to for one in town.twilio.sent].count(RIET_WHATSAPP) == 2
    row = await town.row()
    assert (row.state, row.error) == (State.SENT, None)


OLD = [("undelivered", 63018), ("failed", 63018), ("undelivered", 30005), ("sent", None),
       ("delivered", None), ("read", None)]  # fmt: skip


@pytest.mark.parametrize(("again", "code"), OLD)
async def test_reports_of_an_earlier_attempt_touch_no_later_one(
    town: Town, again: str, code: int | None
) -> None:
    first = await town.sent()
    await town.reports(first, "undelivered", 63018)
    jobs = town.deliveries()
    for _ in range(2):
        await town.reports(first, again, code)
    assert (await town.row()).state == State.QUEUED

    await town.works(after=6)
    second = town.twilio.sent[-1]
    for _ in range(2):
        await town.reports(first, again, code)
    row = await town.row()
    assert (row.state, row.external_id, row.attempts) == (State.SENT, second.sid, 2)
    assert (town.deliveries(), await town.works(after=60)) == (jobs, 0.0)

    await town.reports(second, "delivered")
    await town.reports(first, again, code)
    assert (await town.row()).state == State.DELIVERED
    assert len(town.twilio.sent) == 2


@pytest.mark.parametrize("order", list(itertools.permutations(["sent", "undelivered", "queued"])))
async def test_in_any_order_a_late_refusal_is_repeated_once(
    town: Town, order: tuple[str, ...]
) -> None:
    first = await town.sent()
    for status in (*order, *order):
        await town.reports(first, status, 63018 if status == "undelivered" else None)
    await town.works(after=6)
    for status in (*order, *order):
        await town.reports(first, status, 63018 if status == "undelivered" else None)
    await town.works(after=6)
    assert len(town.twilio.sent) == 2
    assert (await town.row()).state == State.SENT


async def test_reports_at_once_repeat_it_once(town: Town) -> None:
    first, jobs = await town.sent(), town.deliveries()
    await asyncio.gather(*(town.reports(first, "undelivered", 63018) for _ in range(8)))
    assert town.deliveries() == jobs + 1
    await town.works(after=6)
    await asyncio.gather(*(town.reports(first, "undelivered", 63018) for _ in range(8)))
    await town.works(after=6)
    assert len(town.twilio.sent) == 2


async def test_an_address_from_before_attempts_were_named_means_the_first(town: Town) -> None:
    first = await town.sent()
    address = f"{PUBLIC_URL}/webhooks/whatsapp/status?message={(await town.row()).id}"
    await town.reports(first, "undelivered", 63018, address)
    assert (await town.row()).state == State.QUEUED
    await town.works(after=6)
    for bare in (address, f"{PUBLIC_URL}/webhooks/whatsapp/status"):
        await town.reports(first, "undelivered", 63018, bare)
    assert (await town.row()).state == State.SENT


async def test_a_late_refusal_that_is_faster_than_our_own_note_is_repeated_too(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    whatsapp = town.world.channels["whatsapp"]
    send = whatsapp.send

    async def send_and_be_overtaken(delivery: object) -> str | None:
        sid = await send(delivery)  # type: ignore[arg-type]  # what it is given
        if len(town.twilio.sent) == 1:
            await town.reports(town.twilio.sent[0], "undelivered", 63018)
        return sid

    monkeypatch.setattr(whatsapp, "send", send_and_be_overtaken)
    await town.sent()
    assert (await town.row()).state == State.QUEUED
    await town.works(after=6)
    row = await town.row()
    assert (row.state, row.external_id) == (State.SENT, town.twilio.sent[1].sid)


@pytest.mark.parametrize(
    ("code", "hours", "error"),
    [(63018, 1.1, "63018"), (21611, 1.1, "21611"), (63038, 24, "outside_window")],
)
async def test_when_the_patience_is_over_a_late_refusal_is_a_failure(
    town: Town, code: int, hours: float, error: str
) -> None:
    await town.sent()
    began = town.clock()
    while (row := await town.row()).state == State.SENT:
        await town.reports(town.twilio.sent[-1], "undelivered", code)
        await town.works(after=await town.works())
    assert (row.state, row.error) == (State.FAILED, error)
    assert 0.8 * hours < (town.clock() - began).total_seconds() / 3600 <= hours


async def test_a_late_report_of_a_blocking_stays_one(town: Town) -> None:
    await town.reports(await town.sent(), "undelivered", 63014)
    (conversation,) = await town.world.rows(Conversation)
    assert conversation.blocked_at is not None
    assert (await town.row()).state == State.FAILED
    assert await town.works() == 0.0


async def test_of_a_message_in_several_bubbles_nothing_is_sent_twice(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.twilio.bodies.LONGEST_BODY", 20)
    await town.sent("dit is te lang voor een bubbel")
    taken = len(town.twilio.sent)
    assert taken > 1
    await town.reports(town.twilio.sent[-1], "undelivered", 63018)
    assert (await town.row()).state == State.FAILED
    await town.works(after=60)
    assert len(town.twilio.sent) == taken
