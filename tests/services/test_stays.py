"""Two people never get the same bed on the same night, and the same request twice is one."""

import asyncio
import itertools
import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import NotFound
from bot.services import stays as stays_module
from bot.services.availability import Availability
from bot.services.stays import Held, NoBed, Stays, Wish
from bot.store.database import Database
from bot.store.tables import BedNight, Conversation, Handoff, StayRequest
from bot.store.vault import Vault
from tests.conftest import Clock

FRIDAY = date(2027, 5, 14)
TWO_BEDS = "huis-zonder-haast"
numbers = itertools.count(1)


def wish(location: str = TWO_BEDS, start: date = FRIDAY, nights: int = 3, **more: str) -> Wish:
    return Wish(location, start, start + timedelta(days=nights), consent_version="v1", **more)


async def somebody(database: Database, clock: Clock) -> uuid.UUID:
    """A new person's conversation."""
    person = Conversation(
        channel="webchat",
        address_hash=uuid.uuid4().bytes,
        address_sealed=b"-",
        created_at=clock(),
        last_inbound_at=clock(),
    )
    async with database.transaction() as session:
        session.add(person)
    return person.id


async def ask(stays: Stays, database: Database, clock: Clock, wanted: Wish) -> Held:
    return await stays.request(await somebody(database, clock), next(numbers), wanted, clock())


async def taken(database: Database) -> int:
    async with database.transaction() as session:
        return (await session.execute(select(func.count()).select_from(BedNight))).scalar_one()


async def test_a_request_takes_one_bed_on_each_night_and_opens_a_task(
    stays: Stays, database: Database, clock: Clock
) -> None:
    held = await ask(stays, database, clock, wish())

    assert (held.start, held.end) == (FRIDAY, FRIDAY + timedelta(days=3))
    assert await taken(database) == 3
    async with database.transaction() as session:
        task = (await session.scalars(select(Handoff))).one()
    assert task.reason == "stay_request"


async def test_the_same_message_twice_is_one_request(
    stays: Stays, database: Database, clock: Clock
) -> None:
    riet, inbound = await somebody(database, clock), next(numbers)
    first, second = await asyncio.gather(
        stays.request(riet, inbound, wish(), clock()),
        stays.request(riet, inbound, wish(), clock()),
    )

    assert first == second
    assert await taken(database) == 3


async def test_of_two_who_ask_for_the_last_bed_at_once_one_gets_it(
    stays: Stays, database: Database, clock: Clock
) -> None:
    await ask(stays, database, clock, wish())
    answers = await asyncio.gather(
        *(ask(stays, database, clock, wish(nights=1)) for _ in range(6)), return_exceptions=True
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Held", *["NoBed"] * 5]
    assert await taken(database) == 4


async def test_without_the_lock_the_loser_meets_the_constraint(
    stays: Stays, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race exists: the lock only makes losing orderly, the key makes it impossible to win."""
    await ask(stays, database, clock, wish())
    both_looked = asyncio.Barrier(2)
    find = stays_module._free_bed

    async def find_and_wait(session: AsyncSession, wanted: Wish) -> int:
        bed = await find(session, wanted)
        await both_looked.wait()
        return bed

    async def no_lock(_session: AsyncSession, _slug: str) -> None:
        return None

    monkeypatch.setattr(stays_module, "lock_location", no_lock)
    monkeypatch.setattr(stays_module, "_free_bed", find_and_wait)
    answers = await asyncio.gather(
        *(ask(stays, database, clock, wish()) for _ in range(2)), return_exceptions=True
    )

    loser = next(answer for answer in answers if isinstance(answer, Exception))
    assert isinstance(loser, NoBed)
    assert isinstance(loser.__cause__, IntegrityError)
    assert await taken(database) == 6


async def test_a_stay_that_overlaps_by_one_night_does_not_fit(
    stays: Stays, database: Database, clock: Clock
) -> None:
    for _ in range(2):
        await ask(stays, database, clock, wish(nights=3))

    with pytest.raises(NoBed):
        await ask(stays, database, clock, wish(start=FRIDAY - timedelta(days=2), nights=3))
    await ask(stays, database, clock, wish(start=FRIDAY + timedelta(days=3)))


async def test_a_place_that_does_not_exist_is_named(
    stays: Stays, database: Database, clock: Clock
) -> None:
    with pytest.raises(NotFound, match="nergens"):
        await ask(stays, database, clock, wish(location="nergens"))


async def test_names_and_numbers_are_unreadable_in_the_database(
    stays: Stays, database: Database, clock: Clock, vault: Vault
) -> None:
    await ask(stays, database, clock, wish(first_name="Riet", callback="0612345678 na zes"))

    async with database.transaction() as session:
        row = (await session.scalars(select(StayRequest))).one()
    assert b"Riet" not in (row.first_name_sealed or b"")
    assert vault.decrypt(row.callback_sealed or b"") == "0612345678 na zes"


async def test_a_withdrawn_request_gives_the_bed_back(
    stays: Stays, availability: Availability, database: Database, clock: Clock
) -> None:
    held = await ask(stays, database, clock, wish())
    async with database.transaction() as session:
        await stays.withdraw(session, await session.get_one(StayRequest, held.id))

    assert await taken(database) == 0
    free = await availability.free(held.start, held.end)
    assert {opening.location: opening.beds for opening in free}[TWO_BEDS] == 2
