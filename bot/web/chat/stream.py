"""Keeps an open page up to date over server-sent events, without missing or doubling anything.

Every event says all there is to show, less what this connection sent before. So a lost connection
loses nothing: the next one begins with the whole, unless the browser names the version it has.
"""

import asyncio
import json
import logging
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.store.changes import Changes
from bot.web.chat.view import View
from bot.web.reading import whole

# The library logs each event at DEBUG; ours hold people's words.
logging.getLogger("sse_starlette").setLevel(logging.INFO)

Look = Callable[[], Coroutine[Any, Any, View]]

_HEARTBEAT = 20  # seconds; the page calls a connection dead after twice that
_RECONNECT = 2000  # milliseconds
# A connection ends after this many seconds, so that the next one finds what moved meanwhile.
_LONGEST = 1800.0


def stream(
    look: Look, changes: Changes, conversation_id: uuid.UUID, version: str
) -> EventSourceResponse:
    """The event stream of one page.

    Args:
        look: reads the conversation as it is now.
        changes: tells when it changed.
        conversation_id: which conversation.
        version: what the browser shows already, or an empty text.
    """
    return EventSourceResponse(
        _events(look, changes, conversation_id, version),
        ping=_HEARTBEAT,
        # A comment, the library's own choice, would be invisible to the page.
        ping_message_factory=lambda: ServerSentEvent(event="alive", data="1"),
    )


async def _events(
    look: Look, changes: Changes, conversation_id: uuid.UUID, version: str
) -> AsyncIterator[ServerSentEvent]:
    end = asyncio.get_running_loop().time() + _LONGEST
    async with changes.of(conversation_id) as changed:
        view = await whole(look())
        # Also when nothing is new there: the page learns that the connection works.
        yield _event(view, view if view.version == version else None)
        while await _waited(changed, end):
            changed.clear()
            shown, view = view, await whole(look())
            if view.version != shown.version:
                yield _event(view, shown)


def _event(view: View, shown: View | None) -> ServerSentEvent:
    known = shown.items if shown else {}
    return ServerSentEvent(
        event="view",
        id=view.version,
        data=json.dumps(view.besides(known), ensure_ascii=False),
        retry=_RECONNECT,
    )


async def _waited(changed: asyncio.Event, end: float) -> bool:
    """Wait for a change; False when the connection has lasted long enough."""
    try:
        async with asyncio.timeout_at(end):
            await changed.wait()
    except TimeoutError:
        return False
    return True
