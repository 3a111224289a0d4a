"""What a vendor reports of a message that it took: it only ever moves a message forward.

Reports come in any order, also before our own note that the vendor took the message, and of a
message of which we did not know whether it went out at all.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import NotFound
from bot.services.handoff import Handoffs, locked
from bot.store.database import Database
from bot.store.tables import Conversation, Outbound, State
from integrations.channel import DeliveryState, StatusUpdate

log = structlog.get_logger(__name__)

# The further in this row the more is known. A message that was read did arrive, whatever else was
# said of it; one that failed was handed on first.
ORDER = (
    State.SENDING,
    State.UNKNOWN,
    State.SENT,
    State.FAILED,
    State.DELIVERED,
    State.READ,
)
_MEANING = {
    DeliveryState.SENT: State.SENT,
    DeliveryState.DELIVERED: State.DELIVERED,
    DeliveryState.READ: State.READ,
    DeliveryState.FAILED: State.FAILED,
    DeliveryState.UNDELIVERED: State.FAILED,
}


def behind(state: State) -> tuple[State, ...]:
    """The states that a report of `state` moves on from."""
    return ORDER[: ORDER.index(state)]


class Reports:
    """Takes the reports of all channels."""

    def __init__(
        self, database: Database, handoffs: Handoffs, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._handoffs = handoffs
        self._clock = clock

    async def take(self, channel: str, report: StatusUpdate) -> None:
        """Note how far a message of this channel came, unless more is known of it already, and
        that its person blocked us, when that is why it failed."""
        state = _MEANING[report.state]
        if state is State.FAILED:
            log.warning("delivery_reported_failed", channel=channel, code=report.error)
        async with self._database.transaction() as session:
            found = await self._ours(session, channel, report)
            if found is None:
                return
            # The conversation first, as everywhere, so that nobody waits for the other in a ring.
            try:
                conversation = await locked(session, found.conversation_id)
            except NotFound:
                return  # erased just now
            row = await session.get(Outbound, found.id, with_for_update=True)
            if row is None or row.state not in behind(state):
                return
            row.state, row.error, row.state_at = state, report.error, self._clock()
            row.external_id = report.external_id
            if state is State.FAILED:
                await self._failed(session, conversation, row, blocked=report.blocked)

    async def _ours(
        self, session: AsyncSession, channel: str, report: StatusUpdate
    ) -> Outbound | None:
        query = (
            select(Outbound)
            .join(Conversation, Conversation.id == Outbound.conversation_id)
            .where(
                or_(
                    Outbound.external_id == report.external_id,
                    Outbound.id == report.message_id,
                ),
                Conversation.channel == channel,
            )
            .limit(1)
        )
        found: Outbound | None = await session.scalar(query)
        return found

    async def _failed(
        self, session: AsyncSession, conversation: Conversation, row: Outbound, *, blocked: bool
    ) -> None:
        """What a failure means beyond the message itself."""
        wrote_since = conversation.last_inbound_at > row.created_at
        if blocked and not wrote_since and conversation.blocked_at is None:
            conversation.blocked_at = self._clock()
        if row.template is not None:
            await self._handoffs.not_delivered(session, conversation.id, self._clock())
