"""Let one process at a time do a piece of work; the lock ends with the process that holds it."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

_AGAIN = 0.5


@asynccontextmanager
async def alone(folder: Path, on_wait: Callable[[], None]) -> AsyncIterator[None]:
    """Hold the lock of a folder; `on_wait` is called once when another process has it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        waiting = False
        while not _locked(handle):
            if not waiting:
                on_wait()
            waiting = True
            await asyncio.sleep(_AGAIN)
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
