"""Read one line of the notation that data/safety/lexicon.yml explains at its head.

Turns it into patterns of places and words. Pure, on Python 3.10 too; knows nothing of safety.
"""

from collections.abc import Mapping
from itertools import product
from typing import NamedTuple

from bot.nlu.text import fold

FEW, SOME = 3, 7
NEAR, FAR = 8, 20

_GAPS = {"..": FEW, "...": SOME}
_REACH = {"+": NEAR, "++": FAR}
_EDGE = "//"

Words = frozenset[str]


class NotationError(ValueError):
    """A line or a group cannot be read; the message says what is wrong and what to write."""


class Place(NamedTuple):
    """One word of a line: what may stand there and how far it is from the one before.

    `gap` counts the words that may come between, fillers aside. `first` and `last`: it must open
    or close its sentence.
    """

    words: Words
    gap: int = 0
    first: bool = False
    last: bool = False


class Line(NamedTuple):
    """Parts that must occur within `reach` words of one another, in any order."""

    parts: tuple[tuple[Place, ...], ...]
    reach: int = NEAR


def read_line(line: str, groups: Mapping[str, Words]) -> list[Line]:
    """The patterns that a line stands for: one, or several when a word may be left out.

    Raises:
        NotationError: the line is empty, names an unknown group or misuses a sign.
    """
    if not isinstance(line, str) or not line.strip():
        raise NotationError("is empty or no text; write words, or remove the line")
    pieces = line.split()
    reaches = {_REACH[piece] for piece in pieces if piece in _REACH}
    halves = [
        part.split() for part in " ".join("+" if p in _REACH else p for p in pieces).split("+")
    ]
    parts = [_read_part(half, groups) for half in halves]
    return [Line(tuple(choice), max(reaches, default=NEAR)) for choice in product(*parts)]


def read_group(text: str, groups: Mapping[str, Words]) -> Words:
    """The words of a group; `<name>` takes in a group that was read before.

    Raises:
        NotationError: the group is empty or names an unknown group.
    """
    if not isinstance(text, str) or not text.split():
        raise NotationError("is empty or no text; write words with spaces between them")
    return frozenset().union(*(_words(piece, groups) for piece in text.split()))


def _read_part(pieces: list[str], groups: Mapping[str, Words]) -> list[tuple[Place, ...]]:
    """All ways to read a part: each word with a question mark is there, or is not."""
    if not any(piece not in _GAPS and piece != _EDGE for piece in pieces):
        raise NotationError("has no word before or after a +; write one, or remove the +")
    choices = [[piece[:-1], ""] if piece.endswith("?") else [piece] for piece in pieces]
    read = [_places([piece for piece in choice if piece], groups) for choice in product(*choices)]
    if not all(read):
        raise NotationError("leaves nothing when all words with ? are left out; keep one word")
    return list(dict.fromkeys(read))


def _places(pieces: list[str], groups: Mapping[str, Words]) -> tuple[Place, ...]:
    places: list[Place] = []
    gap, first = 0, False
    for piece in pieces:
        if piece in _GAPS:
            gap = max(gap, _GAPS[piece])
        elif piece == _EDGE:
            first = not places
            places[-1:] = [place._replace(last=True) for place in places[-1:]]
        else:
            places.append(Place(_words(piece, groups), gap, first))
            gap, first = 0, False
    return tuple(places)


def _words(piece: str, groups: Mapping[str, Words]) -> Words:
    """The words of one place: `a/b`, `<group>`, `stem*`, `*end`, and `-word` for what it is not."""
    found: set[str] = set()
    for option in piece.split("/"):
        if option.startswith("<") and option.endswith(">"):
            if option[1:-1] not in groups:
                raise NotationError(
                    f"names the group {option}, which does not exist (yet); see groepen"
                )
            found |= groups[option[1:-1]]
        else:
            found.add(_word(option))
    return frozenset(found)


def _word(option: str) -> str:
    word = fold(option).replace("'", "")
    stem = word.removeprefix("-").strip("*")
    if not stem.isalnum() or not stem.isascii() or word.count("*") > 1 or "*" in word[1:-1]:
        raise NotationError(f"has {option!r}, which is no word; see the notation at the head")
    if "*" in word and len(stem) < 2:
        raise NotationError(
            f"has {option!r}, which is too short for a *; write at least two letters"
        )
    return word
