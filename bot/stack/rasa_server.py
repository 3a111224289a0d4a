"""Rasa as a child of this process: started, watched, restarted when it dies, and stopped.

It listens on loopback only and dies with this process, whatever ends that.
"""

import asyncio
import os
import time
from asyncio.subprocess import Process
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import structlog
from sqlalchemy.engine import make_url

from bot.stack.child import last_lines, spawn, stop
from bot.stack.errors import StackError
from bot.stack.model import rasa_command
from bot.stack.rasa_environment import rasa_environment

START_WITHIN = 300.0  # seconds; a small machine takes 66 for Rasa's default pipeline
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
_STEADY_AFTER = 60.0  # seconds after which a death is no longer taken for a row of them
_LOOK_AGAIN = 0.25
_LARGEST_LOG = 10_000_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class RasaLaunch:
    """Everything one Rasa needs to start.

    Args:
        root: the project's folder, with `credentials.yml`.
        data_dir: gets `rasa.log`.
        model: the trained model's file.
        port: where it listens, on loopback.
        token: what guards its HTTP interface.
        database_url: where it keeps its trackers, in the schema `rasa`.
        actions_url: where it calls custom actions, with their token.
        endpoints: its endpoint file; the project's own when relative.
    """

    root: Path
    data_dir: Path
    model: Path
    port: int
    token: str
    database_url: str = ""
    actions_url: str = ""
    endpoints: str = "endpoints.yml"

    def command(self) -> list[str]:
        """The command line. The token is in one word with its option: it may begin with `-`."""
        return [
            str(rasa_command(self.root)),
            *("run", "--enable-api", "-i", "127.0.0.1", "-p", str(self.port)),
            *("-m", str(self.model.resolve()), "--endpoints", self.endpoints),
            *("--credentials", "credentials.yml", f"--auth-token={self.token}"),
        ]

    def environment(self) -> dict[str, str]:
        """The variables that `endpoints.yml` names, and what keeps Rasa quiet."""
        return rasa_environment(self.data_dir.resolve()) | {
            "RASA_TRACKER_URL": tracker_url(self.database_url) if self.database_url else "",
            "ACTIONS_URL": self.actions_url,
        }

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"


def tracker_url(database_url: str) -> str:
    """The database's address as SQLAlchemy 1.4 with psycopg2, which Rasa has, wants it."""
    # In the address and not in POSTGRESQL_SCHEMA, with which Rasa looks for the schema every time.
    url = make_url(database_url).set(drivername="postgresql")
    return url.update_query_dict({"options": "-csearch_path=rasa"}).render_as_string(
        hide_password=False
    )


def actions_url(port: int, token: str) -> str:
    """Where Rasa calls custom actions; the query string is the only token that it can send."""
    return f"http://127.0.0.1:{port}/webhook?token={quote(token, safe='')}"


class RasaServer:
    """One running Rasa."""

    def __init__(self, launch: RasaLaunch) -> None:
        self._launch = launch
        self._log_file = launch.data_dir.resolve() / "rasa.log"

    async def keep_running(self, ready: asyncio.Event) -> None:
        """Run Rasa until cancelled; when it dies, start it again after a growing pause.

        Raises:
            StackError: it did not start even once; holds the last lines of its log.
        """
        pause = FIRST_PAUSE
        while True:
            born = time.monotonic()
            try:
                with self._log() as output:
                    await self._live(output, ready)
            except StackError:
                if not ready.is_set():
                    raise
            if time.monotonic() - born > _STEADY_AFTER:
                pause = FIRST_PAUSE
            log.warning("rasa_died", log=str(self._log_file), restart_in_seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _live(self, output: int, ready: asyncio.Event) -> None:
        """One life of Rasa, from its start to its end."""
        began = self._log_file.stat().st_size
        process = await spawn(
            self._launch.command(),
            cwd=self._launch.root,
            environment=self._launch.environment(),
            output=output,
        )
        try:
            await self._wait_ready(process, began)
            ready.set()
            await process.wait()
        finally:
            await stop(process)

    async def _wait_ready(self, process: Process, began: int) -> None:
        patience = time.monotonic() + START_WITHIN
        async with httpx.AsyncClient(params={"token": self._launch.token}) as client:
            while (status := await _status(client, self._launch.address)) is None:
                if process.returncode is not None:
                    raise StackError(self._epitaph("stopped while it started", began))
                if time.monotonic() > patience:
                    raise StackError(self._epitaph(f"did not start in {START_WITHIN:.0f} s", began))
                await asyncio.sleep(_LOOK_AGAIN)
        # It listens only after it tried to load the model, and goes on without when it could not.
        if status != httpx.codes.OK:
            raise StackError(self._epitaph(f"started without its model ({status})", began))

    def _epitaph(self, what: str, began: int) -> str:
        said = self._log_file.read_bytes()[began:].decode(errors="replace")
        return f"Rasa {what}. Its last lines ({self._log_file} has all):\n{last_lines(said)}"

    @contextmanager
    def _log(self) -> Iterator[int]:
        """The log, opened to append; a large one is put aside once."""
        self._log_file.parent.mkdir(parents=True, exist_ok=True)
        if self._log_file.exists() and self._log_file.stat().st_size > _LARGEST_LOG:
            self._log_file.replace(self._log_file.with_suffix(".log.1"))
        handle = os.open(self._log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            yield handle
        finally:
            os.close(handle)


async def _status(client: httpx.AsyncClient, address: str) -> int | None:
    """Its answer's code, or None while nobody listens."""
    try:
        return (await client.get(f"{address}/status")).status_code
    except httpx.TransportError:
        return None
