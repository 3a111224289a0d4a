"""Messages go out at the vendor's pace, kept at many workers, and nobody waits for another."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Select, select

from bot.conversation.deliveries import Deliveries
from bot.conversation.jobs import Later
from bot.conversation.outbox import Outbox
from bot.conversation.pacing import MOST_REFUSALS, Pacing
from bot.conversation.templates import Templates
from bot.errors import DeliveryError, Failure
from bot.messages import Delivery, OutgoingMessage
from bot.services.content import Content
from bot.services.handoff import Handoffs
from bot.store.database import Database
from bot.store.tables import Author, Conversation, Outbound, State
from bot.store.vault import Vault
from integrations.channel import Rate, Rates
from tests.conftest import Clock
from tests.conversation.conftest import RecordingChannel

SLOW = Rates(person=Rate(10.0, burst=2), everyone=Rate(1.0, burst=4))
BUSY = DeliveryError(Failure.NOT_SENT, "too_many_requests", 30.0)
ALL_BUSY = DeliveryError(Failure.NOT_SENT, "20429", 30.0, everyone=True)


class Counting(RecordingChannel):
    """A channel whose vendor counts three units for every message."""

    def units(self, delivery: Delivery) -> int:  # noqa: ARG002  # the protocol's
        return 3


class Town:
    """People with a message waiting, and the paces of channels that send to them."""

    def __init__(
        self, database: Database, outbox: Outbox, handoffs: Handoffs, content: Content,
        vault: Vault, clock: Clock,
    ) -> None:  # fmt: skip
        self.database = database
        self.handoffs = handoffs
        self.content = content
        self.outbox = outbox
        self.vault = vault
        self.clock = clock

    async def person(self, channel: str = "webchat", messages: int = 1) -> uuid.UUID:
        """Somebody for whom so many messages wait."""
        name = uuid.uuid4()
        async with self.database.transaction() as session:
            session.add(
                Conversation(
                    id=name,
                    channel=channel,
                    address_hash=name.bytes,
                    address_sealed=self.vault.encrypt(str(name)),
                    created_at=self.clock(),
                    last_inbound_at=self.clock(),
                )
            )
            await session.flush()
            for number in range(messages):
                await self.outbox.put(
                    session, name, OutgoingMessage(str(number)), author=Author.SYSTEM
                )
        return name

    def deliveries(self, channel: RecordingChannel) -> Deliveries:
        """The delivery job with one channel."""
        return Deliveries(
            self.database,
            self.vault,
            {"webchat": channel},
            self.outbox,
            self.handoffs,
            Templates(self.database, self.content),
            self.content,
            "https://adempauze.example",
            self.clock,
        )

    def pacing(self, rates: Rates | None = SLOW, database: Database | None = None) -> Pacing:
        channels = {name: RecordingChannel(name, rates=rates) for name in ("webchat", "telegram")}
        return Pacing(database or self.database, channels, self.clock)


@pytest.fixture
def town(
    database: Database,
    outbox: Outbox,
    handoffs: Handoffs,
    content: Content,
    vault: Vault,
    clock: Clock,
) -> Town:
    return Town(database, outbox, handoffs, content, vault, clock)


async def wait(pacing: Pacing, who: uuid.UUID) -> float:
    """How long somebody must wait by now; 0 when a place was taken."""
    try:
        await pacing.next(who)
    except Later as later:
        return later.seconds
    return 0.0


async def test_one_person_gets_a_burst_and_then_one_at_a_time(town: Town) -> None:
    riet, pacing = await town.person(), town.pacing()
    assert [await wait(pacing, riet) for _ in range(3)] == [0.0, 0.0, 10.0]
    town.clock.pass_by(seconds=10)
    assert [await wait(pacing, riet) for _ in range(2)] == [0.0, 10.0]


async def test_a_silence_gives_the_burst_back_and_no_more(town: Town) -> None:
    riet, pacing = await town.person(), town.pacing()
    await wait(pacing, riet)
    town.clock.pass_by(hours=5)
    assert [await wait(pacing, riet) for _ in range(3)] == [0.0, 0.0, 10.0]


async def test_all_people_together_get_what_the_channel_may(town: Town) -> None:
    people, pacing = [await town.person() for _ in range(6)], town.pacing()
    assert [await wait(pacing, who) for who in people] == [0.0] * 4 + [1.0] * 2
    town.clock.pass_by(seconds=1)
    assert [await wait(pacing, who) for who in people[4:]] == [0.0, 1.0]


async def test_who_must_wait_takes_no_place(town: Town) -> None:
    riet, bilal, pacing = await town.person(), await town.person(), town.pacing()
    for _ in range(20):
        await wait(pacing, riet)
    assert [await wait(pacing, bilal) for _ in range(2)] == [0.0, 0.0]


async def test_channels_do_not_share_their_pace(town: Town) -> None:
    pacing = town.pacing(Rates(person=Rate(1.0), everyone=Rate(60.0)))
    riet, kees = await town.person("webchat"), await town.person("telegram")
    assert [await wait(pacing, who) for who in (riet, kees)] == [0.0, 0.0]


async def test_a_channel_that_counts_nothing_is_not_held_up(town: Town) -> None:
    riet, pacing = await town.person(), town.pacing(None)
    assert {await wait(pacing, riet) for _ in range(20)} == {0.0}


async def test_who_has_nothing_waiting_takes_no_place(town: Town) -> None:
    nobody, riet, pacing = await town.person(messages=0), await town.person(), town.pacing()
    for _ in range(20):
        await wait(pacing, nobody)
    assert await wait(pacing, riet) == 0.0


@pytest.fixture
async def workers(database_url: str) -> AsyncIterator[list[Database]]:
    """The connections of four processes."""
    databases = [Database(database_url, pool_size=4) for _ in range(4)]
    yield databases
    for database in databases:
        await database.close()


async def test_many_workers_keep_one_pace(town: Town, workers: list[Database]) -> None:
    people = [await town.person() for _ in range(60)]
    paces = [town.pacing(database=database) for database in workers]
    waits = await asyncio.gather(*(wait(paces[n % 4], who) for n, who in enumerate(people)))
    assert waits.count(0.0) == 4
    one = await asyncio.gather(*(wait(paces[n % 4], people[0]) for n in range(20)))
    assert one.count(0.0) == 0


async def test_a_short_wait_is_sat_out_in_turn(town: Town) -> None:
    pacing = town.pacing(Rates(person=Rate(1.0), everyone=Rate(0.04)))
    people = [await town.person() for _ in range(12)]
    loop, ends = asyncio.get_running_loop(), []

    async def sit_out(who: uuid.UUID) -> float:
        seconds = await wait(pacing, who)
        if not seconds:
            ends.append(loop.time())
        return seconds

    began = loop.time()
    waits = await asyncio.gather(*(sit_out(who) for who in people))
    # The clock stands still: places are free at 0, 40, 80 … 240 ms, and the next is too far.
    assert waits.count(0.0) == 7
    assert ends[-1] - began >= 0.24


# Refusals


async def test_a_pause_for_one_person_holds_up_nobody_else(town: Town) -> None:
    riet, bilal, pacing = await town.person(), await town.person(), town.pacing()
    await wait(pacing, riet)
    await pacing.refused(riet, BUSY, 30.0)
    assert await wait(pacing, riet) == 30.0
    assert await wait(pacing, bilal) == 0.0


async def test_a_pause_for_the_channel_holds_up_everyone_and_ends(town: Town) -> None:
    riet, bilal, pacing = await town.person(), await town.person(), town.pacing()
    kees = await town.person("telegram")
    await wait(pacing, riet)
    await pacing.refused(riet, ALL_BUSY, 30.0)
    assert [await wait(pacing, who) for who in (bilal, kees)] == [30.0, 0.0]
    town.clock.pass_by(seconds=30)
    assert [await wait(pacing, who) for who in (riet, bilal)] == [0.0, 0.0]


async def test_many_refusals_of_one_person_are_not_meant_for_everyone(town: Town) -> None:
    riet, bilal, pacing = await town.person(), await town.person(), town.pacing()
    await wait(pacing, riet)
    for _ in range(3 * MOST_REFUSALS):
        await pacing.refused(riet, BUSY, 30.0)
    assert [await wait(pacing, who) for who in (riet, bilal)] == [30.0, 0.0]


async def test_it_is_people_that_count_however_many_are_refused_at_once(
    town: Town, workers: list[Database]
) -> None:
    rates = Rates(person=Rate(1.0), everyone=Rate(0.0001))
    people = [await town.person() for _ in range(MOST_REFUSALS + 1)]
    paces = [town.pacing(rates, database) for database in workers]
    *refused, last, bilal = people
    for who in people[:-1]:
        await wait(paces[0], who)
    storm = [(paces[n % 4], who) for n in range(5) for who in refused]
    await asyncio.gather(*(pacing.refused(who, BUSY, 30.0) for pacing, who in storm))
    assert await wait(paces[0], bilal) == 0.0
    await asyncio.gather(*(pacing.refused(last, BUSY, 30.0) for pacing in paces))
    assert await wait(paces[0], await town.person()) == 30.0


async def test_a_connection_that_fails_puts_off_one_person_and_counts_for_nobody(
    town: Town,
) -> None:
    people = [await town.person() for _ in range(MOST_REFUSALS + 1)]
    rates = Rates(person=Rate(0.1, burst=20), everyone=Rate(0.0001, burst=1000))
    lost = DeliveryError(Failure.NOT_SENT, "no_connection")
    channel = RecordingChannel(rates=rates, failures=[lost] * MOST_REFUSALS)
    deliveries = town.deliveries(channel)
    for who in people[:-1]:
        for _ in range(2):  # the second job of the same person does not try again
            with pytest.raises(Later) as later:
                await deliveries.run(who)
            assert later.value.seconds == 1.0
    await deliveries.run(people[-1])
    assert len(channel.sent) == 1


async def test_a_message_of_several_units_is_charged_to_everyone(town: Town) -> None:
    riet, bilal, kees = [await town.person() for _ in range(3)]
    rates = Rates(person=Rate(1.0), everyone=Rate(1.0))
    deliveries = town.deliveries(Counting(rates=rates))
    await deliveries.run(riet)
    with pytest.raises(Later) as later:
        await deliveries.run(bilal)
    assert later.value.seconds == 3.0
    town.clock.pass_by(seconds=3)
    await deliveries.run(bilal)
    assert await wait(town.pacing(rates), kees) == 3.0


async def test_refusal_upon_refusal_is_meant_for_everyone(town: Town) -> None:
    pacing = town.pacing(Rates(person=Rate(1.0), everyone=Rate(0.0001)))
    people = [await town.person() for _ in range(MOST_REFUSALS + 1)]
    for who in people[:-1]:
        assert await wait(pacing, who) == 0.0
        await pacing.refused(who, BUSY, 30.0)
    assert await wait(pacing, people[-1]) == 30.0


async def test_one_success_between_refusals_shows_that_they_are_not(town: Town) -> None:
    pacing = town.pacing(Rates(person=Rate(1.0), everyone=Rate(0.0001)))
    people = [await town.person() for _ in range(3 * MOST_REFUSALS)]
    for number, who in enumerate(people):
        assert await wait(pacing, who) == 0.0
        if number % MOST_REFUSALS == 0:
            # Another process than the one that was refused.
            other = town.pacing(Rates(person=Rate(1.0), everyone=Rate(0.0001)))
            await wait(other, await town.person())
            await other.accepted("webchat")
        else:
            await pacing.refused(who, BUSY, 30.0)


async def test_who_waits_for_the_whole_channel_waits_with_a_crowd(town: Town) -> None:
    pacing = town.pacing(Rates(person=Rate(10.0), everyone=Rate(1.0)))
    riet, bilal, kees = [await town.person(messages=2) for _ in range(3)]
    await pacing.next(riet)
    assert await crowds(pacing, riet, bilal) == [False, True]
    town.clock.pass_by(seconds=20)
    await pacing.refused(riet, BUSY, 30.0)
    assert await crowds(pacing, riet) == [False]
    await pacing.refused(bilal, ALL_BUSY, 60.0)
    assert await crowds(pacing, riet, kees) == [True, True]


async def crowds(pacing: Pacing, *people: uuid.UUID) -> list[bool]:
    found = []
    for who in people:
        with pytest.raises(Later) as later:
            await pacing.next(who)
        found.append(later.value.crowd)
    return found


@pytest.mark.parametrize(
    ("error", "crowd"),
    [(BUSY, False), (ALL_BUSY, True), (DeliveryError(Failure.NOT_SENT, "no_connection"), True)],
)
async def test_a_refusal_of_one_person_is_no_crowd(
    town: Town, error: DeliveryError, crowd: bool
) -> None:
    riet = await town.person()
    with pytest.raises(Later) as later:
        await town.deliveries(RecordingChannel(rates=SLOW, failures=[error])).run(riet)
    assert later.value.crowd is crowd


# In the delivery job


def _states(who: uuid.UUID) -> Select[str]:
    return select(Outbound.state).where(Outbound.conversation_id == who).order_by(Outbound.id)


async def test_a_delivery_waits_for_its_moment_and_frees_the_worker(town: Town) -> None:
    riet = await town.person(messages=3)
    channel = RecordingChannel(rates=SLOW)
    deliveries = town.deliveries(channel)
    with pytest.raises(Later) as later:
        await deliveries.run(riet)
    assert (channel.texts, later.value.seconds) == (["0", "1"], 10.0)
    town.clock.pass_by(seconds=10)
    await deliveries.run(riet)
    assert channel.texts == ["0", "1", "2"]


async def test_what_waits_for_its_moment_is_not_being_sent(town: Town) -> None:
    riet = await town.person(messages=3)
    channel = RecordingChannel(rates=SLOW)
    deliveries = town.deliveries(channel)
    with pytest.raises(Later):
        await deliveries.run(riet)
    async with town.database.transaction() as session:
        rows = (await session.scalars(_states(riet))).all()
    assert rows == [State.SENT, State.SENT, State.QUEUED]


async def test_a_refused_delivery_pauses_its_person(town: Town) -> None:
    riet, bilal = await town.person(), await town.person()
    channel = RecordingChannel(rates=SLOW, failures=[BUSY])
    deliveries = town.deliveries(channel)
    for seconds in (30.0, 30.0):
        with pytest.raises(Later) as later:
            await deliveries.run(riet)
        assert later.value.seconds == seconds
    await deliveries.run(bilal)
    town.clock.pass_by(seconds=30)
    await deliveries.run(riet)
    assert len(channel.sent) == 2


async def test_a_call_that_took_long_counts_from_its_end(town: Town) -> None:
    riet = await town.person(messages=2)
    channel = RecordingChannel(rates=Rates(person=Rate(10.0), everyone=Rate(0.1)))

    async def take_long(_: Delivery) -> None:
        town.clock.pass_by(seconds=8)

    channel.before = take_long
    deliveries = town.deliveries(channel)
    with pytest.raises(Later) as later:
        await deliveries.run(riet)
    assert (channel.texts, later.value.seconds) == (["0"], 10.0)


async def test_what_is_written_after_the_place_was_taken_waits_for_its_own(town: Town) -> None:
    riet = await town.person(messages=0)
    pacing = town.pacing()
    assert await pacing.next(riet) is None
    async with town.database.transaction() as session:
        for text in ("een", "twee"):
            await town.outbox.put(session, riet, OutgoingMessage(text), author=Author.SYSTEM)
        first = (await session.scalars(select(Outbound.id).order_by(Outbound.id))).first()
    assert await pacing.next(riet) == first


async def test_only_the_message_that_has_a_place_is_sent(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    riet = await town.person(messages=0)
    channel = RecordingChannel(rates=Rates(person=Rate(10.0), everyone=Rate(0.1)))
    deliveries = town.deliveries(channel)
    looked = deliveries._pacing.next

    async def look_and_be_overtaken(who: uuid.UUID) -> int | None:
        found = await looked(who)
        if found is None:
            async with town.database.transaction() as session:
                await town.outbox.put(session, who, OutgoingMessage("laat"), author=Author.SYSTEM)
        return found

    monkeypatch.setattr(deliveries._pacing, "next", look_and_be_overtaken)
    await deliveries.run(riet)
    assert channel.sent == []
