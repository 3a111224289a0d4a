"""A real HTTP server on a free loopback port that stands in for a vendor, and can misbehave."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from socket import socket
from types import TracebackType
from typing import Any, Self, cast

import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send


@dataclass(frozen=True)
class Call:
    """One request as it came in; `fields` are those of the query and of the form, `json` is what a
    body of that type holds, `body` its bytes.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    fields: Mapping[str, str]
    json: Any = None
    query: str = ""
    body: bytes = b""

    @property
    def endpoint(self) -> str:
        """The last part of the path, such as Messages.json or sendMessage."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Answer:
    """An answer to give instead of the usual one."""

    status: int
    content: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Trouble(Enum):
    """Ways not to answer at all; the request has been read (and so may have been processed)."""

    HANG = "never answer: the caller's time runs out"
    CUT = "cut the connection before the answer"
    CUT_AFTER = "take it as usual, then cut the connection before the answer"
    CUT_HALFWAY = "cut the connection in the middle of the answer"


class Peer:
    """A vendor on loopback. Use it as `async with TwilioPeer() as peer:`.

    `url` is its address while it runs; `calls` are all requests, oldest first; `habit`, if set,
    says what a call gets instead of the usual answer (None: that). `mistakes` are the calls that
    are not as the vendor documents, and stay until `verify` is asked.
    """

    usual_endpoint = ""

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[Call] = []
        self.mistakes: list[str] = []
        self.closing = asyncio.Event()
        self.habit: Callable[[Call], Answer | Trouble | None] | None = None
        self._troubles: dict[str, deque[Answer | Trouble]] = defaultdict(deque)
        self._changed = asyncio.Condition()

    def fail(self, *troubles: Answer | Trouble, on: str = "") -> None:
        """Give the next calls to the endpoint `on` (usually sending) these, one call each."""
        self._troubles[on or self.usual_endpoint].extend(troubles)

    def reset(self) -> None:
        """Forget all calls and troubles, but no mistake."""
        self.calls.clear()
        self.habit = None
        self._troubles.clear()

    def verify(self) -> None:
        """Forget the mistakes.

        Raises:
            AssertionError: there were any. Not every one shows otherwise: a courtesy that is
                refused is only logged, and a call that gets a trouble is never looked at.
        """
        mistakes, self.mistakes = self.mistakes, []
        assert not mistakes, mistakes

    def problem(self, call: Call) -> str | None:
        """What is wrong with a call by the vendor's own specification; None when nothing is."""
        raise NotImplementedError

    async def until(self, condition: Callable[[], object], within: float = 10.0) -> None:
        """Wait until `condition` holds; it is looked at after every call.

        Raises:
            TimeoutError: it did not hold in time (seconds).
        """
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(lambda: bool(condition()))

    async def answer(self, call: Call) -> Response:
        """The vendor's usual answer."""
        raise NotImplementedError

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        is_json = request.headers.get("content-type") == "application/json"
        body = await request.body()
        content = json.loads(body) if is_json and body else None
        form = {} if is_json else {name: str(v) for name, v in (await request.form()).items()}
        fields = {**request.query_params, **form}
        headers = dict(request.headers)
        call = Call(
            request.method, request.url.path, headers, fields, content, request.url.query, body
        )
        self.calls.append(call)
        if found := self.problem(call):
            self.mistakes.append(f"{call.method} {call.endpoint}: {found}")
        await self._tell()
        waiting = self._troubles[call.endpoint]
        trouble = waiting.popleft() if waiting else None
        if trouble is None and self.habit is not None:
            trouble = self.habit(call)
        if trouble is Trouble.CUT_AFTER:
            await self.answer(call)
        if isinstance(trouble, Trouble):
            await _misbehave(trouble, receive, send)
            return
        response = await self.answer(call) if trouble is None else _response(trouble)
        await self._tell()
        await response(scope, receive, send)

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def __aenter__(self) -> Self:
        config = uvicorn.Config(
            self, host="127.0.0.1", port=0, log_config=None, lifespan="off", ws="none", http="h11",
            timeout_keep_alive=60, timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve())
        async with asyncio.timeout(10):
            await self._server.ready.wait()
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._server.should_exit = True
        await self._serving
        if error is None:
            self.verify()


class _Server(uvicorn.Server):
    """Tells when it listens, and leaves the signals to pytest."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _response(answer: Answer) -> Response:
    if isinstance(answer.content, str):
        return Response(answer.content, answer.status, answer.headers)
    return JSONResponse(answer.content, answer.status, answer.headers)


async def _misbehave(trouble: Trouble, receive: Receive, send: Send) -> None:
    if trouble is Trouble.CUT_HALFWAY:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"sid": ', "more_body": True})
    if trouble is not Trouble.HANG:
        # ASGI has no way to say it: uvicorn's `send` belongs to the cycle that has the socket.
        cast("Any", send).__self__.transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
