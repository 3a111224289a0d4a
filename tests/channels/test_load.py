"""Fifty people at once, while the vendor refuses a third of our calls and cuts off a tenth.

Two processes' worth of workers share one database. The figures are printed (`pytest -s`).
"""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from bot.conversation.jobs import Jobs
from bot.conversation.outbox import Outbox
from bot.conversation.pacing import MOST_REFUSALS
from bot.services.handoff import Handoffs
from bot.store.database import Database
from bot.store.tables import Conversation, Outbound, State
from integrations.channel import Channel
from integrations.telegram import Telegram
from integrations.whatsapp import WhatsApp
from tests.channels.conftest import world_of
from tests.channels.outbound import ACCOUNT, PUBLIC_URL, TELEGRAM_SECRET
from tests.channels.peers import (
    TELEGRAM_TOKEN,
    TWILIO_TOKEN,
    Peer,
    TelegramPeer,
    TwilioPeer,
)
from tests.channels.signing import vendor_headers
from tests.channels.weather import BUSY_AT, VENDORS, Vendor, Weather
from tests.channels.world import Echo, Parts, World

PEOPLE, MESSAGES = 50, 5
PROCESSES, CONCURRENCY = 2, 8
# What a shared machine may add to a call, in seconds: on average, and to one that was under way.
JITTER, UNDER_WAY = 0.3, 1.0
# How many calls a second a machine with two cores makes, busy with other work.
MACHINE_RATE = 30


@dataclass(frozen=True)
class Load:
    """A vendor in bad weather, and the installation that it is the vendor of."""

    vendor: Vendor
    peer: Peer
    weather: Weather
    worlds: Sequence[World]

    @property
    def channel_rate(self) -> float:
        """Calls a second of the whole channel."""
        assert self.vendor.rates is not None
        return 1 / self.vendor.rates.everyone.seconds

    @property
    def line(self) -> float:
        """How long all calls take at the channel's pace, or at the machine's, in seconds."""
        return len(self.weather.record) / min(self.channel_rate, MACHINE_RATE)


def now() -> datetime:
    return datetime.now(UTC)


@pytest_asyncio.fixture(params=VENDORS, ids=lambda vendor: vendor.name)
async def load(
    request: pytest.FixtureRequest,
    parts: Parts,
    database_url: str,
    peer: TelegramPeer,
    twilio: TwilioPeer,
) -> AsyncIterator[Load]:
    """Two processes' worth of the application on one database, with real time."""
    vendor: Vendor = request.param
    theirs: Peer = peer if vendor.name == "telegram" else twilio
    async with AsyncExitStack() as stack:
        worlds = []
        for _ in range(PROCESSES):
            jobs, database = Jobs(database_url), Database(database_url)
            await jobs.open()
            stack.push_async_callback(jobs.close)
            stack.push_async_callback(database.close)
            outbox = Outbox(jobs, now)
            own = replace(
                parts,
                jobs=jobs,
                database=database,
                outbox=outbox,
                handoffs=Handoffs(database, outbox, parts.content),
                clock=now,
            )
            channel = _channel(vendor, peer, twilio)
            stack.push_async_callback(channel.close)
            worlds.append(await stack.enter_async_context(world_of(own, Echo(), channel)))
        weather = Weather(vendor, theirs)
        theirs.habit = weather
        yield Load(vendor, theirs, weather, worlds)


def _channel(vendor: Vendor, telegram: TelegramPeer, twilio: TwilioPeer) -> Channel:
    if vendor.name == "telegram":
        return Telegram(TELEGRAM_TOKEN, TELEGRAM_SECRET, telegram.api_url, 10.0)
    return WhatsApp(ACCOUNT, PUBLIC_URL, twilio.url, 10.0)


def writes(vendor: Vendor, person: int) -> int:
    """How many messages a person writes."""
    return vendor.first_writes if person == 0 else MESSAGES


async def talk(world: World, vendor: Vendor, person: int) -> None:
    """One person writes all messages, one after the other, as fast as they are acknowledged."""
    path = f"/webhooks/{vendor.name}"
    for number in range(writes(vendor, person)):
        body = vendor.body(100 * person + number, f"vraag {number}", person)
        headers = vendor_headers(PUBLIC_URL + path, body, TWILIO_TOKEN, TELEGRAM_SECRET)
        answer = await world.http.post(path, content=body, headers=headers)
        assert answer.status_code == 200


async def everything_settled(world: World, messages: int, within: float) -> None:
    """Wait until no message waits or is being sent."""
    ended = (State.SENT, State.UNKNOWN, State.FAILED)
    async with asyncio.timeout(within):
        while True:
            rows = await world.outbound()
            if len(rows) == messages and all(row.state in ended for row in rows):
                return
            await asyncio.sleep(0.25)


def numbers(texts: Sequence[str]) -> list[int]:
    return [int(text.rsplit(" ", 1)[1]) for text in texts]


@pytest.mark.slow
async def test_fifty_at_once_get_everything_once_and_in_order_while_the_vendor_refuses(
    load: Load, parts: Parts
) -> None:
    began = time.time()
    messages = sum(writes(load.vendor, who) for who in range(PEOPLE))
    async with AsyncExitStack() as stack:
        for world in load.worlds:
            await stack.enter_async_context(world.workers(CONCURRENCY))
        await asyncio.gather(
            *(talk(load.worlds[who % PROCESSES], load.vendor, who) for who in range(PEOPLE))
        )
        accepted = time.time() - began
        await everything_settled(load.worlds[0], messages, within=120)
    rows = await load.worlds[0].outbound()
    conversations = await load.worlds[0].rows(Conversation)
    addresses = {one.id: parts.vault.decrypt(one.address_sealed) for one in conversations}
    written = {
        (addresses[row.conversation_id], row.text): row.created_at.timestamp() for row in rows
    }
    waits = load.weather.extra_waits(written)
    _print_figures(load, waits, rows, began, accepted)
    _print_pauses(load.weather, written, began)

    _assert_once_and_in_order(load, rows, conversations)
    _assert_nobody_was_held_up(load, waits)
    _assert_a_busy_vendor_was_left_alone_and_nobody_lost_anything(load.weather, written)
    _assert_the_pace_was_kept(load)


def _assert_once_and_in_order(
    load: Load, rows: Sequence[Outbound], conversations: Sequence[Conversation]
) -> None:
    assert len(conversations) == PEOPLE
    outcomes = Counter(one.outcome for one in load.weather.record)
    # Every call that was cut off is one message of which nobody knows, and it was not repeated.
    assert Counter(row.state for row in rows) == {
        State.SENT: outcomes["taken"],
        State.UNKNOWN: outcomes["cut"] + outcomes["cut_after"],
    }
    received = _received(load.peer)
    for texts in received.values():
        # Strictly growing: in order, and none twice.
        assert numbers(texts) == sorted(set(numbers(texts)))
    arrived = sum(map(len, received.values()))
    assert arrived == outcomes["taken"] + outcomes["cut_after"]
    assert len(rows) - arrived == outcomes["cut"]


def _received(peer: Peer) -> Mapping[str, list[str]]:
    """What arrived, by person."""
    received: dict[str, list[str]] = defaultdict(list)
    if isinstance(peer, TelegramPeer):
        for said in peer.sent:
            received[str(said.chat)].append(said.text)
    elif isinstance(peer, TwilioPeer):
        for bubble in peer.sent:
            received[bubble.to].append(bubble.body)
    return received


def _assert_nobody_was_held_up(load: Load, waits: Mapping[str, list[float]]) -> None:
    """A call comes once its message is there, the pauses are over and the person's pace has room;
    then only the line of all people counts, never another's pause, of which there are minutes."""
    for address, own in waits.items():
        assert sum(own) < load.line + 20 * JITTER, address
    asked = sum(one.pause for one in load.weather.record if one.outcome == "refused")
    assert asked > 5 * load.line


def _assert_a_busy_vendor_was_left_alone_and_nobody_lost_anything(
    weather: Weather, written: Mapping[tuple[str, str], float]
) -> None:
    assert len(weather.busy) == len(BUSY_AT)
    for busy in weather.busy:
        over = busy.at + busy.pause
        assert not [one for one in weather.record if busy.at + UNDER_WAY < one.at < over]
        waiting = weather.waiting_at(busy, written)
        ended = Counter((one.address, one.text) for one in weather.record if not one.is_refused)
        assert waiting
        assert {ended[message] for message in waiting} == {1}


def _assert_the_pace_was_kept(load: Load) -> None:
    assert load.vendor.rates is not None
    assert _most_in_a_second(load.weather) <= load.channel_rate * (1 + JITTER)
    # Where no burst is allowed the time counts from the end of the call before, to the letter.
    # Elsewhere it counts from a call's place: one that comes late to the vendor lets the next look
    # early, but never is a whole place too many taken.
    person = load.vendor.rates.person
    late = person.seconds if person.burst > 1 else 0.0
    assert min(load.weather.margins()) >= -late
    # More than may go at once, so that the pace over time was needed.
    assert _most_to_one(load.weather) > person.burst


def _most_in_a_second(weather: Weather) -> int:
    times = [one.at for one in weather.record]
    return max(sum(at <= other < at + 1 for other in times) for at in times)


def _most_to_one(weather: Weather) -> int:
    return max(len(weather.of(who)) for who in weather.people)


def _longest_row_of_refusals(weather: Weather) -> int:
    longest = row = 0
    for one in weather.record:
        row = row + 1 if one.is_refused else 0
        longest = max(longest, row)
    return longest


def _print_figures(
    load: Load,
    waits: Mapping[str, list[float]],
    rows: Sequence[Outbound],
    began: float,
    accepted: float,
) -> None:
    weather = load.weather
    outcomes = Counter(one.outcome for one in weather.record)
    sums = sorted(map(sum, waits.values()))
    pauses = sorted(sum(one.pause for one in weather.of(who)) for who in weather.people)
    first, last = (weather.record[place].at - began for place in (0, -1))
    lines = (
        f"{load.vendor.name}: {PEOPLE} people, {len(rows)} messages, {PROCESSES} x {CONCURRENCY} "
        "jobs at a time",
        f"acknowledged within {accepted:.1f} s, first call after {first:.1f} s, last after "
        f"{last:.1f} s; all calls in one line take {load.line:.1f} s",
        f"calls {len(weather.record)}: {dict(outcomes)}, at most {_most_to_one(weather)} to one",
        f"messages {dict(Counter(str(row.state) for row in rows))}",
        f"pauses asked of one person: median {pauses[len(pauses) // 2]:.0f} s, "
        f"most {pauses[-1]:.0f} s, of all together {sum(pauses):.0f} s",
        f"waited beyond pauses and one's own pace: median {sums[len(sums) // 2]:.1f} s, most "
        f"{sums[-1]:.1f} s in all, at most {max(map(max, waits.values())):.1f} s at a time",
        f"most calls in a second {_most_in_a_second(weather)}, closest to the pace to one person "
        f"{min(weather.margins()):.2f} s",
        f"longest row of refusals {_longest_row_of_refusals(weather)} (the channel pauses at "
        f"{MOST_REFUSALS})",
    )
    print("\n" + "\n".join(lines))  # noqa: T201  # the figures are what is shown


def _print_pauses(weather: Weather, written: Mapping[tuple[str, str], float], began: float) -> None:
    for busy in weather.busy:
        after = [one for one in weather.record if one.at > busy.at]
        late = [one.at - busy.at for one in after if one.at < busy.at + UNDER_WAY]
        again = min((one.at for one in after if one.at >= busy.at + UNDER_WAY), default=0.0)
        print(  # noqa: T201
            f"after {busy.at - began:.1f} s busy for {busy.pause:.0f} s: "
            f"{len(weather.waiting_at(busy, written))} messages waited, {len(late)} calls were "
            f"under way (until {max(late, default=0.0):.2f} s), the next after "
            f"{again - busy.at:.2f} s"
        )
