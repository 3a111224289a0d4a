"""Conversations that run side by side, each waiting for its answer before it goes on."""

import asyncio
import itertools
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator

from bot.bench.figures import Latency, latency

# Ordinary turns of a first talk: greetings, questions, hurdles. None asks for a human or is a
# crisis, because those silence the assistant by design.
SENTENCES = (
    "goedemorgen",
    "ik zorg voor mijn man, hij heeft dementie",
    "wat is logeren precies?",
    "wat kost dat eigenlijk?",
    "ik voel me schuldig als ik hem wegbreng",
    "hoe lang mag hij daar blijven?",
    "mag de hond ook mee?",
    "heeft u een verhaal van iemand anders?",
    "dank u wel",
    "tot ziens",
)

# Says one sentence as the person with this number; returns when the answer has come.
Say = Callable[[int, str], Awaitable[None]]
Rest = Callable[[], Awaitable[None]]


async def run(say: Say, parallel: int, turns: int, people: Iterator[int]) -> Latency:
    """Time `turns` turns over `parallel` conversations; a new person after each whole talk."""
    sentences = itertools.cycle(SENTENCES)
    talks = [list(itertools.islice(sentences, len(SENTENCES))) for _ in range(-(-turns // 10))]
    waiting = iter(talks)
    seconds: list[float] = []

    async def lane() -> None:
        for talk in waiting:
            person = next(people)
            for sentence in talk:
                started = time.perf_counter()
                await say(person, sentence)
                seconds.append(time.perf_counter() - started)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(parallel):
            group.create_task(lane())
    return latency(parallel, seconds, time.perf_counter() - began)


async def at_once(say: Say, person: int) -> float:
    """Seconds until one person, who says all sentences at once, has as many answers."""
    await say(person, SENTENCES[0])
    began = time.perf_counter()
    await asyncio.gather(*(say(person, sentence) for sentence in SENTENCES))
    return time.perf_counter() - began


async def long_talk(say: Say, person: int, rest: Rest, rounds: int = 21) -> float:
    """How a turn of a long talk compares with one of its beginning.

    Args:
        say: says one sentence.
        person: who says all sentences, again and again.
        rest: lets time pass between the rounds, so that the pace of sending holds up nothing.
        rounds: how often; 21 times ten sentences pass the two hundredth message.

    Returns:
        The median of the last two rounds divided by that of the first two.
    """
    seconds: list[float] = []
    for _ in range(rounds):
        await rest()
        for sentence in SENTENCES:
            started = time.perf_counter()
            await say(person, sentence)
            seconds.append(time.perf_counter() - started)
    two = 2 * len(SENTENCES)
    return statistics.median(seconds[-two:]) / statistics.median(seconds[:two])
