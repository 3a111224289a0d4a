"""Feasts and holidays by name, and which days a stay "met pinksteren" takes.

A feast that makes a long weekend is taken with that weekend, so that every feast day is a day of
the stay: Hemelvaart Thursday to Monday, Easter and Pentecost Friday to Tuesday. One feast *day*
("tweede pinksterdag") is that day. School holidays that differ by region are left out on purpose:
the caregiver is asked for dates instead.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays

from bot.services.periods.calendar import Piece
from bot.services.periods.model import UnclearError

_DAY = timedelta(days=1)
_CATEGORIES = ("public", "optional")


@lru_cache(maxsize=64)
def _named(year: int) -> dict[str, date]:
    days = country_holidays("NL", years=year, language="nl", categories=_CATEGORIES)
    return {name.lower(): day for day, name in days.items()}


def _feast(name: str, before: int = 0, nights: int = 1) -> Callable[[int], Piece]:
    """A stay that starts so many days before a Dutch feast day."""

    def piece(year: int) -> Piece:
        if name not in _named(year):  # the library ends with the century
            raise UnclearError
        start = _named(year)[name] - before * _DAY
        return start, start + nights * _DAY

    return piece


def _fixed(month: int, day: int, nights: int = 1) -> Callable[[int], Piece]:
    return lambda year: (date(year, month, day), date(year, month, day) + nights * _DAY)


def _nth_sunday(which: int, month: int) -> Callable[[int], Piece]:
    def piece(year: int) -> Piece:
        first = date(year, month, 1)
        day = first + (6 - first.weekday() + 7 * (which - 1)) * _DAY
        return day, day + _DAY

    return piece


def _christmas_holidays(year: int) -> Piece:
    """Sixteen days from the Saturday on or before Christmas; the same in every region."""
    christmas = date(year, 12, 25)
    start = christmas - ((christmas.weekday() - 5) % 7) * _DAY
    return start, start + 16 * _DAY


_EASTER, _PENTECOST = "eerste paasdag", "eerste pinksterdag"

# The names as `words` writes them. One feast, one stay.
STAYS: dict[str, Callable[[int], Piece]] = {
    "nieuwjaar": _fixed(1, 1),
    "valentijnsdag": _fixed(2, 14),
    # Saturday until Ash Wednesday; the weekend of it alone is Friday to Monday.
    "carnaval": _feast(_EASTER, before=50, nights=4),
    "carnavalsweekend": _feast(_EASTER, before=51, nights=3),
    "goede vrijdag": _feast("goede vrijdag"),
    "witte donderdag": _feast(_EASTER, before=3),
    "stille zaterdag": _feast(_EASTER, before=1),
    "pasen": _feast(_EASTER, before=2, nights=4),
    "paasdag 1": _feast(_EASTER),
    "paasdag 2": _feast("tweede paasdag"),
    "koningsdag": _feast("koningsdag"),
    "dodenherdenking": _fixed(5, 4),
    "bevrijdingsdag": _feast("bevrijdingsdag"),
    "moederdag": _nth_sunday(2, 5),
    "vaderdag": _nth_sunday(3, 6),
    "hemelvaart": _feast("hemelvaartsdag", nights=4),
    "hemelvaartsdag": _feast("hemelvaartsdag"),
    "pinksteren": _feast(_PENTECOST, before=2, nights=4),
    "pinksterdag 1": _feast(_PENTECOST),
    "pinksterdag 2": _feast("tweede pinksterdag"),
    "dierendag": _fixed(10, 4),
    "sintmaarten": _fixed(11, 11),
    "sinterklaas": _fixed(12, 5),
    "kerst": _fixed(12, 24, nights=3),
    "kerstavond": _fixed(12, 24),
    "kerstdag 1": _feast("eerste kerstdag"),
    "kerstdag 2": _feast("tweede kerstdag"),
    "oudjaar": _fixed(12, 31),
    "oudennieuw": _fixed(12, 31, nights=2),
}

# The feast itself, without the days before and after it that a stay takes too.
HEARTS = STAYS | {
    "pasen": _feast(_EASTER, nights=2),
    "pinksteren": _feast(_PENTECOST, nights=2),
    "hemelvaart": STAYS["hemelvaartsdag"],
}

# Long enough that the stay is somewhere inside.
HOLIDAYS: dict[str, Callable[[int], Piece]] = {
    # The regions start up to two weeks apart; July and August hold them all but a few days.
    "zomervakantie": lambda year: (date(year, 7, 1), date(year, 9, 1)),
    "feestdagen": _fixed(12, 24, nights=9),
    "kerstvakantie": _christmas_holidays,
}
