"""What a vendor reports of a message that it took: it only ever moves a message forward.

Reports come in any order, also before our own note that the vendor took the message, and of a
message of which we did not know whether it went out at all.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import or_, select, update

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

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def take(self, channel: str, report: StatusUpdate) -> None:
        """Note how far a message of this channel came, unless more is known of it already, and
        that its person blocked us, when that is why it failed."""
        state = _MEANING[report.state]
        of_channel = select(Conversation.id).where(Conversation.channel == channel)
        ours = or_(
            Outbound.external_id == report.external_id,
            Outbound.id == report.message_id,
        )
        async with self._database.transaction() as session:
            await session.execute(
                update(Outbound)
                .where(
                    ours,
                    Outbound.conversation_id.in_(of_channel),
                    Outbound.state.in_(behind(state)),
                )
                .values(
                    state=state,
                    error=report.error,
                    external_id=report.external_id,
                    state_at=self._clock(),
                )
            )
            if report.blocked:
                await session.execute(
                    update(Conversation)
                    .where(
                        Conversation.id.in_(select(Outbound.conversation_id).where(ours)),
                        Conversation.channel == channel,
                        Conversation.blocked_at.is_(None),
                    )
                    .values(blocked_at=self._clock())
                )
        if state is State.FAILED:
            log.warning("delivery_reported_failed", channel=channel, code=report.error)
