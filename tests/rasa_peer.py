"""A stand-in for Rasa's HTTP interface on loopback, for what a real Rasa cannot be made to do:
to be silent, slow, gone, or cut off in the middle of a turn. Journeys use the real one."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


@contextlib.asynccontextmanager
async def served(app: Starlette, port: int) -> AsyncIterator[None]:
    """The application on loopback at this port, until the block ends."""
    server = _Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, lifespan="off")
    )
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        server.force_exit = True
        await task


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# The columns of Rasa's own SQL tracker store that anybody reads.
_TABLE = """
CREATE SCHEMA IF NOT EXISTS rasa;
CREATE TABLE IF NOT EXISTS rasa.events (
    id serial PRIMARY KEY, sender_id varchar(255) NOT NULL, type_name varchar(255) NOT NULL,
    "timestamp" double precision, intent_name varchar(255), action_name varchar(255), data text
);
TRUNCATE rasa.events
"""
_INSERT = "INSERT INTO rasa.events (sender_id, type_name, data) VALUES (%s, %s, %s)"


@dataclass
class RasaPeer:
    """Answers each message with "antwoord op: …" and keeps a tracker as Rasa does.

    Set `extras` for what an answer has besides its words, `silent` to answer 200 with an empty
    list, `hanging` to answer only when it is set, and `cut` to break the connection after the
    turn was done.
    """

    database_url: str
    port: int = field(default_factory=free_port)
    asked: list[str] = field(default_factory=list)
    silent: bool = False
    cut: bool = False
    hanging: asyncio.Event | None = None
    during: Any = None
    renewed: int = 0
    extras: dict[str, Any] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def app(self) -> Starlette:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute(_TABLE)
        return Starlette(
            routes=[
                Route("/webhooks/rest/webhook", self._message, methods=["POST"]),
                Route("/conversations/{sender}/execute", self._execute, methods=["POST"]),
                Route("/status", self._status),
            ]
        )

    async def _message(self, request: Request) -> Response:
        body = await request.json()
        self.asked.append(body["message"])
        if self.hanging is not None:
            await self.hanging.wait()
        if self.during is not None:
            await self.during(body)
        if self.silent:
            return JSONResponse([])
        text = f"antwoord op: {body['message']}"
        await self._remember(
            body["sender"],
            {"event": "user", "text": body["message"], "metadata": body["metadata"]},
            {"event": "bot", "text": text, "data": {"custom": self.extras}},
            {"event": "action", "name": "action_listen"},
        )
        if self.cut:
            self.cut = False
            return Response(status_code=500)
        to = {"recipient_id": body["sender"]}
        more = [{**to, "custom": self.extras}] if self.extras else []
        return JSONResponse([{**to, "text": text}, *more])

    async def _remember(self, sender: str, *events: dict[str, Any]) -> None:
        rows = [(sender, event["event"], json.dumps(event)) for event in events]
        async with await psycopg.AsyncConnection.connect(self.database_url) as connection:
            await connection.cursor().executemany(_INSERT, rows)

    def remembered(self) -> list[str]:
        """The kinds of all events in the tracker store, oldest first."""
        with psycopg.connect(self.database_url) as connection:
            found = connection.execute("SELECT type_name FROM rasa.events ORDER BY id")
            return [row[0] for row in found]

    def cut_short(self) -> None:
        """Take the last event away, as if Rasa had died before it."""
        with psycopg.connect(self.database_url) as connection:
            connection.execute(
                "DELETE FROM rasa.events WHERE id = (SELECT max(id) FROM rasa.events)"
            )

    async def _execute(self, _: Request) -> Response:
        self.renewed += 1
        return JSONResponse({})

    async def _status(self, _: Request) -> Response:
        return JSONResponse({"model_file": "a-model.tar.gz"})
