"""Each message gets at most one answer; none is lost; a failed action is never believed."""

from typing import Any

import pytest
from sqlalchemy import insert

from bot.conversation.jobs import Later
from bot.errors import DeliveryError, Failure
from bot.messages import Choice, ChoiceRef, Image, OutgoingMessage, Request, extras_of
from bot.store.tables import ActionFailure, Author, Coordinator, Mode, Outcome
from integrations.channel import Abilities
from tests.conversation.conftest import Talk


async def a_coordinator(talk: Talk) -> int:
    async with talk.database.transaction() as session:
        anne = Coordinator(
            name="Anne", email="anne@voorbeeld.nl", password_hash="-", created_at=talk.clock()
        )
        session.add(anne)
        await session.flush()
        return anne.id


async def offer(talk: Talk, *choices: Choice, who: str = "riet") -> int:
    """Let the assistant ask something with choices; the message's id."""
    conversation = await talk.conversation(who)
    async with talk.database.transaction() as session:
        await talk.handoffs._outbox.put(
            session, conversation.id, OutgoingMessage("Wat past bij u?", choices), author=Author.BOT
        )
    await talk.run_delivery(who)
    return (await talk.outbound())[-1].id


YES_OR_NO = (Choice("Ja, graag", "/affirm"), Choice("Nee, nog niet", "/deny"))


async def test_only_the_first_answer_says_that_it_is_a_computer(talk: Talk) -> None:
    await talk.say("hallo")
    await talk.say("nog iets")
    await talk.run_turn()

    first, second = [row.text for row in await talk.outbound()]
    assert "computer" in first
    assert "computer" not in second


async def test_silence_is_a_failed_turn_that_is_tried_again(talk: Talk) -> None:
    talk.rasa.silent = True
    await talk.say("hallo")
    with pytest.raises(Later) as later:
        await talk.run_turn()
    assert await talk.outbound() == []

    talk.rasa.silent = False
    await talk.run_turn()
    assert later.value.seconds == 1.0
    assert [row.outcome for row in await talk.inbound()] == [Outcome.ANSWERED]


async def test_after_ten_seconds_one_kind_line_goes_out_and_only_one(talk: Talk) -> None:
    talk.rasa.silent = True
    await talk.say("hallo")
    for seconds in (0, 9, 1, 5, 60):
        talk.clock.pass_by(seconds=seconds)
        with pytest.raises(Later):
            await talk.run_turn()
    lines = [row.text for row in await talk.outbound()]
    assert len(lines) == 1
    assert "wat langer" in lines[0]

    talk.rasa.silent = False
    await talk.run_turn()
    assert len(await talk.outbound()) == 2


async def test_after_ten_minutes_a_coordinator_gets_the_message(talk: Talk) -> None:
    talk.rasa.silent = True
    await talk.say("hallo")
    await talk.say("bent u daar?")
    talk.clock.pass_by(minutes=10)
    await talk.run_turn()

    assert await talk.mode() == Mode.WAITING
    assert [task.reason for task in await talk.tasks()] == ["turn_failed"]
    assert [row.outcome for row in await talk.inbound()] == [Outcome.COORDINATOR] * 2


async def test_the_order_is_kept_through_an_outage(talk: Talk) -> None:
    talk.rasa.silent = True
    for text in ("een", "b", "c"):
        await talk.say(f"bericht {text}")
        with pytest.raises(Later):
            await talk.run_turn()
    talk.rasa.silent = False
    talk.rasa.asked.clear()
    await talk.run_turn()

    assert talk.rasa.asked == ["bericht een", "bericht b", "bericht c"]


async def test_stop_does_not_wait_for_the_assistant(talk: Talk) -> None:
    talk.rasa.silent = True
    await talk.say("hallo")
    await talk.say("STOP")
    with pytest.raises(Later):
        await talk.run_turn()

    assert (await talk.conversation()).stopped_at is not None
    assert [row.outcome for row in await talk.inbound()] == [None, Outcome.ANSWERED]


async def test_an_attempt_that_was_answered_after_all_is_not_asked_again(talk: Talk) -> None:
    talk.rasa.cut = True
    await talk.say("hallo")
    with pytest.raises(Later):
        await talk.run_turn()
    await talk.run_turn()

    assert talk.rasa.asked == ["hallo"]
    assert "antwoord op: hallo" in (await talk.outbound())[0].text


async def test_a_half_attempt_is_undone_before_the_next(talk: Talk) -> None:
    talk.rasa.cut = True
    await talk.say("hallo")
    with pytest.raises(Later):
        await talk.run_turn()
    talk.rasa.cut_short()
    await talk.run_turn()

    assert talk.rasa.asked == ["hallo", "hallo"]
    assert talk.rasa.remembered() == ["user", "bot", "action"]


async def test_a_failed_action_never_leads_to_a_confirmation(talk: Talk) -> None:
    failing = True

    async def an_action_fails(body: dict[str, Any]) -> None:
        if failing:
            async with talk.database.transaction() as session:
                await session.execute(
                    insert(ActionFailure).values(
                        inbound_id=body["metadata"]["inbound_id"],
                        action="action_submit_stay_request",
                        error="OperationalError",
                        at=talk.clock(),
                    )
                )

    talk.rasa.during = an_action_fails
    await talk.say("ja, vraag maar aan")
    with pytest.raises(Later):
        await talk.run_turn()
    assert await talk.outbound() == []

    failing = False
    await talk.run_turn()
    assert talk.rasa.asked == ["ja, vraag maar aan"] * 2
    assert len(await talk.outbound()) == 1


async def test_a_turn_that_a_coordinator_overtook_is_left_to_the_coordinator(talk: Talk) -> None:
    anne = await a_coordinator(talk)
    await talk.say("hallo")
    conversation = (await talk.conversation()).id

    async def anne_takes_over(_: object) -> None:
        await talk.handoffs.take_over(conversation, anne, talk.clock())

    talk.rasa.during = anne_takes_over
    await talk.run_turn()

    assert [row.outcome for row in await talk.inbound()] == [Outcome.COORDINATOR]
    assert [row.author for row in await talk.outbound()] == [Author.SYSTEM]


async def test_the_turn_that_asked_for_a_human_is_still_answered(talk: Talk) -> None:
    await talk.say("mag ik iemand spreken")
    conversation = (await talk.conversation()).id

    async def asks(body: dict[str, Any]) -> None:
        await talk.handoffs.request(conversation, body["metadata"]["inbound_id"], talk.clock())

    talk.rasa.during = asks
    await talk.run_turn()

    assert await talk.mode() == Mode.WAITING
    assert [row.outcome for row in await talk.inbound()] == [Outcome.ANSWERED]


@pytest.mark.parametrize("mode", [Mode.WAITING, Mode.HUMAN])
async def test_the_assistant_is_silent_while_a_human_has_it(talk: Talk, mode: Mode) -> None:
    await talk.say("hallo")
    async with talk.database.transaction() as session:
        (await session.merge(await talk.conversation())).mode = mode
    await talk.run_turn()

    assert talk.rasa.asked == []
    assert await talk.outbound() == []
    assert [row.outcome for row in await talk.inbound()] == [Outcome.COORDINATOR]


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize(
    ("phrase", "words"),
    [("STOP", "geen berichten"), ("Mijn gegevens", "berichten: 1"), ("vergeet mij!", "gewist")],
)
async def test_rights_work_in_every_mode_without_the_assistant(
    talk: Talk, mode: Mode, phrase: str, words: str
) -> None:
    await talk.say(phrase)
    async with talk.database.transaction() as session:
        (await session.merge(await talk.conversation())).mode = mode
    await talk.run_turn()

    assert talk.rasa.asked == []
    assert words in (await talk.outbound())[-1].text


async def test_medewerker_opens_a_task_and_says_how_long_it_may_take(talk: Talk) -> None:
    await talk.say("medewerker")
    await talk.run_turn()

    assert await talk.mode() == Mode.WAITING
    answer = (await talk.outbound())[0]
    assert "vandaag" in answer.text
    assert [choice["title"] for choice in answer.choices] == ["Verder met de assistent"]


@pytest.mark.parametrize("typed", ["Verder met de assistent", "1", "een"])
async def test_who_waits_may_go_on_with_the_assistant(talk: Talk, typed: str) -> None:
    await talk.say("medewerker")
    await talk.run_turn()
    await talk.run_delivery()
    await talk.say(typed)
    await talk.run_turn()

    assert await talk.mode() == Mode.BOT
    assert [task.closed_at for task in await talk.tasks()] == [None]


async def test_vergeet_mij_leaves_nothing_but_the_goodbye(talk: Talk) -> None:
    for text in ("ik zorg voor Jan", "medewerker", "vergeet mij"):
        await talk.say(text)
        await talk.run_turn()

    assert [row.text for row in await talk.inbound()] == [""]
    assert len(await talk.outbound()) == 1
    assert await talk.tasks() == []
    assert await talk.mode() == Mode.BOT


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("2", "/deny"),
        ("twee", "/deny"),
        ("nummer 2", "/deny"),
        ("nee nog niet", "/deny"),
        ("Ja, graag!", "/affirm"),
        ("3", "3"),
        ("nee, hij wil niet", "nee, hij wil niet"),
    ],
)
async def test_a_number_or_the_words_choose(talk: Talk, typed: str, asked: str) -> None:
    await talk.say("hallo")
    await talk.run_turn()
    await offer(talk, *YES_OR_NO)
    await talk.say(typed)
    await talk.run_turn()

    assert talk.rasa.asked[-1] == asked


async def test_a_tap_chooses_and_another_persons_tap_does_not(talk: Talk) -> None:
    for who in ("riet", "chris"):
        await talk.say("hallo", who=who)
        await talk.run_turn(who)
    message_id = await offer(talk, *YES_OR_NO)
    await talk.say("", choice=ChoiceRef(message_id, 1))
    await talk.run_turn()
    assert talk.rasa.asked[-1] == "/deny"

    await talk.say("", who="chris", choice=ChoiceRef(message_id, 1))
    await talk.run_turn("chris")
    assert talk.rasa.asked[-1] == "/deny"
    assert "leeg bericht" in (await talk.outbound())[-1].text


@pytest.mark.parametrize("typed", ["/affirm", "/restart", "//deny{}", "!resume"])
async def test_nobody_can_type_a_command_to_the_assistant(talk: Talk, typed: str) -> None:
    await talk.say(typed)
    await talk.run_turn()

    assert not any(text.startswith("/") for text in talk.rasa.asked)


async def test_a_session_is_renewed_every_twenty_turns(talk: Talk) -> None:
    for number in range(41):
        await talk.say(f"bericht {number}")
    await talk.run_turn()

    assert talk.rasa.renewed == 2


async def test_where_buttons_were_shown_a_number_is_an_answer_of_its_own(talk: Talk) -> None:
    talk.channel.abilities = Abilities(buttons=3, button_title=20, body=1000)
    await talk.say("hallo")
    await talk.run_turn()
    await offer(talk, *YES_OR_NO)
    talk.rasa.asked.clear()
    await talk.say("2")
    await talk.run_turn()

    assert talk.rasa.asked == ["2"]


async def test_more_than_ten_numbered_choices_are_chosen_by_number(talk: Talk) -> None:
    await talk.say("hallo")
    await talk.run_turn()
    await offer(talk, *(Choice(f"Plek {number}", f"/place_{number}") for number in range(1, 13)))
    talk.rasa.asked.clear()
    await talk.say("12")
    await talk.run_turn()

    assert talk.rasa.asked == ["/place_12"]


@pytest.mark.parametrize("cut", [False, True])
async def test_what_an_answer_has_besides_words_arrives_also_when_it_was_lost_once(
    talk: Talk, cut: bool
) -> None:
    message = OutgoingMessage("", (), (Image("/photos/appel.jpg", "De tuin"),), Request.CONTACT)
    talk.rasa.extras, talk.rasa.cut = extras_of(message), cut
    await talk.say("hallo")
    if cut:
        with pytest.raises(Later):
            await talk.run_turn()
    await talk.run_turn()

    picture, words = await talk.outbound()
    assert picture.images == [{"url": "/photos/appel.jpg", "description": "De tuin"}]
    assert words.request == "contact"
    assert "antwoord op: hallo" in words.text


async def test_a_message_that_perhaps_arrived_may_be_answered_by_a_number(talk: Talk) -> None:
    await talk.say("hallo")
    await talk.run_turn()
    await talk.run_delivery()
    talk.channel.failures = [DeliveryError(Failure.UNKNOWN, "timeout")]
    await offer(talk, *YES_OR_NO)
    talk.rasa.asked.clear()
    await talk.say("2")
    await talk.run_turn()

    assert talk.rasa.asked == ["/deny"]
