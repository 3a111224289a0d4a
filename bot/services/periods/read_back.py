"""A period in Dutch words, so that the caregiver can say whether it was understood."""

from datetime import date, timedelta

from bot.services.periods.model import Period
from bot.services.periods.vocabulary import MONTHS, WEEKDAYS

# With the end further away than this, the year is said too.
_FAR = timedelta(days=183)


def read_back(period: Period, today: date) -> str:
    """How the period is read back; `understand` reads the same period in it again.

    >>> read_back(Period(date(2026, 6, 12), date(2026, 6, 15), 3, False), date(2026, 6, 1))
    'van vrijdag 12 tot maandag 15 juni, 3 nachten'
    """
    return _when(period, today) + _nights(period.nights)


def _when(period: Period, today: date) -> str:
    start, end = period.start, period.end
    if start is None:
        return "wanneer dan ook"
    if end is None:
        return "zo snel mogelijk" if start == today else f"ergens vanaf {_day(start, today)}"
    first, last = _pair(start, end, today)
    return f"ergens tussen {first} en {last}" if period.flexible else f"van {first} tot {last}"


def _pair(start: date, end: date, today: date) -> tuple[str, str]:
    """Both days; the first without the month or year that the last one says."""
    if (start.year, start.month) == (end.year, end.month):
        return f"{WEEKDAYS[start.weekday()]} {start.day}", _day(end, today)
    if start.year == end.year and end - start <= _FAR:
        return _day_and_month(start), _day(end, today)
    return f"{_day_and_month(start)} {start.year}", f"{_day_and_month(end)} {end.year}"


def _day(day: date, today: date) -> str:
    """A day with its month, and its year unless it is this one."""
    return _day_and_month(day) + (f" {day.year}" if day.year != today.year else "")


def _day_and_month(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def _nights(nights: int | None) -> str:
    if nights is None:
        return ""
    return ", 1 nacht" if nights == 1 else f", {nights} nachten"
