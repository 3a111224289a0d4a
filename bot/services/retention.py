"""Deletes what may not be kept any longer. The periods are in docs/privacy.md."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Exists, and_, delete, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.ports import Memory
from bot.store.database import Database
from bot.store.tables import (
    CallbackRequest,
    Consent,
    ConsoleSession,
    Conversation,
    Handoff,
    HurdleNamed,
    Inbound,
    LoginAttempt,
    Outbound,
    Plan,
    PlanState,
    Purpose,
    StayRequest,
    TestimonialShown,
)

# Proposed to the regions: raw chat 30 days; intake until handover plus six weeks.
# After a day without a message a talk is over; what was said in it goes, unless it may be kept.
TALK = timedelta(days=1)
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
            await self._talks(session, now - TALK)
            messages = await _messages(session, now - CHAT)
            requests = await _requests(session, now - INTAKE)
            conversations = await self._conversations(session, now)
        return Removed(messages, requests, conversations)

    async def _talks(self, session: AsyncSession, before: datetime) -> None:
        """What was said in a talk that is over, by who did not agree to keeping it.

        A talk is over after a day without a message, of anybody, and without an open task.
        """
        query = select(Conversation).where(
            Conversation.last_inbound_at < before,
            Conversation.introduced_at.is_not(None),
            ~_open_task(),
            ~_written_since(before),
            ~_kept(),
        )
        for conversation in await session.scalars(query.with_for_update(skip_locked=True)):
            for table in (Outbound, Inbound, HurdleNamed, TestimonialShown):
                await session.execute(delete(table).where(table.conversation_id == conversation.id))
            await self._memory.forget(session, conversation.id)
            conversation.introduced_at = None
            conversation.stage = "contact"
            conversation.role = None
            conversation.perseverance = None
            conversation.turns_in_session = 0

    async def _conversations(self, session: AsyncSession, now: datetime) -> int:
        """Conversations that were erased a day ago, or of which nothing is left."""
        empty = (
            or_(
                Conversation.last_inbound_at < now - CHAT,
                and_(
                    Conversation.last_inbound_at < now - TALK, Conversation.introduced_at.is_(None)
                ),
            ),
            ~_written_since(now - TALK),
            *(
                ~select(table.id).where(table.conversation_id == Conversation.id).exists()
                for table in (StayRequest, CallbackRequest)
            ),
            ~_planned(),
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
    await session.execute(delete(CallbackRequest).where(CallbackRequest.created_at < before))
    rows = await session.execute(
        delete(StayRequest).where(StayRequest.end_on < before.date()).returning(StayRequest.id)
    )
    return len(rows.all())


def _written_since(moment: datetime) -> Exists:
    return (
        select(Outbound.id)
        .where(Outbound.conversation_id == Conversation.id, Outbound.created_at >= moment)
        .exists()
    )


def _kept() -> ColumnElement[bool]:
    """Whether the latest answer to keeping what is said is a yes."""
    answer = (
        select(Consent.given)
        .where(Consent.conversation_id == Conversation.id, Consent.purpose == Purpose.KEEP)
        .order_by(Consent.id.desc())
        .limit(1)
    )
    return func.coalesce(answer.scalar_subquery(), false())


def _planned() -> Exists:
    return (
        select(Plan.id)
        .where(Plan.conversation_id == Conversation.id, Plan.state == PlanState.PLANNED)
        .exists()
    )


def _open_task() -> Exists:
    return (
        select(Handoff.id)
        .where(Handoff.conversation_id == Conversation.id, Handoff.closed_at.is_(None))
        .exists()
    )
