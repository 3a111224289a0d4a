"""The pace at which vendors take messages: to one person, and of a whole channel together.

It is kept in PostgreSQL, so it holds for any number of workers. Who has to wait for long frees the
worker; nobody waits for another person's pause.
"""

import asyncio
import json
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import (
    Boolean,
    DateTime,
    Executable,
    Float,
    Integer,
    Interval,
    Text,
    Uuid,
    bindparam,
    func,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.jobs import Later
from bot.errors import DeliveryError
from bot.store.database import Database
from bot.store.tables import ChannelPace, ConversationPace
from integrations.channel import Channel, Rates

log = structlog.get_logger(__name__)

# So short a wait is sat out, in seconds: the queue looks only every tenth of a second.
_PATIENCE = 0.25
# Vendors do not say whether a refusal is meant for one person or for all of us. When so many people
# were refused without a single success between them it is meant for all.
MOST_REFUSALS = 10


class Pacing:
    """Gives every message its moment."""

    def __init__(
        self, database: Database, channels: Mapping[str, Channel], clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._channels = channels
        self._clock = clock
        rates = {name: channel.rates for name, channel in channels.items() if channel.rates}
        self._rates = json.dumps({name: _numbers(rate) for name, rate in rates.items()})
        self._paced = frozenset(rates)
        self._refused = False

    async def next(self, conversation_id: uuid.UUID) -> int | None:
        """The conversation's oldest open message, once it may go out: its place is taken then.

        Returns:
            The message's id; None when none waits. Only this one may be sent, as another may come
            in between, which has no place.

        Raises:
            Later: its moment is too far for a worker to wait; no place was taken.
        """
        values = {
            "conversation": conversation_id,
            "now": self._clock(),
            "patience": _PATIENCE,
            "rates": self._rates,
        }
        async with self._database.statement() as session:
            message, granted, seconds, refused, crowd = (await session.execute(_TAKE, values)).one()
        if not granted:
            raise Later(seconds, crowd=crowd)
        self._refused = self._refused or refused
        if seconds > 0:
            await asyncio.sleep(seconds)
        return None if message is None else int(message)

    async def charge(self, channel: str, units: int) -> None:
        """Count a message for more than the one place that it took, where the vendor does."""
        rates = self._channels[channel].rates
        if rates is None or units <= 1:
            return
        values = {
            "of_channel": channel,
            "now": self._clock(),
            "more": timedelta(seconds=rates.everyone.seconds) * (units - 1),
        }
        async with self._database.statement() as session:
            await session.execute(_CHARGE, values)

    async def refused(
        self, conversation_id: uuid.UUID, error: DeliveryError, seconds: float
    ) -> None:
        """Send nothing there for so long: to this person, or if the vendor means so, to nobody."""
        self._refused = True
        until = self._clock() + timedelta(seconds=seconds)
        async with self._database.statement() as session:
            await pause(session, conversation_id, error, until)

    async def put_off(self, conversation_id: uuid.UUID, seconds: float) -> None:
        """Try nothing there for so long, which is our own wish and no word of the vendor."""
        until = self._clock() + timedelta(seconds=seconds)
        async with self._database.statement() as session:
            await session.execute(_PUT_OFF, {"conversation": conversation_id, "until": until})

    async def accepted(self, channel: str) -> None:
        """The vendor takes messages: refusals until now were not meant for everyone."""
        if not self._refused or channel not in self._paced:
            return
        self._refused = False
        async with self._database.statement() as session:
            await session.execute(_ACCEPTED, {"of_channel": channel})


async def pause(
    session: AsyncSession, conversation_id: uuid.UUID, error: DeliveryError, until: datetime
) -> None:
    """Send nothing to this person until then, or if the refusal means so, to nobody.

    It locks the channel's row until the session ends.
    """
    values = {
        "conversation": conversation_id,
        "until": until,
        "everyone": error.everyone,
        "most": MOST_REFUSALS,
    }
    await session.execute(_PAUSE, values)


def _numbers(rates: Rates) -> list[float]:
    person, everyone = rates.person, rates.everyone
    return [person.seconds, person.burst, everyone.seconds, everyone.burst]


def _accepted() -> Executable:
    return (
        update(ChannelPace)
        .where(
            ChannelPace.channel == bindparam("of_channel", type_=Text()),
            func.cardinality(ChannelPace.refused) > 0,
        )
        .values(refused=[])
        .execution_options(synchronize_session=False)
    )


def _charge() -> Executable:
    now = bindparam("now", type_=DateTime(timezone=True))
    return (
        update(ChannelPace)
        .where(ChannelPace.channel == bindparam("of_channel", type_=Text()))
        .values(
            free_at=func.greatest(ChannelPace.free_at, now) + bindparam("more", type_=Interval())
        )
        .execution_options(synchronize_session=False)
    )


def _put_off() -> Executable:
    until = bindparam("until", type_=DateTime(timezone=True))
    return (
        update(ConversationPace)
        .where(ConversationPace.conversation_id == bindparam("conversation", type_=Uuid()))
        .values(paused_until=func.greatest(ConversationPace.paused_until, until))
        .execution_options(synchronize_session=False)
    )


# Built once: building a statement takes as long as running it.
_TAKE = text("SELECT * FROM take_pace(:conversation, :now, :patience, CAST(:rates AS jsonb))")
_TAKE = _TAKE.bindparams(
    bindparam("conversation", type_=Uuid()),
    bindparam("now", type_=DateTime(timezone=True)),
    bindparam("patience", type_=Float()),
    bindparam("rates", type_=Text()),
)
_PAUSE = text("SELECT pause_pace(:conversation, :until, :everyone, :most)").bindparams(
    bindparam("conversation", type_=Uuid()),
    bindparam("until", type_=DateTime(timezone=True)),
    bindparam("everyone", type_=Boolean()),
    bindparam("most", type_=Integer()),
)
_ACCEPTED, _CHARGE, _PUT_OFF = _accepted(), _charge(), _put_off()
