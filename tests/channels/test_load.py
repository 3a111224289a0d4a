"""Fifty people at once, while the vendor refuses a third of our calls and cuts off a tenth.

Two processes' worth of workers share one database. The figures are printed (`pytest -s`).
"""

import asyncio
import itertools
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from bot.conversation.jobs import Jobs
from bot.conversation.outbox import Outbox
from bot.conversation.pacing import MOST_REFUSALS
from bot.services.handoff import Handoffs
from bot.store.database import Database
from bot.store.tables import Conversation, Outbound, State
from integrations.telegram import Telegram
from tests.channels.conftest import world_of
from tests.channels.inbound import telegram_message
from tests.channels.outbound import TELEGRAM_SECRET
from tests.channels.peers import TELEGRAM_TOKEN, Answer, Call, TelegramPeer, Trouble
from tests.channels.signing import telegram_headers
from tests.channels.world import Echo, Parts, World

PEOPLE, MESSAGES = 50, 5
PROCESSES, CONCURRENCY = 2, 8
# As Telegram's limits: one a second to one chat, thirty a second in all.
CHAT_RATE, BOT_RATE = 1, 30
# What a shared machine may add between a place in the pace and the call at the peer, in seconds.
JITTER = 0.3
# What a call may wait for the channel's own pace, with fifty people in line, in seconds.
_EXTRA = PEOPLE / BOT_RATE + 20 * JITTER


@dataclass(frozen=True)
class Sending:
    """A call as it came in at the peer: when, to whom, what, what became of it, and how long the
    person is not to be written to."""

    at: float
    chat: str
    text: str
    outcome: str
    pause: float


@dataclass
class Weather:
    """Refuses a third of the sendings, cuts off a tenth, and keeps a record of all.

    The cut ones are by turns taken and not taken, which nobody on our side can tell apart.
    """

    dice: random.Random = field(default_factory=lambda: random.Random(2026))
    record: list[Sending] = field(default_factory=list)

    def __call__(self, call: Call) -> Answer | Trouble | None:
        if call.endpoint != "sendMessage":
            return None
        thrown, wait = self.dice.random(), self.dice.choice((1, 2, 3))
        what: Answer | Trouble | None = None
        name, pause = "taken", 0.0
        if thrown < 1 / 3:
            parameters = {"retry_after": wait}
            words = {"ok": False, "description": "Too Many Requests", "parameters": parameters}
            what, name, pause = Answer(429, words), "refused", float(wait)
        elif thrown < 1 / 3 + 1 / 10:
            what = self.dice.choice((Trouble.CUT, Trouble.CUT_AFTER))
            name = what.name.lower()
        chat, text = call.fields["chat_id"], call.fields["text"]
        self.record.append(Sending(time.time(), chat, text, name, pause))
        return what

    @property
    def chats(self) -> set[str]:
        return {sending.chat for sending in self.record}

    def of(self, chat: str) -> list[Sending]:
        return [sending for sending in self.record if sending.chat == chat]


def now() -> datetime:
    return datetime.now(UTC)


@pytest_asyncio.fixture
async def worlds(
    parts: Parts, database_url: str, peer: TelegramPeer
) -> AsyncIterator[Sequence[World]]:
    """Two processes' worth of the application on one database, with real time."""
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
            channel = Telegram(TELEGRAM_TOKEN, TELEGRAM_SECRET, peer.api_url, 10.0)
            stack.push_async_callback(channel.close)
            worlds.append(await stack.enter_async_context(world_of(own, Echo(), channel)))
        yield worlds


async def talk(world: World, person: int) -> None:
    """One person writes all messages, one after the other, as fast as they are acknowledged."""
    for number in range(MESSAGES):
        update = telegram_message(10 * person + number, f"vraag {number}", 710000000 + person)
        answer = await world.http.post(
            "/webhooks/telegram",
            content=json.dumps(update).encode(),
            headers=telegram_headers(TELEGRAM_SECRET),
        )
        assert answer.status_code == 200


async def everything_settled(world: World, within: float) -> None:
    """Wait until no message waits or is being sent."""
    ended = (State.SENT, State.UNKNOWN, State.FAILED)
    async with asyncio.timeout(within):
        while True:
            rows = await world.outbound()
            if len(rows) == PEOPLE * MESSAGES and all(row.state in ended for row in rows):
                return
            await asyncio.sleep(0.25)


def numbers(texts: Sequence[str]) -> list[int]:
    return [int(text.rsplit(" ", 1)[1]) for text in texts]


@pytest.mark.slow
async def test_fifty_at_once_get_everything_once_and_in_order_while_the_vendor_refuses(
    worlds: Sequence[World], parts: Parts, peer: TelegramPeer
) -> None:
    weather = Weather()
    peer.habit = weather
    began = time.time()
    async with AsyncExitStack() as stack:
        for world in worlds:
            await stack.enter_async_context(world.workers(CONCURRENCY))
        await asyncio.gather(*(talk(worlds[who % PROCESSES], who) for who in range(PEOPLE)))
        accepted = time.time() - began
        await everything_settled(worlds[0], within=120)
    rows = await worlds[0].outbound()
    conversations = await worlds[0].rows(Conversation)
    addresses = {one.id: parts.vault.decrypt(one.address_sealed) for one in conversations}
    written = {
        (addresses[row.conversation_id], row.text): row.created_at.timestamp() for row in rows
    }
    waits = _extra_waits(weather, written)
    _print_figures(weather, waits, rows, began, accepted)

    _assert_once_and_in_order(peer, rows, conversations, weather)
    _assert_nobody_was_held_up(waits, weather)
    _assert_the_pace_was_kept(weather)


def _assert_once_and_in_order(
    peer: TelegramPeer,
    rows: Sequence[Outbound],
    conversations: Sequence[Conversation],
    weather: Weather,
) -> None:
    assert len(conversations) == PEOPLE
    outcomes = Counter(one.outcome for one in weather.record)
    states = Counter(row.state for row in rows)
    # Every call that was cut off is one message of which nobody knows, and it was not repeated.
    assert states == {
        State.SENT: outcomes["taken"],
        State.UNKNOWN: outcomes["cut"] + outcomes["cut_after"],
    }
    received: dict[int, list[str]] = defaultdict(list)
    for bubble in peer.sent:
        received[bubble.chat].append(bubble.text)
    for texts in received.values():
        # Strictly growing: in order, and none twice.
        assert numbers(texts) == sorted(set(numbers(texts)))
    assert len(peer.sent) == outcomes["taken"] + outcomes["cut_after"]
    assert PEOPLE * MESSAGES - len(peer.sent) == outcomes["cut"]


def _assert_nobody_was_held_up(waits: Mapping[str, list[float]], weather: Weather) -> None:
    """A call comes once its message is there, its person's pause is over and their second is past;
    then only the channel's own pace counts, never another's pause, of which there are minutes."""
    for chat, own in waits.items():
        assert max(own) < _EXTRA, chat
        assert sum(own) < _channel_time(weather), chat


def _extra_waits(
    weather: Weather, written: Mapping[tuple[str, str], float]
) -> dict[str, list[float]]:
    """How long each call to each person came after it might have."""
    waits: dict[str, list[float]] = defaultdict(list)
    for chat in weather.chats:
        free = 0.0
        for one in weather.of(chat):
            waits[chat].append(one.at - max(free, written[chat, one.text]))
            free = one.at + max(one.pause, 1 / CHAT_RATE)
    return waits


def _channel_time(weather: Weather) -> float:
    """How long all calls take at the pace of the whole bot."""
    return len(weather.record) / BOT_RATE


def _assert_the_pace_was_kept(weather: Weather) -> None:
    assert _most_in_a_second(weather) <= BOT_RATE * (1 + JITTER)
    assert _shortest_gap(weather) >= 1 / CHAT_RATE


def _most_in_a_second(weather: Weather) -> int:
    times = [one.at for one in weather.record]
    return max(sum(at <= other < at + 1 for other in times) for at in times)


def _shortest_gap(weather: Weather) -> float:
    gaps = []
    for chat in weather.chats:
        times = [one.at for one in weather.of(chat)]
        gaps += [after - before for before, after in itertools.pairwise(times)]
    return min(gaps)


def _longest_row_of_refusals(weather: Weather) -> int:
    longest = row = 0
    for one in weather.record:
        row = row + 1 if one.outcome == "refused" else 0
        longest = max(longest, row)
    return longest


def _print_figures(
    weather: Weather,
    waits: Mapping[str, list[float]],
    rows: Sequence[Outbound],
    began: float,
    accepted: float,
) -> None:
    outcomes = Counter(one.outcome for one in weather.record)
    sums = sorted(map(sum, waits.values()))
    single = max(map(max, waits.values()))
    pauses = sorted(sum(one.pause for one in weather.of(chat)) for chat in weather.chats)
    first, last = (weather.record[place].at - began for place in (0, -1))
    lines = (
        f"{PEOPLE} people x {MESSAGES} messages, {PROCESSES} x {CONCURRENCY} jobs at a time",
        f"acknowledged within {accepted:.1f} s, first call after {first:.1f} s, last after "
        f"{last:.1f} s; all calls at {BOT_RATE} a second take {_channel_time(weather):.1f} s",
        f"calls {len(weather.record)}: {dict(outcomes)}",
        f"messages {dict(Counter(str(row.state) for row in rows))}",
        f"pauses asked of one person: median {pauses[len(pauses) // 2]:.0f} s, "
        f"most {pauses[-1]:.0f} s, of all together {sum(pauses):.0f} s",
        f"waited beyond one's own pauses and pace: median {sums[len(sums) // 2]:.1f} s, most "
        f"{sums[-1]:.1f} s in all, at most {single:.1f} s at a time",
        f"most calls in a second {_most_in_a_second(weather)}, shortest gap in a chat "
        f"{_shortest_gap(weather):.2f} s",
        f"longest row of refusals {_longest_row_of_refusals(weather)} (the channel pauses at "
        f"{MOST_REFUSALS})",
    )
    print("\n" + "\n".join(lines))  # noqa: T201  # the figures are what is shown
