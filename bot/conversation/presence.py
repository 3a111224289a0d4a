"""Shows a person that an answer is being written, where their channel can. Never more than that:
no turn waits for it or fails by it.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import structlog
from sqlalchemy import select

from bot.store.database import Database
from bot.store.tables import Conversation
from bot.store.vault import Vault
from integrations.channel import Channel, TypingChannel

log = structlog.get_logger(__name__)

# A quick answer needs no sign, in seconds; most come sooner (docs/performance.md).
_DELAY = 0.3
# Telegram shows it for five seconds: https://core.telegram.org/bots/api#sendchataction
_REPEAT = 4.5

_Found = tuple[TypingChannel, str] | None


class Presence:
    """Shows that somebody's message is being worked on."""

    def __init__(self, database: Database, vault: Vault, channels: Mapping[str, Channel]) -> None:
        self._database = database
        self._vault = vault
        self._channels = {
            name: channel
            for name, channel in channels.items()
            if isinstance(channel, TypingChannel)
        }
        self._lookups: set[asyncio.Task[_Found]] = set()

    @asynccontextmanager
    async def working(self, conversation_id: uuid.UUID) -> AsyncIterator[None]:
        """Show it from a moment after the beginning until the end of the block."""
        task = asyncio.create_task(self._show(conversation_id))
        try:
            yield
        finally:
            task.cancel()
            (ended,) = await asyncio.gather(task, return_exceptions=True)
            if isinstance(ended, Exception):
                log.warning("typing_ended", error=type(ended).__name__)

    async def settled(self) -> None:
        """Wait until nobody is being looked up any more."""
        await asyncio.gather(*self._lookups, return_exceptions=True)

    async def _show(self, conversation_id: uuid.UUID) -> None:
        await asyncio.sleep(_DELAY)
        # Not cancelled with the rest: halfway to a connection it would never be given back.
        lookup = asyncio.create_task(self._whereabouts(conversation_id))
        self._lookups.add(lookup)
        lookup.add_done_callback(self._looked_up)
        found = await asyncio.shield(lookup)
        while found is not None:
            channel, address = found
            await channel.show_typing(address)
            await asyncio.sleep(_REPEAT)

    def _looked_up(self, lookup: "asyncio.Task[_Found]") -> None:
        self._lookups.discard(lookup)
        if not lookup.cancelled() and (error := lookup.exception()) is not None:
            log.warning("typing_not_shown", error=type(error).__name__)

    async def _whereabouts(self, conversation_id: uuid.UUID) -> _Found:
        query = select(Conversation.channel, Conversation.address_sealed).where(
            Conversation.id == conversation_id,
            Conversation.channel.in_(self._channels),
            Conversation.blocked_at.is_(None),
        )
        async with self._database.statement() as session:
            found = (await session.execute(query)).one_or_none()
        if found is None:
            return None
        return self._channels[found.channel], self._vault.decrypt(found.address_sealed)
