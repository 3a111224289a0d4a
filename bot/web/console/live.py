"""Keeps an open page up to date: what changed is sent again, as server-sent events.

Whoever reconnects is sent everything anew, so that nothing is missed.
"""

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.web.console.desk import Desk
from bot.web.console.visits import Visit, Visits
from bot.web.reading import whole

# One change comes as several notifications; a page needs the last one only, in seconds.
_ONE_CHANGE = 0.1
# At the latest then a session that ended, or a notification that got lost, is noticed.
_AT_LEAST_EVERY = 20.0

# The library logs each event at DEBUG; ours hold people's words.
logging.getLogger("sse_starlette").setLevel(logging.INFO)

# asyncio itself keeps no task alive.

Read = Callable[[bool], Coroutine[Any, Any, Sequence[ServerSentEvent]]]


class Sent:
    """Remembers what a page was sent, so that only differences go out."""

    def __init__(self) -> None:
        self._parts: dict[str, str] = {}

    def is_news(self, name: str, data: str) -> bool:
        """Whether this part is new, or other than last time."""
        if self._parts.get(name) == data:
            return False
        self._parts[name] = data
        return True


class Live:
    """Makes the answers that never end."""

    def __init__(self, desk: Desk, visits: Visits) -> None:
        self._changes = desk.changes
        self._visits = visits

    def respond(
        self, visit: Visit, read: Read, conversation_id: uuid.UUID | None = None
    ) -> EventSourceResponse:
        """What `read` returns, at once and after each change of any conversation.

        `read` is told whether this conversation itself may have changed.
        """
        return EventSourceResponse(self._events(visit, read, conversation_id))

    async def _events(
        self, visit: Visit, read: Read, conversation_id: uuid.UUID | None
    ) -> AsyncIterator[ServerSentEvent]:
        async with AsyncExitStack() as stack:
            changed = await stack.enter_async_context(self._changes.of(None))
            own = await stack.enter_async_context(self._changes.of(conversation_id))
            own.set()
            while await whole(self._visits.lasts(visit)):
                itself = own.is_set()
                changed.clear()
                own.clear()
                for event in await whole(read(itself)):
                    yield event
                await _wait(changed, own)
            yield ServerSentEvent("signed-out", event="signed-out")


async def _wait(changed: asyncio.Event, own: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(changed.wait(), _AT_LEAST_EVERY)
    except TimeoutError:
        own.set()
    await asyncio.sleep(_ONE_CHANGE)
