"""From what is left of a sentence to one period, or to none."""

from dataclasses import replace
from datetime import date

from bot.services.periods.around import weekend_from
from bot.services.periods.calendar import FRIDAY, WEEK, midweek_of, weekend_of
from bot.services.periods.days import DAY
from bot.services.periods.items import Item
from bot.services.periods.length_rules import NIGHTS, POINTED
from bot.services.periods.model import Length, Period, Span, UnclearError
from bot.services.periods.pairs import span_of

# The more exact word decides: "een weekend, 2 nachten".
_EXACTNESS = ("nacht", "dag", "week", "maand", "weekend", "midweek")

# The day that is said with them is the day of going home.
_FETCHING = frozenset({"ophalen", "opgehaald", "halen", "haal", "haalt", "vertrek"})


def settle(items: list[Item], today: date) -> Period | None:
    """The one period the items speak of. Raises UnclearError where they speak of two."""
    spans = _spans(items, today)
    if not spans:
        return _any_time(items, today)
    if any(item.code == "p" or item.text == POINTED for item in items):
        raise UnclearError
    if any(span.single for span in spans) and any(item.text in _FETCHING for item in items):
        spans = [_until_fetched(spans)]
    return _fitted(_innermost(spans), items, today)


def _until_fetched(spans: list[Span]) -> Span:
    """From bringing to fetching: "vrijdag brengen en zondag ophalen"."""
    if len(spans) != 2 or not all(span.single for span in spans) or spans[0].end is None:
        raise UnclearError
    return Span(spans[0].start, spans[1].start, flexible=False)


def _spans(items: list[Item], today: date) -> list[Span]:
    spans = [item.value for item in items if isinstance(item.value, Span)]
    years = [item for item in items if item.code == "y"]
    if not spans and len(years) == 1:
        span = span_of(years[0], today)
        return [span] if span.start > today else []
    return spans


def _any_time(items: list[Item], today: date) -> Period | None:
    codes = {item.code for item in items}
    if codes <= {"B", "@", ".", "o"}:
        return _coming([item for item in items if item.code == "B"], today)
    if not codes & {"A", "Z"}:
        return None
    start = today if "A" in codes else None
    length = _length(items)
    return Period(start, None, length.nights if length else None, flexible=True)


def _coming(bare: list[Item], today: date) -> Period | None:
    """Only "het weekend", nothing else: the coming one; "een weekend" is a length."""
    if len(bare) != 1 or bare[0].text == "een":
        return None
    cut, first = (weekend_of, FRIDAY) if bare[0].value == "weekend" else (midweek_of, 0)
    start, end = cut(today if today.weekday() <= first else today + WEEK)
    return _period(Span(start, end, flexible=False))


def _innermost(spans: list[Span]) -> Span:
    """The narrowest, if all others hold it: "in juni, het weekend van de 12e"."""
    inner = min(spans, key=lambda span: (span.end or date.max) - span.start)
    for outer in spans:
        if outer.start > inner.start or (outer.end and (not inner.end or outer.end < inner.end)):
            raise UnclearError
        if inner.single and outer.sign and not outer.flexible:
            raise UnclearError
    return inner


def _length(items: list[Item]) -> Length | None:
    """The length that was said. Raises UnclearError where two were."""
    lengths = [item.value for item in items if isinstance(item.value, Length)]
    if not lengths:
        bare = [str(item.value) for item in items if item.code == "B"]
        return Length(NIGHTS[bare[0]], bare[0]) if bare else None
    best = min(_EXACTNESS.index(length.unit) for length in lengths)
    said = {length.nights: length for length in lengths if length.unit == _EXACTNESS[best]}
    if len(said) > 1:
        raise UnclearError
    return next(iter(said.values()))


def _fitted(span: Span, items: list[Item], today: date) -> Period:
    if span.start < today or (span.end and span.end <= span.start):
        raise UnclearError
    length = _length(items)
    if span.single:
        return _from_day(span, length, items)
    if span.flexible or span.end is None:
        return _inside(span, length)
    return _exact(span, length)


def _from_day(span: Span, length: Length | None, items: list[Item]) -> Period:
    """A first day: its length says when it ends; "een paar dagen" leaves that open."""
    if length is None:
        return _period(span)
    if length.nights is None:
        return Period(span.start, None, None, flexible=True)
    if length.unit in {"weekend", "midweek"}:
        bare = next(item for item in items if item.code == "B")
        return _period(weekend_from(bare, span))
    end = span.start + length.nights * DAY
    return _period(replace(span, end=end, flexible=False))


def _inside(span: Span, length: Length | None) -> Period:
    """A window: so many nights somewhere in it; a length that just fits leaves no choice."""
    nights = length.nights if length else None
    if nights is None or span.end is None:
        return Period(span.start, span.end, nights, flexible=True)
    whole = (span.end - span.start).days
    if nights > whole:
        raise UnclearError
    return Period(span.start, span.end, nights, flexible=nights < whole)


def _exact(span: Span, length: Length | None) -> Period:
    """From day to day; fewer nights float inside, one more counts the last day in."""
    if length is None or length.nights is None or span.end is None or length.unit == "weekend":
        return _period(span)
    whole = (span.end - span.start).days
    if length.nights == whole + 1 and (span.sign in {"T", "-"} or length.unit == "dag"):
        return _period(span if length.unit == "dag" else replace(span, end=span.end + DAY))
    return _inside(span, length)


def _period(span: Span) -> Period:
    nights = None if span.flexible or span.end is None else (span.end - span.start).days
    return Period(span.start, span.end, nights, span.flexible)
