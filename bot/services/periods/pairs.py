"""Two days or windows that say one period: "12 t/m 15 juni", "tussen kerst en nieuwjaar"."""

from dataclasses import replace
from datetime import date, timedelta

from bot.services.periods.days import DAY, Day
from bot.services.periods.items import Item
from bot.services.periods.model import Span, UnclearError, Window

# Without a year, an end further on than this lies before its start: "van 15 tot 12 juni".
_FAR = timedelta(days=183)
# From one month into the next, where only the last one is named.
_OVER_THE_MONTH = timedelta(days=14)
# "van vrijdag tot 25 juni": within three weeks it may be any of several Fridays.
_SOON = timedelta(days=21)


def span_of(item: Item, today: date) -> Span:
    """When one item is, seen from today; a bare weekday is the first after today."""
    if isinstance(item.value, Span):
        return item.value
    thing = thing_of(item)
    return thing.at(_from(thing, today))


def thing_of(item: Item) -> Day | Window:
    """The day or window of an item; a bare number is a day of the month."""
    if item.code == "N" and isinstance(item.value, int):
        return Day(day=item.value)
    if isinstance(item.value, Day | Window):
        return item.value
    raise UnclearError


def _from(thing: Day | Window, today: date) -> date:
    bare = isinstance(thing, Day) and thing.day is None
    return today + DAY if bare else today


def ordered(first: Item, last: Item, today: date) -> tuple[Span, Span]:
    """When both are, the second after the first, each with what only the other one says.

    Raises UnclearError where the end would come before the start.
    """
    one, other = thing_of(first), thing_of(last)
    if isinstance(one, Day) and isinstance(other, Day):
        one = _completed(one, other, today)
    start = one.at(_from(one, today))
    end = other.at(start.start + DAY)
    if _borrowed(thing_of(first), other) and end.start - start.start > _OVER_THE_MONTH:
        raise UnclearError
    dated = isinstance(other, Day) and other.year is not None
    if end.start <= start.start or (not dated and end.start - start.start > _FAR):
        raise UnclearError
    return start, end


def _borrowed(first: Day | Window, last: Day | Window) -> bool:
    """Whether the first day is in the month before: "28 t/m 3 juli", but not "20 tot 15 juli"."""
    if not isinstance(first, Day) or not isinstance(last, Day) or first.month or not last.month:
        return False
    return (first.day or 0) > (last.day or 0)


def _completed(first: Day, last: Day, today: date) -> Day:
    """The first day with the month and year that only the last one says."""
    if first.day is None:
        return first if last.month is None else _weekday_before(first, last, today)
    if first.month is None and last.month is not None:
        earlier = last.day is not None and first.day > last.day
        month = last.month - 1 if earlier else last.month
        first = replace(first, month=month or 12)
    if first.year is None and last.year is not None and first.month and last.month:
        later = (first.month, first.day) > (last.month, last.day)
        first = replace(first, year=last.year - 1 if later else last.year)
    return first


def _weekday_before(first: Day, last: Day, today: date) -> Day:
    """The Friday of "van vrijdag tot 15 juni", if only one can be meant."""
    end = last.date_at(today)
    start = first.date_at(end - 7 * DAY)
    coming = first.date_at(today + DAY)
    if start < today or (coming < start and end - coming <= _SOON):
        raise UnclearError
    return Day(day=start.day, month=start.month, year=start.year)


def from_to(first: Item, sign: str, last: Item, today: date) -> Span:
    """A period from one to the other; the last day named is the day of going home.

    Of a window, "tot" takes the start and "tot en met" the end.
    """
    start, end = ordered(first, last, today)
    closes = end.start if sign == "t" or end.single else end.end
    flexible = start.flexible or end.flexible
    return Span(start.start, closes, flexible, sign=sign)


def between(first: Item, last: Item, today: date) -> Span:
    """Somewhere between two days, feasts or months; months are taken whole."""
    start, end = ordered(first, last, today)
    opens = start.end if first.code == "F" and start.end else start.start
    closes = end.start if end.single or last.code == "F" else end.end
    if closes is None or closes <= opens:
        raise UnclearError
    return Span(opens, closes, flexible=True)


def listed(items: list[Item], today: date) -> list[Span]:
    """Days named one by one, each after the one before, with what only the last one says."""
    days = [thing for thing in map(thing_of, items) if isinstance(thing, Day)]
    if len(days) != len(items):
        raise UnclearError
    days = [*(_completed(day, days[-1], today) for day in days[:-1]), days[-1]]
    spans = [days[0].at(_from(days[0], today))]
    for day in days[1:]:
        spans.append(day.at(spans[-1].start + DAY))
    return spans
