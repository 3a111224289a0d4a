"""Delivers what waits in the outbox, in order per conversation, and never the same message twice.

`sending` is committed before the vendor is called. Found so afterwards, nobody knows whether the
message went out: it is *unknown*, shown to the coordinator and not repeated.
"""

import asyncio
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import (
    BigInteger,
    DateTime,
    Executable,
    Integer,
    Text,
    bindparam,
    case,
    select,
    update,
)

from bot import metrics
from bot.conversation.jobs import Later
from bot.conversation.pacing import Pacing
from bot.errors import DeliveryError, Failure
from bot.messages import Choice, Delivery, OutgoingMessage
from bot.store.database import Database
from bot.store.tables import Conversation, Outbound, State
from bot.store.vault import Vault
from integrations.channel import Channel, DeliveryState, StatusUpdate

log = structlog.get_logger(__name__)

# A message that could not be handed over for this long is shown as failed.
PATIENCE = timedelta(hours=1)
_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
_LONGEST_PAUSE = 600.0
# No vendor is waited for longer than this, whatever the channel's own time-outs say.
_LONGEST_CALL = 20.0
# Why a message failed that was never tried, as its person had blocked us.
BLOCKED = "blocked"

_Taken = tuple[Outbound, str, bytes, datetime | None]


class Deliveries:
    """The delivery job."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        channels: Mapping[str, Channel],
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._vault = vault
        self._channels = channels
        self._clock = clock
        self._pacing = Pacing(database, channels, clock)

    async def run(self, conversation_id: uuid.UUID) -> None:
        """Deliver all that waits in this conversation.

        Raises:
            Later: it is not this conversation's moment, the vendor asked to wait, or it could
                not be reached.
        """
        while (found := await self._next(conversation_id)) is not None:
            channel_name, delivery, attempts = found
            started = time.perf_counter()
            try:
                external_id = await self._send(channel_name, delivery)
            except DeliveryError as error:
                await self._failed(conversation_id, delivery, attempts, error)
            else:
                await self._mark(delivery.message_id, State.SENT, external_id=external_id)
                await self._pacing.accepted(channel_name)
                metrics.part("delivery", time.perf_counter() - started)

    async def report(self, channel: str, report: StatusUpdate) -> None:
        """Note that a vendor, having accepted a message, says later that it did not arrive."""
        if report.state not in (DeliveryState.FAILED, DeliveryState.UNDELIVERED):
            return
        of_channel = select(Conversation.id).where(Conversation.channel == channel)
        async with self._database.transaction() as session:
            await session.execute(
                update(Outbound)
                .where(
                    Outbound.external_id == report.external_id,
                    Outbound.conversation_id.in_(of_channel),
                )
                .values(state=State.FAILED, error=report.error, state_at=self._clock())
            )

    async def _next(self, conversation_id: uuid.UUID) -> tuple[str, Delivery, int] | None:
        """The oldest waiting message, marked `sending`; one found so is unknown."""
        while (message_id := await self._pacing.next(conversation_id)) is not None:
            found = await self._take(message_id)
            if found is None:
                continue
            row, channel, sealed, blocked_at = found
            if row.state != State.SENDING:
                log.warning("delivery_unknown", message=row.id)
            elif blocked_at is not None:
                await self._mark(row.id, State.FAILED, error=BLOCKED)
            else:
                return channel, _delivery(row, self._vault.decrypt(sealed)), row.attempts
        return None

    async def _take(self, message_id: int) -> _Taken | None:
        """Move an open message on: a queued one to `sending`, that one to `unknown`."""
        values = {"message": message_id, "now": self._clock()}
        async with self._database.statement() as session:
            row = (await session.execute(_TAKE, values)).one_or_none()
        return None if row is None else (row[0], row[1], row[2], row[3])

    async def _send(self, channel_name: str, delivery: Delivery) -> str | None:
        channel = self._channels.get(channel_name)
        if channel is None:
            raise DeliveryError(Failure.CONFIGURATION, "channel_off")
        try:
            async with asyncio.timeout(_LONGEST_CALL):
                return await channel.send(delivery)
        except TimeoutError as error:
            raise DeliveryError(Failure.UNKNOWN, "timeout") from error

    async def _failed(
        self, conversation_id: uuid.UUID, delivery: Delivery, attempts: int, error: DeliveryError
    ) -> None:
        """One place decides what an error means: again, or shown to the coordinator."""
        log.warning(
            "delivery_failed",
            message=delivery.message_id,
            failure=error.failure.value,
            code=error.code,
        )
        too_old = self._clock() - delivery.created_at > PATIENCE
        if error.failure == Failure.NOT_SENT and not too_old:
            await self._mark(delivery.message_id, State.QUEUED, error=error.code, attempts=1)
            pause = _pause(attempts, error.retry_after)
            if error.retry_after is not None:
                await self._pacing.refused(conversation_id, error, pause)
            raise Later(pause) from error
        if error.failure == Failure.BLOCKED:
            await self._shut_out(conversation_id)
        state = State.UNKNOWN if error.failure == Failure.UNKNOWN else State.FAILED
        await self._mark(delivery.message_id, state, error=error.code)

    async def _shut_out(self, conversation_id: uuid.UUID) -> None:
        """Note that this person blocked us: nothing is tried until they let us in again."""
        statement = (
            update(Conversation)
            .where(Conversation.id == conversation_id, Conversation.blocked_at.is_(None))
            .values(blocked_at=self._clock())
            .execution_options(synchronize_session=False)
        )
        async with self._database.statement() as session:
            await session.execute(statement)

    async def _mark(
        self,
        message_id: int,
        state: State,
        *,
        external_id: str | None = None,
        error: str | None = None,
        attempts: int = 0,
    ) -> None:
        values = {
            "message": message_id,
            "to": state,
            "now": self._clock(),
            "external_id": external_id,
            "error": error,
            "attempts": attempts,
        }
        async with self._database.statement() as session:
            await session.execute(_MARK, values)


def _pause(attempts: int, retry_after: float | None) -> float:
    if retry_after is not None:
        return min(retry_after, _LONGEST_PAUSE)
    return _PAUSES[min(attempts, len(_PAUSES) - 1)]


def _delivery(row: Outbound, address: str) -> Delivery:
    choices = tuple(Choice(**choice) for choice in row.choices)
    return Delivery(row.id, address, OutgoingMessage(row.text, choices), row.created_at)


def _take() -> Executable:
    queued = Outbound.state == State.QUEUED
    return (
        update(Outbound)
        .where(
            Outbound.id == bindparam("message", type_=BigInteger()),
            Outbound.state.in_((State.QUEUED, State.SENDING)),
            Conversation.id == Outbound.conversation_id,
        )
        .values(
            state=case((queued, State.SENDING), else_=State.UNKNOWN),
            error=case((queued, Outbound.error), else_="interrupted"),
            state_at=bindparam("now", type_=DateTime(timezone=True)),
        )
        .returning(
            Outbound,
            Conversation.channel,
            Conversation.address_sealed,
            Conversation.blocked_at,
        )
        .execution_options(synchronize_session=False)
    )


def _mark() -> Executable:
    return (
        update(Outbound)
        .where(Outbound.id == bindparam("message", type_=BigInteger()))
        .values(
            state=bindparam("to", type_=Text()),
            state_at=bindparam("now", type_=DateTime(timezone=True)),
            external_id=bindparam("external_id", type_=Text()),
            error=bindparam("error", type_=Text()),
            attempts=Outbound.attempts + bindparam("attempts", type_=Integer()),
        )
        .execution_options(synchronize_session=False)
    )


# Built once: building a statement takes as long as running it.
_TAKE, _MARK = _take(), _mark()
