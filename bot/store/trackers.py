"""Reaches Rasa's own table in the schema `rasa`, so that erasing a person reaches it too."""

import uuid

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


class Trackers:
    """What Rasa remembers of conversations; implements `bot.services.ports.Memory`."""

    async def forget(self, session: AsyncSession, conversation_id: uuid.UUID) -> None:
        """Delete a conversation's events, in the caller's transaction."""
        # Rasa makes the table when it first starts.
        exists = await session.execute(text("SELECT to_regclass('rasa.events')"))
        if exists.scalar_one() is not None:
            await session.execute(
                text("DELETE FROM rasa.events WHERE sender_id = :id"), {"id": str(conversation_id)}
            )
