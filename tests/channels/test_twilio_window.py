"""Twilio's clock decides about the 24 hours: what it finds too late goes as what we find so."""

import pytest

from bot.messages import Choice, OutgoingMessage, Template
from bot.store.tables import Handoff, Reason, State
from tests.channels.peers import Answer, TwilioPeer
from tests.channels.sender import Sender
from tests.channels.twilio_town import Town
from tests.channels.world import World
from tests.conftest import Clock

REFUSED = Answer(400, {"code": 63016, "status": 400})
REMINDER = OutgoingMessage(
    "Zullen wij weer naar logeren kijken?", (Choice("Ja", "/affirm"),), template=Template.REMINDER
)
WAYS = pytest.mark.parametrize("late", [False, True], ids=["on the spot", "in a late report"])


@pytest.fixture
async def town(world: World, twilio: TwilioPeer, clock: Clock) -> Town:
    """Riet wrote almost 24 hours ago, and was answered."""
    town = Town(world, twilio, clock)
    await town.approve(*Template)
    await town.sent()
    town.clock.pass_by(hours=23, minutes=59)
    town.begin()
    return town


async def refused(town: Town, *, late: bool) -> None:
    """Twilio finds too late what waits, and all jobs run."""
    if not late:
        town.twilio.fail(REFUSED)
    await town.works()
    if late:
        await town.reports(town.twilio.sent[-1], "undelivered", 63016)
        await town.works()


@WAYS
async def test_the_approved_text_goes_instead(town: Town, late: bool) -> None:
    await town.writes_to_riet(REMINDER)
    await refused(town, late=late)
    text = town.approved(Template.REMINDER)
    assert town.heard() == [text]
    row = await town.row()
    assert (row.text, row.state, row.attempts) == (text, State.SENT, 2)


@WAYS
async def test_an_answer_waits_for_a_sign_that_is_asked_for(town: Town, late: bool) -> None:
    await town.answers("Er is plek.")
    if late:
        await town.works()
        for bubble in town.twilio.sent[-2:]:
            await town.reports(bubble, "undelivered", 63016)
    else:
        town.twilio.fail(REFUSED)
    await town.works()
    assert town.heard() == [town.approved(Template.ANSWER_WAITING)]
    assert (await town.row("Er is plek")).state == State.HELD

    town.clock.pass_by(minutes=5)
    await town.writes("ja?")
    await town.works()
    assert "Er is plek." in town.heard()
    assert (await town.row("Er is plek")).state == State.SENT


@WAYS
async def test_where_no_text_fits_it_has_failed_and_says_why(town: Town, late: bool) -> None:
    await town.writes_to_riet(OutgoingMessage("Zomaar iets."))
    await refused(town, late=late)
    row = await town.row()
    assert (row.state, row.error, row.text) == (State.FAILED, "outside_window", "Zomaar iets.")
    assert town.heard() == []


@WAYS
async def test_an_approved_text_that_is_found_too_late_has_failed(town: Town, late: bool) -> None:
    await town.writes_to_riet(REMINDER)
    await refused(town, late=True)
    if late:
        await town.reports(town.twilio.sent[-1], "undelivered", 63016)
    else:
        # Another one, of which our own clock knows already.
        town.clock.pass_by(hours=1)
        town.twilio.fail(REFUSED)
        await town.writes_to_riet(REMINDER)
    calls = len(town.twilio.calls)
    await town.works()
    row = await town.row()
    assert (row.state, row.error) == (State.FAILED, "63016")
    assert len(town.twilio.calls) == calls + (0 if late else 1)
    assert [task.reason for task in await town.world.rows(Handoff)] == [Reason.NOT_DELIVERED]


async def test_who_wrote_since_is_answered_in_free_words(town: Town) -> None:
    await town.writes_to_riet(REMINDER)
    await town.works()
    bubble = town.twilio.sent[-1]
    town.clock.pass_by(minutes=2)
    await town.writes("ik ben er weer")
    await town.reports(bubble, "undelivered", 63016)
    await town.works()
    assert (await town.row("Zullen wij")).state == State.SENT
    assert [words[:10] for words in town.heard()] == ["Zullen wij", "antwoord o"]


async def test_the_next_free_words_need_no_refusal_of_their_own(town: Town) -> None:
    await town.writes_to_riet(REMINDER)
    await refused(town, late=False)
    calls = len(town.twilio.calls)
    await town.writes_to_riet(REMINDER)
    await town.works()
    assert town.heard() == [town.approved(Template.REMINDER)] * 2
    assert len(town.twilio.calls) == calls + 1


async def test_what_a_channel_without_a_window_calls_too_late_has_failed(
    world: World, twilio: TwilioPeer, clock: Clock
) -> None:
    await Sender(world, "sms").post("text.form")
    twilio.fail(REFUSED)
    await world.work()
    clock.pass_by(minutes=1)
    await world.work()
    (row,) = await world.outbound()
    assert (row.state, row.error) == (State.FAILED, "outside_window")
    assert len(twilio.calls) == 1


async def test_an_approved_text_that_perhaps_arrived_is_what_the_console_shows(town: Town) -> None:
    town.clock.pass_by(hours=1)
    town.twilio.fail(Answer(502, "oops"))
    await town.writes_to_riet(REMINDER)
    await town.works()
    row = await town.row()
    assert (row.state, row.text) == (State.UNKNOWN, town.approved(Template.REMINDER))


@pytest.mark.parametrize(
    "answer", [Answer(429, {"code": 63018}), Answer(400, {"code": 63024})], ids=["again", "never"]
)
async def test_an_approved_text_that_did_not_arrive_is_not(town: Town, answer: Answer) -> None:
    town.clock.pass_by(hours=1)
    town.twilio.fail(answer)
    await town.writes_to_riet(REMINDER)
    await town.works()
    assert (await town.row()).text == REMINDER.text
