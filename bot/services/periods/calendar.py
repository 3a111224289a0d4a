"""The pieces the calendar is cut into: weeks, weekends, months, seasons. Only arithmetic."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from bot.services.periods.model import Span, UnclearError

Piece = tuple[date, date]
WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
FRIDAY = 4
# First month of each season and of the one after it, by the meteorological calendar.
SEASONS = {"lente": (3, 6), "zomer": (6, 9), "herfst": (9, 12), "winter": (12, 15)}
# Third of a month: first day, and the first day after it; None is the 1st of the next month.
_THIRDS = {"begin": (1, 11), "half": (11, 21), "eind": (21, None)}
_HALVES = {1: (1, 16), 2: (16, None)}


def monday(day: date) -> date:
    """The Monday of the week a day is in."""
    return day - timedelta(days=day.weekday())


def day_of(day: date) -> Piece:
    """That day."""
    return day, day + _DAY


def week_of(day: date) -> Piece:
    """Monday to Monday."""
    return monday(day), monday(day) + WEEK


def weekend_of(day: date) -> Piece:
    """Friday to Monday, in the Monday-to-Sunday week a day is in."""
    friday = monday(day) + FRIDAY * _DAY
    return friday, friday + 3 * _DAY


def midweek_of(day: date) -> Piece:
    """Monday to Friday, 4 nights."""
    return monday(day), monday(day) + FRIDAY * _DAY


def month(year: int, number: int) -> Piece:
    """1st to 1st; number 13 and on run into the next year."""
    return first_of(year, number), first_of(year, number + 1)


def first_of(year: int, number: int) -> date:
    """The 1st of a month; number 13 is January of the next year."""
    years, index = divmod(number - 1, 12)
    return date(year + years, index + 1, 1)


def later_month(day: date, months: int) -> date:
    """The same day of the month, that many months on; the last day where there is none."""
    first = first_of(day.year, day.month + months)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def third(which: str, year: int, number: int) -> Piece:
    """begin: 1st to 11th; half: 11th to 21st; eind: 21st to the 1st."""
    return _cut(_THIRDS[which], year, number)


def half(which: int, year: int, number: int) -> Piece:
    """The first half of a month ends on the 16th."""
    return _cut(_HALVES[which], year, number)


def _cut(days: tuple[int, int | None], year: int, number: int) -> Piece:
    first, after = month(year, number)
    return first.replace(day=days[0]), first.replace(day=days[1]) if days[1] else after


def season(name: str, year: int) -> Piece:
    """Three months; winter is named for the year it begins in."""
    first, after = SEASONS[name]
    return first_of(year, first), first_of(year, after)


def season_third(which: str, name: str, year: int) -> Piece:
    """One month: the first, the middle or the last of a season."""
    return month(year, SEASONS[name][0] + list(_THIRDS).index(which))


def nth_week(which: int, year: int, number: int) -> Piece:
    """The n-th week with most of its days in the month: the week of its n-th Thursday."""
    return week_of(_nth(which, 3, year, number))


def nth_weekend(which: int, year: int, number: int) -> Piece:
    """The n-th weekend with most of its days in the month: that of its n-th Saturday."""
    return weekend_of(_nth(which, 5, year, number))


def nth_day(which: int, weekday: int, year: int, number: int) -> Piece:
    """The n-th Friday of a month."""
    day = _nth(which, weekday, year, number)
    return day, day + _DAY


def _nth(which: int, weekday: int, year: int, number: int) -> date:
    first, after = month(year, number)
    earliest = first + timedelta(days=(weekday - first.weekday()) % 7)
    days = [earliest + n * WEEK for n in range(5) if earliest + n * WEEK < after]
    index = which - 1 if which > 0 else which
    if not -len(days) <= index < len(days):
        raise UnclearError
    return days[index]


def iso_week(year: int, number: int) -> Piece:
    """Week 23, Monday to Monday. Raises UnclearError where the year has no such week."""
    try:
        return week_of(date.fromisocalendar(year, number, 1))
    except ValueError as error:
        raise UnclearError from error


def upcoming(piece_of: Callable[[int], Piece], base: date, *, flexible: bool = True) -> Span:
    """The first of a yearly piece that is not over on `base`, without what is over of it."""
    # No further than next year: a fifth week that first exists in three years is a mistake.
    for year in range(base.year - 1, base.year + 2):
        try:
            start, end = piece_of(year)
        except UnclearError:  # no fifth week or week 53 in that year
            continue
        if end > base:
            return Span(max(start, base), end, flexible)
    raise UnclearError
