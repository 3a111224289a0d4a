"""A stand-in for Rasa's HTTP interface on loopback, for what a real Rasa cannot be made to do:
to be silent, slow, gone, or cut off in the middle of a turn. Journeys use the real one."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

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


@dataclass
class RasaPeer:
    """Answers each message with "antwoord op: …" and keeps a tracker as Rasa does.

    Set `says` to answer otherwise, `silent` to answer 200 with an empty list, `hanging` to answer
    only when it is set, and `cut` to break the connection after the turn was done.
    """

    port: int = field(default_factory=free_port)
    asked: list[str] = field(default_factory=list)
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    silent: bool = False
    cut: bool = False
    hanging: asyncio.Event | None = None
    during: Any = None
    renewed: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def app(self) -> Starlette:
        tracker = "/conversations/{sender}/tracker"
        return Starlette(
            routes=[
                Route("/webhooks/rest/webhook", self._message, methods=["POST"]),
                Route(tracker, self._tracker),
                Route(tracker + "/events", self._append, methods=["POST"]),
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
        self.events.setdefault(body["sender"], []).extend(
            [
                {"event": "user", "text": body["message"], "metadata": body["metadata"]},
                {"event": "bot", "text": text, "data": {}},
                {"event": "action", "name": "action_listen"},
            ]
        )
        if self.cut:
            self.cut = False
            return Response(status_code=500)
        return JSONResponse([{"recipient_id": body["sender"], "text": text}])

    async def _tracker(self, request: Request) -> Response:
        return JSONResponse({"events": self.events.get(request.path_params["sender"], [])})

    async def _append(self, request: Request) -> Response:
        events = self.events[request.path_params["sender"]]
        rewind, listen = await request.json()
        assert rewind["event"] == "rewind"
        while events and events[-1]["event"] != "user":
            events.pop()
        events[-1:] = [listen]
        return JSONResponse({})

    async def _execute(self, _: Request) -> Response:
        self.renewed += 1
        return JSONResponse({})

    async def _status(self, _: Request) -> Response:
        return JSONResponse({"model_file": "a-model.tar.gz"})
