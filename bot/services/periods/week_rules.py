"""How weeks and weekends are said: "volgende week", "week 23", "dit weekend", "binnen 2 weken"."""

import re
from datetime import date, timedelta

from bot.services.periods.calendar import (
    WEEK,
    Piece,
    iso_week,
    midweek_of,
    monday,
    week_of,
    weekend_of,
)
from bot.services.periods.day_rules import later
from bot.services.periods.items import Item, Rule, number, pattern
from bot.services.periods.model import Span, UnclearError, Window
from bot.services.periods.yearly import yearly

# "week 14 t/m 16"
_MOST_WEEKS = 8
_DAY = timedelta(days=1)
_AFTER = "(?:erna|daarna|daarop|erop|die week erna|volgende week|volgende)"

_TWO_WEEKS = pattern(rf"(?:de )?<NEXT> week (?:en|of|-|/) (?:de )?(?:week )?{_AFTER}")
_AFTER_NEXT = pattern(r"(?:de )?week na <NEXT> week")
_WEEK_THIRD = pattern(r"(?P<third>begin|half|eind)(?: van)?(?: de)? <NEXT> week")
_WEEK = pattern(r"(?:de )?<NEXT> week")
_COMING = pattern(
    r"(?:binnen|(?:in )?(?:de )?(?:komende|aanstaande|volgende)) (?:de )?(?:komende )?"
    r"<NUM> (?P<unit>dag|week|maand)"
)
_WEEK_NUMBER = pattern(r"(?:de )?week (?:nummer )?(?P<num>\d{1,2})(?! (?:van|in) <MON>)<YEAR>")
_WEEK_NUMBERS = pattern(
    r"week (?P<num>\d{1,2}) (?P<sign>en|of|-|/|THROUGH|tot) (?:week )?(?P<last>\d{1,2})<YEAR>"
)
_WEEKEND = pattern(r"(?:<NEXT> (?:lange? )?weekend|weekend aanstaande|van het weekend(?! van))")
_MIDWEEK = pattern(r"<NEXT> midweek")
_OVER_DAYS = pattern(r"over <NUM> week(?= (?:van |op )?<WD> (?:tot|THROUGH|-))")
_OVER = pattern(r"over <NUM> week (?:in |op )?(?:het |een )?(?P<what>weekend|midweek)")
_WEEKEND_OVER = pattern(r"(?P<what>weekend|midweek) over <NUM> week")


def _window(code: str, piece: Piece, today: date, *, flexible: bool = True) -> Item:
    """What is left of a piece of the calendar. Raises UnclearError where it is over."""
    start, end = piece
    if end <= today:
        raise UnclearError
    span = Span(max(start, today), end, flexible)
    return Item(code, Window(lambda _: span))


def _monday(match: re.Match[str], today: date) -> date:
    return monday(today) + (0 if match["next"] == "deze" else 1) * WEEK


def _week(match: re.Match[str], today: date) -> Item:
    return _window("w", week_of(_monday(match, today)), today)


def _two_weeks(match: re.Match[str], today: date) -> Item:
    start = _monday(match, today)
    return _window("W", (start, start + 2 * WEEK), today)


def _after_next(match: re.Match[str], today: date) -> Item:
    return _window("w", week_of(_monday(match, today) + WEEK), today)


def _week_third(match: re.Match[str], today: date) -> Item:
    """begin: Monday to Wednesday; half: Tuesday to Thursday; eind: Thursday to Sunday."""
    first, after = {"begin": (0, 3), "half": (1, 4), "eind": (3, 7)}[match["third"]]
    start = _monday(match, today)
    return _window("W", (start + first * _DAY, start + after * _DAY), today)


def _coming(match: re.Match[str], today: date) -> Item:
    return _window("W", (today, later(match, today)), today)


def _week_number(match: re.Match[str], today: date) -> Item:
    which = int(match["num"])
    return yearly("w", match, today, lambda y: iso_week(y, which))


def _week_numbers(match: re.Match[str], today: date) -> Item:
    first, last = int(match["num"]), int(match["last"])
    through = match["sign"] in {"THROUGH", "-"} and first < last <= first + _MOST_WEEKS
    if last != first + 1 and not through:
        raise UnclearError
    return yearly("W", match, today, lambda y: (iso_week(y, first)[0], iso_week(y, last)[1]))


def _weekend(match: re.Match[str], today: date) -> Item:
    """This week's ("dit"), next week's ("volgend"), or the first that has not begun ("komend")."""
    friday, end = weekend_of(today)
    word = match["next"] or ("aanstaande" if "aanstaande" in match[0] else "deze")
    if word == "volgende" or (word != "deze" and friday < today):
        friday, end = friday + WEEK, end + WEEK
    return _window("W", (friday, end), today, flexible=False)


def _midweek(match: re.Match[str], today: date) -> Item:
    return _window("W", midweek_of(_monday(match, today)), today, flexible=False)


def _over(match: re.Match[str], today: date) -> Item:
    """The weekend of the week two weeks from now: "over twee weken een weekend"."""
    cut = weekend_of if match["what"] == "weekend" else midweek_of
    return _window("W", cut(today + number(match["num"]) * WEEK), today, flexible=False)


def _over_days(match: re.Match[str], today: date) -> Item:
    """The week that the weekdays after it are in: "over twee weken van vrijdag tot zondag"."""
    return _window("w", week_of(today + number(match["num"]) * WEEK), today)


RULES: tuple[Rule, ...] = (
    (_TWO_WEEKS, _two_weeks),
    (_AFTER_NEXT, _after_next),
    (_WEEK_THIRD, _week_third),
    (_WEEKEND, _weekend),
    (_MIDWEEK, _midweek),
    (_COMING, _coming),
    (_WEEK, _week),
    (_WEEK_NUMBERS, _week_numbers),
    (_WEEK_NUMBER, _week_number),
    (_OVER_DAYS, _over_days),
    (_OVER, _over),
    (_WEEKEND_OVER, _over),
)
