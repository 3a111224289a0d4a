"""An edited message: its new words count as long as nobody answered the old ones, and no word is
lost, also not to the safety layer."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.conversation.jobs import Later
from bot.messages import Kind
from bot.store.tables import (
    Author,
    Handoff,
    Mode,
    Outcome,
    Reason,
)
from tests.conversation.conftest import Talk


async def edit(talk: Talk, text: str, number: int = 20, **more: Any) -> bool:
    """Riet gives her message other words; the update has that number."""
    return await talk.say(
        text, external_id=str(number), sequence=number, reference="101", replaces=True, **more
    )


async def write(talk: Talk, text: str, number: int = 10, **more: Any) -> bool:
    return await talk.say(text, external_id=str(number), sequence=number, reference="101", **more)


async def test_an_edit_of_what_waits_takes_its_place(talk: Talk) -> None:
    await write(talk, "Wat kost een week?")
    assert await edit(talk, "Wat kost een weekend?")
    await talk.run_turn()

    assert talk.rasa.asked == ["Wat kost een weekend?"]
    assert [row.text for row in await talk.inbound()] == ["Wat kost een weekend?"]
    assert len(await talk.outbound()) == 1


async def test_an_edit_of_what_was_answered_is_a_message_of_its_own(talk: Talk) -> None:
    await write(talk, "Wat kost een week?")
    await talk.run_turn()
    assert await edit(talk, "Wat kost een weekend?")
    await talk.run_turn()

    assert talk.rasa.asked == ["Wat kost een week?", "Wat kost een weekend?"]
    assert len(await talk.outbound()) == 2


async def test_a_second_edit_corrects_a_first_one_that_came_too_late(talk: Talk) -> None:
    await write(talk, "Wat kost een week?")
    await talk.run_turn()
    await edit(talk, "Wat kost een weekend?", 20)
    await edit(talk, "Wat kost een midweek?", 21)
    await talk.run_turn()

    assert talk.rasa.asked == ["Wat kost een week?", "Wat kost een midweek?"]


async def test_an_edit_of_what_is_forgotten_is_a_message_of_its_own(talk: Talk) -> None:
    assert await edit(talk, "Wat kost een weekend?")
    await talk.run_turn()

    assert talk.rasa.asked == ["Wat kost een weekend?"]


@pytest.mark.parametrize("answered", [False, True], ids=["while it waits", "after the answer"])
async def test_the_same_edit_twice_and_an_older_one_change_nothing(
    talk: Talk, answered: bool
) -> None:
    await write(talk, "Wat kost een week?")
    await edit(talk, "Wat kost een weekend?", 20)
    if answered:
        await talk.run_turn()
    assert not await edit(talk, "Wat kost een weekend?", 20)
    assert not await edit(talk, "Wat kost een avond?", 15)
    await talk.run_turn()

    assert talk.rasa.asked == ["Wat kost een weekend?"]


async def test_an_edit_without_other_words_is_none(talk: Talk) -> None:
    await write(talk, "Wat kost een week?")
    await talk.run_turn()
    assert not await edit(talk, "Wat kost een week?")


async def test_new_words_are_masked(talk: Talk) -> None:
    await write(talk, "Mijn nummer komt zo")
    await edit(talk, "Mijn BSN is 111222333")

    assert "111222333" not in (await talk.inbound())[0].text


async def test_new_words_that_alarm_are_an_alarm_at_once(talk: Talk) -> None:
    await write(talk, "Ik wil iets vragen")
    await edit(talk, "Ik wil niet meer leven")
    await talk.run_turn()

    (row,) = await talk.inbound()
    assert row.outcome == Outcome.SAFETY
    assert [(one.author, one.in_reply_to) for one in await talk.outbound()] == [
        (Author.SAFETY, row.id)
    ]
    assert (await talk.tasks())[0].reason == Reason.CRISIS
    assert talk.rasa.asked == []


def once(action: Callable[[], Awaitable[object]]) -> Callable[[object], Awaitable[None]]:
    """Something that happens while the assistant thinks about the first message only."""
    left = [action]

    async def during(_: object) -> None:
        if left:
            await left.pop()()

    return during


async def test_an_edit_while_the_assistant_thinks_gets_the_one_answer(talk: Talk) -> None:
    await write(talk, "Wat kost een week?")
    talk.rasa.during = once(lambda: edit(talk, "Wat kost een weekend?"))
    await talk.run_turn()

    assert talk.rasa.asked == ["Wat kost een week?", "Wat kost een weekend?"]
    (answer,) = await talk.outbound()
    assert "antwoord op: Wat kost een weekend?" in answer.text
    assert talk.rasa.remembered().count("user") == 1


async def test_an_alarm_while_the_assistant_thinks_is_the_only_answer(talk: Talk) -> None:
    await write(talk, "Ik wil iets vragen")
    talk.rasa.during = once(lambda: edit(talk, "Ik wil niet meer leven"))
    await talk.run_turn()

    assert [row.author for row in await talk.outbound()] == [Author.SAFETY]


async def test_an_edit_while_the_assistant_is_away_is_what_it_is_asked(talk: Talk) -> None:
    talk.rasa.silent = True
    await write(talk, "Wat kost een week?")
    with pytest.raises(Later):
        await talk.run_turn()
    await edit(talk, "Wat kost een weekend?")
    talk.rasa.silent = False
    await talk.run_turn()

    assert talk.rasa.asked[-1] == "Wat kost een weekend?"
    assert len(await talk.outbound()) == 1


async def test_an_answer_to_the_old_words_that_got_lost_is_not_given(talk: Talk) -> None:
    talk.rasa.cut = True
    await write(talk, "Wat kost een week?")
    with pytest.raises(Later):
        await talk.run_turn()
    await edit(talk, "Wat kost een weekend?")
    await talk.run_turn()

    (answer,) = await talk.outbound()
    assert "antwoord op: Wat kost een weekend?" in answer.text


async def test_what_was_done_with_the_old_words_is_not_undone(talk: Talk) -> None:
    talk.rasa.silent = True
    await write(talk, "Ik wil een mens")
    with pytest.raises(Later):
        await talk.run_turn()
    (row,) = await talk.inbound()
    async with talk.database.transaction() as session:
        session.add(
            Handoff(
                conversation_id=row.conversation_id,
                reason=Reason.ASKED,
                tier="none",
                inbound_id=row.id,
                opened_at=talk.clock(),
            )
        )
    await edit(talk, "Laat maar")

    assert [row.text for row in await talk.inbound()] == ["Ik wil een mens", "Laat maar"]


async def test_a_coordinator_reads_the_new_words(talk: Talk) -> None:
    await talk.say("medewerker")
    await talk.run_turn()
    assert await talk.mode() == Mode.WAITING
    await write(talk, "Belt u mij om twee uur?")
    await edit(talk, "Belt u mij om drie uur?")
    await talk.run_turn()

    assert (await talk.inbound())[-1].text == "Belt u mij om drie uur?"


async def test_edits_and_turns_at_once_lose_no_words(talk: Talk) -> None:
    async with talk.worker():
        for number in range(8):
            reference = {"reference": str(number), "who": f"wie-{number}"}
            await talk.say("eerst", sequence=1, **reference)
            await talk.say("later", sequence=2, replaces=True, **reference)
        await talk.settled(8)
        async with asyncio.timeout(10):
            while any(row.done_at is None for row in await talk.inbound()):
                await asyncio.sleep(0.02)
    latest = {row.conversation_id: row.text for row in await talk.inbound()}

    assert set(latest.values()) == {"later"}
    assert sum("antwoord op: later" in row.text for row in await talk.outbound()) == 8


# Albums


async def test_an_album_gets_one_kind_answer(talk: Talk) -> None:
    for _ in range(5):
        await talk.say("", kind=Kind.PHOTO, album="1397")
    await talk.say("", kind=Kind.PHOTO, album="1398")
    await talk.run_turn()

    assert len(await talk.outbound()) == 2
    assert {row.outcome for row in await talk.inbound()} == {Outcome.ANSWERED}


async def test_photos_one_by_one_each_get_an_answer(talk: Talk) -> None:
    for _ in range(2):
        await talk.say("", kind=Kind.PHOTO)
    await talk.run_turn()

    assert len(await talk.outbound()) == 2


async def test_words_in_the_middle_of_an_album_are_seen(talk: Talk) -> None:
    for words in ("", "Ik wil niet meer leven", ""):
        await talk.say(words, kind=Kind.PHOTO, album="1397")

    assert [row.author for row in await talk.outbound()] == [Author.SAFETY]


async def test_the_code_of_a_link_is_kept_and_the_assistant_does_not_hear_it(talk: Talk) -> None:
    await talk.say("hallo", start_code="hv-7Kq2")
    await talk.run_turn()

    assert talk.rasa.asked == ["hallo"]
    assert (await talk.inbound())[0].start_code == "hv-7Kq2"


async def test_a_word_in_the_place_of_a_code_is_heard_by_safety(talk: Talk) -> None:
    await talk.say("hallo", start_code="zelfmoord")
    await talk.say("hallo", start_code="zelfmoord1", who="bilal")

    assert [row.tier for row in await talk.inbound()] == ["1a", "none"]
