"""The database goes away and comes back: what was acknowledged is answered, and only once."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.store import embedded
from bot.store.database import migrate
from tests.faults.conftest import Stack, standing

pytestmark = pytest.mark.slow


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[tuple[Stack, Any]]:
    """The application and a PostgreSQL of its own, which may be stopped."""
    folder = Path(tempfile.mkdtemp(prefix="adempauze-gone-"))
    url, handle = await asyncio.to_thread(embedded.start, folder)
    await asyncio.to_thread(migrate, url)
    async with standing(url, tmp_path) as stack:
        yield stack, handle
    await asyncio.to_thread(handle.cleanup)
    shutil.rmtree(folder, ignore_errors=True)


async def test_ten_seconds_without_the_database_lose_nothing(server: tuple[Stack, Any]) -> None:
    stack, handle = server
    stack.rasa.hanging = asyncio.Event()
    assert await stack.say("hallo") == 200
    await stack.until(lambda: stack.rasa.asked)

    await asyncio.to_thread(handle.stop)
    statuses = [await stack.say("bent u er nog?", sid="SM" + "b" * 32) for _ in range(2)]
    await asyncio.sleep(10)
    await asyncio.to_thread(handle.ensure_postgres_running)
    stack.rasa.hanging.set()
    stack.rasa.hanging = None

    # What could not be stored was not acknowledged, so the vendor sends it again.
    assert all(status >= 500 for status in statuses)
    assert await stack.say("bent u er nog?", sid="SM" + "b" * 32) == 200
    await stack.until(lambda: len(stack.twilio.sent) == 2)
    await asyncio.sleep(3)
    answers = [bubble.body.rsplit("op: ", 1)[1] for bubble in stack.twilio.sent]
    assert answers == ["hallo", "bent u er nog?"]
    assert stack.process is not None
    assert stack.process.returncode is None


async def test_every_connection_cut_in_the_middle_of_a_turn_loses_nothing(stack: Stack) -> None:
    stack.rasa.hanging = asyncio.Event()
    assert await stack.say("hallo") == 200
    await stack.until(lambda: stack.rasa.asked)
    stack.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    stack.rasa.hanging.set()
    stack.rasa.hanging = None

    await stack.until(lambda: stack.twilio.sent)
    assert await stack.say("bent u er nog?") == 200
    await stack.until(lambda: len(stack.twilio.sent) == 2)
    assert stack.process is not None
    assert stack.process.returncode is None
