"""Cut a message into words and the pauses between them, for matching phrases.

Pure and without imports from the project but `text`: it also runs on Python 3.10. It must never
raise, whatever a person sends.
"""

import re
from itertools import pairwise
from typing import NamedTuple

from bot.nlu.text import fold

COMMA, STOP = 1, 3  # how long a pause is, counted in words

_LINE_BREAK = re.compile(r"[\r\n\u2028\u2029]+")
# Not shown on a screen, yet they would cut a word in two: soft hyphen, zero-width signs, marks.
_INVISIBLE = dict.fromkeys([0xAD, 0x2060, 0xFEFF, *range(0x200B, 0x2010)])
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_APOSTROPHE = re.compile(r"(?<=[a-z0-9])['`](?=[a-z])")
_PIECE = re.compile(r"[a-z0-9]+|(?<=\s)-(?=\s)|[^a-z0-9\s-]+")


class Token(NamedTuple):
    """A folded word without apostrophes (`m'n` is `mn`), and the pause before it.

    The pause is counted in words: 0, `COMMA` or `STOP` (the end of a sentence, a new line).
    """

    word: str
    pause: int


def tokens(text: str) -> list[Token]:
    """The words of a message in order; dots of hesitation ("ik... kan niet") are no pause.

    >>> [token.word for token in tokens("Hij is gevallen, m'n man!")]
    ['hij', 'is', 'gevallen', 'mn', 'man']
    >>> [token.pause for token in tokens("Hij is gevallen, m'n man!")]
    [0, 0, 0, 1, 0]
    """
    found: list[Token] = []
    pause = 0
    for piece in _PIECE.findall(_plain(text)):
        if piece.isalnum():
            found.append(Token(piece, pause))
            pause = 0
        else:
            pause = max(pause, _pause(piece))
    _join_drama(found)
    return found


def _pause(signs: str) -> int:
    if signs.strip(".") and not set(signs).isdisjoint(".!?;-"):
        return STOP
    if signs == ".":
        return STOP
    return COMMA if not set(signs).isdisjoint(',:()"') else 0


def _plain(text: str) -> str:
    """The text folded, but that it keeps its spaces; in Dutch only a few letters need the work."""
    lines = _LINE_BREAK.sub(" . ", text)
    return _APOSTROPHE.sub("", _FOREIGN.sub(_folded, lines).lower())


def _folded(match: re.Match[str]) -> str:
    # Between letters, because a space at an edge would fall away.
    return fold(f"x{match[0].translate(_INVISIBLE)}x")[1:-1]


def _join_drama(found: list[Token]) -> None:
    """ "Ik. Kan. Niet. Meer." is one sentence: a stop between one-word sentences is no pause."""
    stops = [at for at, token in enumerate(found) if token.pause == STOP]
    for at, following in pairwise([*stops, len(found)]):
        if following == at + 1:
            found[at] = Token(found[at].word, 0)
