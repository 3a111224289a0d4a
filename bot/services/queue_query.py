"""The one query behind the console's lists and card: a conversation, its task and what a list
shows of both, fetched in one go."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.sql.selectable import LateralFromClause

from bot.store.tables import (
    Author,
    Conversation,
    Coordinator,
    Handoff,
    Inbound,
    Outbound,
    Outcome,
    State,
    StayRequest,
    StayState,
)

_FIRST_WORDS = 160
_LOST = Outbound.state.in_((State.FAILED, State.UNKNOWN))


def conversations() -> Select[Any]:
    """Rows of Conversation, Handoff (the open one or None) and these columns:

    coordinator · said, kind (of the person's last message) · failed, unknown (counts) ·
    location, start_on, end_on (of the newest stay) · spoken_at (a coordinator's last words) ·
    unanswered, unanswered_since (the person's messages since the task and the last words).
    """
    open_task = and_(Handoff.conversation_id == Conversation.id, Handoff.closed_at.is_(None))
    spoken = _spoken()
    parts = [_said(), _lost(), _newest_stay(), spoken, _unanswered(spoken.c.spoken_at)]
    query: Select[Any] = (
        select(
            Conversation,
            Handoff,
            Coordinator.name.label("coordinator"),
            *(column for part in parts for column in part.c),
        )
        .select_from(Conversation)
        .outerjoin(Handoff, open_task)
        .outerjoin(Coordinator, Coordinator.id == Conversation.coordinator_id)
    )
    for part in parts:
        query = query.outerjoin(part, true())
    return query


def not_erased() -> ColumnElement[bool]:
    """Who asked to be forgotten is not shown, unless they wrote again."""
    return or_(
        Conversation.erased_at.is_(None), Conversation.last_inbound_at > Conversation.erased_at
    )


def lost_since(since: datetime) -> ColumnElement[bool]:
    """A message to the person turned out later than `since` not, or perhaps not, to arrive."""
    lost = select(Outbound.conversation_id).where(_LOST, Outbound.state_at > since)
    return Conversation.id.in_(lost)


def lost_at() -> ColumnElement[datetime]:
    """When that turned out last."""
    newest = select(func.max(Outbound.state_at)).where(_LOST)
    return newest.where(Outbound.conversation_id == Conversation.id).scalar_subquery()


def _said() -> LateralFromClause:
    return (
        select(func.left(Inbound.text, _FIRST_WORDS).label("said"), Inbound.kind)
        .where(Inbound.conversation_id == Conversation.id)
        .order_by(Inbound.id.desc())
        .limit(1)
        .lateral()
    )


def _lost() -> LateralFromClause:
    return (
        select(
            func.count().filter(Outbound.state == State.FAILED).label("failed"),
            func.count().filter(Outbound.state == State.UNKNOWN).label("unknown"),
        )
        .where(Outbound.conversation_id == Conversation.id)
        .lateral()
    )


def _newest_stay() -> LateralFromClause:
    return (
        select(
            StayRequest.location_slug.label("location"), StayRequest.start_on, StayRequest.end_on
        )
        .where(StayRequest.conversation_id == Conversation.id, StayRequest.state == StayState.HELD)
        .order_by(StayRequest.created_at.desc())
        .limit(1)
        .lateral()
    )


def _spoken() -> LateralFromClause:
    return (
        select(func.max(Outbound.created_at).label("spoken_at"))
        .where(Outbound.conversation_id == Conversation.id, Outbound.author == Author.COORDINATOR)
        .lateral()
    )


def _unanswered(spoken_at: ColumnElement[Any]) -> LateralFromClause:
    left_to_us = or_(
        Inbound.done_at.is_(None), Inbound.outcome.in_((Outcome.COORDINATOR, Outcome.SAFETY))
    )
    return (
        select(
            func.count().label("unanswered"),
            func.min(Inbound.received_at).label("unanswered_since"),
        )
        .where(
            Inbound.conversation_id == Conversation.id,
            Inbound.received_at >= Handoff.opened_at,
            or_(spoken_at.is_(None), Inbound.received_at > spoken_at),
            left_to_us,
        )
        .lateral()
    )
