"""What a period is named after: "de week van 12 juni", "het weekend na pasen", "vanaf", "rond"."""

from dataclasses import replace
from datetime import date, timedelta

from bot.services.periods.calendar import (
    FRIDAY,
    WEEK,
    day_of,
    midweek_of,
    monday,
    week_of,
    weekend_of,
)
from bot.services.periods.days import DAY, Day
from bot.services.periods.items import Item
from bot.services.periods.model import Span, UnclearError, Window
from bot.services.periods.pairs import span_of

_CUTS = {"week": week_of, "weekend": weekend_of, "midweek": midweek_of, "dag": day_of}
# "rond 12 juni": so many days before and after.
_ABOUT = timedelta(days=3)


def week(items: list[Item], today: date) -> list[Item]:
    """The week that holds a day or feast, as a week that other words can lean on."""
    made = around(items, today)[0].value
    if not isinstance(made, Span):
        raise UnclearError
    return [Item("w", Window(lambda _: made))]


def around(items: list[Item], today: date) -> list[Item]:
    """The week, weekend or midweek that holds what is named beside it."""
    what = str(next(item for item in items if item.code in "KB").value)
    named = next(item for item in items if item.code in "dhDFU")
    base = monday(today) if isinstance(named.value, Day) and named.value.day else today
    span = named.value if isinstance(named.value, Span) else span_of(named, base)
    start, end = _CUTS[what](span.start)
    if named.code == "F" and not span.single and what == "weekend":
        return [Item("U", span)]  # pinksterweekend
    if span.end is None or not start <= span.start < span.end <= end or end <= today:
        raise UnclearError
    return [Item("U", Span(max(start, today), end, flexible=what == "week"))]


def beside(items: list[Item], today: date) -> list[Item]:
    """The first week, weekend or day after what is named, or the last one before it."""
    what, sign, named = str(items[0].value), items[-2].code, span_of(items[-1], today)
    if named.end is None or (what == "dag" and not named.single):
        raise UnclearError
    step = DAY if what == "dag" else WEEK
    start, end = _CUTS[what](named.end if sign == ">" else named.start)
    if sign == ">" and start < named.end:
        start, end = start + step, end + step
    if sign != ">" and end > named.start:
        start, end = start - step, end - step
    if start < today:
        raise UnclearError
    return [Item("U", Span(start, end, flexible=what == "week"))]


def after(items: list[Item], today: date) -> list[Item]:
    """Some time from the day after on: "na 12 juni"."""
    span = span_of(items[-1], today)
    if span.end is None:
        raise UnclearError
    return [Item("U", Span(span.end, None, flexible=True))]


def before(items: list[Item], today: date) -> list[Item]:
    """Some time between now and then: "nog voor 12 juni"."""
    span = span_of(items[-1], today)
    if span.start <= today:
        raise UnclearError
    return [Item("U", Span(today, span.start, flexible=True))]


def onward(items: list[Item], today: date) -> list[Item]:
    """From "vanaf 12 juni" on; a length said beside it ends it, unless it is "ergens vanaf"."""
    span = span_of(items[-1], today)
    exact = not span.flexible and items[0].code != "E"
    return [Item("U", Span(span.start, None, flexible=True, single=exact))]


def about(items: list[Item], today: date) -> list[Item]:
    """Three days either side of "rond 12 juni"; a week, a month or more is wide enough."""
    span = span_of(next(item for item in items if item.code != "r"), today)
    if span.flexible or span.end is None:
        return [Item("U", span)]
    if span.start < today:
        raise UnclearError
    start = max(today, span.start - _ABOUT)
    return [Item("U", Span(start, span.end + _ABOUT, flexible=True))]


def weekend_from(item: Item, span: Span) -> Span:
    """A weekend "vanaf vrijdag 12 juni"; from another day it is unclear what is meant."""
    first, nights = (FRIDAY, 3) if item.value == "weekend" else (0, 4)
    if span.start.weekday() != first:
        raise UnclearError
    return replace(span, end=span.start + nights * DAY, flexible=False, single=False)
