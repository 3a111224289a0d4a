"""Brings the region's locations and beds from content into the database."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.content import Content
from bot.services.content import Location as LocationContent
from bot.store.database import Database
from bot.store.tables import Bed, Location


async def synchronise(database: Database, content: Content, now: datetime) -> None:
    """Make the tables agree with the content; what fell away is closed, never deleted.

    Stays that were taken remain, so that a content edit loses nobody's bed.
    """
    async with database.transaction() as session:
        for location in content.locations.values():
            await _open(session, location, now)
        await session.execute(
            update(Location)
            .where(Location.slug.not_in(list(content.locations)), Location.closed_at.is_(None))
            .values(closed_at=now)
        )


async def _open(session: AsyncSession, location: LocationContent, now: datetime) -> None:
    await session.execute(
        insert(Location)
        .values(slug=location.slug, updated_at=now)
        .on_conflict_do_update(index_elements=["slug"], set_={"updated_at": now, "closed_at": None})
    )
    names = [bed.slug for bed in location.beds]
    known = set(await session.scalars(select(Bed.name).where(Bed.location_slug == location.slug)))
    session.add_all(
        Bed(location_slug=location.slug, name=name) for name in names if name not in known
    )
    of_location = update(Bed).where(Bed.location_slug == location.slug)
    await session.execute(of_location.where(Bed.name.not_in(names)).values(retired_at=now))
    await session.execute(of_location.where(Bed.name.in_(names)).values(retired_at=None))
