"""Deletes what may not be kept any longer. The periods are in docs/privacy.md."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Exists, and_, delete, exists, false, func, or_, select
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
    State,
    StayRequest,
    TestimonialShown,
)

# Proposed to the regions: raw chat 30 days; intake until handover plus six weeks.
# After a day without a message a talk is over; what was said in it goes, unless it may be kept.
TALK = timedelta(days=1)
CHAT = timedelta(days=30)
# So long a reminder may be answered by its buttons.
REMINDED = timedelta(days=14)
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
            messages = await self._talks(session, now)
            messages += await _messages(session, now - CHAT)
            await self._memory.trim(session, now - CHAT)
            requests = await _requests(session, now - INTAKE)
            conversations = await self._conversations(session, now)
        return Removed(messages, requests, conversations)

    async def _talks(self, session: AsyncSession, now: datetime) -> int:
        """Delete what was said in a talk that is over, where it may not be kept (any longer).

        A talk is over after a day without a message, of anybody, and without an open task.
        """
        query = select(Conversation).where(_over(now), ~_busy(now), _has_content())
        gone = 0
        for conversation in await session.scalars(query.with_for_update(skip_locked=True)):
            for table in (HurdleNamed, TestimonialShown):
                await session.execute(delete(table).where(table.conversation_id == conversation.id))
            for said in (Outbound, Inbound):
                rows = await session.execute(
                    delete(said).where(said.conversation_id == conversation.id).returning(said.id)
                )
                gone += len(rows.all())
            await self._memory.forget(session, conversation.id)
            conversation.introduced_at = None
            conversation.stage = "contact"
            conversation.role = None
            conversation.perseverance = None
            conversation.turns_in_session = 0
        return gone

    async def _conversations(self, session: AsyncSession, now: datetime) -> int:
        """Conversations that were erased a day ago, or of which nothing is needed any more."""
        empty = (
            _over(now),
            ~_busy(now),
            *(~_of(table) for table in (StayRequest, CallbackRequest)),
            ~_planned(),
        )
        erased = (
            Conversation.erased_at < now - ERASED,
            Conversation.last_inbound_at <= Conversation.erased_at,
        )
        found = [
            conversation_id
            for conditions in (empty, erased)
            for conversation_id in await session.scalars(
                # Who writes at this very moment holds the lock, and is left alone.
                select(Conversation.id).where(*conditions).with_for_update(skip_locked=True)
            )
        ]
        for conversation_id in found:
            await self._memory.forget(session, conversation_id)
        await session.execute(delete(Conversation).where(Conversation.id.in_(found)))
        return len(set(found))


async def _messages(session: AsyncSession, before: datetime) -> int:
    """Delete what was said so long ago in talks that go on."""
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
    await session.execute(
        delete(CallbackRequest).where(
            CallbackRequest.created_at < before,
            ~select(Handoff.id)
            .where(
                Handoff.conversation_id == CallbackRequest.conversation_id,
                Handoff.closed_at.is_(None),
            )
            .exists(),
        )
    )
    rows = await session.execute(
        delete(StayRequest).where(StayRequest.end_on < before.date()).returning(StayRequest.id)
    )
    return len(rows.all())


def _over(now: datetime) -> ColumnElement[bool]:
    """Whether so long ago was written that the talk may not be kept."""
    last = Conversation.last_inbound_at
    return or_(last < now - CHAT, and_(last < now - TALK, ~_kept()))


def _busy(now: datetime) -> ColumnElement[bool]:
    """Whether somebody is still at it: a task, words of ours within a day, a message that is not
    answered or not delivered yet, or a reminder that may still be answered."""
    open_states = (State.QUEUED, State.SENDING, State.HELD)
    return or_(
        _of(Handoff, Handoff.closed_at.is_(None)),
        _of(Outbound, Outbound.created_at >= now - TALK),
        _of(Outbound, Outbound.state.in_(open_states), Outbound.created_at >= now - CHAT),
        _of(Inbound, Inbound.done_at.is_(None), Inbound.received_at >= now - CHAT),
        _of(
            Plan,
            Plan.state == PlanState.SENT,
            Plan.done_at >= now - REMINDED,
            Plan.done_at > Conversation.last_inbound_at,
        ),
    )


def _has_content() -> ColumnElement[bool]:
    return or_(
        *(_of(table) for table in (Inbound, Outbound, HurdleNamed, TestimonialShown)),
        Conversation.introduced_at.is_not(None),
        Conversation.stage != "contact",
        Conversation.role.is_not(None),
        Conversation.perseverance.is_not(None),
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
    return _of(Plan, Plan.state == PlanState.PLANNED)


def _of(table: type[Any], *conditions: ColumnElement[bool]) -> Exists:
    """Whether the conversation has such a row."""
    return exists().where(table.conversation_id == Conversation.id, *conditions)
