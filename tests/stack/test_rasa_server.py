"""Rasa is started privately, watched, restarted, stopped, and told none of our secrets."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy.engine import make_url

from bot.stack import rasa_server
from bot.stack.errors import StackError
from bot.stack.ports import free_port
from bot.stack.rasa_environment import rasa_environment
from bot.stack.rasa_server import RasaLaunch, RasaServer, actions_url, tracker_url


@pytest.fixture
def launch(project: Path, tmp_path: Path) -> RasaLaunch:
    return RasaLaunch(
        root=project,
        data_dir=tmp_path / "data",
        model=tmp_path / "m.tar.gz",
        port=free_port(),
        token="-a-token",
        database_url="postgres://user:s%40crt@db/adempauze",
        actions_url=actions_url(5055, "a&b"),
    )


@asynccontextmanager
async def running(launch: RasaLaunch) -> AsyncIterator[asyncio.Event]:
    ready = asyncio.Event()
    task = asyncio.create_task(RasaServer(launch).keep_running(ready))
    try:
        await _either(task, ready)
        yield ready
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _either(task: "asyncio.Task[None]", ready: asyncio.Event) -> None:
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        task.result()


async def pid_of(launch: RasaLaunch) -> int:
    async with httpx.AsyncClient() as client:
        return int((await client.get(f"{launch.address}/status")).json()["pid"])


class TestHowItIsStarted:
    def test_it_listens_on_loopback_with_its_model_and_files(self, launch: RasaLaunch) -> None:
        command = launch.command()
        assert command[:3] == [str(launch.root / ".venv-rasa/bin/rasa"), "run", "--enable-api"]
        options = dict(zip(command[3:-1:2], command[4:-1:2], strict=True))
        assert options == {
            "-i": "127.0.0.1",
            "-p": str(launch.port),
            "-m": str(launch.model),
            "--endpoints": "endpoints.yml",
            "--credentials": "credentials.yml",
        }

    def test_a_token_that_begins_with_a_dash_is_still_its_token(self, launch: RasaLaunch) -> None:
        assert launch.command()[-1] == "--auth-token=-a-token"

    def test_it_gets_its_schema_and_the_addresses_that_endpoints_yml_names(
        self, launch: RasaLaunch
    ) -> None:
        environment = launch.environment()
        url = make_url(environment["RASA_TRACKER_URL"])
        assert url.set(query={}) == make_url("postgresql://user:s%40crt@db/adempauze")
        assert url.query["options"] == "-csearch_path=rasa"
        assert environment["ACTIONS_URL"] == "http://127.0.0.1:5055/webhook?token=a%26b"

    def test_the_embedded_databases_address_keeps_its_socket(self) -> None:
        url = make_url(tracker_url("postgresql://postgres:@/postgres?host=/data/postgres"))
        assert (url.query["host"], url.database) == ("/data/postgres", "postgres")

    def test_it_reports_home_never_and_does_not_inherit_our_secrets(self, tmp_path: Path) -> None:
        ours = {"SECRET_KEY": "s", "ENCRYPTION_KEYS": "e", "TWILIO_AUTH_TOKEN": "t", "PATH": "/bin"}
        environment = rasa_environment(tmp_path, ours | {"LOG_LEVEL": "DEBUG"})
        assert environment["RASA_TELEMETRY_ENABLED"] == "false"
        assert environment["LOG_LEVEL"] == "INFO"
        assert environment["PATH"] == "/bin"
        assert not environment.keys() & (ours.keys() - {"PATH"})


class TestItsLife:
    async def test_it_is_ready_when_it_answers_and_gone_when_it_is_stopped(
        self, launch: RasaLaunch
    ) -> None:
        async with running(launch):
            pid = await pid_of(launch)
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    async def test_only_the_owner_may_read_its_log(self, launch: RasaLaunch) -> None:
        async with running(launch):
            assert (launch.data_dir / "rasa.log").stat().st_mode & 0o777 == 0o600

    async def test_when_it_dies_it_is_started_again(
        self, launch: RasaLaunch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rasa_server, "FIRST_PAUSE", 0.01)
        async with running(launch) as ready:
            before = await pid_of(launch)
            ready.clear()
            os.kill(before, signal.SIGKILL)
            await asyncio.wait_for(ready.wait(), 30)
            assert await pid_of(launch) != before

    async def test_a_rasa_that_never_starts_is_an_error_with_its_last_words(
        self, launch: RasaLaunch
    ) -> None:
        (launch.root / "broken").touch()
        with pytest.raises(StackError) as raised:
            await RasaServer(launch).keep_running(asyncio.Event())
        assert "Rasa stopped while it started" in str(raised.value)
        assert str(raised.value).endswith("    Exception: the model is of another version")

    async def test_a_rasa_that_could_not_load_its_model_is_an_error(
        self, launch: RasaLaunch
    ) -> None:
        (launch.root / "no-model").touch()
        with pytest.raises(StackError, match=r"started without its model \(409\)"):
            await RasaServer(launch).keep_running(asyncio.Event())
