"""Offering a place: look for free days, then one press; the assistant takes the answer."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.services.availability import Opening
from bot.services.content import Content
from bot.services.offers import HORIZON, MOST_NIGHTS, Hindrance, NotNow, Place
from bot.services.office import AMSTERDAM
from bot.services.stays import NoBed
from bot.web import pages
from bot.web.console import words
from bot.web.console.desk import Desk
from bot.web.console.lists import badge
from bot.web.console.talk import Talks
from bot.web.console.views import card_view, row_view
from bot.web.console.visits import PATH, Visit

_HINDRANCES = {
    Hindrance.HUMAN: (
        "Hier antwoordt een mens, of iemand wacht daarop. Bied de plek zelf aan in uw antwoord, of "
        "geef het gesprek eerst terug aan de assistent."
    ),
    Hindrance.BLOCKED: "Deze persoon heeft ons geblokkeerd: een bericht komt niet aan.",
    Hindrance.STOPPED: "Deze persoon wil geen berichten (STOP). Bel, als er een nummer is.",
    Hindrance.BEREAVED: "Er is een overlijden gemeld. Er gaat geen aanbod uit.",
    Hindrance.CRISIS: "Er was een spoedmelding. Is het gevaar voorbij, geef dat dan eerst aan.",
    Hindrance.TALKING: "De assistent beantwoordt nu een bericht. Kijk zo nog eens.",
    Hindrance.OFFERED: "Er ging net al een ander aanbod uit. Kijk eerst in het gesprek.",
}
_TAKEN = "Die plek is net bezet. Hieronder staat wat er nu vrij is."
_GONE = "Die plek ken ik niet (meer). Zoek opnieuw."


@dataclass(frozen=True)
class OpeningView:
    """A stay that can be offered."""

    location: str
    start: str
    nights: int
    name: str
    where: str
    when: str
    beds: str


@dataclass(frozen=True)
class Search:
    """Which days somebody looks for; as typed, so that a mistake can be mended."""

    start: str
    nights: str

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> "Search":
        """What a form or an address says."""
        return cls(sent.get("start", ""), sent.get("nights", "2"))

    def read(self, today: date) -> tuple[date, int] | None:
        """The first day and the nights; None when it is no such thing."""
        start, nights = self._first_day(today), self._length()
        return (start, nights) if start and nights else None

    def wrong(self, today: date) -> Collection[str]:
        """The fields that cannot be looked for."""
        read = {"start": self._first_day(today), "nights": self._length()}
        return [field for field, value in read.items() if value is None]

    def _first_day(self, today: date) -> date | None:
        try:
            start = date.fromisoformat(self.start)
        except ValueError:
            return None
        return start if today <= start <= _last_day(today) else None

    def _length(self) -> int | None:
        try:
            nights = int(self.nights)
        except ValueError:
            return None
        return nights if 1 <= nights <= MOST_NIGHTS else None


class Offering:
    """The page on which a place is offered."""

    def __init__(self, desk: Desk, talks: Talks, content: Content) -> None:
        self._desk = desk
        self._talks = talks
        self._locations = content.locations

    async def show(self, request: Request, visit: Visit) -> Response:
        """`GET /console/conversations/{id}/offer`, with `?start=` and `nights=` what is free."""
        search = Search.of(request.query_params)
        wrong = search.wrong(self._today()) if search.start else ()
        if wrong:
            return await self._page(request, visit, search, self._unclear(), 422, wrong)
        return await self._page(request, visit, search)

    async def offer(self, request: Request, visit: Visit, sent: Mapping[str, str]) -> Response:
        """`POST /console/conversations/{id}/offer`"""
        search = Search.of(sent)
        place, seen = self._place(search, sent.get("location", "")), sent.get("seen", "")
        if place is None or not (seen.isascii() and seen.isdigit() and len(seen) < 19):
            return await self._page(request, visit, search, _GONE, 422)
        found: uuid.UUID = request.path_params["id"]
        coordinator, now = visit.coordinator.id, self._desk.clock()
        try:
            await self._desk.offers.make(found, coordinator, place, int(seen), now)
        except NoBed:
            return await self._page(request, visit, search, _TAKEN, 409)
        except NotNow as refused:
            return await self._page(request, visit, search, _HINDRANCES[refused.hindrance], 409)
        return RedirectResponse(f"{PATH}/conversations/{found}", status_code=303)

    def _unclear(self) -> str:
        last = words.date_in_full(_last_day(self._today()))
        return f"Kies een eerste dag van vandaag tot en met {last}, en 1 tot {MOST_NIGHTS} nachten."

    def _place(self, search: Search, location: str) -> Place | None:
        period = search.read(self._today())
        if period is None or location not in self._locations:
            return None
        start, nights = period
        return Place(location, start, start + timedelta(days=nights))

    async def _page(
        self,
        request: Request,
        visit: Visit,
        search: Search,
        problem: str = "",
        status: int = 200,
        wrong: Collection[str] = (),
    ) -> Response:
        found: uuid.UUID = request.path_params["id"]
        talk = await self._talks.read(found)
        hindrance = await self._desk.offers.hindrance(found)
        period = search.read(self._today())
        free = await self._desk.offers.free(*period, talk.now) if period else None
        return pages.page(
            "console/offer.html",
            status=status,
            visit=visit,
            badge=await badge(self._desk),
            row=row_view(talk.card.row, talk.now),
            card=card_view(talk.card, talk.now),
            seen=talk.seen,
            search=search,
            first=self._today().isoformat(),
            last=_last_day(self._today()).isoformat(),
            most_nights=MOST_NIGHTS,
            problem=problem,
            wrong=wrong,
            reachable=await self._desk.plans.can_reach(found),
            hindrance=_HINDRANCES[hindrance] if hindrance else "",
            openings=self._views(free.openings) if free else None,
            exact=free.exact if free else True,
        )

    def _views(self, openings: Sequence[Opening]) -> list[OpeningView]:
        return [
            OpeningView(
                location=one.location,
                start=one.start.isoformat(),
                nights=one.nights,
                name=self._locations[one.location].name,
                where=self._locations[one.location].municipality,
                when=f"{words.period(one.start, one.end)}, {words.nights(one.nights)}",
                beds="1 bed vrij" if one.beds == 1 else f"{one.beds} bedden vrij",
            )
            for one in openings
            if one.location in self._locations
        ]

    def _today(self) -> date:
        return self._desk.clock().astimezone(AMSTERDAM).date()


def _last_day(today: date) -> date:
    return today + timedelta(days=HORIZON)
