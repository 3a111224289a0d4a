"""One conversation: its page, live, with the card beside it."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sse_starlette import ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from bot.errors import NotFound
from bot.services.queue_card import Card
from bot.services.timeline import Entry
from bot.store.tables import Mode
from bot.web import pages
from bot.web.console import words
from bot.web.console.desk import Desk
from bot.web.console.lists import badge, badge_html
from bot.web.console.live import Live, Sent
from bot.web.console.views import EntryView, card_view, entry_views, row_view
from bot.web.console.visits import Visit

LONGEST_REPLY = 4000


@dataclass(frozen=True)
class Draft:
    """What is written but not sent, and why not."""

    text: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Talk:
    """A conversation as read at one moment."""

    card: Card
    entries: Sequence[Entry]
    now: datetime

    @property
    def seen(self) -> int:
        """The newest message to the caregiver on this page."""
        return max((entry.message_id for entry in self.entries if entry.author), default=0)

    def views(self) -> list[EntryView]:
        """The timeline, ready to show."""
        return entry_views(self.entries, self.card.row)


class Talks:
    """The pages of conversations."""

    def __init__(self, desk: Desk, live: Live) -> None:
        self._desk = desk
        self._live = live

    async def show(self, request: Request, visit: Visit) -> Response:
        """`GET /console/conversations/{id}`"""
        return await self.page(request.path_params["id"], visit)

    async def page(
        self,
        conversation_id: uuid.UUID,
        visit: Visit,
        draft: Draft | None = None,
        status: int = 200,
    ) -> Response:
        """The page of a conversation, perhaps with a reply that was not sent.

        Raises:
            NotFound: it does not exist (any more).
        """
        talk = await self.read(conversation_id)
        return pages.page(
            "console/conversation.html",
            status=status,
            visit=visit,
            now=talk.now.isoformat(),
            badge=await badge(self._desk),
            draft=draft or Draft(),
            entries=talk.views(),
            seen=talk.seen,
            longest=LONGEST_REPLY,
            **_words(talk, visit),
        )

    async def read(self, conversation_id: uuid.UUID) -> Talk:
        """A conversation as it is now. Raises NotFound."""
        now = self._desk.clock()
        card = await self._desk.queue.card(conversation_id, now)
        return Talk(card, await self._desk.timeline.of(conversation_id), now)

    async def stream(self, request: Request, visit: Visit) -> Response:
        """`GET /console/conversations/{id}/stream`: what changes on an open page."""
        conversation_id: uuid.UUID = request.path_params["id"]
        await self.read(conversation_id)
        sent = Sent()

        async def read(itself: bool) -> list[ServerSentEvent]:
            found = [("badge", badge_html(await badge(self._desk)))]
            if itself:
                try:
                    talk = await self.read(conversation_id)
                except NotFound:
                    return [ServerSentEvent("gone", event="gone")]
                found += _parts(talk, visit, sent)
            return [
                ServerSentEvent(data, event=name)
                for name, data in found
                if sent.is_news(name, data)
            ]

        return self._live.respond(visit, read, conversation_id)


def _parts(talk: Talk, visit: Visit, sent: Sent) -> list[tuple[str, str]]:
    all_words = _words(talk, visit)
    return [
        ("timeline", _timeline(talk.views(), sent)),
        ("status", pages.render("console/status.html", visit=visit, **all_words)),
        ("card", pages.render("console/card.html", visit=visit, **all_words)),
    ]


def _timeline(views: Sequence[EntryView], sent: Sent) -> str:
    """The order of all messages, and those that the page has not seen like this."""
    changed = {
        view.key: html
        for view in views
        if sent.is_news(view.key, html := pages.render("console/entry.html", entry=view))
    }
    return json.dumps({"order": [view.key for view in views], "changed": changed})


def _words(talk: Talk, visit: Visit) -> dict[str, Any]:
    row = talk.card.row
    mine = row.mode is Mode.HUMAN and row.coordinator_id == visit.coordinator.id
    return {
        "row": row_view(row, talk.now),
        "card": card_view(talk.card, talk.now),
        "mode": "mine" if mine else row.mode.value,
        "task": row.reason is not None,
        "answered": words.TIER_ANSWERS.get(row.tier, ""),
    }
