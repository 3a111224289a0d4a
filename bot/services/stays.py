"""Takes a bed for a stay request. Two people never get the same bed on the same night."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import AdempauzeError, NotFound
from bot.messages import Tier
from bot.services.handoff import Handoffs
from bot.store.database import Database
from bot.store.tables import (
    Bed,
    BedNight,
    Consent,
    Location,
    Purpose,
    Reason,
    StayRequest,
    StayState,
)
from bot.store.vault import Vault


class NoBed(AdempauzeError):
    """No bed of the location is free on all of these nights (any more)."""


@dataclass(frozen=True)
class Wish:
    """What somebody asks for: a stay from `start` up to `end` (the day of going home).

    `consent_version` names the text that the person said yes to; without a yes there is no wish.
    """

    location: str
    start: date
    end: date
    consent_version: str
    needs: str | None = None
    first_name: str | None = None
    callback: str | None = None


@dataclass(frozen=True)
class Held:
    """A bed that is kept for somebody until a coordinator confirms or releases it."""

    id: uuid.UUID
    location: str
    start: date
    end: date


class Stays:
    """Stay requests."""

    def __init__(self, database: Database, vault: Vault, handoffs: Handoffs) -> None:
        self._database = database
        self._vault = vault
        self._handoffs = handoffs

    async def request(
        self, conversation_id: uuid.UUID, inbound_id: int, wish: Wish, now: datetime
    ) -> Held:
        """Keep a bed on every night of the wish and give a coordinator the task to call back.

        The same inbound message twice is one request and gets the same answer.

        Raises:
            NoBed: no bed is free on all of these nights.
            NotFound: the location does not exist.
        """
        try:
            async with self._database.transaction() as session:
                return await self._hold(session, conversation_id, inbound_id, wish, now)
        except IntegrityError as error:
            raise NoBed("somebody else took the last bed at this very moment") from error

    async def withdraw(self, session: AsyncSession, request: StayRequest) -> None:
        """Give the bed back, in the caller's transaction."""
        request.state = StayState.WITHDRAWN
        nights = await session.scalars(
            select(BedNight).where(BedNight.stay_request_id == request.id)
        )
        for night in nights:
            await session.delete(night)

    async def _hold(
        self,
        session: AsyncSession,
        conversation_id: uuid.UUID,
        inbound_id: int,
        wish: Wish,
        now: datetime,
    ) -> Held:
        await lock_location(session, wish.location)
        earlier = await _earlier(session, inbound_id)
        if earlier is not None:
            return earlier
        bed = await _free_bed(session, wish)
        request = self._row(conversation_id, inbound_id, wish, now)
        session.add(request)
        await session.flush()
        session.add_all(
            BedNight(bed_id=bed, night=night, stay_request_id=request.id)
            for night in _nights(wish.start, wish.end)
        )
        session.add(
            Consent(
                conversation_id=conversation_id,
                purpose=Purpose.PASS_ON,
                given=True,
                version=wish.consent_version,
                inbound_id=inbound_id,
                at=now,
            )
        )
        await self._handoffs.add_task(
            session, conversation_id, Reason.STAY_REQUEST, Tier.NONE, inbound_id, now
        )
        return Held(request.id, wish.location, wish.start, wish.end)

    def _row(
        self, conversation_id: uuid.UUID, inbound_id: int, wish: Wish, now: datetime
    ) -> StayRequest:
        return StayRequest(
            conversation_id=conversation_id,
            inbound_id=inbound_id,
            location_slug=wish.location,
            start_on=wish.start,
            end_on=wish.end,
            needs=wish.needs,
            first_name_sealed=self._seal(wish.first_name),
            callback_sealed=self._seal(wish.callback),
            consented_at=now,
            consent_version=wish.consent_version,
            created_at=now,
        )

    def _seal(self, text: str | None) -> bytes | None:
        return self._vault.encrypt(text) if text else None


async def lock_location(session: AsyncSession, slug: str) -> None:
    """Lock what becomes less available, once and before looking, so that requests queue up.

    Raises:
        NotFound: there is no such location.
    """
    query = select(Location.slug).where(Location.slug == slug, Location.closed_at.is_(None))
    if (await session.execute(query.with_for_update())).scalar_one_or_none() is None:
        raise NotFound(f"There is no location {slug!r}.")


async def _earlier(session: AsyncSession, inbound_id: int) -> Held | None:
    query = select(StayRequest).where(StayRequest.inbound_id == inbound_id)
    row = (await session.execute(query)).scalar_one_or_none()
    return Held(row.id, row.location_slug, row.start_on, row.end_on) if row else None


async def _free_bed(session: AsyncSession, wish: Wish) -> int:
    taken = select(BedNight.bed_id).where(
        BedNight.bed_id == Bed.id, BedNight.night >= wish.start, BedNight.night < wish.end
    )
    query = (
        select(Bed.id)
        .where(Bed.location_slug == wish.location, Bed.retired_at.is_(None), ~taken.exists())
        .order_by(Bed.id)
        .limit(1)
    )
    bed = (await session.execute(query)).scalar_one_or_none()
    if bed is None:
        raise NoBed(f"no bed at {wish.location} is free on all of these nights")
    return bed


def _nights(start: date, end: date) -> list[date]:
    return [start + timedelta(days=offset) for offset in range((end - start).days)]
