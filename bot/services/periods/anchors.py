"""Words that lean on a week, month or year beside them: "volgende week vrijdag", "juni, de 12e"."""

from dataclasses import replace
from datetime import date

from bot.services.periods.calendar import midweek_of, weekend_of
from bot.services.periods.days import DAY, Day, whole
from bot.services.periods.items import Item
from bot.services.periods.model import Part, Span, UnclearError, Window
from bot.services.periods.pairs import span_of, thing_of
from bot.services.periods.window_rules import nth_of


def same_day(items: list[Item], _: date) -> list[Item]:
    """A weekday beside its date ("vrijdag, 12 juni"), to be checked with it."""
    day, other = (thing_of(item) for item in _only(items, "dD"))
    if not isinstance(day, Day) or not isinstance(other, Day):
        raise UnclearError
    if day.day is None:
        day, other = other, day
    if day.weekday not in {None, other.weekday}:
        raise UnclearError
    return [Item("D", replace(day, weekday=other.weekday))]


def in_week(items: list[Item], today: date) -> list[Item]:
    """The days that the week beside them dates; signs between them stay."""
    week = span_of(_only(items, "w")[0], today)
    kept = [item for item in items if item.code not in "wf@,"]
    if len(kept) < 3:
        return [_dated(item, week, week.start) for item in kept]
    first, sign, last = kept
    end = _dated(last, week, week.start)
    try:
        start = _dated(first, week, week.start)
        return [start, sign, _dated(last, week, span_of(start, today).start + DAY)]
    except UnclearError:  # "van vrijdag tot maandag volgende week": only the last is in it
        return [first, sign, end]


def _dated(item: Item, window: Span, base: date) -> Item:
    return Item("D", whole(_inside(thing_of(item), window, base).start))


def in_feast(items: list[Item], today: date) -> list[Item]:
    """The weekdays around the feast beside them: "met hemelvaart van woensdag tot zondag"."""
    feast = span_of(_only(items, "F")[0], today)
    first, sign, last = _only(items, "dtT-")
    start = thing_of(first).at(max(feast.start - 3 * DAY, today))
    end = thing_of(last).at(start.start + DAY)
    if feast.end is None or start.start >= feast.end or end.start <= feast.start:
        raise UnclearError
    return [Item("D", whole(start.start)), sign, Item("D", whole(end.start))]


def dates_decide(items: list[Item], today: date) -> list[Item]:
    """The dates beside a feast they are said with: "oud en nieuw, 30 december tot 2 januari"."""
    named, dates = span_of(_only(items, "F")[0], today), _only(items, "U")[0]
    said = span_of(dates, today)
    if said.flexible or not said.sign or said.end is None or named.end is None:
        return [Item("U", named) if item.code == "F" else item for item in items]
    if said.start >= named.end or named.start >= said.end:
        raise UnclearError
    return [dates]


def in_month(items: list[Item], today: date) -> list[Item]:
    """Days by their number, dated by the month beside them; signs between stay."""
    month = span_of(_only(items, "m")[0], today)
    dated: list[Item] = []
    for item in items:
        if item.code in "hN":
            dated.append(_dated(item, month, month.start))
        elif item.code not in "mf@,":
            dated.append(item)
    return dated


def part_of_month(items: list[Item], today: date) -> list[Item]:
    """The n-th week or weekend of the month beside it: "in juni, de tweede week"."""
    month = span_of(_only(items, "m")[0], today).start
    part = _only(items, "p")[0].value
    if not isinstance(part, Part):
        raise UnclearError
    start, end = nth_of(part, month.year, month.month)
    if end <= today:
        raise UnclearError
    weekend = part.unit == "weekend"
    span = Span(max(start, today), end, flexible=not weekend)
    return [Item("W" if weekend or part.count > 1 else "w", Window(lambda _: span))]


def in_year(items: list[Item], today: date) -> list[Item]:
    """What the year beside it dates: "volgend jaar juni"."""
    year = span_of(_only(items, "y")[0], today)
    other = next(item for item in items if item.code in "dDhmwWSF")
    found = _inside(thing_of(other), year, year.start)
    if isinstance(other.value, Day):
        return [Item("D", whole(found.start))]
    return [Item(other.code, Window(lambda _: found))]


def weekend_in_week(items: list[Item], today: date) -> list[Item]:
    """The weekend or midweek of the week beside it: "het weekend van week 23"."""
    week = span_of(_only(items, "w")[0], today)
    cut = weekend_of if _only(items, "B")[0].value == "weekend" else midweek_of
    start, end = cut(week.start)
    if end <= today:
        raise UnclearError
    span = Span(max(start, today), end, flexible=False)
    return [Item("W", Window(lambda _: span))]


def _only(items: list[Item], codes: str) -> list[Item]:
    return [item for item in items if item.code in codes]


def _inside(thing: Day | Window, window: Span, base: date) -> Span:
    found = thing.at(base)
    if window.end is None or not window.start <= found.start < window.end:
        raise UnclearError
    return found
