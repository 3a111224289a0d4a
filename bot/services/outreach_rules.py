"""When a promise to come back may go out: never, not now, or now.

Never after STOP, a loss, a no, or a stay that was asked for meanwhile. Not now during a crisis,
while a human is at it or somebody blocks us, in the middle of a talk, and within a fortnight of the
last one.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.consents import latest
from bot.services.office import AMSTERDAM
from bot.store.tables import (
    Conversation,
    Mode,
    Plan,
    PlanState,
    Purpose,
    StayRequest,
    StayState,
)

# No two reminders within this time; our choice, as is all below.
APART = timedelta(days=14)
# Who wrote so recently is in a talk, which is not interrupted.
QUIET = timedelta(hours=12)
# A promise that could not be kept for so long is no longer what was agreed.
TOO_LATE = timedelta(days=30)

Decision = tuple[PlanState | None, str | None]


async def decide(
    session: AsyncSession, conversation: Conversation, plan: Plan, now: datetime
) -> Decision:
    """What becomes of a plan that is due, and why; no state when it waits."""
    for check in (_never, _not_now):
        decided = await check(session, conversation, plan, now)
        if decided is not None:
            return decided
    return PlanState.SENT, None


async def _never(
    session: AsyncSession, conversation: Conversation, plan: Plan, now: datetime
) -> Decision | None:
    """Why it does not go out at all."""
    consent = (await latest(session, conversation.id)).get(Purpose.REMINDERS)
    reasons = {
        "bereaved": conversation.bereaved_at is not None,
        "stopped": conversation.stopped_at is not None,
        "refused": consent is None or not consent.given,
        "requested": await _asked_for_a_stay(session, conversation.id, plan.created_at),
        "too_late": now.astimezone(AMSTERDAM).date() - plan.due_on > TOO_LATE,
    }
    reason = next((name for name, holds in reasons.items() if holds), None)
    return (PlanState.DROPPED, reason) if reason else None


async def _not_now(
    session: AsyncSession,
    conversation: Conversation,
    plan: Plan,  # noqa: ARG001  # every check is asked alike
    now: datetime,
) -> Decision | None:
    """Whether it has to wait."""
    held = (
        conversation.crisis_at is not None
        or conversation.blocked_at is not None
        or conversation.mode != Mode.BOT
        or now - conversation.last_inbound_at < QUIET
        or await _sent_since(session, conversation.id, now - APART)
    )
    return (None, None) if held else None


async def _asked_for_a_stay(
    session: AsyncSession, conversation_id: uuid.UUID, since: datetime
) -> bool:
    query = select(StayRequest.id).where(
        StayRequest.conversation_id == conversation_id,
        StayRequest.state == StayState.HELD,
        StayRequest.created_at > since,
    )
    return (await session.execute(query.limit(1))).first() is not None


async def _sent_since(session: AsyncSession, conversation_id: uuid.UUID, since: datetime) -> bool:
    query = select(Plan.id).where(
        Plan.conversation_id == conversation_id,
        Plan.state == PlanState.SENT,
        Plan.done_at > since,
    )
    return (await session.execute(query.limit(1))).first() is not None
