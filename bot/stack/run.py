"""`adempauze run`: everything on one machine, in order, until Ctrl-C or until a part fails."""

import asyncio
import contextlib
import signal
import traceback
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import httpx

from bot.errors import AdempauzeError
from bot.settings import ROOT, Settings
from bot.stack import model, ports, postgres, safety
from bot.stack.display import Display
from bot.stack.errors import StackError
from bot.stack.rasa_server import START_WITHIN, RasaLaunch, RasaServer, actions_url
from bot.stack.welcome import reachable, welcome

_LOOK_AGAIN = 0.25
# SIGHUP: the terminal was closed.
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def run(settings: Settings, display: Display) -> None:
    """Start everything, say where it is, and stay until a signal asks to stop.

    Raises:
        SettingsError: a port is in use, or the database does not answer.
        StackError: a part did not start or failed.
    """
    told_to_stop = asyncio.Event()
    _on_signal(told_to_stop)
    everything = asyncio.create_task(_everything(settings, display))
    waiting = asyncio.create_task(told_to_stop.wait())
    await asyncio.wait({everything, waiting}, return_when=asyncio.FIRST_COMPLETED)
    _on_signal(told_to_stop)  # the server took the signals over and dropped them at its end
    if waiting.done():
        display.line("Stopping …")
    await _end(waiting)
    everything.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await everything
    display.line("Stopped.")


def _on_signal(told_to_stop: asyncio.Event) -> None:
    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)


async def _everything(settings: Settings, display: Display) -> None:
    ports.check(settings)
    async with contextlib.AsyncExitStack() as parts:
        with display.step("Application"):
            # Only now: it imports every library, which takes seconds on a cold disk.
            from bot import app
        with display.step("Safety examples") as note:
            await safety.learnt(ROOT, settings.data_dir, note)
        with display.step("PostgreSQL"):
            url = await parts.enter_async_context(postgres.server(settings))
        with display.step("Migrations"):
            await postgres.migrated(url)
        with display.step(f"Region {settings.region}"):
            login = await app.prepare(settings, url)
        rasa = await parts.enter_async_context(_rasa(settings, url, display))
        up = asyncio.Event()
        serving = _task(app.serve(settings, url, ready=up.set), "the application")
        parts.push_async_callback(_end, serving)
        with display.step("Assistant (half a minute)"):
            if not await _before(_ready(settings, up), rasa, serving):
                return
        await _greet(settings, login, display)
        await _before(_for_ever(), rasa, serving)


@contextlib.asynccontextmanager
async def _rasa(
    settings: Settings, url: str, display: Display
) -> AsyncIterator[asyncio.Task[None]]:
    """Rasa on its way up; the one at `RASA_URL` is somebody else's to start."""
    if settings.rasa_url:
        task = _task(_for_ever(), "the wait for Rasa")
    else:
        with display.step("Model") as note:
            trained = await model.train(ROOT, settings.data_dir, note=note)
        server = RasaServer(_launch(settings, url, trained))
        task = _task(server.keep_running(asyncio.Event()), "Rasa")
    try:
        yield task
    finally:
        await _end(task)


def _launch(settings: Settings, url: str, trained: Path) -> RasaLaunch:
    actions_token = settings.actions_token.get_secret_value()
    return RasaLaunch(
        root=ROOT,
        data_dir=settings.data_dir,
        model=trained,
        port=settings.rasa_port,
        token=settings.rasa_token.get_secret_value(),
        database_url=url,
        actions_url=actions_url(settings.actions_port, actions_token),
    )


def _task(part: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    """Run a part beside the others; what we did not foresee becomes one line with its name."""

    async def named() -> None:
        try:
            await part
        except AdempauzeError:
            raise
        except Exception as error:
            traceback.print_exception(error)
            raise StackError(f"{name} failed, see above: {error}") from error

    return asyncio.create_task(named())


async def _before(work: Coroutine[Any, Any, None], *parts: asyncio.Task[None]) -> bool:
    """Do the work. False when a part ended first, as it was told to; raises when one failed."""
    task = asyncio.create_task(work)
    try:
        done, _ = await asyncio.wait({task, *parts}, return_when=asyncio.FIRST_COMPLETED)
        for part in done:
            part.result()
        return task in done
    finally:
        await _end(task)


async def _end(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def _ready(settings: Settings, up: asyncio.Event) -> None:
    """Wait until a message would be answered."""
    await up.wait()
    address = f"http://{reachable(settings.host)}:{settings.port}/readyz"
    said = ""
    try:
        async with asyncio.timeout(START_WITHIN), httpx.AsyncClient(timeout=10) as client:
            while (answer := await client.get(address)).status_code != httpx.codes.OK:
                said = answer.text
                await asyncio.sleep(_LOOK_AGAIN)
    except TimeoutError:
        raise StackError(f"not ready after {START_WITHIN:.0f} s; {address} says {said}") from None


async def _greet(settings: Settings, login: tuple[str, str] | None, display: Display) -> None:
    from integrations import registry

    channels = registry.build(settings)
    for line in welcome(settings, login, channels.off):
        display.line(line)
    await channels.close()
