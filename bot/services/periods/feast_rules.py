"""How feasts are said: "met pinksteren", "tweede kerstdag", "de vrijdag voor pasen"."""

import re
from datetime import date

from bot.services.periods.calendar import WEEK, Piece, day_of
from bot.services.periods.days import Day
from bot.services.periods.feasts import HEARTS, STAYS
from bot.services.periods.items import Item, Rule, number, pattern, weekday, year
from bot.services.periods.model import UnclearError
from bot.services.periods.yearly import feast, yearly

_NAME = f"(?P<name>{'|'.join(sorted(STAYS, key=len, reverse=True))})"
_FEAST = pattern(
    rf"(?:<NEXT> )?{_NAME}(?:(?<=pasen|kerst) (?:weekend|dag)"
    r"|(?<=pinksteren|hemelvaart) (?:weekend|dag))?<YEAR>"
)
_FEAST_DAY = pattern(r"(?P<ord>1e|2e) (?P<name>paasdag|pinksterdag|kerstdag)<YEAR>")
_BESIDE = pattern(rf"(?:de )?<WD> (?P<sign>voor|na) (?:de )?{_NAME}<YEAR>")


def _feast(match: re.Match[str], today: date) -> Item:
    return feast(match, today, STAYS[match["name"]])


def _feast_day(match: re.Match[str], today: date) -> Item:
    return feast(match, today, STAYS[f"{match['name']} {number(match['ord'])}"])


def _beside(match: re.Match[str], today: date) -> Item:
    """The last such day before a feast, or the first one after it; not where it is one of its days.

    Said between that day and the feast, it is unclear which year is meant.
    """
    on, after, heart = weekday(match) or 0, match["sign"] == "na", HEARTS[match["name"]]

    def piece(of: int) -> Piece:
        start, end = heart(of)
        if (on - start.weekday()) % 7 < (end - start).days:
            raise UnclearError
        return day_of(Day(on).date_at(end if after else start - WEEK))

    if year(match) is None and piece(today.year)[1] <= today < heart(today.year)[1]:
        raise UnclearError
    return yearly("F", match, today, piece, flexible=False)


BESIDE: tuple[Rule, ...] = ((_BESIDE, _beside),)
RULES: tuple[Rule, ...] = ((_FEAST_DAY, _feast_day), (_FEAST, _feast))
