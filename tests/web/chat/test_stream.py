"""The event stream: nothing is missed, nothing is doubled, and it ends when the page is gone."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.web.chat import stream
from tests.web.chat.conftest import Site, Visitor

SECONDS = 10


@pytest.fixture
async def riet(listening: Site, address: str) -> AsyncIterator[Visitor]:
    """Riet, over a real connection; she said hello."""
    visitor = Visitor(listening.app())
    await visitor.http.aclose()
    visitor.http = httpx.AsyncClient(base_url=address)
    await visitor.say("hallo")
    yield visitor
    await visitor.http.aclose()


@contextlib.asynccontextmanager
async def events(
    visitor: Visitor, version: str = "", **headers: str
) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """The stream as a browser reads it: each event as its fields, data parsed."""
    async with (
        asyncio.timeout(SECONDS),
        visitor.http.stream("GET", f"/chat/events?since={version}", headers=headers) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _parsed(answer)


async def _parsed(answer: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    fields: dict[str, Any] = {}
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if name:
            fields[name] = value
        elif "data" in fields:
            yield fields | {"data": json.loads(fields["data"])}
            fields = {}


async def test_it_begins_with_all_and_goes_on_with_what_is_new(
    riet: Visitor, listening: Site
) -> None:
    async with events(riet) as arriving:
        first = (await anext(arriving))["data"]
        message = await listening.answer("Dag Riet", "Ja")
        second = (await anext(arriving))["data"]

    assert list(first["items"]) == ["in-1"]
    assert first["status"] == "Adempauze denkt even na…"
    assert second["order"] == ["in-1", f"out-{message}"]
    assert list(second["items"]) == [f"out-{message}"]
    assert (second["status"], "Ja" in second["choices"]) == ("", True)


@pytest.mark.parametrize("by", ["query", "header"])
async def test_a_page_that_is_up_to_date_is_sent_nothing_twice(riet: Visitor, by: str) -> None:
    version = (await riet.http.get("/chat/messages")).json()["version"]
    query, headers = (version, {}) if by == "query" else ("", {"Last-Event-ID": version})
    async with events(riet, query, **headers) as arriving:
        first = await anext(arriving)

    assert first["id"] == version
    assert first["data"]["items"] == {}
    assert first["data"]["order"] == ["in-1"]


async def test_what_was_said_between_two_connections_comes_with_the_second(
    riet: Visitor, listening: Site
) -> None:
    async with events(riet) as arriving:
        seen = await anext(arriving)
    message = await listening.answer("Dag Riet")
    async with events(riet, **{"Last-Event-ID": seen["id"]}) as arriving:
        data = (await anext(arriving))["data"]

    assert data["order"] == ["in-1", f"out-{message}"]
    assert f"out-{message}" in data["items"]


async def test_a_change_that_shows_nothing_sends_nothing(riet: Visitor, listening: Site) -> None:
    async with events(riet) as arriving:
        await anext(arriving)
        await riet.say("hallo?")
        assert (await anext(arriving))["data"]["order"] == ["in-1", "in-2"]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(arriving), 0.3)


async def test_a_heartbeat_shows_that_the_connection_lives(
    riet: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "_HEARTBEAT", 0.1)
    async with events(riet) as arriving:
        await anext(arriving)
        assert (await anext(arriving))["event"] == "alive"


async def test_a_connection_ends_in_time(riet: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_LONGEST", 0.1)
    async with events(riet) as arriving:
        assert len([event async for event in arriving]) == 1


async def test_it_ends_when_the_page_is_gone(riet: Visitor, listening: Site) -> None:
    async with events(riet) as arriving:
        await anext(arriving)
        assert listening.waiting_pages() == 1
    async with asyncio.timeout(SECONDS):
        while listening.waiting_pages():  # the library tells nobody
            await asyncio.sleep(0.02)


async def test_one_page_does_not_hear_of_another_conversation(
    riet: Visitor, listening: Site
) -> None:
    chris = Visitor(listening.app())
    async with events(riet) as arriving:
        await anext(arriving)
        await chris.say("iets van Chris")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(arriving), 0.3)
    await chris.http.aclose()
