"""Deletes what may not be kept any longer. The periods are in docs/privacy.md."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Exists, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.ports import Memory
from bot.store.database import Database
from bot.store.tables import (
    ConsoleSession,
    Conversation,
    Handoff,
    Inbound,
    LoginAttempt,
    Outbound,
    StayRequest,
)

# Proposed to the regions: raw chat 30 days; intake until handover plus six weeks.
CHAT = timedelta(days=30)
INTAKE = timedelta(weeks=6)
ERASED = timedelta(days=1)


@dataclass(frozen=True)
class Removed:
    """How much was deleted."""

    messages: int
    stay_requests: int
    conversations: int


class Retention:
    """The rules of how long what is kept."""

    def __init__(self, database: Database, memory: Memory) -> None:
        self._database = database
        self._memory = memory

    async def run(self, now: datetime) -> Removed:
        """Delete what is past its period; open tasks keep their conversation."""
        async with self._database.transaction() as session:
            await session.execute(delete(ConsoleSession).where(ConsoleSession.expires_at < now))
            await session.execute(
                delete(LoginAttempt).where(LoginAttempt.at < now - timedelta(days=1))
            )
            messages = await _messages(session, now - CHAT)
            requests = await _requests(session, now - INTAKE)
            conversations = await self._conversations(session, now)
        return Removed(messages, requests, conversations)

    async def _conversations(self, session: AsyncSession, now: datetime) -> int:
        """Conversations that were erased a day ago, or of which nothing is left."""
        empty = (
            Conversation.last_inbound_at < now - CHAT,
            ~select(StayRequest.id).where(StayRequest.conversation_id == Conversation.id).exists(),
            ~_open_task(),
        )
        erased = (
            Conversation.erased_at < now - ERASED,
            Conversation.last_inbound_at <= Conversation.erased_at,
        )
        found = [
            *await session.scalars(select(Conversation.id).where(*empty)),
            *await session.scalars(select(Conversation.id).where(*erased)),
        ]
        for conversation_id in found:
            await self._memory.forget(session, conversation_id)
        await session.execute(delete(Conversation).where(Conversation.id.in_(found)))
        return len(set(found))


async def _messages(session: AsyncSession, before: datetime) -> int:
    gone = 0
    for table, moment in ((Outbound, Outbound.created_at), (Inbound, Inbound.received_at)):
        rows = await session.execute(
            delete(table)
            .where(
                moment < before,
                ~select(Handoff.id)
                .where(
                    Handoff.conversation_id == table.conversation_id, Handoff.closed_at.is_(None)
                )
                .exists(),
            )
            .returning(table.id)
        )
        gone += len(rows.all())
    return gone


async def _requests(session: AsyncSession, before: datetime) -> int:
    rows = await session.execute(
        delete(StayRequest).where(StayRequest.end_on < before.date()).returning(StayRequest.id)
    )
    return len(rows.all())


def _open_task() -> Exists:
    return (
        select(Handoff.id)
        .where(Handoff.conversation_id == Conversation.id, Handoff.closed_at.is_(None))
        .exists()
    )
