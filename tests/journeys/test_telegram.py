"""Kees, on Telegram: taps and types; each tap is acknowledged."""

import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import update

from bot.store.tables import Location
from tests.channels.inbound import telegram_message
from tests.channels.signing import telegram_headers
from tests.journeys.conftest import TELEGRAM_SECRET, Town

pytestmark = pytest.mark.slow


async def test_a_tap_is_acknowledged_and_answered(town: Town) -> None:
    kees = town.kees()
    opening = await kees.say("/start")
    assert "computer" in opening.text
    titles = [title for title, _ in opening.buttons]
    assert "Ik zorg voor iemand" in titles
    answered = len(town.telegram.answered)

    relation = await kees.tap("Ik zorg voor iemand")
    assert "Voor wie zorgt u?" in relation.text
    await town.telegram.until(lambda: len(town.telegram.answered) == answered + 1)
    assert all(len(data.encode()) <= 64 for _, data in relation.buttons)

    day = await kees.tap("Mijn vader of moeder")
    assert "?" in day.text


async def test_the_words_of_a_button_choose_and_a_number_that_nobody_sees_does_not(
    town: Town,
) -> None:
    kees = town.kees()
    await kees.say("hallo")

    assert "Voor wie zorgt u?" not in (await kees.say("1")).text
    kees = town.kees()
    await kees.say("hallo")
    assert "Voor wie zorgt u?" in (await kees.say("Ik zorg voor iemand")).text


async def test_who_taps_a_place_that_is_gone_hears_so_and_chooses_another_for_the_same_days(
    town: Town,
) -> None:
    kees = town.kees()
    await kees.say("is er plek?")
    await kees.say("zo snel mogelijk")
    shown = await kees.say("2 nachten")
    first, second, *_ = [title for title, _ in shown.buttons]
    async with closed(town, first):
        others = await kees.tap(first)
        assert "niet meer vrij" in others.text
        assert "2 nachten" in others.text
        assert first not in [title for title, _ in others.buttons]
        assert "bewaren" in (await kees.tap(second)).text


@contextlib.asynccontextmanager
async def closed(town: Town, house: str) -> AsyncIterator[None]:
    """The house with this button is closed meanwhile."""
    names = {one.name: one.slug for one in town.app.content.locations.values()}
    slug = next(slug for name, slug in names.items() if name.endswith(house))
    change = update(Location).where(Location.slug == slug)
    try:
        async with town.app.database.transaction() as session:
            await session.execute(change.values(closed_at=town.app.clock()))
        yield
    finally:
        async with town.app.database.transaction() as session:
            await session.execute(change.values(closed_at=None))


async def test_a_repeated_update_is_answered_once(town: Town) -> None:
    kees = town.kees()
    await kees.say("hallo")
    update = telegram_message(5_000_000, "wat kost het?", kees.chat)
    for _ in range(5):
        assert await kees.update(update) == 200
    await town.telegram.until(lambda: len(kees.heard) == 2)
    await kees.say("dank u")

    assert len(kees.heard) == 3


@pytest.mark.parametrize(
    ("body", "secret", "status"),
    [
        (b'{"update_id": 1}', "wrong", 403),
        (b"{", TELEGRAM_SECRET, 400),
        (b"[]", TELEGRAM_SECRET, 400),
        (b"x" * 100_000, TELEGRAM_SECRET, 413),
        (b'{"update_id": 77, "poll": {"id": "1"}}', TELEGRAM_SECRET, 200),
        (b'{"update_id": 78, "something_new": {}}', TELEGRAM_SECRET, 200),
    ],
    ids=["wrong secret", "no json", "no object", "100 kB", "a poll", "unknown"],
)
async def test_what_the_door_lets_in(town: Town, body: bytes, secret: str, status: int) -> None:
    async with httpx.AsyncClient(base_url=town.public) as client:
        answer = await client.post(
            "/webhooks/telegram", content=body, headers=telegram_headers(secret)
        )

    assert answer.status_code == status
