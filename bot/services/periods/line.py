"""From what someone typed to one line of canonical words with single spaces between."""

import re

from bot.nlu.text import fold
from bot.services.periods.figures import write_out
from bot.services.periods.near import mended_by_neighbours
from bot.services.periods.noise import without_noise
from bot.services.periods.phrases import canonical_phrases, mark_accent
from bot.services.periods.short import long_names
from bot.services.periods.vocabulary import DAY_PARTS, WEEKDAYS
from bot.services.periods.words import canonical_words

# Nobody needs more to name a period, and the time it takes stays bounded.
_MAX_CHARACTERS = 1500
_DASHES = str.maketrans(dict.fromkeys("–—−‐‑‒→", "-"))
_SHORTENED = re.compile(
    r"\b(jan|febr?|mrt|apr|jun|jul|aug|sept?|okt|nov|dec|ma|di|wo|do|vr|za|zo|mnd|wk|volg|ca|ong|plm|evt|bijv|incl)\."
)
_TENS_APART = re.compile(r"\b([1-9]|een) en ([23]0)(e?)(?= )")
_DAY_PART = re.compile(
    rf"\b((?:{'|'.join(WEEKDAYS)}|overmorgen|vandaag|morgen)) (?:{'|'.join(DAY_PARTS)})\b"
)
_SIGNS = (
    (re.compile(r"[+&]"), " en "),
    (re.compile(r"\?[.!?;]*"), " ? "),
    (re.compile(r"[.!;]+"), " . "),
    (re.compile(r"([,~]|(?<!\w)'(?!\d)|[-/])"), r" \1 "),
    (re.compile(r"[^a-zA-Z0-9',.?/~-]+"), " "),
    (re.compile(r"\b(begin|half|eind) - "), r"\1 "),
    (re.compile(r"\b(een|\d{1,2}) een (?=een|nacht|week|dag)"), r"\1 "),
    (re.compile(r"\been een\b"), "een"),
)


def canonical(text: str) -> str:
    """The line the grammar reads.

    >>> canonical("Vr. 12 t/m ma 15 juny, svp!")
    'vrijdag 12 THROUGH maandag 15 juni , svp .'
    """
    line = fold(mark_accent(text[:_MAX_CHARACTERS]).translate(_DASHES))
    line = _spaces(canonical_phrases(_SHORTENED.sub(r"\1", line)))
    line = mended_by_neighbours(long_names(canonical_words(line)))
    line = _DAY_PART.sub(r"\1", line)
    line = _TENS_APART.sub(_tens, line)
    return _spaced(write_out(without_noise(line)))


def _tens(match: re.Match[str]) -> str:
    """Units and tens said apart: "twee en twintig" is 22."""
    units = 1 if match[1] == "een" else int(match[1])
    return f"{int(match[2]) + units}{match[3]}"


def _spaced(line: str) -> str:
    for pattern, replacement in _SIGNS:
        line = pattern.sub(replacement, line)
    return _spaces(line)


def _spaces(line: str) -> str:
    return " ".join(line.split())
