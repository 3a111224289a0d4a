"""How parts of a year are said: "eind juni", "2e week mei", "in de zomer"."""

import re
from datetime import date

from bot.services.periods.calendar import (
    Piece,
    first_of,
    half,
    nth_week,
    nth_weekend,
    season,
    season_third,
    third,
)
from bot.services.periods.calendar import month as month_piece
from bot.services.periods.feasts import HOLIDAYS
from bot.services.periods.items import Item, Rule, month, number, pattern
from bot.services.periods.model import Part, Span, UnclearError, Window
from bot.services.periods.yearly import yearly

_OF = r"(?: van| in)?(?: de)?(?: maand)?"
_THIRD = r"(?P<third>begin|half|eind)(?: van| in)?(?: de| het)?(?: maand)?"
_NTH_OF = r"(?P<ord>\d{1,2}e|laatste|voorlaatste) (?:(?P<count>\d) )?(?P<unit>week|weekend)"

_NTH = pattern(rf"{_NTH_OF}{_OF} <MON><YEAR>")
_WEEK_NUMBER_IN = pattern(rf"(?P<unit>week) (?P<ord>\de?)(?: van| in){_OF} <MON><YEAR>")
_MONTH_WEEK = pattern(r"<MON><YEAR> ?,? (?P<unit>week) (?P<ord>[1-5])")
_PART = pattern(_NTH_OF)
_MONTH_THIRD = pattern(rf"{_THIRD} <MON><YEAR>")
_HALF = pattern(rf"(?P<ord>1e|2e) (?:helft|deel){_OF} <MON><YEAR>")
_THEN_HALF = pattern(r"<MON><YEAR> ?,? (?:de )?(?P<ord>1e|2e) (?:helft|deel)")
_THEN_THIRD = pattern(r"<MON><YEAR> ?,? (?P<third>begin|half|eind)(?=$| [.,?])")
_SEASON_THIRD = pattern(rf"{_THIRD} (?:<NEXT> )?<SEASON><YEAR>")
_MONTH = pattern(r"(?:<NEXT> )?(?:maand )?<MON>(?: maand)?<YEAR>")
_SEASON = pattern(r"(?:<NEXT> )?<SEASON><YEAR>")
_HOLIDAY = pattern(rf"(?:<NEXT> )?(?P<name>{'|'.join(HOLIDAYS)})<YEAR>")
_YEAR = pattern(r"(?:van |in )?(?:het )?jaar (?P<year>20\d\d)")


def nth_of(part: Part, year: int, number_of_month: int) -> Piece:
    """The n-th week or weekend of a month, or several weeks from it on (back from the last)."""
    if part.unit == "weekend":
        return nth_weekend(part.number, year, number_of_month)
    last = part.number + part.count - 1 if part.number > 0 else part.number
    first = last - part.count + 1
    start, _ = nth_week(first, year, number_of_month)
    return start, nth_week(last, year, number_of_month)[1]


def _nth(match: re.Match[str], today: date) -> Item:
    part, which = _part_of(match), month(match)
    code = "w" if part.unit == "week" and part.count == 1 else "W"
    return yearly(
        code, match, today, lambda y: nth_of(part, y, which), flexible=part.unit == "week"
    )


def _part_of(match: re.Match[str]) -> Part:
    groups = match.groupdict()
    return Part(number(match["ord"]), match["unit"], int(groups.get("count") or 1))


def _month_third(match: re.Match[str], today: date) -> Item:
    which, of = match["third"], month(match)
    return yearly("W", match, today, lambda y: third(which, y, of))


def _half(match: re.Match[str], today: date) -> Item:
    which, of = number(match["ord"]), month(match)
    return yearly("W", match, today, lambda y: half(which, y, of))


def _season_third(match: re.Match[str], today: date) -> Item:
    which, name = match["third"], match["season"]
    return yearly("W", match, today, lambda y: season_third(which, name, y))


def _month(match: re.Match[str], today: date) -> Item:
    of = month(match)
    return yearly("m", match, today, lambda y: month_piece(y, of))


def _season(match: re.Match[str], today: date) -> Item:
    name = match["season"]
    return yearly("S", match, today, lambda y: season(name, y))


def _holiday(match: re.Match[str], today: date) -> Item:
    return yearly("S", match, today, HOLIDAYS[match["name"]])


def _year(match: re.Match[str], today: date) -> Item:
    said = int(match["year"])
    if said < today.year:
        raise UnclearError
    start, end = first_of(said, 1), first_of(said, 13)
    return Item("y", Window(lambda _: Span(max(start, today), end, flexible=True)))


# Before the days: "eind juni" is no "juni".
OF_MONTHS: tuple[Rule, ...] = (
    (_NTH, _nth),
    (_WEEK_NUMBER_IN, _nth),
    (_MONTH_WEEK, _nth),
    (_MONTH_THIRD, _month_third),
    (_HALF, _half),
    (_THEN_HALF, _half),
    (_THEN_THIRD, _month_third),
    (_SEASON_THIRD, _season_third),
)
RULES: tuple[Rule, ...] = (
    (_HOLIDAY, _holiday),
    (_SEASON, _season),
    (_MONTH, _month),
    (_YEAR, _year),
    (_PART, lambda match, _: Item("p", _part_of(match))),
)
