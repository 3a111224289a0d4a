"""The application as a process of its own, so that it can be killed without a warning."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from cryptography.fernet import Fernet
from psycopg.rows import dict_row

from bot.settings import ROOT
from tests.channels.inbound import RIET_WHATSAPP, whatsapp_message
from tests.channels.peers import TWILIO_ACCOUNT, TWILIO_TOKEN, TwilioPeer
from tests.channels.signing import form_body, twilio_headers
from tests.conftest import new_database
from tests.rasa_peer import RasaPeer, free_port, served

PUBLIC_URL = "https://adempauze.example"


@dataclass
class Stack:
    """The application with a stand-in for Rasa and for Twilio, each on loopback."""

    database_url: str
    twilio: TwilioPeer
    rasa: RasaPeer
    log: Path
    port: int = field(default_factory=free_port)
    actions_port: int = field(default_factory=free_port)
    key: str = field(default_factory=lambda: Fernet.generate_key().decode())
    process: asyncio.subprocess.Process | None = None
    number: int = 0

    async def start(self, command: str = "serve") -> None:
        """Start the application (or a worker alone) and wait until it answers."""
        with self.log.open("ab") as output:
            self.process = await asyncio.create_subprocess_exec(
                str(Path(sys.executable).with_name("adempauze")),
                command,
                cwd=ROOT,
                env=self._environment(),
                stdout=output,
                stderr=output,
            )
        async with httpx.AsyncClient() as client, asyncio.timeout(60):
            while not await self._answers(client):
                assert self.process.returncode is None, self.log.read_text()
                await asyncio.sleep(0.1)

    async def kill(self) -> None:
        """End the application as a power cut does."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def say(self, text: str, *, sid: str | None = None, sender: str = RIET_WHATSAPP) -> int:
        """Post a message as Twilio does; the status of the answer."""
        self.number += 1
        fields = whatsapp_message(
            TWILIO_ACCOUNT, sid or f"SM{self.number:032x}", text, sender=sender
        )
        body = form_body(fields)
        path = "/webhooks/whatsapp"
        async with httpx.AsyncClient() as client:
            response = await client.post(
                f"http://127.0.0.1:{self.port}{path}",
                content=body,
                headers=twilio_headers(PUBLIC_URL + path, body, TWILIO_TOKEN),
            )
        return response.status_code

    def rows(self, query: str) -> list[dict[str, Any]]:
        """What the database holds now."""
        with psycopg.connect(self.database_url, row_factory=dict_row) as connection:
            return connection.execute(query).fetchall()

    async def until(self, condition: Any, seconds: float = 60) -> float:
        """Wait until something is so; the seconds that it took."""
        began = time.monotonic()
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.05)
        return time.monotonic() - began

    async def _answers(self, client: httpx.AsyncClient) -> bool:
        with contextlib.suppress(httpx.TransportError):
            found = await client.get(f"http://127.0.0.1:{self.port}/healthz")
            return found.status_code == httpx.codes.OK
        return False

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            **self.twilio.environment,
            "DATABASE_URL": self.database_url,
            "PUBLIC_URL": PUBLIC_URL,
            "PORT": str(self.port),
            "RASA_PORT": str(self.rasa.port),
            "ACTIONS_PORT": str(self.actions_port),
            "SECRET_KEY": "a secret key of the tests that is long enough",
            "ENCRYPTION_KEYS": self.key,
            "RASA_TOKEN": "a-rasa-token-of-the-tests",
            "ACTIONS_TOKEN": "an-actions-token-of-the-tests",
        }


@contextlib.asynccontextmanager
async def standing(database_url: str, folder: Path) -> AsyncIterator[Stack]:
    """The application on a database, until the block ends."""
    rasa = RasaPeer(database_url)
    async with TwilioPeer() as twilio, served(rasa.app(), rasa.port):
        stack = Stack(database_url, twilio, rasa, folder / "application.log")
        await stack.start()
        try:
            yield stack
        finally:
            await stack.kill()


@pytest.fixture
async def stack(
    postgres_url: str, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Stack]:
    name = f"faults_{abs(hash(request.node.name)) % 10**8}"
    url = await asyncio.to_thread(new_database, postgres_url, name)
    async with standing(url, tmp_path) as stack:
        yield stack
