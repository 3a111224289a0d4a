"""The pieces a line is cut into: each has a one-letter code, so that a grammar can match shapes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bot.services.periods.calendar import SEASONS
from bot.services.periods.days import Day
from bot.services.periods.model import Length, Part, Span, Window
from bot.services.periods.vocabulary import MONTHS, WEEKDAYS

# Days: d "vrijdag" · h "de 12e", "vrijdag 12" · D "12 juni", "morgen" · N a bare number
# Windows: w a week · m a month · S a season · F a feast · y a year · W any other
# Halves: p the n-th week of a month named elsewhere · B a bare "weekend" or "midweek"
#   K a bare "week" · G a bare "dag" · L a length · q "begin" or "eerste" of what has no such part
#   j "jaar", "maand", as in "een jaar na"
# Signs: t tot · T tot en met · - · / · & en · | of · , · @ op · f van · v vanaf · b tussen · > na
#   < before · o voor (for or before) · r rond · E ergens · x in plaats van · . end of a clause
# A as soon as possible · Z any time · U a period that is ready · _ any other words


@dataclass(frozen=True)
class Item:
    """One piece of what was said."""

    code: str
    value: Day | Window | Part | Length | Span | str | int | None = None
    text: str = ""


Build = Callable[[re.Match[str], date], Item]
Rule = tuple[re.Pattern[str], Build]

PIECES = {
    "WD": f"(?P<weekday>{'|'.join(WEEKDAYS)})",
    "MON": f"(?P<month>{'|'.join(MONTHS)})",
    "SEASON": f"(?P<season>{'|'.join(SEASONS)})",
    "YEAR": r"(?: ?,? (?:van |in )?(?:jaar )?(?P<year>20\d\d|'\d\d))?",
    "NUM": r"(?P<num>\d{1,2}|een)",
    "ORD": r"(?P<ord>\d{1,2}e|laatste|voorlaatste)",
    "UNIT": "(?:nacht|dag|week|weekend|midweek|maand|jaar)",
    "NEXT": "(?P<next>volgende|komende|aanstaande|deze)",
    # What may follow a number for it to be a day: not a thing that is counted.
    "STOP": r"(?=$| (?:THROUGH|tot|-|,|\.|en|of|/|op|graag|is|svp|kan|kunnen|voor)(?: |$))",
}


def pattern(text: str) -> re.Pattern[str]:
    """A rule's pattern, with the pieces above written as <NAME>; it ends at a word's end."""
    for name, piece in PIECES.items():
        text = text.replace(f"<{name}>", piece)
    return re.compile(text + "(?= |$)", re.ASCII)


def number(text: str) -> int:
    """A count or an ordinal; "laatste" is -1."""
    named = {"een": 1, "laatste": -1, "voorlaatste": -2}
    return named[text] if text in named else int(text.removesuffix("e"))


def weekday(match: re.Match[str]) -> int | None:
    """0 for Monday; None where the pattern found none."""
    found = match.groupdict().get("weekday")
    return WEEKDAYS.index(found) if found else None


def month(match: re.Match[str]) -> int:
    """1 for January."""
    return MONTHS.index(match["month"]) + 1


def year(match: re.Match[str]) -> int | None:
    """The year, also from "'27"; None where none was said."""
    found = match.groupdict().get("year")
    return int(found.replace("'", "20")) if found else None
