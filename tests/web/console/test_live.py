"""The streams of the console: what changed arrives, once, and only for who is logged in."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from bot.store.tables import Conversation, Outcome
from tests.web.console.cast import ANNE
from tests.web.console.site import Site, Visitor, path

SECONDS = 20

Events = AsyncIterator[tuple[str, str]]


@pytest.fixture
async def anne(site: Site, address: str) -> AsyncIterator[Visitor]:
    """Anne, over a real connection."""
    async with await site.visitor(ANNE, served_at=address) as visitor:
        yield visitor


@asynccontextmanager
async def stream(visitor: Visitor, where: str) -> AsyncIterator[Events]:
    """The events as a browser reads them: each with its name."""
    async with (
        asyncio.timeout(SECONDS),
        visitor.http.stream("GET", f"{where}/stream") as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _events(answer)


async def _events(answer: httpx.Response) -> Events:
    name, data = "", []
    async for line in answer.aiter_lines():
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)
        elif not line and name:
            yield name, "\n".join(data)
            name, data = "", []


async def until(events: Events, name: str) -> str:
    """The next event of that name."""
    return await anext(data async for found, data in events if found == name)


async def test_the_queue_comes_at_once_and_again_with_each_change(
    site: Site, anne: Visitor
) -> None:
    async with stream(anne, "/console") as events:
        assert "Alles is rustig" in await until(events, "queue")
        riet = await site.cast.caregiver(site.clock(), start="7f3a")
        await site.cast.task(riet, site.clock())
        assert "1<" in await until(events, "badge")
        assert "Gesprek 7F3A" in await until(events, "queue")


async def test_a_conversation_sends_all_once_and_then_only_what_is_new(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    async with stream(anne, path(riet)) as events:
        first = json.loads(await until(events, "timeline"))
        day, message = first["order"]
        assert set(first["changed"]) == {day, message}
        await site.cast.writes(riet, "Bent u daar?", site.clock(), outcome=Outcome.COORDINATOR)
        second = json.loads(await until(events, "timeline"))
    fresh = second["order"][-1]
    assert second["order"] == [day, message, fresh]
    assert list(second["changed"]) == [fresh]
    assert "Bent u daar?" in second["changed"][fresh]


async def test_whoever_reconnects_is_sent_everything_anew(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    for expected in (2, 3):
        async with stream(anne, path(riet)) as events:
            found = json.loads(await until(events, "timeline"))
            assert len(found["changed"]) == len(found["order"]) == expected
        await site.cast.writes(riet, "Bent u daar?", site.clock())


async def test_a_colleague_who_takes_over_is_seen_at_once(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    async with stream(anne, path(riet)) as events:
        assert "Wacht op een mens" in await until(events, "status")
        await site.handoffs.take_over(riet, site.bilal.id, site.clock())
        assert "Bilal antwoordt in dit gesprek." in await until(events, "status")


async def test_the_stream_of_who_is_no_longer_logged_in_ends(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    async with stream(anne, "/console") as events:
        await until(events, "queue")
        await site.coordinators.disable(ANNE, site.clock())
        await site.cast.writes(riet, "Bent u daar?", site.clock())
        assert [name async for name, _ in events] == ["signed-out"]


async def test_a_conversation_that_is_erased_meanwhile_says_that_it_is_gone(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    async with stream(anne, path(riet)) as events:
        await until(events, "timeline")
        async with site.database.transaction() as session:
            row = await session.get_one(Conversation, riet)
            row.erased_at = site.clock()
            row.mode = "bot"
        assert await until(events, "gone")
