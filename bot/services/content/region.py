"""The region, its coordination point, when somebody is there, and which places belong to it."""

import re
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

from bot.messages import Place
from bot.services.content.reading import Section

# The mean radius, in kilometres (IUGG).
EARTH_RADIUS = 6371.0
# Further than this from every centre, in kilometres, is outside the region. Municipalities of the
# Netherlands are mostly within 15 of their centre; the rest is for those at the border.
FAR = 25.0

_KEYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")


@dataclass(frozen=True)
class OpeningHours:
    """From `opens` to `closes`, local time of the Netherlands."""

    opens: time
    closes: time

    def __str__(self) -> str:
        return f"van {_clock(self.opens)} tot {_clock(self.closes)} uur"


@dataclass(frozen=True)
class PostcodeRange:
    """Four-digit postcodes, `first` and `last` included."""

    first: str
    last: str

    def __contains__(self, postcode: str) -> bool:
        return self.first <= postcode <= self.last


@dataclass(frozen=True)
class Municipality:
    """A municipality of the region and its postcodes.

    `centre` is where its people live, in degrees north and east; None where nobody wrote it down.
    """

    name: str
    postcodes: tuple[PostcodeRange, ...]
    centre: Place | None = None


@dataclass(frozen=True)
class Region:
    """The region and its coordination point. `office_hours` has seven entries, Monday first."""

    name: str
    point: str
    office_hours: tuple[OpeningHours | None, ...]
    out_of_hours_gp_number: str | None
    municipalities: tuple[Municipality, ...]

    def hours_on(self, day: date) -> OpeningHours | None:
        """The office hours of that weekday, None when closed. Holidays are not known here."""
        return self.office_hours[day.weekday()]

    def municipality_at(self, postcode: str) -> Municipality | None:
        """The municipality of a postcode such as "0112" or "0112 AB", None outside the region."""
        digits = postcode.strip()[:4]
        return next((m for m in self.municipalities if any(digits in r for r in m.postcodes)), None)

    def municipality_named(self, name: str) -> Municipality | None:
        """The municipality with that name, in capitals or not; None outside the region."""
        wanted = name.strip().casefold()
        return next((m for m in self.municipalities if m.name.casefold() == wanted), None)

    def municipality_near(self, place: Place) -> Municipality | None:
        """The municipality with the nearest centre; None when all are far: outside the region."""
        centres = [(_kilometres(place, m.centre), m) for m in self.municipalities if m.centre]
        distance, nearest = min(centres, key=lambda pair: pair[0], default=(0.0, None))
        return nearest if distance <= FAR else None

    @property
    def out_of_hours_gp(self) -> str:
        """How a text names the out-of-hours GP, with the number or with where to hear it."""
        if self.out_of_hours_gp_number:
            return f"de huisartsenpost ({self.out_of_hours_gp_number})"
        return "de huisartsenpost (het nummer hoort u op het bandje van uw huisarts)"

    @property
    def office_hours_in_words(self) -> str:
        """The office hours for a text: "maandag tot en met vrijdag van 9 tot 17 uur"."""
        spans: list[tuple[OpeningHours, int, int]] = []
        for day, hours in enumerate(self.office_hours):
            if hours and spans and spans[-1][0] == hours and spans[-1][2] == day - 1:
                spans[-1] = (hours, spans[-1][1], day)
            elif hours:
                spans.append((hours, day, day))
        return ", ".join(f"{_days(first, last)} {hours}" for hours, first, last in spans)


def parse_region(section: Section) -> Region:
    """The region of region.yml. Raises ContentError for what is missing or wrong."""
    region = Region(
        name=section.text("name"),
        point=section.text("point"),
        office_hours=_office_hours(section.section("office_hours")),
        out_of_hours_gp_number=section.optional_text("out_of_hours_gp_number"),
        municipalities=tuple(map(_municipality, section.sections("municipalities"))),
    )
    _refuse_overlap(section, region.municipalities)
    return section.finish(region)


def _office_hours(section: Section) -> tuple[OpeningHours | None, ...]:
    week = section.finish(tuple(_opening_hours(section, key) for key in _KEYS))
    if not any(week):
        raise section.error("", "every day is closed; write the hours of at least one day")
    return week


def _opening_hours(section: Section, key: str) -> OpeningHours | None:
    written = section.optional_text(key)
    if written is None:
        return None
    try:
        opens, closes = (time.fromisoformat(part.strip()) for part in written.split("-"))
    except ValueError:
        raise section.error(key, 'write hours such as "09:00-17:00", or null when closed') from None
    if opens >= closes:
        raise section.error(key, "the office closes before it opens; swap the hours")
    return OpeningHours(opens, closes)


def _municipality(section: Section) -> Municipality:
    ranges = tuple(_range(section, written) for written in section.texts("postcodes"))
    return section.finish(Municipality(section.text("name"), ranges, _centre(section)))


def _centre(section: Section) -> Place | None:
    written = section.optional_text("centre")
    if written is None:
        return None
    found = re.fullmatch(r"(-?[0-9]{1,2}\.[0-9]+), (-?[0-9]{1,3}\.[0-9]+)", written)
    place = Place(float(found[1]), float(found[2])) if found else None
    if place is None or not place.is_on_earth:
        raise section.error("centre", 'write degrees north and east such as "52.156, 5.388"')
    return place


def _kilometres(one: Place, other: Place) -> float:
    """As the crow flies, on a sphere (the haversine formula); good to half a percent."""
    north, east = (radians(other.latitude - one.latitude), radians(other.longitude - one.longitude))
    shrink = cos(radians(one.latitude)) * cos(radians(other.latitude))
    half = sin(north / 2) ** 2 + shrink * sin(east / 2) ** 2
    return 2 * EARTH_RADIUS * asin(min(1.0, sqrt(half)))


def _range(section: Section, written: str) -> PostcodeRange:
    found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{4}))?", written)
    if not found or (found[2] and found[2] < found[1]):
        raise section.error("postcodes", f'{written!r}: write "0110-0129" or "0110", low to high')
    return PostcodeRange(found[1], found[2] or found[1])


def _refuse_overlap(section: Section, municipalities: tuple[Municipality, ...]) -> None:
    ranges = sorted((r.first, r.last, m.name) for m in municipalities for r in m.postcodes)
    for (_, last, name), (first, _, other) in pairwise(ranges):
        if first <= last:
            raise section.error("municipalities", f"{name} and {other} share postcode {first}")


def _days(first: int, last: int) -> str:
    return _DAYS[first] if first == last else f"{_DAYS[first]} tot en met {_DAYS[last]}"


def _clock(moment: time) -> str:
    return f"{moment:%-H}" if moment.minute == 0 else f"{moment:%-H.%M}"
