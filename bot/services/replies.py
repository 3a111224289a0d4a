"""Sends a coordinator's words once, however often the same form arrives."""

import uuid
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.handoff import Handoffs
from bot.store.database import Database
from bot.store.tables import Author, Outbound


class Replies:
    """What coordinators write to caregivers."""

    def __init__(self, database: Database, handoffs: Handoffs) -> None:
        self._database = database
        self._handoffs = handoffs

    async def send(
        self,
        conversation_id: uuid.UUID,
        coordinator_id: int,
        text: str,
        seen: int | None,
        now: datetime,
    ) -> None:
        """Send a reply, unless it was sent already from the same view of the conversation.

        Args:
            conversation_id: whom to write to.
            coordinator_id: who writes.
            text: what to write.
            seen: the newest message to the caregiver that the writer saw. The same words by the
                same writer after it are this very reply: a double click, a repeated request.
                None sends in any case.
            now: the present moment, aware.

        Raises:
            Conflict: another coordinator has it, or there is no text.
            NotFound: the conversation does not exist (any more).
        """
        async with self._database.transaction() as guard:
            await _one_at_a_time(guard, conversation_id)
            if seen is not None and await _sent(guard, conversation_id, coordinator_id, text, seen):
                return
            await self._handoffs.reply(conversation_id, coordinator_id, text, now)


async def _one_at_a_time(session: AsyncSession, conversation_id: uuid.UUID) -> None:
    key = int.from_bytes(conversation_id.bytes[:8], signed=True)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


async def _sent(
    session: AsyncSession, conversation_id: uuid.UUID, coordinator_id: int, text: str, seen: int
) -> bool:
    """Whether these words were written since; a long reply is stored in parts."""
    query = (
        select(Outbound.text)
        .where(
            Outbound.conversation_id == conversation_id,
            Outbound.author == Author.COORDINATOR,
            Outbound.coordinator_id == coordinator_id,
            Outbound.id > seen,
        )
        .order_by(Outbound.id)
    )
    parts = [_letters(part) for part in await session.scalars(query)]
    wanted = _letters(text)
    return any(
        "".join(parts[first:last]) == wanted
        for first in range(len(parts))
        for last in range(first + 1, len(parts) + 1)
    )


def _letters(text: str) -> str:
    return "".join(text.split())
