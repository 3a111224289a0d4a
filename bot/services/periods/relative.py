"""Months and years that are named from today ("volgende maand", "volgend jaar"), by their names."""

import re
from datetime import date

from bot.services.periods.calendar import first_of
from bot.services.periods.vocabulary import MONTHS

_NAMES = "|".join(MONTHS)
_MONTH = re.compile(rf"\b(volgende|komende|aanstaande|deze) maand\b(?! (?:{_NAMES}))")
_OF_MONTH = re.compile(rf"\b(begin|half|eind)((?: van)?)(?: de)? maand\b(?! (?:{_NAMES}))(?! na)")
_WEEK_OF_MONTH = re.compile(
    r"((?:laatste|\b\d{1,2}e) (?:\d )?(?:week|weekend))(?: van| in)?(?: de)? maand\b"
    rf"(?! (?:{_NAMES}))"
)
_YEAR = re.compile(r"\b(?:het )?(volgende|komende|deze) jaar\b")
# The day a third of the month begins to be over.
_OVER = {"begin": 11, "half": 21, "eind": 32}


def by_name(line: str, today: date) -> str:
    """The line with those months and years by name and number.

    >>> by_name("eind volgende maand", date(2026, 12, 5))
    'eind januari 2027'
    """
    line = _MONTH.sub(lambda m: _named(today, 0 if m[1] == "deze" else 1), line)
    line = _OF_MONTH.sub(lambda m: f"{m[1]} {_named(today, int(today.day >= _OVER[m[1]]))}", line)
    line = _WEEK_OF_MONTH.sub(lambda m: f"{m[1]} van {_named(today, 0)}", line)
    return _YEAR.sub(lambda m: f"jaar {today.year + (m[1] != 'deze')}", line)


def _named(today: date, ahead: int) -> str:
    first = first_of(today.year, today.month + ahead)
    return f"{MONTHS[first.month - 1]} {first.year}"
