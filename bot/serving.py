"""Run uvicorn servers and other endless work side by side on one event loop, until a signal."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any

import uvicorn
from starlette.applications import Starlette

# Seconds for open requests at the end; a chat page's stream, which never ends, is cut off then.
GRACE = 2


class Server(uvicorn.Server):
    """A uvicorn server that leaves the signals to whoever runs several of them."""

    async def serve_until_cancelled(self) -> None:
        """Serve; when cancelled, finish what was asked before (`GRACE` seconds at most) and end."""
        serving = asyncio.create_task(self.serve())
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            self.should_exit = True
            await serving
            raise

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server(app: Starlette, host: str, port: int, *, forwarded: bool) -> Server:
    """A server of this application.

    Args:
        app: what answers.
        host: the address to listen on.
        port: the port to listen on.
        forwarded: whether a proxy stands before it that says who calls.
    """
    return Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            lifespan="off",
            access_log=False,
            server_header=False,
            proxy_headers=forwarded,
            timeout_graceful_shutdown=GRACE,
        )
    )


async def announce_ready(servers: Sequence[Server], ready: Callable[[], None] | None) -> None:
    """Call `ready` once every server accepts connections."""
    while not all(server.started for server in servers):  # noqa: ASYNC110  # uvicorn has no event
        await asyncio.sleep(0.05)
    if ready is not None:
        ready()


async def until_stopped(*parts: Coroutine[None, None, None]) -> None:
    """Run the parts until a signal asks to stop, or one of them fails."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    tasks = [asyncio.create_task(part) for part in parts]
    waiting = asyncio.create_task(stopped.wait())
    try:
        await _first_failure(tasks, waiting)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        for task in (*tasks, waiting):
            task.cancel()
        await asyncio.gather(*tasks, waiting, return_exceptions=True)


async def _first_failure(tasks: list[asyncio.Task[None]], waiting: asyncio.Task[bool]) -> None:
    pending: set[asyncio.Task[Any]] = {*tasks, waiting}
    while not waiting.done():
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
