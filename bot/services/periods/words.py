"""Bring the words of a folded text to the one form the grammar knows.

Slips of one letter are mended for the longer words only: "mij" is not "mei", "zorgen" not "morgen".
"""

import re
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.services.periods.numerals import CARDINALS, MENDABLE, ORDINALS
from bot.services.periods.vocabulary import (
    DAY_PARTS,
    GLUED_FIRST,
    MONTHS,
    REAL_WORDS,
    VARIANTS,
    WEEKDAYS,
)

_EXACT = {word: word for word in (*WEEKDAYS, *MONTHS, *VARIANTS)}
_EXACT |= {variant: word for word, variants in VARIANTS.items() for variant in variants.split()}
_EXACT |= CARDINALS | ORDINALS
# "morgen" is one letter from "zorgen", "vorige" and "tussen" from many.
_NOT_MENDED = {"morgen", "vorige", "tussen", "binnen", "een dag", "oudjaar", "vanavond"}
# Long and with few neighbours: one letter wrong is still the same word.
_MENDED = tuple(
    dict.fromkeys(
        word
        for word in (*WEEKDAYS, *MONTHS, *VARIANTS, *MENDABLE, "mogelijk", "nachten", "volgend")
        if len(word) > 5 and word not in _NOT_MENDED
    )
)
_LONG = 9
_VOWELS = re.compile("(?<!^)[aeiou]")
# "mndg", "aprl": a word without vowels is no Dutch word, so nothing else can be meant.
_BARE = {
    bare: word
    for word in (*WEEKDAYS, *MONTHS, *VARIANTS)
    if len(bare := _VOWELS.sub("", word)) > 3 and " " not in word
}
_WORD = re.compile(r"[a-z]+")
_DAY_PART = re.compile(f"({'|'.join(WEEKDAYS)})s?({'|'.join(DAY_PARTS)})s?")
# "logeerweekend", "proefnachtje": the length of a stay.
_STAY = re.compile(
    r"(?:logeer|proef|test|probeer|rust|verwen)(nacht|nachtje|weekend|weekendje|week|weekje|midweek)"
    r"(?:verblijf)?"
)
_WRONG_DAG = re.compile(r"(?<=[a-z]{3})(?:dach|tag|dagg|dagt|dga|dah|daag|dgag|dad)$")


def canonical_words(folded: str) -> str:
    """The text with every word of time in its one form; other words and signs stay."""
    return _WORD.sub(lambda match: canonical_word(match[0]), folded)


@lru_cache(maxsize=50_000)
def canonical_word(word: str) -> str:
    """One folded word in its one form; a word that has nothing to do with time stays.

    >>> [canonical_word(word) for word in ("vriedag", "septmber", "vrijdagochtend", "zorgen")]
    ['vrijdag', 'september', 'vrijdag', 'zorgen']
    """
    if word in _EXACT:
        return _EXACT[word]
    if word in REAL_WORDS or len(word) > 30:
        return word
    return _compound(word) or _BARE.get(word) or _mended(word) or word


def _compound(word: str) -> str | None:
    if part := _DAY_PART.fullmatch(word):
        return part[1]
    if stay := _STAY.fullmatch(word):
        return f"een {_EXACT[stay[1]]}".replace("een een", "een")
    if word.endswith("maand") and _EXACT.get(word[:-5]) in MONTHS:
        return _EXACT[word[:-5]]
    for first in GLUED_FIRST:
        rest = word.removeprefix(first)
        if rest != word and len(rest) > 3 and rest in _EXACT:
            return f"{_EXACT[first]} {_EXACT[rest]}"
    return None


def _mended(word: str) -> str | None:
    word = _WRONG_DAG.sub("dag", word)
    near = [known for known in _MENDED if known[0] == word[0] and _close(known, word)]
    return _EXACT.get(near[0], near[0]) if len(near) == 1 else _best(near, word)


def _close(known: str, word: str) -> bool:
    slips = 2 if len(known) >= _LONG else 1
    return OSA.distance(known, word, score_cutoff=slips) <= slips


def _best(near: list[str], word: str) -> str | None:
    """The nearest of several, unless two are as near."""
    ranked = sorted((OSA.distance(known, word), known) for known in near)
    if not ranked or ranked[0][0] == ranked[1][0]:
        return None
    return _EXACT.get(ranked[0][1], ranked[0][1])
