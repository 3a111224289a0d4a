"""Reaches Rasa's own table in the schema `rasa`: to look an answer up, to undo a turn, to erase.

Rasa's HTTP interface cannot undo a turn inside a form (a rewind there takes the whole form away),
so a half turn is taken back where it is kept. Rasa reads its tracker anew for each message.
"""

import json
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.messages import OutgoingMessage, bubble_of

# Rasa makes the table when it first starts; before that there is nothing to find.
_EXISTS = text("SELECT to_regclass('rasa.events')")
_TURN = text(
    "SELECT id, data FROM rasa.events WHERE sender_id = :sender AND id >= ("
    "  SELECT max(id) FROM rasa.events WHERE sender_id = :sender AND type_name = 'user'"
    ") ORDER BY id"
)
_UNDO = text("DELETE FROM rasa.events WHERE sender_id = :sender AND id >= :first")
_TRIM = text('DELETE FROM rasa.events WHERE "timestamp" < :before')
_FORGET = text("DELETE FROM rasa.events WHERE sender_id = :sender")

_Event = dict[str, Any]


class Trackers:
    """What Rasa remembers of conversations; implements `bot.services.ports.Memory`."""

    async def answer_to(
        self, session: AsyncSession, conversation_id: uuid.UUID, inbound_id: int
    ) -> list[OutgoingMessage]:
        """What was answered to the latest message, if it is this one and its turn is whole."""
        turn = [event for _, event in await self._turn(session, conversation_id, inbound_id)]
        actions = [event.get("name") for event in turn if event.get("event") == "action"]
        if not actions or actions[-1] != "action_listen":
            return []
        return [_bubble(event) for event in turn if event.get("event") == "bot"]

    async def undo(
        self, session: AsyncSession, conversation_id: uuid.UUID, inbound_id: int
    ) -> None:
        """Take the turn of this message back, as if it had never been asked."""
        turn = await self._turn(session, conversation_id, inbound_id)
        if turn:
            await session.execute(_UNDO, {"sender": str(conversation_id), "first": turn[0][0]})

    async def trim(self, session: AsyncSession, before: datetime) -> None:
        """Delete all events older than that, whoever's they are."""
        if await _exists(session):
            await session.execute(_TRIM, {"before": before.timestamp()})

    async def forget(self, session: AsyncSession, conversation_id: uuid.UUID) -> None:
        """Delete all that is remembered of a conversation, in the caller's transaction."""
        if await _exists(session):
            await session.execute(_FORGET, {"sender": str(conversation_id)})

    async def _turn(
        self, session: AsyncSession, conversation_id: uuid.UUID, inbound_id: int
    ) -> list[tuple[int, _Event]]:
        """The rows from the message on, when it is the latest one that Rasa has."""
        if not await _exists(session):
            return []
        rows = await session.execute(_TURN, {"sender": str(conversation_id)})
        turn = [(row_id, json.loads(data)) for row_id, data in rows]
        if not turn or (turn[0][1].get("metadata") or {}).get("inbound_id") != inbound_id:
            return []
        return turn


async def _exists(session: AsyncSession) -> bool:
    return (await session.execute(_EXISTS)).scalar_one() is not None


def _bubble(event: _Event) -> OutgoingMessage:
    data = event.get("data") or {}
    return bubble_of(event.get("text"), data.get("buttons"), data.get("custom"))
