"""Free means: one and the same bed is free on each night."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from bot.services.availability import Availability, Opening
from bot.store.database import Database
from bot.store.tables import Bed, BedNight

MONDAY = date(2027, 5, 10)
HOUSE = "huis-zonder-haast"


async def take(database: Database, nights: dict[int, set[int]]) -> None:
    """Take nights (days after MONDAY) of the house's beds (0 and 1)."""
    async with database.transaction() as session:
        beds = list(
            await session.scalars(select(Bed.id).where(Bed.location_slug == HOUSE).order_by(Bed.id))
        )
        await session.execute(delete(BedNight))
        for bed, days in nights.items():
            for day in days:
                night = MONDAY + timedelta(days=day)
                await session.execute(insert(BedNight).values(bed_id=beds[bed], night=night))


def at_house(openings: list[Opening]) -> list[tuple[date, int]]:
    return [(o.start, o.beds) for o in openings if o.location == HOUSE]


async def test_every_location_is_free_when_nothing_is_taken(availability: Availability) -> None:
    free = await availability.free(MONDAY, MONDAY + timedelta(days=7))

    assert {opening.location for opening in free} == {
        "de-zeven-stoelen",
        "hoeve-kievitsveer",
        HOUSE,
        "het-kleine-tussenhuis",
    }


async def test_two_half_free_beds_are_no_free_bed(
    availability: Availability, database: Database
) -> None:
    await take(database, {0: {0, 1}, 1: {2, 3}})

    assert at_house(await availability.free(MONDAY, MONDAY + timedelta(days=4))) == []
    assert at_house(await availability.free(MONDAY, MONDAY + timedelta(days=2))) == [(MONDAY, 1)]


async def test_somewhere_within_a_week_the_first_fit_is_found(
    availability: Availability, database: Database
) -> None:
    await take(database, {0: {0, 1, 2}, 1: {0, 3}})
    found = await availability.within(MONDAY, MONDAY + timedelta(days=7), 3)

    assert at_house(found) == [(MONDAY + timedelta(days=3), 1)]


async def test_near_never_offers_a_day_that_has_passed(
    availability: Availability, database: Database
) -> None:
    await take(database, {0: {0, 1, 2}, 1: {0, 1, 2}})
    found = await availability.near(MONDAY, 3, today=MONDAY)

    assert at_house(found) == [(MONDAY + timedelta(days=3), 2)]


nights = st.sets(st.integers(0, 13))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=nights, second=nights, start=st.integers(0, 10), length=st.integers(1, 4))
async def test_free_agrees_with_counting_by_hand(
    availability: Availability,
    database: Database,
    first: set[int],
    second: set[int],
    start: int,
    length: int,
) -> None:
    await take(database, {0: first, 1: second})
    wanted = set(range(start, start + length))
    by_hand = sum(1 for days in (first, second) if not days & wanted)
    begin = MONDAY + timedelta(days=start)
    free = await availability.free(begin, begin + timedelta(days=length))

    assert at_house(free) == ([(begin, by_hand)] if by_hand else [])
