"""A day as far as it was said ("vrijdag", "de twaalfde", "12 juni"), and which date that is."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.services.periods.model import Span, UnclearError

DAY = timedelta(days=1)
# Any leap year: 29 February exists until a year says otherwise.
_LEAP_YEAR = 2024
# "vrijdag 12" further away than this is more likely a slip of the pen.
_NEAR = timedelta(days=62)


@dataclass(frozen=True)
class Day:
    """The parts of a date that were said; weekday 0 is Monday."""

    weekday: int | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None

    def at(self, base: date) -> Span:
        """The first such day on or after `base`; a day with its year is that day.

        Raises UnclearError where there is none, or where weekday and date disagree.
        """
        found = self.date_at(base)
        return Span(found, found + DAY, flexible=False, single=True)

    def date_at(self, base: date) -> date:
        """As `at`, as a plain date."""
        if self.day is None:
            return _on_weekday(self.weekday, base)
        found = next(_candidates(self, base), None)
        if found is None or self.weekday not in {None, found.weekday()}:
            raise UnclearError
        return found


def whole(day: date) -> Day:
    """A date that needs no reading: today, a feast, the result of a sum."""
    return Day(day=day.day, month=day.month, year=day.year)


def _on_weekday(weekday: int | None, base: date) -> date:
    if weekday is None:
        raise UnclearError
    return base + timedelta(days=(weekday - base.weekday()) % 7)


def _candidates(said: Day, base: date) -> Iterator[date]:
    day = said.day or 0
    if said.month is None:
        return _by_day(day, said.weekday, base)
    if not 1 <= said.month <= 12 or not 1 <= day <= calendar.monthrange(_LEAP_YEAR, said.month)[1]:
        raise UnclearError
    if said.year is not None:
        return _existing([(said.year, said.month, day)])
    years = range(base.year, base.year + 9)  # nine: 29 February over a century
    return (d for d in _existing([(y, said.month, day) for y in years]) if d >= base)


def _by_day(day: int, weekday: int | None, base: date) -> Iterator[date]:
    months = [divmod(base.year * 12 + base.month - 1 + ahead, 12) for ahead in range(4)]
    for found in _existing([(year, month + 1, day) for year, month in months]):
        near = base <= found <= base + _NEAR
        if near and weekday in {None, found.weekday()}:
            yield found


def _existing(dates: list[tuple[int, int, int]]) -> Iterator[date]:
    for year, month, day in dates:
        if 1 <= day <= calendar.monthrange(year, month)[1]:
            yield date(year, month, day)
