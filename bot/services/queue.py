"""What coordinators look at: who waits, what they have, what went on. Reads only."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_

from bot.errors import NotFound
from bot.messages import Kind, Tier
from bot.services.content import Content
from bot.services.queue_card import Card, Cards, QueueRow, StayDates, stay_dates
from bot.services.queue_query import conversations, lost_at, lost_since, not_erased
from bot.store.database import Database
from bot.store.tables import Conversation, Handoff, Mode, Reason
from bot.store.vault import Vault

# The most urgent first; docs/safety.md.
_URGENCY = [Tier.IMMEDIATE, Tier.SUICIDE, Tier.VIOLENCE, Tier.MEDICAL, Tier.OVERLOAD, Tier.NONE]
_RECENT = timedelta(days=7)


class Queue:
    """The lists of the console, and the card beside a conversation."""

    def __init__(self, database: Database, vault: Vault, content: Content) -> None:
        self._database = database
        self._locations = content.locations
        self._cards = Cards(vault, content.locations)

    async def waiting(self, now: datetime) -> Sequence[QueueRow]:
        """Every open task: crises first (the most urgent first), then who waits longest."""
        query = conversations().where(Handoff.id.is_not(None)).order_by(Handoff.opened_at)
        return sorted(
            await self._rows(query, now),
            key=lambda row: (not row.crisis, _URGENCY.index(row.tier)),
        )

    async def mine(self, coordinator_id: int, now: datetime) -> Sequence[QueueRow]:
        """What this coordinator has; who waits for an answer first."""
        of_coordinator = and_(
            Conversation.mode == Mode.HUMAN, Conversation.coordinator_id == coordinator_id
        )
        query = conversations().where(of_coordinator).order_by(Conversation.last_inbound_at)
        rows = await self._rows(query, now)
        return sorted(rows, key=lambda row: (not row.crisis, row.waiting_since or now))

    async def recent(
        self, now: datetime, limit: int = 100, *, lost_only: bool = False
    ) -> Sequence[QueueRow]:
        """The conversations of the last week, the newest first, also those of the assistant.

        With `lost_only` those with a message that did not, or perhaps not, arrive in that week:
        a reminder may go wrong long after its person last wrote.
        """
        since = now - _RECENT
        query = conversations().where(not_erased()).limit(limit)
        if lost_only:
            query = query.where(lost_since(since)).order_by(lost_at().desc())
        else:
            wrote_at = Conversation.last_inbound_at
            query = query.where(wrote_at > since).order_by(wrote_at.desc())
        return await self._rows(query, now)

    async def card(self, conversation_id: uuid.UUID, now: datetime) -> Card:
        """All that is known of one conversation.

        Raises:
            NotFound: it does not exist (any more).
        """
        query = conversations().where(Conversation.id == conversation_id, not_erased())
        async with self._database.transaction() as session:
            found = (await session.execute(query)).one_or_none()
            if found is None:
                raise NotFound("This conversation does not exist any more.")
            return await self._cards.make(session, found.Conversation, self._row(found, now))

    async def _rows(self, query: Select[Any], now: datetime) -> Sequence[QueueRow]:
        async with self._database.transaction() as session:
            return [self._row(found, now) for found in await session.execute(query)]

    def _row(self, found: Any, now: datetime) -> QueueRow:
        conversation: Conversation = found.Conversation
        task: Handoff | None = found.Handoff
        since = _waiting_since(task, found)
        return QueueRow(
            conversation_id=conversation.id,
            label=f"Gesprek {conversation.id.hex[:4].upper()}",
            channel=conversation.channel,
            mode=Mode(conversation.mode),
            reason=Reason(task.reason) if task else None,
            tier=Tier(task.tier) if task else Tier.NONE,
            coordinator=found.coordinator,
            coordinator_id=conversation.coordinator_id,
            waiting_since=since,
            waited=now - since if since else None,
            last_inbound_at=conversation.last_inbound_at,
            said=found.said or "",
            kind=Kind(found.kind or Kind.TEXT),
            unanswered=found.unanswered,
            unanswered_since=found.unanswered_since,
            failed=found.failed,
            unknown=found.unknown,
            stay=self._stay(found),
        )

    def _stay(self, found: Any) -> StayDates | None:
        if found.location is None:
            return None
        return stay_dates(self._locations, found.location, found.start_on, found.end_on)


def _waiting_since(task: Handoff | None, found: Any) -> datetime | None:
    """Nobody took the task, or who took it has not said a word: since the task was opened."""
    if task is None:
        return None
    silent = found.spoken_at is None or found.spoken_at < task.opened_at
    if task.taken_at is None or silent:
        return task.opened_at
    since: datetime | None = found.unanswered_since
    return since
