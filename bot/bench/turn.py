"""`adempauze bench turn`: our durable path against a bare Rasa with its default configuration.

Both run on this machine in one run, one after the other, on PostgreSQL and on the same data. Ours
is timed from the signed webhook to the call that the channel's vendor receives; the baseline
from a message to Rasa's own REST channel to its answer, with nothing durable around it.
"""

import asyncio
import itertools
import json
import re
import sys
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psutil
from rich.console import Console

from bot.bench import baseline, load, twilio_peer
from bot.bench.figures import Latency, Side, as_json, tables
from bot.bench.stand import Bench, application, rasa, served, standing
from bot.settings import ROOT
from bot.stack import model, safety
from bot.store.database import Database
from bot.store.tables import Conversation, Inbound

PARALLEL = (1, 8)
_SUM = re.compile(r'^adempauze_turn_part_seconds_(sum|count)\{part="(\w+)"\} (\S+)$', re.MULTILINE)


def main(turns: int, data_dir: Path, *, epochs: int = 100, as_text: bool = True) -> None:
    """Run the benchmark and print it.

    Args:
        turns: how many turns each series has.
        data_dir: where the trained models are kept for the next run.
        epochs: how long the baseline trains (Rasa's own default is 100); not its speed.
        as_text: tables for a person, otherwise one JSON object.
    """
    asyncio.run(_run(turns, data_dir, epochs, as_text=as_text))


async def _run(turns: int, data_dir: Path, epochs: int, *, as_text: bool) -> None:
    console = Console(stderr=True)
    folder = (data_dir / "bench").resolve()
    with console.status("training, when the data changed") as status:
        await safety.learnt(ROOT, data_dir, status.update)
        ours = await model.train(ROOT, data_dir, note=status.update)
        root = baseline.project(ROOT, folder / "baseline", epochs)
        theirs = await model.train(root, folder, note=status.update)
        with standing(folder) as bench:
            status.update("measuring ours")
            async with application(bench):
                side, parts = await _ours(bench, ours, turns)
                status.update("measuring the baseline")
                other = await _baseline(bench, theirs, root, turns)
    if as_text:
        for table in tables(side, other, parts):
            Console().print(table)
    else:
        sys.stdout.write(json.dumps(as_json(side, other, parts)) + "\n")


async def _ours(
    bench: Bench, trained: Path, turns: int
) -> tuple[Side, dict[int, Mapping[str, float]]]:
    peer = twilio_peer.TwilioPeer(bench.application)
    people = itertools.count(1)
    series: list[Latency] = []
    parts: dict[int, Mapping[str, float]] = {}
    async with rasa(bench.launch(trained)) as start, served(peer.app(), bench.peer_port):
        await load.run(peer.say, 1, 10, people)
        for parallel in PARALLEL:
            before = await _sums(bench)
            series.append(await load.run(peer.say, parallel, turns, people))
            parts[parallel] = _means(before, await _sums(bench))
        ten = await load.at_once(peer.say, next(people))
        megabytes = _megabytes(bench.rasa_port)
    await peer.close()
    side = Side("durable path, lean Rasa", tuple(series), megabytes, start)
    app = _megabytes(bench.port)
    return replace(side, app_megabytes=app, ten_at_once=ten), parts


async def _baseline(bench: Bench, trained: Path, root: Path, turns: int) -> Side:
    async with rasa(bench.launch(trained, root)) as start:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{bench.rasa_port}") as client:
            talks = await _people(bench, len(PARALLEL) * (turns // 10 + 1) + 2)

            async def say(person: int, sentence: str) -> None:
                sender, inbound = talks[person]
                body = {
                    "sender": str(sender),
                    "message": sentence,
                    "metadata": {"inbound_id": next(inbound)},
                }
                response = await client.post("/webhooks/rest/webhook", json=body, timeout=60)
                response.raise_for_status()

            people = itertools.count()
            await load.run(say, 1, 10, people)
            series = [await load.run(say, parallel, turns, people) for parallel in PARALLEL]
        megabytes = _megabytes(bench.rasa_port)
    return Side("rasa init's default, bare", tuple(series), megabytes, start)


async def _people(bench: Bench, count: int) -> list[tuple[uuid.UUID, Iterator[int]]]:
    """People whose messages exist, so that the custom actions work for the baseline too."""
    database = Database(bench.database_url)
    found = []
    async with database.transaction() as session:
        for _ in range(count):
            person = Conversation(
                id=uuid.uuid4(),
                channel="bench",
                address_hash=uuid.uuid4().bytes,
                address_sealed=b"",
                created_at=datetime.now(UTC),
                last_inbound_at=datetime.now(UTC),
            )
            session.add(person)
            await session.flush()
            rows = [_message(person.id) for _ in load.SENTENCES]
            session.add_all(rows)
            await session.flush()
            found.append((person.id, iter([row.id for row in rows])))
    await database.close()
    return found


def _message(conversation_id: uuid.UUID) -> Inbound:
    return Inbound(
        conversation_id=conversation_id,
        channel="bench",
        external_id=uuid.uuid4().hex,
        kind="text",
        text="",
        tier="none",
        received_at=datetime.now(UTC),
        done_at=datetime.now(UTC),
    )


async def _sums(bench: Bench) -> dict[str, tuple[float, float]]:
    """Seconds and number of each part so far."""
    async with httpx.AsyncClient() as client:
        text = (await client.get(f"http://127.0.0.1:{bench.actions_port}/metrics")).text
    found: dict[str, dict[str, float]] = {}
    for kind, part, value in _SUM.findall(text):
        found.setdefault(part, {})[kind] = float(value)
    return {part: (values["sum"], values["count"]) for part, values in found.items()}


def _means(
    before: Mapping[str, tuple[float, float]], after: Mapping[str, tuple[float, float]]
) -> dict[str, float]:
    """The mean of each part in between, in milliseconds."""
    means = {}
    for part, (seconds, count) in after.items():
        earlier_seconds, earlier_count = before.get(part, (0.0, 0.0))
        if count > earlier_count:
            means[part] = (seconds - earlier_seconds) / (count - earlier_count) * 1000
    return means


def _megabytes(port: int) -> float:
    """Resident memory of whoever listens on a port, children included."""
    for connection in psutil.net_connections("tcp"):
        local = connection.laddr
        if connection.status == psutil.CONN_LISTEN and local and local.port == port:
            process = psutil.Process(connection.pid)
            family = [process, *process.children(recursive=True)]
            return float(sum(member.memory_info().rss for member in family)) / 1e6
    return float("nan")
