"""Dutch periods as people write them: understood, and read back. Pure: no clock, no store.

A text goes through `line` (one form for each word), `scan` (words to items), `guard` (what is not
about the stay), `shapes` (the grammar) and `settle` (one period). What is past, impossible or can
be read in two ways is not understood: a wrong period costs more than one more question.
"""

from datetime import date

from bot.services.periods.days import Day
from bot.services.periods.ellipsis import in_full
from bot.services.periods.guard import about_the_stay, denied, without_idioms
from bot.services.periods.items import Item
from bot.services.periods.line import canonical
from bot.services.periods.model import Period, Span, UnclearError
from bot.services.periods.read_back import read_back
from bot.services.periods.relative import by_name
from bot.services.periods.scan import scan
from bot.services.periods.settle import settle
from bot.services.periods.shapes import rewritten

__all__ = ["Period", "read_back", "understand"]


def understand(text: str, today: date) -> Period | None:
    """The period a text speaks of, seen from `today`; None where there is none or it is unclear.

    A date without a year is the next one to come, `today` included; a period never starts before
    `today`: what is over of a running week or month is left out.
    """
    line = by_name(in_full(without_idioms(canonical(text))), today)
    try:
        said = scan(line, today)
        kept = about_the_stay(said)
        period = settle(rewritten(_plain(kept), today), today)
    except UnclearError:
        return None
    if period and _of_another_month(period, said, kept):
        return None
    return None if period and _ruled_out(period, denied(said), today) else period


def _plain(items: list[Item]) -> list[Item]:
    return [item for item in items if item.code != " "]


def _of_another_month(period: Period, said: list[Item], kept: list[Item]) -> bool:
    """Whether "de 16e" may belong to a month left out: "17 mei kan ik niet, dus van de 16e"."""
    if period.start is None or all(item.code != "h" for item in kept):
        return False
    left = {id(item) for item in said} - {id(item) for item in kept}
    dates = [item.value for item in said if id(item) in left and isinstance(item.value, Day)]
    months = {day.month for day in dates if day.month is not None}
    return bool(months) and period.start.month not in months


def _ruled_out(period: Period, parts: list[list[Item]], today: date) -> bool:
    """Whether days in the period were denied elsewhere: "december, maar niet met kerst"."""
    return any(_overlap(period, span) for part in parts for span in _spans(part, today))


def _spans(part: list[Item], today: date) -> list[Span]:
    try:
        items = rewritten(_plain(part), today)
    except UnclearError:
        return []
    return [item.value for item in items if isinstance(item.value, Span)]


def _overlap(period: Period, span: Span) -> bool:
    starts_before = span.end is None or period.start is None or period.start < span.end
    return starts_before and (period.end is None or span.start < period.end)
