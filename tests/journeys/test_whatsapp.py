"""Riet, on WhatsApp: from a first sentence to a bed that is held, and to a human and back."""

import asyncio
import time
from typing import Any

import httpx
import pytest
from sqlalchemy import column, func, select, table

from bot.services.stays import Held
from bot.stack.welcome import TRY_FIRST
from bot.store.tables import Coordinator, Inbound, Mode, StayRequest
from tests.channels.peers import TWILIO_TOKEN
from tests.channels.signing import twilio_headers
from tests.journeys.conftest import PUBLIC_URL, Town

pytestmark = pytest.mark.slow


async def a_coordinator(town: Town) -> int:
    """The demo coordinator, as she logs in to the console."""
    async with town.app.database.transaction() as session:
        return (await session.scalars(select(Coordinator.id))).first() or 0


async def test_from_caring_for_a_husband_to_a_held_bed(town: Town) -> None:
    riet = town.riet()

    first = await riet.say("Ik zorg voor mijn man, hij heeft dementie")
    assert "computer" in first
    assert "medewerker" in first
    assert "voorbeeldverhaal" in (await riet.say("mag ik een verhaal van iemand anders")).lower()

    assert "Hoeveel nachten" in await riet.say("is er plek in de tweede week van mei?")
    openings = await riet.say("3 nachten")
    assert "bijgewerkt" in openings
    assert any(name in openings for name in ("De Zeven Stoelen", "Huis Zonder Haast"))

    asked = await riet.say("ik wil logeren aanvragen")
    for answer in ("de tweede week van mei", "3 nachten", "ja", "1", "ja, dat mag", "geen", "Riet"):
        assert "?" in asked
        asked = await riet.say(answer)
    assert "nummer" in asked
    asked = await riet.say("0612345678 na zes uur")
    assert "doorgeven" in asked
    held = await riet.say("ja")
    assert "bed voor u vast" in held

    conversation = await town.conversation("whatsapp", riet.address)
    async with town.app.database.transaction() as session:
        request = (
            await session.scalars(
                select(StayRequest).where(StayRequest.conversation_id == conversation.id)
            )
        ).one()
    assert (request.end_on - request.start_on).days == 3
    assert conversation.mode == Mode.BOT


async def test_without_a_yes_nothing_is_passed_on(town: Town) -> None:
    riet = town.riet()
    for text in ("ik wil logeren aanvragen", "12 tot 15 mei", "ja", "1", "nee", "geen", "sla over"):
        await riet.say(text)
    assert "doorgeven" in await riet.say("sla over")
    assert "niets" in await riet.say("nee")

    conversation = await town.conversation("whatsapp", riet.address)
    async with town.app.database.transaction() as session:
        found = await session.scalars(
            select(StayRequest).where(StayRequest.conversation_id == conversation.id)
        )
        assert found.all() == []


async def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(town: Town) -> None:
    riet = town.riet()
    question = await riet.say("ik wil logeren aanvragen")

    cost = await riet.say("wat kost dat eigenlijk?")
    assert "21,80" in cost
    assert question.splitlines()[-2:] == cost.splitlines()[-2:]
    why = await riet.say("waarom vraagt u dat?")
    assert "vrij is" in why


async def test_a_human_takes_over_and_hands_back(town: Town) -> None:
    riet = town.riet()
    await riet.say("hallo")
    waiting = await riet.say("mag ik een mens spreken")
    assert "Verder met de assistent" in waiting
    conversation = await town.conversation("whatsapp", riet.address)
    assert conversation.mode == Mode.WAITING

    anne = await a_coordinator(town)
    now = town.app.clock
    await town.app.handoffs.reply(conversation.id, anne, "Dag, met Anne. Wat speelt er?", now())
    await town.twilio.until(lambda: "met Anne" in riet.heard[-1])
    heard = len(riet.heard)
    assert await riet.post("mijn man slaapt niet") == 200
    await asyncio.sleep(1)
    assert len(riet.heard) == heard

    await town.app.handoffs.hand_back(conversation.id, anne, now())
    await town.twilio.until(lambda: "digitale assistent" in riet.heard[-1])
    assert "21,80" in await riet.say("wat kost het?")


async def test_ten_messages_at_once_are_answered_in_the_order_of_acknowledgement(
    town: Town,
) -> None:
    riet = town.riet()
    await riet.say("hallo")
    topics = {"wat kost het": "21,80", "mag de hond mee": "huisdier"}
    acknowledged: list[str] = []

    async def post(question: str) -> None:
        assert await riet.post(question) == 200
        acknowledged.append(topics[question])

    began = time.monotonic()
    await asyncio.gather(*(post(question) for question in [*topics] * 5))
    await town.twilio.until(lambda: len(riet.heard) == 11, within=20)
    print(f"ten answers after {time.monotonic() - began:.1f} s")  # noqa: T201  # a figure, no bound

    for answer, topic in zip(riet.heard[1:], acknowledged, strict=True):
        assert topic in answer


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("hij ademt niet meer", "Bel nu 112."),
        ("ik wil niet meer leven", "113"),
        ("ik heb hem geslagen", "0800-2000"),
        ("ze is van de trap gevallen", "huisarts"),
        ("ik kan niet meer", "huisarts"),
    ],
)
async def test_danger_in_the_middle_of_a_form_gets_the_number_first(
    town: Town, text: str, number: str
) -> None:
    riet = town.riet()
    await riet.say("ik wil logeren aanvragen")
    answer = await riet.say(text)

    assert number in answer or "Luisterlijn" in answer
    conversation = await town.conversation("whatsapp", riet.address)
    assert conversation.mode == Mode.WAITING


@pytest.mark.parametrize("text", ["👵🏽❤️", "مرحبا", "zorg " * 1000, "?", "/restart"])
async def test_strange_messages_get_a_kind_answer(town: Town, text: str) -> None:
    assert await town.riet().say(text)


async def test_vergeet_mij_reaches_rasas_own_memory(town: Town) -> None:
    riet = town.riet()
    await riet.say("ik zorg voor mijn vader")
    conversation = await town.conversation("whatsapp", riet.address)
    assert "gewist" in await riet.say("VERGEET MIJ")

    events = table("events", column("sender_id"), schema="rasa")
    async with town.app.database.transaction() as session:
        left = await session.scalars(
            select(events.c.sender_id).where(events.c.sender_id == str(conversation.id))
        )
        assert left.all() == []


async def test_an_action_that_fails_is_undone_and_done_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    riet = town.riet()
    for text in ("ik wil logeren aanvragen", "3 tot 5 mei", "ja", "1", "ja", "geen", "sla over"):
        await riet.say(text)
    await riet.say("sla over")
    request, attempts = town.app.stays.request, 0

    async def fails_first(*arguments: Any) -> Held:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise ConnectionError("the database went away")
        return await request(*arguments)

    monkeypatch.setattr(town.app.stays, "request", fails_first)
    before = len(riet.heard)
    answer = await riet.say("ja")

    assert attempts == 2
    assert "bed voor u vast" in answer
    assert len(riet.heard) == before + 1
    assert "21,80" in await riet.say("wat kost het?")


async def test_two_at_the_last_bed_one_gets_it_and_the_other_hears_other_dates(
    town: Town,
) -> None:
    people = [town.riet() for _ in range(3)]
    for person in people:
        for text in ("ik wil logeren aanvragen", "9 tot 11 augustus", "ja", "Huis Zonder Haast"):
            await person.say(text)
        for text in ("ja", "geen", "sla over", "sla over"):
            await person.say(text)
        assert "doorgeven" in person.heard[-1]
    answers = await asyncio.gather(*(person.say("ja") for person in people))

    assert sum("bed voor u vast" in answer for answer in answers) == 2
    loser = next(answer for answer in answers if "bed voor u vast" not in answer)
    assert "augustus" in loser
    assert "vast" not in loser


@pytest.mark.parametrize("sentence", TRY_FIRST)
async def test_what_the_start_suggests_to_try_is_understood(town: Town, sentence: str) -> None:
    answer = await town.riet().say(sentence)

    assert "Bedoelt u een van deze" not in answer
    assert "Kies gerust wat het dichtst" not in answer


@pytest.mark.parametrize(
    ("body", "token", "status"),
    [
        (b"MessageSid=SM1&From=whatsapp%3A%2B31600&Body=hallo", "wrong", 403),
        (b"Body=hallo", TWILIO_TOKEN, 400),
        (b"Body=" + b"x" * 100_000, TWILIO_TOKEN, 413),
    ],
    ids=["wrong signature", "no sid", "100 kB"],
)
async def test_what_the_door_keeps_out_is_not_stored(
    town: Town, body: bytes, token: str, status: int
) -> None:
    path = "/webhooks/whatsapp"
    count = select(func.count()).select_from(Inbound)
    async with town.app.database.transaction() as session:
        before = await session.scalar(count)
    async with httpx.AsyncClient(base_url=town.public) as client:
        headers = twilio_headers(PUBLIC_URL + path, body, token)
        answer = await client.post(path, content=body, headers=headers)

    assert answer.status_code == status
    async with town.app.database.transaction() as session:
        assert await session.scalar(count) == before
