"""How long a stay is to be ("3 nachten", "een week", "een paar dagen"), and what is no length."""

import re
from datetime import date

from bot.services.periods.items import Item, Rule, number, pattern
from bot.services.periods.model import Length, UnclearError

# "Dat weekend": a period named before; beside one, it is unclear which is meant.
POINTED = "POINTED"
# A day counts as a night: a stay of one day is that day and the next.
NIGHTS = {"nacht": 1, "dag": 1, "week": 7, "weekend": 3, "midweek": 4}
# Longer is no stay: "na 40 weken zwangerschap".
_LONGEST = 62
_UNIT = "(?P<unit>nacht|dag|week|maand)"
_SOME = "(?:paar|aantal|enkele|enige|wat|meerdere|anderhalve|twee drie)"

_HABIT = pattern(
    r"(?:(?:\d{1,2}|een) (?:nacht|dag|keer|weekend|~) )?(?:elke|in de|van de|door de|om de) "
    r"(?:week|maand)(?! (?:van|na|voor|met|\d))"
)
_ABSENT = pattern(r"(?:die|dat|dezelfde|hetzelfde|zelfde) (?:week|weekend|midweek|maand|dag)")
_RANGE = pattern(rf"(?:<NUM>|een) (?:tot|-|a|of|/|THROUGH) (?P<more>\d{{1,2}}) {_UNIT}")
_VAGUE = pattern(rf"(?:een )?(?:hele? )?{_SOME} {_UNIT}")
_LATER = pattern(
    rf"<NUM> {_UNIT} (?:later|eerder|vroeger|daarna|erna|ervoor|daarvoor|terug|verder|opschuiven)"
)
_ABOUT = pattern(r"een (?P<unit>nacht|dag|week) of <NUM>")
_COUNTED = pattern(rf"<NUM> (?:hele |volle )?{_UNIT}")
_WHOLE = pattern(r"(?:de )?(?:hele|volle) (?P<unit>week)")
_WEEKENDS = pattern(r"\d{1,2} (?:weekend|midweek)")
_BARE = pattern(
    r"(?P<article>het |een )?(?:lang |lange |heel |hele )?(?P<unit>weekend|midweek)"
    r"(?! (?:over|aanstaande)\b)"
)
_BARE_WEEK = pattern(r"(?:de )?week(?= (?:van|na|voor|met|rond|BEFORE)(?: |$))")
_BARE_DAY = pattern(r"(?:de )?dag(?= (?:na|voor)(?: |$))")
_WEEK = pattern(r"week(?= (?:in|vanaf)(?: |$))")


def _length(nights: int | None, unit: str) -> Item:
    return Item("L", Length(nights, unit))


def _counted(match: re.Match[str], _: date) -> Item:
    unit = match["unit"]
    if unit == "maand":
        return _length(None, unit)
    nights = NIGHTS[unit] * number(match["num"])
    return _length(nights, unit) if 0 < nights <= _LONGEST else Item("_", text=match[0])


def _unclear(_: re.Match[str], __: date) -> Item:
    raise UnclearError


def _bare(match: re.Match[str], _: date) -> Item:
    return Item("B", match["unit"], text=(match["article"] or "").strip())


RULES: tuple[Rule, ...] = (
    (_HABIT, lambda _, __: Item("_", text="elke")),
    (_ABSENT, lambda _, __: Item("_", text=POINTED)),
    (_RANGE, lambda match, _: _length(None, match["unit"])),
    (_VAGUE, lambda match, _: _length(None, match["unit"])),
    (_LATER, _unclear),
    (_ABOUT, _counted),
    (_COUNTED, _counted),
    (_WHOLE, lambda _, __: _length(7, "week")),
    (_WEEKENDS, _unclear),
    (_BARE, _bare),
    (_BARE_WEEK, lambda _, __: Item("K", "week")),
    (_BARE_DAY, lambda _, __: Item("G", "dag")),
    (_WEEK, lambda _, __: _length(7, "week")),
)
