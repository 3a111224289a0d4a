"""A free place is offered once, only to who may be written to, and a yes carries the place."""

import asyncio
import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from bot.conversation.outbox import Outbox
from bot.errors import NotFound
from bot.messages import Template
from bot.services.availability import Availability
from bot.services.content import Content
from bot.services.offers import Hindrance, NotNow, Offers, Place
from bot.services.stays import NoBed, Stays
from bot.store.database import Database
from bot.store.tables import Author, Bed, Conversation, Coordinator, Mode, Outbound
from bot.store.trackers import Trackers
from tests.conftest import Clock
from tests.services.test_stays import FRIDAY, TWO_BEDS, ask, somebody, wish

PLACE = Place(TWO_BEDS, FRIDAY, FRIDAY + timedelta(days=3))


@pytest.fixture
def offers(
    availability: Availability,  # the houses are in the database
    database: Database,
    outbox: Outbox,
    content: Content,
) -> Offers:
    return Offers(database, outbox, Trackers(), content)


@pytest.fixture
async def anne(database: Database, clock: Clock) -> int:
    anne = Coordinator(name="Anne", email="anne@x.nl", password_hash="-", created_at=clock())
    async with database.transaction() as session:
        session.add(anne)
    return anne.id


async def said(database: Database) -> list[Outbound]:
    async with database.transaction() as session:
        return list(await session.scalars(select(Outbound).order_by(Outbound.id)))


async def change(database: Database, who: uuid.UUID, **values: object) -> None:
    async with database.transaction() as session:
        await session.execute(update(Conversation).where(Conversation.id == who).values(**values))


async def test_the_offer_says_where_and_when_and_its_yes_asks_for_just_that(
    offers: Offers, anne: int, database: Database, clock: Clock
) -> None:
    riet = await somebody(database, clock)
    await offers.make(riet, anne, PLACE, 0, clock())
    (row,) = await said(database)
    assert "Huis Zonder Haast" in row.text
    assert "van vrijdag 14 tot maandag 17 mei 2027, 3 nachten" in row.text
    assert (row.author, row.coordinator_id, row.template) == (
        Author.SYSTEM,
        anne,
        Template.PLACE_OFFERED,
    )
    assert [choice["payload"] for choice in row.choices] == [
        '/request_stay{"stay_location": "huis-zonder-haast", '
        '"stay_start": "2027-05-14", "stay_end": "2027-05-17"}',
        "/other_dates",
        "/later",
    ]


async def test_pressed_eight_times_at_once_it_is_one_offer(
    offers: Offers, anne: int, database: Database, clock: Clock
) -> None:
    riet = await somebody(database, clock)
    await asyncio.gather(*(offers.make(riet, anne, PLACE, 0, clock()) for _ in range(8)))
    (row,) = await said(database)

    # Who has seen it may offer it once more.
    await offers.make(riet, anne, PLACE, row.id, clock())
    assert len(await said(database)) == 2


@pytest.mark.parametrize(
    ("name", "hindrance"),
    [
        ("mode", Hindrance.HUMAN),
        ("blocked_at", Hindrance.BLOCKED),
        ("stopped_at", Hindrance.STOPPED),
        ("erased_at", Hindrance.STOPPED),
        ("bereaved_at", Hindrance.BEREAVED),
        ("crisis_at", Hindrance.CRISIS),
    ],
)
async def test_who_should_not_be_written_to_is_offered_nothing(
    offers: Offers, anne: int, database: Database, clock: Clock, name: str, hindrance: Hindrance
) -> None:
    riet = await somebody(database, clock)
    value: Mode | datetime = Mode.WAITING if name == "mode" else clock()
    await change(database, riet, **{name: value})
    with pytest.raises(NotNow) as refused:
        await offers.make(riet, anne, PLACE, 0, clock())
    assert refused.value.hindrance is hindrance
    assert await offers.hindrance(riet) is hindrance
    assert await said(database) == []


async def test_what_is_taken_is_not_offered(
    offers: Offers, anne: int, stays: Stays, database: Database, clock: Clock
) -> None:
    for _ in range(2):
        await ask(stays, database, clock, wish())
    riet = await somebody(database, clock)
    with pytest.raises(NoBed):
        await offers.make(riet, anne, PLACE, 0, clock())
    assert await said(database) == []


async def test_full_days_show_the_nearest_others(
    offers: Offers, stays: Stays, database: Database, clock: Clock
) -> None:
    assert (await offers.free(FRIDAY, 3, clock())).exact
    async with database.transaction() as session:
        await session.execute(delete(Bed).where(Bed.location_slug != TWO_BEDS))
    for _ in range(2):
        await ask(stays, database, clock, wish())
    found = await offers.free(FRIDAY, 3, clock())
    assert not found.exact
    assert [one.start for one in found.openings] == [FRIDAY - timedelta(days=3)]


async def test_nobody_is_offered_nothing(offers: Offers, anne: int, clock: Clock) -> None:
    with pytest.raises(NotFound):
        await offers.make(uuid.uuid4(), anne, PLACE, 0, clock())
