"""The console's fixtures: Anne and Bilal are logged in, Chris is not, and Riet waits."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.services.content import Content
from bot.services.handoff import Handoffs
from bot.store.database import Database
from bot.store.vault import Vault
from tests.conftest import Clock
from tests.rasa_peer import free_port
from tests.web.console.cast import ANNE, BILAL, SECRET
from tests.web.console.site import Site, Visitor, build, served


@pytest.fixture
async def site(
    database: Database,
    database_url: str,
    vault: Vault,
    content: Content,
    handoffs: Handoffs,
    clock: Clock,
) -> Site:
    return await build(database, database_url, vault, content, handoffs, clock)


@pytest.fixture
async def riet(site: Site) -> uuid.UUID:
    """Riet asked for a human ten minutes ago."""
    at = site.clock() - timedelta(minutes=10)
    conversation = await site.cast.caregiver(at, stage="need", start="7f3a")
    await site.cast.writes(conversation, SECRET, at)
    await site.cast.task(conversation, at)
    return conversation


@pytest.fixture
async def anne(site: Site) -> AsyncIterator[Visitor]:
    async with await site.visitor(ANNE) as visitor:
        yield visitor


@pytest.fixture
async def bilal(site: Site) -> AsyncIterator[Visitor]:
    async with await site.visitor(BILAL) as visitor:
        yield visitor


@pytest.fixture
async def chris(site: Site) -> AsyncIterator[Visitor]:
    async with await site.visitor(client="203.0.113.66") as visitor:
        yield visitor


@pytest.fixture
async def address(site: Site) -> AsyncIterator[str]:
    """Where the console is served, hearing of changes as the running application does."""
    task = asyncio.create_task(site.changes.listen())
    try:
        await _heard(site)
        port = free_port()
        async with served(site.app, port):
            yield f"http://127.0.0.1:{port}"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _heard(site: Site) -> None:
    """Wait until a first notification arrives."""
    async with site.changes.of(None) as changed:
        while not changed.is_set():
            async with site.database.transaction() as session:
                await session.execute(select(func.pg_notify("conversation", str(uuid.uuid4()))))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), 0.1)
