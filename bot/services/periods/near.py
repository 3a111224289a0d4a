"""Mend slips in short words, only where the words beside them leave no doubt: "hallf juli".

Alone, "ein", "wee" or "derd" could be anything; beside a month or a week they could not.
"""

import re

from rapidfuzz.distance import OSA

from bot.services.periods.phrases import UNCLEAR
from bot.services.periods.vocabulary import MONTHS, WEEKDAYS

_NAMES = "|".join(MONTHS)
_ORDINALS = ("1e", "2e", "3e", "4e", "laatste")
_WRITTEN = ("eerste", "tweede", "derde", "vierde", "laatste")
# Words of their own.
_REAL = frozenset(
    {"begon", "haal", "hals", "een", "eerder", "eerdere", "laatst", "deze", "dezelfde"}
)
_BEFORE_MONTH = re.compile(rf"\b([a-z]{{3,6}})(?= (?:van )?(?:{_NAMES}|(?:volgende|deze) maand)\b)")
_AFTER_ORDINAL = re.compile(rf"(?<=[1-5]e )([a-z]{{3,8}})(?= (?:van |in )?(?:de )?(?:{_NAMES})\b)")
_BEFORE_WEEK = re.compile(rf"\b([a-z]{{4,8}})(?= (?:week|weekend)(?: van| in)? (?:{_NAMES})\b)")
_NEXT = re.compile(
    rf"\b(?!volg(?:ens|en|t|den)\b)v+o?l+g[a-z]*(?= (?:week|weekend|maand|{'|'.join(WEEKDAYS)})\b)"
)
_AFTER_DAYS = re.compile(r"(?<=\d)( ?(?:-|tot|THROUGH|/) ?\d{1,2} )([a-z]{3,5})\b")


def mended_by_neighbours(line: str) -> str:
    """The canonical line without those slips.

    >>> mended_by_neighbours("hallf juli , de derd week van mei")
    'half juli , de 3e week van mei'
    """
    line = _AFTER_ORDINAL.sub(lambda m: _nearest(m[1], ("week", "weekend")), line)
    line = _BEFORE_WEEK.sub(_ordinal, line)
    line = _NEXT.sub("volgende", line)
    line = _AFTER_DAYS.sub(lambda m: m[1] + _june_or_july(m[2]), line)
    return _BEFORE_MONTH.sub(lambda m: _nearest(m[1], ("begin", "half", "eind")), line)


def _ordinal(match: re.Match[str]) -> str:
    found = _nearest(match[1], _WRITTEN)
    return dict(zip(_WRITTEN, _ORDINALS, strict=True)).get(found, found)


def _june_or_july(word: str) -> str:
    """The month after two days, "3-8 joni"; as near to both, it is unclear which."""
    near = [one for one in ("juni", "juli") if OSA.distance(one, word) == 1]
    if word in MONTHS or not near:
        return word
    return near[0] if len(near) == 1 else UNCLEAR


def _nearest(word: str, known: tuple[str, ...]) -> str:
    if word in _REAL:
        return word
    near = [one for one in known if one[0] == word[0] and OSA.distance(one, word) == 1]
    return near[0] if len(near) == 1 else word
