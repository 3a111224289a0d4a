"""Free places in words: one bubble and one choice per location, three at most."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from actions.context import Turn
from actions.hurdles import in_a_line, photos
from bot.messages import Choice, OutgoingMessage
from bot.services.availability import HORIZON, Availability, Opening
from bot.services.content import Content, Feature, Location, Relation, Situation
from bot.services.fixed_texts import stay_payload
from bot.services.office import AMSTERDAM
from bot.services.periods import Period, read_back

SHOWN = 3
_MAX_TITLE = 20
# After this long a figure is told with a warning, and the request decides.
_STALE = timedelta(days=3)
OTHER_DATES = Choice("Andere dagen", "/other_dates")


@dataclass(frozen=True)
class Found:
    """What is free; `exact` when it is the period itself and not other dates near it."""

    openings: tuple[Opening, ...]
    exact: bool


async def find(
    availability: Availability, content: Content, turn: Turn, period: Period, today: date
) -> Found:
    """The openings for a period with its number of nights; else the nearest other dates.

    The houses that suit what somebody told come first.
    """
    start = max(period.start or today, today)
    end = period.end or start + timedelta(days=HORIZON)
    nights = period.nights or (end - start).days
    found = await availability.within(start, end, nights)
    exact = bool(found)
    if not exact:
        found = await availability.near(start, nights, today)
    suiting = sorted(found, key=lambda opening: _unlike(content.locations[opening.location], turn))
    return Found(tuple(suiting), exact)


def _unlike(location: Location, turn: Turn) -> int:
    """How many things somebody told do not suit a house; 0 when nothing is known."""
    for_the_young = Feature.YOUNG_ADULTS in location.fits
    dementia = turn.word("situation") == Situation.DEMENTIA
    return sum(
        (
            for_the_young and turn.word("relation") not in (None, Relation.CHILD),
            dementia and location.fit(Feature.WANDERING) is False,
        )
    )


def bubbles(
    openings: tuple[Opening, ...], content: Content, now: datetime
) -> list[OutgoingMessage]:
    """The first openings as bubbles; the last one carries a choice for each."""
    shown = openings[:SHOWN]
    told = [
        OutgoingMessage(
            _words(opening, content, now), images=photos(content.locations[opening.location])
        )
        for opening in shown
    ]
    choices = (*(choice(opening, content) for opening in shown), OTHER_DATES)
    return [*told[:-1], replace(told[-1], choices=choices)]


def choice(opening: Opening, content: Content) -> Choice:
    """The choice that asks for this opening."""
    name = content.locations[opening.location].name
    short = name if len(name) <= _MAX_TITLE else name.partition(" ")[2]
    payload = stay_payload(opening.location, opening.start, opening.end)
    return Choice(short[:_MAX_TITLE], payload)


def dates(start: date, end: date, today: date) -> str:
    """A stay's first and last day in words."""
    return read_back(Period(start, end, None, flexible=False), today)


def stay_in_words(start: date, end: date, today: date) -> str:
    """A stay's days and nights: "van vrijdag 12 tot zondag 14 juni, 2 nachten"."""
    return read_back(Period(start, end, (end - start).days, flexible=False), today)


def in_short(opening: Opening, content: Content, now: datetime) -> str:
    """An opening in one line: the house, its place, from when, how many beds, how fresh."""
    location = content.locations[opening.location]
    when = dates(opening.start, opening.end, now.astimezone(AMSTERDAM).date())
    return f"{location.name}, {location.municipality}: {when}, {_beds(opening, now)}"


def _words(opening: Opening, content: Content, now: datetime) -> str:
    location = content.locations[opening.location]
    when = dates(opening.start, opening.end, now.astimezone(AMSTERDAM).date())
    return f"{in_a_line(location)}\n{when}: {_beds(opening, now)}."


def _beds(opening: Opening, now: datetime) -> str:
    beds = "1 bed vrij" if opening.beds == 1 else f"{opening.beds} bedden vrij"
    return f"{beds} ({_fresh(opening.updated_at, now)})"


def _fresh(updated_at: datetime, now: datetime) -> str:
    age = now - updated_at
    if age < timedelta(hours=1):
        return "net bijgewerkt"
    if age < timedelta(days=1):
        return f"{age.seconds // 3600} uur geleden bijgewerkt"
    days = f"{age.days} dagen" if age.days > 1 else "1 dag"
    sure = "" if age < _STALE else "; misschien is het veranderd"
    return f"{days} geleden bijgewerkt{sure}"
