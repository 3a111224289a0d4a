"""A command gets a database that answers, and the embedded server ends with its last user."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from bot.errors import SettingsError
from bot.stack import ports, postgres
from tests.stack.cast import settings


async def test_without_an_address_one_is_started_migrated_and_stopped(tmp_path: Path) -> None:
    async with postgres.opened(settings(data_dir=tmp_path)) as url:
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM conversations").fetchone() == (0,)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


async def test_a_user_that_was_killed_does_not_keep_it_running(tmp_path: Path) -> None:
    async with postgres.server(settings(data_dir=tmp_path)):
        pass
    users = tmp_path / "postgres" / ".handle_pids.json"
    users.write_text(json.dumps([_pid_of_nobody()]))
    async with postgres.server(settings(data_dir=tmp_path)) as url:
        assert json.loads(users.read_text()) == [os.getpid()]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def _pid_of_nobody() -> int:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    assert not psutil.pid_exists(done.pid)
    return done.pid


async def test_one_of_ones_own_is_used_and_left_running(database_url: str) -> None:
    async with postgres.server(settings(database_url=database_url)) as url:
        assert url == database_url
    psycopg.connect(database_url).close()


async def test_an_address_where_nothing_answers_names_the_setting() -> None:
    nobody = f"postgresql://127.0.0.1:{ports.free_port()}/x"
    with pytest.raises(SettingsError, match="DATABASE_URL: the database does not answer"):
        async with postgres.server(settings(database_url=nobody)):
            pass
