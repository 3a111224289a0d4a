"""Everything starts in order, and when a part fails all of it stops with one clear line."""

import asyncio
import io
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from rich.console import Console

from bot import app
from bot.errors import SettingsError
from bot.settings import ROOT, Settings
from bot.stack.display import Display
from bot.stack.errors import StackError
from bot.stack.run import run
from bot.stack.secrets_file import NAMES
from tests.stack.cast import settings


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def display(said: io.StringIO) -> Display:
    return Display(Console(file=said, highlight=False))


@pytest.fixture
def elsewhere(database_url: str) -> Settings:
    """An installation whose Rasa is somebody else's, so that nothing is trained."""
    return settings(database_url=database_url, rasa_url="http://127.0.0.1:9")


async def test_a_port_in_use_stops_it_before_anything_starts(
    display: Display, said: io.StringIO
) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with pytest.raises(SettingsError, match="PORT"):
            await run(settings(port=listener.getsockname()[1]), display)
    assert "PostgreSQL" not in said.getvalue()


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_while_it_starts_stops_it_without_an_error(
    number: signal.Signals, elsewhere: Settings, display: Display, said: io.StringIO
) -> None:
    running = asyncio.create_task(run(elsewhere, display))
    while "Assistant" not in said.getvalue():
        await asyncio.sleep(0.01)
    os.kill(os.getpid(), number)
    await asyncio.wait_for(running, 30)
    assert said.getvalue().endswith("Stopped.\n")


@pytest.mark.usefixtures("database")
async def test_an_application_that_fails_stops_everything_and_is_named(
    elsewhere: Settings, display: Display, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(app, "serve", broken)
    with pytest.raises(StackError, match="the application failed, see above: the disk is full"):
        await run(elsewhere, display)


@pytest.fixture
def installation(tmp_path: Path) -> dict[str, str]:
    """The environment of an installation in a folder of its own, with the models of this tree."""
    models = ROOT / ".data" / "models"
    models.mkdir(parents=True, exist_ok=True)
    (tmp_path / "models").symlink_to(models)
    own = settings(data_dir=tmp_path)
    ports = {
        name: str(getattr(own, name.lower())) for name in ("PORT", "RASA_PORT", "ACTIONS_PORT")
    }
    secrets = {name: getattr(own, name.lower()).get_secret_value() for name in NAMES}
    return dict(os.environ) | ports | secrets | {"DATA_DIR": str(tmp_path)}


def lines_until(end: str, process: "subprocess.Popen[str]") -> Iterator[str]:
    """What a program says, up to the line that holds `end` (or its end)."""
    assert process.stderr
    for line in process.stderr:
        yield line
        if end in line:
            return


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_it_starts_shows_addresses_that_open_and_stops_on_ctrl_c(
    installation: dict[str, str],
) -> None:
    command = [sys.executable, "-c", "from bot.cli import main; main()", "run"]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=installation,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        said = "".join(lines_until("Ctrl-C stops everything", process))
        addresses = re.findall(r"^  \w.* (http://\S+)$", said, re.MULTILINE)
        assert len(addresses) >= 2, said
        assert all(httpx.get(address).status_code < 400 for address in addresses)
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode == 0
        assert [child for child in children if child.is_running()] == []
    finally:
        process.kill()
        process.communicate()
