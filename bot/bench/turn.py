"""`adempauze bench turn`: our durable path against a bare Rasa with its default configuration.

Both run on this machine in one run, one after the other, on PostgreSQL and on the same data. Ours
is timed from the signed webhook to the call that the channel's vendor receives; the baseline
from a message to Rasa's own REST channel to its answer, with nothing durable around it.
"""

import asyncio
import contextlib
import itertools
import json
import os
import re
import shutil
import sys
import time
import uuid
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
import psutil
import uvicorn
from cryptography.fernet import Fernet
from rich.console import Console
from sqlalchemy import delete
from starlette.applications import Starlette

from bot.bench import baseline, load, twilio_peer
from bot.bench.figures import Latency, Side, as_json, tables
from bot.bench.ports import free_ports
from bot.settings import ROOT
from bot.stack import model, safety
from bot.stack.child import spawn, stop
from bot.stack.rasa_server import RasaLaunch, RasaServer, actions_url
from bot.store import embedded
from bot.store.database import Database, migrate
from bot.store.tables import Conversation, ConversationPace, Inbound

PARALLEL = (1, 8)
_TOKEN = "a-token-for-the-benchmark"  # noqa: S105  # of servers on loopback that live for minutes
_SUM = re.compile(r'^adempauze_turn_part_seconds_(sum|count)\{part="(\w+)"\} (\S+)$', re.MULTILINE)


@dataclass(frozen=True)
class Bench:
    """Where everything of this run is."""

    folder: Path
    database_url: str
    port: int
    rasa_port: int
    actions_port: int
    peer_port: int
    turns: int

    @property
    def application(self) -> str:
        """Where our application answers."""
        return f"http://127.0.0.1:{self.port}"

    def launch(self, trained: Path, root: Path = ROOT) -> RasaLaunch:
        """A Rasa on this run's database, with one model."""
        return RasaLaunch(
            root=root,
            data_dir=self.folder,
            model=trained,
            port=self.rasa_port,
            token=_TOKEN,
            database_url=self.database_url,
            actions_url=actions_url(self.actions_port, _TOKEN),
        )

    def environment(self) -> dict[str, str]:
        """The settings of our application."""
        return os.environ | {
            "DATABASE_URL": self.database_url,
            "PUBLIC_URL": twilio_peer.PUBLIC_URL,
            "PORT": str(self.port),
            "RASA_PORT": str(self.rasa_port),
            "ACTIONS_PORT": str(self.actions_port),
            "SECRET_KEY": "a secret key for the benchmark only, long enough",
            "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "RASA_TOKEN": _TOKEN,
            "ACTIONS_TOKEN": _TOKEN,
            "TWILIO_ACCOUNT_SID": twilio_peer.SID,
            "TWILIO_AUTH_TOKEN": twilio_peer.TOKEN,
            "TWILIO_WHATSAPP_FROM": twilio_peer.SENDER,
            "TWILIO_API_URL": f"http://127.0.0.1:{self.peer_port}",
            "LOG_LEVEL": "ERROR",
        }


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
    shutil.rmtree(folder / "postgres", ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    with console.status("training, when the data changed") as status:
        await safety.learnt(ROOT, data_dir, status.update)
        ours = await model.train(ROOT, data_dir, note=status.update)
        root = baseline.project(ROOT, folder / "baseline", epochs)
        theirs = await model.train(root, folder, note=status.update)
        url, handle = embedded.start(folder)
        try:
            migrate(url)
            port, rasa_port, actions_port, peer_port = free_ports(4)
            bench = Bench(folder, url, port, rasa_port, actions_port, peer_port, turns)
            status.update("measuring ours")
            async with _application(bench):
                side, parts = await _ours(bench, ours)
                status.update("measuring the baseline")
                other = await _baseline(bench, theirs, root)
        finally:
            handle.cleanup()
    if as_text:
        for table in tables(side, other, parts):
            Console().print(table)
    else:
        sys.stdout.write(json.dumps(as_json(side, other, parts)) + "\n")


@contextlib.asynccontextmanager
async def _application(bench: Bench) -> AsyncIterator[None]:
    """Our application as a process of its own; its actions serve both sides."""
    command = [str(Path(sys.executable).with_name("adempauze")), "serve"]
    process = await spawn(command, cwd=ROOT, environment=bench.environment(), output=DEVNULL)
    try:
        async with asyncio.timeout(60), httpx.AsyncClient() as client:
            while not await _answers(client, f"{bench.application}/healthz"):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        yield
    finally:
        await stop(process)


async def _ours(bench: Bench, trained: Path) -> tuple[Side, dict[int, Mapping[str, float]]]:
    peer = twilio_peer.TwilioPeer(bench.application)
    people = itertools.count(1)
    series: list[Latency] = []
    parts: dict[int, Mapping[str, float]] = {}
    async with _rasa(bench.launch(trained)) as start, _served(peer.app(), bench.peer_port):
        await load.run(peer.say, 1, 10, people)
        for parallel in PARALLEL:
            before = await _sums(bench)
            series.append(await load.run(peer.say, parallel, bench.turns, people))
            parts[parallel] = _means(before, await _sums(bench))
        ten = await load.at_once(peer.say, next(people))
        long_talk = await load.long_talk(peer.say, next(people), partial(_rest, bench))
        megabytes = _megabytes(bench.rasa_port)
    await peer.close()
    side = Side("durable path, lean Rasa", tuple(series), megabytes, start)
    app = _megabytes(bench.port)
    return replace(side, app_megabytes=app, ten_at_once=ten, long_talk=long_talk), parts


async def _baseline(bench: Bench, trained: Path, root: Path) -> Side:
    async with _rasa(bench.launch(trained, root)) as start:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{bench.rasa_port}") as client:
            talks = await _people(bench, len(PARALLEL) * (bench.turns // 10 + 1) + 2)

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
            series = [await load.run(say, parallel, bench.turns, people) for parallel in PARALLEL]
        megabytes = _megabytes(bench.rasa_port)
    return Side("rasa init's default, bare", tuple(series), megabytes, start)


async def _rest(bench: Bench) -> None:
    """As after an hour without a message: every pace begins anew."""
    database = Database(bench.database_url)
    async with database.transaction() as session:
        await session.execute(delete(ConversationPace))
    await database.close()


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


@contextlib.asynccontextmanager
async def _rasa(launch: RasaLaunch) -> AsyncIterator[float]:
    """A running Rasa; yields the seconds that it took to answer."""
    ready = asyncio.Event()
    began = time.perf_counter()
    task = asyncio.create_task(RasaServer(launch).keep_running(ready))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    try:
        yield time.perf_counter() - began
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@contextlib.asynccontextmanager
async def _served(app: Starlette, port: int) -> AsyncIterator[None]:
    config = uvicorn.Config(app, port=port, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())  # serve() would take the signals
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await task


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


async def _answers(client: httpx.AsyncClient, address: str) -> bool:
    try:
        return (await client.get(address)).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
