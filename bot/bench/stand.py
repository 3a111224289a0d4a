"""What every benchmark stands on: our application, Rasa and a vendor's stand-in as processes on
this machine, with an embedded PostgreSQL of their own."""

import asyncio
import contextlib
import os
import shutil
import sys
import time
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn
from cryptography.fernet import Fernet
from sqlalchemy import delete
from starlette.applications import Starlette

from bot.bench import twilio_peer
from bot.bench.ports import free_ports
from bot.settings import ROOT
from bot.stack.child import spawn, stop
from bot.stack.rasa_server import RasaLaunch, RasaServer, actions_url
from bot.store import embedded
from bot.store.database import Database, migrate
from bot.store.tables import ConversationPace

_TOKEN = "a-token-for-the-benchmark"  # noqa: S105  # of servers on loopback that live for minutes


@dataclass(frozen=True)
class Bench:
    """Where everything of this run is."""

    folder: Path
    database_url: str
    port: int
    rasa_port: int
    actions_port: int
    peer_port: int

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


@contextlib.contextmanager
def standing(folder: Path) -> Iterator[Bench]:
    """A migrated database of its own in `folder`, and free ports for the rest."""
    shutil.rmtree(folder / "postgres", ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    url, handle = embedded.start(folder)
    try:
        migrate(url)
        yield Bench(folder, url, *free_ports(4))
    finally:
        handle.cleanup()


@contextlib.asynccontextmanager
async def application(bench: Bench) -> AsyncIterator[None]:
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


@contextlib.asynccontextmanager
async def rasa(launch: RasaLaunch) -> AsyncIterator[float]:
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
async def served(app: Starlette, port: int) -> AsyncIterator[None]:
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


async def rest(bench: Bench) -> None:
    """As after an hour without a message: every pace begins anew."""
    database = Database(bench.database_url)
    async with database.transaction() as session:
        await session.execute(delete(ConversationPace))
    await database.close()


async def _answers(client: httpx.AsyncClient, address: str) -> bool:
    try:
        return (await client.get(address)).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
