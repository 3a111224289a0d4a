"""A place that is offered a day after the last word: announced, then told, if it still is one."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.messages import ChoiceRef, Image, Kind, OutgoingMessage, Template
from bot.services import region
from bot.services.content import Content
from bot.services.fixed_texts import stay_payload
from bot.store.tables import (
    Author,
    Conversation,
    Location,
    Mode,
    Outcome,
    Reason,
    State,
)
from tests.channels.outbound import PUBLIC_URL
from tests.channels.peers import Answer
from tests.conversation.conftest import Talk
from tests.conversation.late import HOUSE, OFFER, Late, late_riet


@pytest.fixture
async def late(talk: Talk, content: Content, database_url: str) -> AsyncIterator[Late]:
    """Riet, whom a place may be offered."""
    async with late_riet(talk, content, database_url) as late:
        await region.synchronise(talk.database, content, talk.clock())
        await late.approve(Template.PLACE_OFFERED)
        late.talk.rasa.asked.clear()
        yield late


async def answer(late: Late, text: str, **more: Any) -> None:
    """Riet says something, and all that follows from it happens."""
    await late.talk.say(text, **more)
    await late.talk.run_turn()
    await late.talk.run_delivery()
    late.talk.clock.pass_by(seconds=30)


def told(late: Late) -> int:
    """How often the place itself was told."""
    return sum(text.startswith(OFFER.text) for text in late.heard())


async def change(late: Late, **values: object) -> None:
    async with late.talk.database.transaction() as session:
        await session.execute(update(Conversation).values(**values))


@pytest.mark.parametrize("sign", ["ja graag", "Hallo", "👍", "Vertel maar", "dank u wel"])
async def test_it_is_announced_and_told_at_a_sign_which_needs_no_other_answer(
    late: Late, sign: str
) -> None:
    await late.write(OFFER)
    assert late.heard() == [late.templates.text(Template.PLACE_OFFERED)]
    await answer(late, sign)
    assert (told(late), late.talk.rasa.asked) == (1, [])
    assert [row.outcome for row in await late.talk.inbound()][-1] == Outcome.ANSWERED


@pytest.mark.parametrize(
    ("text", "kind"),
    [("wat kost dat?", Kind.TEXT), ("ja, maar wanneer is dat?", Kind.TEXT), ("", Kind.VOICE),
     ("", Kind.PHOTO), ("", Kind.STICKER)],
)  # fmt: skip
async def test_who_asks_or_sends_something_is_told_the_place_and_answered_too(
    late: Late, text: str, kind: Kind
) -> None:
    await late.write(OFFER)
    await answer(late, text, kind=kind)
    assert told(late) == 1
    assert len(late.heard()) == 3
    assert late.talk.rasa.asked == ([text] if text else [])


@pytest.mark.parametrize(
    ("text", "reason", "task"),
    [
        ("STOP", "stopped", False),
        ("nee", "declined", False),
        ("Nee, dank u", "declined", False),
        ("dat is niet nodig", "declined", False),
        ("laat maar", "declined", False),
        ("Mijn man is vorige week overleden", "otherwise", True),
        ("👎", "otherwise", True),
        ("سأفكر", "otherwise", True),
        ("medewerker", "otherwise", True),
    ],
)
async def test_who_says_something_else_is_not_told_a_place(
    late: Late, text: str, reason: str, task: bool
) -> None:
    await late.write(OFFER)
    await answer(late, text)
    assert told(late) == 0
    row = await late.row(OFFER.text)
    assert (row.state, row.error) == (State.FAILED, reason)
    assert bool(await late.talk.tasks()) is task


async def test_in_danger_the_number_comes_first_and_no_place_is_offered(late: Late) -> None:
    await late.write(OFFER)
    await answer(late, "Ik wil niet meer leven")
    assert "113" in late.heard()[1]
    assert told(late) == 0


async def test_an_answer_that_was_held_comes_after_the_number_in_danger(late: Late) -> None:
    await late.approve(Template.ANSWER_WAITING)
    await late.reply("Er is plek.")
    await answer(late, "Ik wil niet meer leven")
    _, number, line, reply = late.heard()
    assert "113" in number
    assert (line[:4], reply) == ("Anne", "Er is plek.")


@pytest.mark.parametrize("name", ["bereaved_at", "stopped_at", "crisis_at", "mode"])
async def test_what_became_known_meanwhile_counts(late: Late, name: str) -> None:
    await late.write(OFFER)
    await change(late, **{name: Mode.HUMAN if name == "mode" else late.talk.clock()})
    await answer(late, "ja")
    assert told(late) == 0


@pytest.mark.parametrize("gone", ["taken", "past"])
async def test_a_place_that_is_gone_is_said_so_instead(late: Late, gone: str) -> None:
    offer = OFFER
    if gone == "past":
        today = late.talk.clock().date()
        yes = replace(OFFER.choices[0], payload=stay_payload(HOUSE, today, today + timedelta(2)))
        offer = replace(OFFER, choices=(yes, *OFFER.choices[1:]))
    await late.write(offer)
    if gone == "past":
        late.talk.clock.pass_by(hours=24 * 3)
    else:
        async with late.talk.database.transaction() as session:
            await session.execute(update(Location).values(closed_at=late.talk.clock()))
    await answer(late, "ja")
    assert told(late) == 0
    assert "intussen weg" in late.heard()[-1]
    assert late.talk.rasa.asked == []


@pytest.mark.parametrize(
    "yes", ["ja", "Ja graag!", "ja hoor", "oké", "prima, doe maar", "die wil ik wel", "deze plek"]
)
async def test_any_plain_yes_takes_the_place(late: Late, yes: str) -> None:
    await late.write(OFFER)
    await answer(late, "hallo")
    await answer(late, yes)
    assert late.talk.rasa.asked == [OFFER.choices[0].payload]


@pytest.mark.parametrize("no", ["nee", "nee dank u", "ik wil dat niet", "liever niet", "nu niet"])
async def test_any_plain_no_is_one(late: Late, no: str) -> None:
    await late.write(OFFER)
    await answer(late, "hallo")
    await answer(late, no)
    assert late.talk.rasa.asked == ["/later"]


async def test_after_one_question_in_between_a_yes_is_still_for_the_place(late: Late) -> None:
    await late.write(OFFER)
    await answer(late, "hallo")
    await answer(late, "is het ook voor iemand met dementie?")
    await answer(late, "ja graag")
    await answer(late, "ja graag")
    assert late.talk.rasa.asked[1:] == [OFFER.choices[0].payload, "ja graag"]


async def test_a_yes_that_was_said_before_the_offer_is_for_something_else(late: Late) -> None:
    late.talk.clock.pass_by(hours=-23)
    await late.talk.say("ja")
    late.talk.clock.pass_by(seconds=1)
    await late.write(OFFER)
    await late.talk.run_turn()
    assert late.talk.rasa.asked == ["ja"]


async def test_a_tap_on_something_older_is_never_swallowed(late: Late) -> None:
    await late.write(OFFER)
    older = (await late.talk.outbound())[0]
    await answer(late, "Ja, graag", kind=Kind.CHOICE, choice=ChoiceRef(older.id, 0))
    assert [row.outcome for row in await late.talk.inbound()][-1] != Outcome.SAFETY
    assert late.talk.rasa.asked or len(late.heard()) == 3


async def test_the_newest_of_two_places_is_told_and_the_older_makes_way(late: Late) -> None:
    await late.write(OFFER)
    late.talk.clock.pass_by(seconds=1)
    newer = replace(OFFER, text="Er is een plek vrij in De Zeven Stoelen.")
    await late.write(newer)
    assert len(late.heard()) == 1
    await answer(late, "ja")
    assert [text.splitlines()[0] for text in late.heard()[1:]] == [newer.text]
    assert (await late.row(OFFER.text)).error == "replaced"


async def test_who_was_silent_for_weeks_is_asked_for_a_sign_again(late: Late) -> None:
    await late.write(OFFER)
    late.talk.clock.pass_by(hours=24 * 6)
    await late.write(OFFER)
    assert len(late.heard()) == 1
    late.talk.clock.pass_by(hours=24 * 8)
    await late.write(OFFER)
    assert len(late.heard()) == 2


async def test_an_announcement_that_perhaps_did_not_arrive_is_made_again(late: Late) -> None:
    late.twilio.fail(Answer(500))
    await late.write(OFFER)
    await late.write(OFFER)
    assert late.heard() == [late.templates.text(Template.PLACE_OFFERED)]


async def test_who_wants_to_be_forgotten_reads_nothing_that_was_held(late: Late) -> None:
    await late.write(OFFER)
    await late.talk.say("VERGEET MIJ")
    await late.talk.run_delivery()
    await answer(late, "VERGEET MIJ")
    assert told(late) == 0


async def test_the_same_sign_twice_tells_it_once(late: Late) -> None:
    await late.write(OFFER)
    for _ in range(2):
        await late.talk.say("ja", external_id="SM1")
    await late.talk.run_delivery()
    assert told(late) == 1


@pytest.mark.parametrize("code", [63003, 63014])
async def test_a_place_that_is_told_and_not_taken_by_the_vendor_is_a_coordinator_s_to_tell(
    late: Late, code: int
) -> None:
    await late.write(OFFER)
    await late.talk.say("ja")
    late.twilio.fail(Answer(400, {"code": code, "status": 400}))
    await late.talk.run_delivery()
    (task,) = await late.talk.tasks()
    assert task.reason == Reason.NOT_DELIVERED


ANSWER = OutgoingMessage("Er is plek.", template=Template.ANSWER_WAITING)


async def test_what_cannot_even_be_announced_is_a_coordinator_s_to_tell(late: Late) -> None:
    await late.write(ANSWER, Author.COORDINATOR)
    (task,) = await late.talk.tasks()
    assert (task.reason, late.heard()) == (Reason.NOT_DELIVERED, [])


async def test_an_announcement_that_twilio_does_not_take_is_a_coordinator_s_to_tell(
    late: Late,
) -> None:
    late.twilio.fail(Answer(400, {"code": 63003, "status": 400}))
    await late.write(OFFER)
    (task,) = await late.talk.tasks()
    assert task.reason == Reason.NOT_DELIVERED


async def test_that_a_human_read_along_is_not_told_once_none_does(late: Late) -> None:
    await late.approve(Template.ANSWER_WAITING)
    conversation = await late.talk.conversation()
    await late.talk.handoffs.take_over(conversation.id, late.coordinator, late.talk.clock())
    await late.talk.handoffs.hand_back(conversation.id, late.coordinator, late.talk.clock())
    await late.talk.run_delivery()
    await answer(late, "hallo")
    assert not any("Anne" in text or "antwoordt u weer" in text for text in late.heard())
    assert late.talk.rasa.asked == ["hallo"]
    assert not await late.talk.tasks() or all(task.closed_at for task in await late.talk.tasks())


async def test_an_answer_and_the_way_back_to_the_assistant_are_told_in_their_order(
    late: Late,
) -> None:
    await late.approve(Template.ANSWER_WAITING)
    await late.reply("Er is plek.")
    conversation = await late.talk.conversation()
    await late.talk.handoffs.hand_back(conversation.id, late.coordinator, late.talk.clock())
    await late.talk.run_delivery()
    await answer(late, "ja")
    _, line, reply, back = late.heard()
    assert (line[:4], reply) == ("Anne", "Er is plek.")
    assert "assistent" in back
    assert late.talk.rasa.asked == []


GARDEN = Image("/photos/tuin.jpg", "De tuin")


async def test_the_pictures_of_what_is_announced_come_with_it_after_the_sign(late: Late) -> None:
    await late.write(replace(OFFER, images=(GARDEN,)))
    assert late.heard() == [late.templates.text(Template.PLACE_OFFERED)]
    await late.talk.say("ja?")
    await late.talk.run_delivery()
    _, picture, words = late.twilio.sent
    assert (picture.media, picture.body) == (f"{PUBLIC_URL}/photos/tuin.jpg", "De tuin")
    assert words.content is not None
    assert words.content.body == OFFER.text
