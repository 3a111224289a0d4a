"""What the parts of this package hand each other, from a single word to the period it makes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


class UnclearError(Exception):
    """The words name a period that does not exist, is past, or can be read in two ways."""


@dataclass(frozen=True)
class Period:
    """When a stay is wished for.

    Both `start` and `end` None: any time. Only `end` None: some time from `start` on.
    """

    start: date | None  # first day of the stay
    end: date | None  # the day of going home (exclusive)
    nights: int | None  # whole nights wanted, where said or implied
    flexible: bool  # the stay is somewhere inside start..end


@dataclass(frozen=True)
class Span:
    """A piece of the calendar, end exclusive; None: no end was said."""

    start: date
    end: date | None
    flexible: bool
    # The end is only implied (one day, "vanaf vrijdag"), so that a length said beside it sets it.
    single: bool = False
    # Of two days: "t" tot, "T" tot en met, "-" a dash.
    sign: str = ""


@dataclass(frozen=True)
class Window:
    """A named piece of the calendar; `at` gives the first one that is not over on a day."""

    at: Callable[[date], Span]


@dataclass(frozen=True)
class Part:
    """The n-th week or weekend of a month that is named elsewhere; -1 is the last."""

    number: int
    unit: str  # "week" or "weekend"
    count: int = 1  # "de eerste twee weken"


@dataclass(frozen=True)
class Length:
    """How long a stay is to be; nights None: "een paar dagen"."""

    nights: int | None
    unit: str  # "nacht", "dag", "week", "weekend" or "midweek"
