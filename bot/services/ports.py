"""What services need from the outside, as protocols, so that they import none of it."""

import uuid
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.messages import OutgoingMessage
from bot.store.tables import Author


class Outbox(Protocol):
    """Puts a message on its way, in the caller's transaction."""

    async def put(
        self,
        session: AsyncSession,
        conversation_id: uuid.UUID,
        message: OutgoingMessage,
        *,
        author: Author,
        in_reply_to: int | None = None,
        coordinator_id: int | None = None,
    ) -> None:
        """Store the message and defer its delivery; both happen when the caller commits."""
        ...


class Memory(Protocol):
    """What the assistant itself remembers of a conversation."""

    async def answer_to(
        self, session: AsyncSession, conversation_id: uuid.UUID, inbound_id: int
    ) -> list[OutgoingMessage]:
        """What it answered to this message, if that is its latest and the turn is whole."""
        ...

    async def undo(
        self, session: AsyncSession, conversation_id: uuid.UUID, inbound_id: int
    ) -> None:
        """Take the turn of this message back, as if it had never been asked."""
        ...

    async def trim(self, session: AsyncSession, before: datetime) -> None:
        """Erase what is older than that, of everybody, in the caller's transaction."""
        ...

    async def forget(self, session: AsyncSession, conversation_id: uuid.UUID) -> None:
        """Erase it, in the caller's transaction."""
        ...
