"""Promises to come back to somebody once: "ik vraag het in september nog eens".

A plan needs a yes of its own and survives a restart. It goes out between 9:00 and 20:00 in
Amsterdam, when bot/services/outreach_rules.py lets it.
"""

import re
import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.messages import Template
from bot.services.consents import note
from bot.services.content import Content
from bot.services.fixed_texts import say
from bot.services.handoff import locked
from bot.services.office import AMSTERDAM
from bot.services.outreach_rules import decide
from bot.services.periods import understand
from bot.services.ports import Memory, Outbox
from bot.store.database import Database
from bot.store.tables import Author, Conversation, Outbound, Plan, PlanState, Purpose

log = structlog.get_logger(__name__)

# Nobody is written to before or after these hours of the day, in Amsterdam.
FROM, UNTIL = time(9), time(20)
# Nobody is asked to wait for longer than this.
HORIZON = timedelta(days=400)
_IN_A_YEAR = re.compile(r"\bover (?:een|1) (half ?)?jaar\b")


def due_on(text: str, today: date) -> date | None:
    """The day that somebody names to be asked again; None when no day to come is named.

    Of a longer time ("in september") it is the first day.

    >>> due_on("na de zomer misschien", date(2026, 11, 22))
    datetime.date(2027, 9, 1)
    """
    named = _IN_A_YEAR.search(text.lower())
    if named:
        return today + timedelta(days=182 if named.group(1) else 365)
    period = understand(text, today)
    if period is None or period.start is None:
        return None
    return period.start if today < period.start <= today + HORIZON else None


@dataclass(frozen=True)
class Kept:
    """What became of the plans of one round."""

    sent: int
    dropped: int


class Plans:
    """Makes promises and keeps them."""

    def __init__(
        self, database: Database, outbox: Outbox, memory: Memory, content: Content
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._memory = memory
        self._texts = content.texts

    async def can_reach(self, conversation_id: uuid.UUID) -> bool:
        """Whether the channel lets us write first; a web page is only read while it is open."""
        query = select(Conversation.channel).where(Conversation.id == conversation_id)
        async with self._database.transaction() as session:
            return await session.scalar(query) != "webchat"

    async def make(
        self, conversation_id: uuid.UUID, inbound_id: int, day: date, now: datetime
    ) -> bool:
        """Promise to come back on `day`, after a yes to just that.

        A promise that was still open makes way. A yes to a question that was asked after STOP or
        a loss lets reminders go again. The same message twice makes one promise.

        Returns:
            False when STOP was said after the question: then there is no promise.
        """
        async with self._database.transaction() as session:
            conversation = await locked(session, conversation_id)
            if await _stopped_since_asked(session, conversation):
                return False
            text = self._texts.consent_reminders
            await note(
                session, conversation_id, inbound_id, Purpose.REMINDERS, text, now, given=True
            )
            made = select(Plan.id).where(Plan.inbound_id == inbound_id)
            if (await session.execute(made)).first():
                return True
            await drop(session, conversation_id, "replaced", now)
            conversation.stopped_at = None
            conversation.bereaved_at = None
            session.add(
                Plan(
                    conversation_id=conversation_id,
                    inbound_id=inbound_id,
                    due_on=day,
                    created_at=now,
                )
            )
        return True

    async def cancel(self, conversation_id: uuid.UUID, now: datetime) -> None:
        """A coordinator calls the open promise off."""
        async with self._database.transaction() as session:
            await locked(session, conversation_id)
            await drop(session, conversation_id, "cancelled", now)

    async def refuse(self, conversation_id: uuid.UUID, inbound_id: int, now: datetime) -> None:
        """No reminders: an open promise is dropped."""
        async with self._database.transaction() as session:
            await locked(session, conversation_id)
            text = self._texts.consent_reminders
            await note(
                session, conversation_id, inbound_id, Purpose.REMINDERS, text, now, given=False
            )
            await drop(session, conversation_id, "refused", now)

    async def mourn(self, conversation_id: uuid.UUID, now: datetime) -> None:
        """Somebody died: nothing that was planned goes out any more."""
        async with self._database.transaction() as session:
            conversation = await locked(session, conversation_id)
            conversation.bereaved_at = conversation.bereaved_at or now
            await drop(session, conversation_id, "bereaved", now)

    async def lift_loss(self, conversation_id: uuid.UUID) -> None:
        """A coordinator knows that promises may be made again."""
        async with self._database.transaction() as session:
            conversation = await locked(session, conversation_id)
            conversation.bereaved_at = None

    async def keep(self, now: datetime) -> Kept:
        """Carry out what is due. Any number of workers may do so at once."""
        local = now.astimezone(AMSTERDAM)
        if not FROM <= local.time() < UNTIL:
            return Kept(0, 0)
        due = select(Plan.id, Plan.conversation_id).where(
            Plan.state == PlanState.PLANNED, Plan.due_on <= local.date()
        )
        async with self._database.transaction() as session:
            found = (await session.execute(due.order_by(Plan.due_on, Plan.id))).all()
        states = [await self._safely(plan, conversation, now) for plan, conversation in found]
        return Kept(states.count(PlanState.SENT), states.count(PlanState.DROPPED))

    async def _safely(
        self, plan_id: int, conversation_id: uuid.UUID, now: datetime
    ) -> PlanState | None:
        """One plan; what goes wrong with it holds up no other, and the next round tries again."""
        try:
            return await self._one(plan_id, conversation_id, now)
        except SQLAlchemyError as error:
            log.error("plan_failed", plan=plan_id, error=type(error).__name__)
            return None

    async def _one(
        self, plan_id: int, conversation_id: uuid.UUID, now: datetime
    ) -> PlanState | None:
        """One plan, in a transaction of its own; None when it waits or somebody else did it."""
        async with self._database.transaction() as session:
            conversation = await _if_free(session, conversation_id)
            plan = await session.get(Plan, plan_id, populate_existing=True)
            if conversation is None or plan is None or plan.state != PlanState.PLANNED:
                return None
            state, reason = await decide(session, conversation, plan, now)
            if state is None:
                return None
            if state is PlanState.SENT:
                # Where free words may not be sent any more, an approved text stands for these.
                # Whatever the assistant had asked weeks ago, a yes is now for this.
                await self._memory.forget(session, conversation_id)
                reminder = replace(say(self._texts.reminder), template=Template.REMINDER)
                await self._outbox.put(session, conversation_id, reminder, author=Author.SYSTEM)
            plan.state, plan.reason, plan.done_at = state, reason, now
            return state


async def _if_free(session: AsyncSession, conversation_id: uuid.UUID) -> Conversation | None:
    """The conversation, locked; None when it is gone or somebody else is at it just now."""
    query = select(Conversation).where(Conversation.id == conversation_id)
    found = await session.execute(query.with_for_update(skip_locked=True))
    return found.scalar_one_or_none()


async def _stopped_since_asked(session: AsyncSession, conversation: Conversation) -> bool:
    """Whether STOP came after the assistant's last words, and so after its question."""
    if conversation.stopped_at is None:
        return False
    query = select(func.max(Outbound.created_at)).where(
        Outbound.conversation_id == conversation.id, Outbound.author == Author.BOT
    )
    asked_at = await session.scalar(query)
    return asked_at is None or asked_at < conversation.stopped_at


async def drop(
    session: AsyncSession, conversation_id: uuid.UUID, reason: str, now: datetime
) -> None:
    """Drop the open promise, in the caller's transaction; nothing when there is none."""
    await session.execute(
        update(Plan)
        .where(Plan.conversation_id == conversation_id, Plan.state == PlanState.PLANNED)
        .values(state=PlanState.DROPPED, reason=reason, done_at=now)
    )


async def planned(session: AsyncSession, conversation_id: uuid.UUID) -> date | None:
    """The day of the open promise, None when there is none."""
    query = select(Plan.due_on).where(
        Plan.conversation_id == conversation_id, Plan.state == PlanState.PLANNED
    )
    day: date | None = await session.scalar(query)
    return day
