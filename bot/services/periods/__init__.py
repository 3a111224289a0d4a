"""Dutch periods as people write them: understood, and read back. Pure: no clock, no store.

A period that is past, impossible, or that can be read in two ways is not understood: a wrong
period costs a caregiver more than one more question. `docs/` tells how; the rules stand beside the
code that applies them.
"""

from datetime import date

from bot.services.periods.ellipsis import in_full
from bot.services.periods.guard import about_the_stay, without_idioms
from bot.services.periods.line import canonical
from bot.services.periods.model import Period, UnclearError
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
        said = about_the_stay(scan(line, today))
        return settle(rewritten([item for item in said if item.code != " "], today), today)
    except UnclearError:
        return None
