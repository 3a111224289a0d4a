"""The lists: who waits for a human, live, and what went on in the last week."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sse_starlette import ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from bot.services.queue_card import QueueRow
from bot.store.tables import Mode
from bot.web import pages
from bot.web.console.desk import Desk
from bot.web.console.live import Live, Sent
from bot.web.console.views import RowView, row_view
from bot.web.console.visits import Visit

_LONGEST = 100


@dataclass(frozen=True)
class Badge:
    """How many people nobody has taken yet, and how many of them in a crisis."""

    waiting: int
    crises: int


@dataclass(frozen=True)
class Section:
    """A part of the queue; it is left out when it is empty."""

    id: str
    heading: str
    rows: Sequence[RowView]


class Lists:
    """The pages with lists."""

    def __init__(self, desk: Desk, live: Live) -> None:
        self._desk = desk
        self._live = live

    async def queue(self, _: Request, visit: Visit) -> Response:
        """`GET /console`"""
        rows = await self._desk.queue.waiting(self._desk.clock())
        return pages.page(
            "console/queue.html",
            visit=visit,
            now=self._desk.clock().isoformat(),
            **self._words(rows, visit),
        )

    async def stream(self, _: Request, visit: Visit) -> Response:
        """`GET /console/stream`: the queue and the number of who waits, for an open page."""
        sent = Sent()

        async def read(_: bool) -> list[ServerSentEvent]:
            rows = await self._desk.queue.waiting(self._desk.clock())
            parts = {
                "badge": badge_html(_badge(rows)),
                "queue": pages.render("console/queue_list.html", **self._words(rows, visit)),
            }
            return [
                ServerSentEvent(html, event=name)
                for name, html in parts.items()
                if sent.is_news(name, html)
            ]

        return self._live.respond(visit, read)

    async def recent(self, request: Request, visit: Visit) -> Response:
        """`GET /console/recent`, with `?lost=1` only what was not delivered."""
        now = self._desk.clock()
        lost_only = request.query_params.get("lost") == "1"
        rows = await self._desk.queue.recent(now, _LONGEST, lost_only=lost_only)
        return pages.page(
            "console/recent.html",
            visit=visit,
            now=now.isoformat(),
            badge=await badge(self._desk),
            rows=[row_view(row, now) for row in rows],
            lost_only=lost_only,
            full=len(rows) == _LONGEST,
        )

    def _words(self, rows: Sequence[QueueRow], visit: Visit) -> dict[str, Any]:
        now = self._desk.clock()
        me = visit.coordinator.id
        free = [row for row in rows if row.mode is not Mode.HUMAN]
        taken = [row for row in rows if row.mode is Mode.HUMAN]
        parts = {
            ("crises", "Spoed"): [row for row in free if row.crisis],
            ("waiting", "Wacht op een mens"): [row for row in free if not row.crisis],
            ("mine", "Bij u"): [row for row in taken if row.coordinator_id == me],
            ("colleagues", "Bij collega’s"): [row for row in taken if row.coordinator_id != me],
        }
        sections = [
            Section(name, heading, [row_view(row, now) for row in found])
            for (name, heading), found in parts.items()
            if found
        ]
        return {"sections": sections, "badge": _badge(rows)}


async def badge(desk: Desk) -> Badge:
    """The numbers of this moment."""
    return _badge(await desk.queue.waiting(desk.clock()))


def badge_html(numbers: Badge) -> str:
    """The numbers as every page's menu shows them."""
    return pages.render("console/badge.html", badge=numbers)


def _badge(rows: Sequence[QueueRow]) -> Badge:
    free = [row for row in rows if row.mode is not Mode.HUMAN]
    return Badge(len(free), sum(row.crisis for row in free))
