"""Which locations have a bed free, and when. Reads only; taking a bed is bot/services/stays.py."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.database import Database
from bot.store.tables import Bed, BedNight, Location

# How far ahead "as soon as possible" looks, in days.
HORIZON = 92


@dataclass(frozen=True)
class Opening:
    """A stay that fits: one bed of `location` is free on every night from start up to end."""

    location: str
    start: date
    end: date
    beds: int
    updated_at: datetime

    @property
    def nights(self) -> int:
        """The number of nights of the stay."""
        return (self.end - self.start).days


class Availability:
    """Answers questions about free beds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def free(self, start: date, end: date) -> list[Opening]:
        """The locations with a bed free on each night from `start` up to `end` (exclusive)."""
        async with self._database.transaction() as session:
            return await openings(session, start, end, (end - start).days)

    async def within(self, start: date, end: date, nights: int) -> list[Opening]:
        """The first stay of `nights` nights at each location, somewhere within start..end."""
        async with self._database.transaction() as session:
            return await openings(session, start, end, nights)

    async def near(
        self, start: date, nights: int, today: date, *, reach: int = 28
    ) -> list[Opening]:
        """Other dates for a stay that was full: the nearest fit at each location.

        Args:
            start: the first day that was wished.
            nights: how many nights.
            today: no date before this one is offered.
            reach: how many days before and after `start` are looked at.
        """
        first = max(today, start - timedelta(days=reach))
        last = start + timedelta(days=reach + nights)
        async with self._database.transaction() as session:
            beds, updated = await _taken(session, first, last)
        found = []
        for slug, calendars in sorted(beds.items()):
            fits = [day for day in _starts(first, last, nights) if _free(calendars, day, nights)]
            if fits:
                day = min(fits, key=lambda fit: (abs((fit - start).days), fit))
                found.append(_opening(slug, calendars, day, nights, updated[slug]))
        return sorted(found, key=lambda o: (abs((o.start - start).days), o.location))


async def openings(
    session: AsyncSession, start: date, end: date, nights: int, location: str | None = None
) -> list[Opening]:
    """The first stay of `nights` nights at each location within start..end, earliest first."""
    beds, updated = await _taken(session, start, end, location)
    found = []
    for slug, calendars in sorted(beds.items()):
        for day in _starts(start, end, nights):
            if _free(calendars, day, nights):
                found.append(_opening(slug, calendars, day, nights, updated[slug]))
                break
    return sorted(found, key=lambda opening: (opening.start, opening.location))


_Calendars = Sequence[frozenset[date]]


async def _taken(
    session: AsyncSession, start: date, end: date, location: str | None = None
) -> tuple[dict[str, list[frozenset[date]]], dict[str, datetime]]:
    """For each open location the taken nights of each of its beds, and how fresh that is."""
    query = (
        select(Bed.location_slug, Bed.id, Location.updated_at, BedNight.night)
        .join(Location, Location.slug == Bed.location_slug)
        .outerjoin(
            BedNight,
            (BedNight.bed_id == Bed.id) & (BedNight.night >= start) & (BedNight.night < end),
        )
        .where(Bed.retired_at.is_(None), Location.closed_at.is_(None))
    )
    if location is not None:
        query = query.where(Bed.location_slug == location)
    nights: dict[tuple[str, int], set[date]] = defaultdict(set)
    updated: dict[str, datetime] = {}
    for slug, bed, updated_at, night in await session.execute(query):
        nights[slug, bed] |= {night} if night else set()
        updated[slug] = updated_at
    beds: dict[str, list[frozenset[date]]] = defaultdict(list)
    for (slug, _), taken in sorted(nights.items()):
        beds[slug].append(frozenset(taken))
    return beds, updated


def _starts(start: date, end: date, nights: int) -> Iterator[date]:
    for offset in range((end - start).days - nights + 1):
        yield start + timedelta(days=offset)


def _nights(start: date, nights: int) -> frozenset[date]:
    return frozenset(start + timedelta(days=offset) for offset in range(nights))


def _free(calendars: _Calendars, start: date, nights: int) -> int:
    """How many beds are free on every one of these nights."""
    wanted = _nights(start, nights)
    return sum(1 for taken in calendars if not taken & wanted)


def _opening(
    slug: str, calendars: _Calendars, start: date, nights: int, updated_at: datetime
) -> Opening:
    end = start + timedelta(days=nights)
    return Opening(slug, start, end, _free(calendars, start, nights), updated_at)
