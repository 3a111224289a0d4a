"""Reads for an open page, to the end also when the page goes away meanwhile.

A query that is cut off in the middle costs its connection to the database.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Found = TypeVar("Found")

# The name of the tasks, by which a test waits for the last of them.
READING = "reading for a page"
_under_way: set[asyncio.Task[Any]] = set()


async def whole(reading: Coroutine[Any, Any, Found]) -> Found:
    """What `reading` finds; it goes on also when whoever asked is cancelled."""
    task = asyncio.create_task(reading, name=READING)
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)
    return await asyncio.shield(task)
