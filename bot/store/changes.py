"""Tells waiting pages that a conversation changed, whichever process changed it.

PostgreSQL's NOTIFY carries the conversation's id only. A page that waits reads what it may see.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import structlog

log = structlog.get_logger(__name__)

CHANNEL = "conversation"


class Changes:
    """One listening connection per process, shared by all pages."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._waiting: dict[asyncio.Event, uuid.UUID | None] = {}

    async def listen(self) -> None:
        """Listen for ever; a lost connection is made again and counts as a change of all."""
        while True:
            try:
                await self._listen_once()
            except psycopg.OperationalError as error:
                log.warning("changes_lost_database", error=type(error).__name__)
            await asyncio.sleep(1)
            self._wake(None)

    @asynccontextmanager
    async def of(self, conversation_id: uuid.UUID | None) -> AsyncIterator[asyncio.Event]:
        """An event that is set at each change of this conversation (None: of any).

        Whoever waits clears it before reading, so that no change is missed.
        """
        event = asyncio.Event()
        self._waiting[event] = conversation_id
        try:
            yield event
        finally:
            del self._waiting[event]

    async def _listen_once(self) -> None:
        connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            async for notice in connection.notifies():
                self._wake(uuid.UUID(notice.payload))

    def _wake(self, changed: uuid.UUID | None) -> None:
        for event, wanted in self._waiting.items():
            if changed is None or wanted is None or wanted == changed:
                event.set()
