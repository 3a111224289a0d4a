"""Cut a message into words and the pauses between them, for matching phrases.

Pure and without imports from the project but `text`: it also runs on Python 3.10. It must never
raise, whatever a person sends.
"""

import re
from typing import NamedTuple

from bot.nlu.text import fold

COMMA, STOP = 1, 3

_LINE_BREAK = re.compile(r"[\r\n\u2028\u2029]+")
# Not shown on a screen, yet they would cut a word in two: soft hyphen, zero-width signs, marks.
_INVISIBLE = dict.fromkeys([0xAD, 0x2060, 0xFEFF, *range(0x200B, 0x2010)])
_PIECE = re.compile(r"([a-z0-9]+(?:'[a-z]+)*)|\.{2,}|([.!?;]|(?<=\s)[-:](?=\s))|([,:()\"])")


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
    for match in _PIECE.finditer(_plain(text)):
        word, stop, comma = match.groups()
        if word:
            found.append(Token(word.replace("'", ""), pause))
            pause = 0
        elif stop or comma:
            pause = max(pause, STOP if stop else COMMA)
    return _without_drama(found)


def _plain(text: str) -> str:
    return fold(_LINE_BREAK.sub(" . ", text.translate(_INVISIBLE)))


def _without_drama(found: list[Token]) -> list[Token]:
    """"Ik. Kan. Niet. Meer." is one sentence: a stop next to a one-word sentence is no pause."""
    stops = [token.pause == STOP for token in found] + [True]
    return [
        Token(token.word, 0) if stops[at] and at and stops[at - 1] and stops[at + 1] else token
        for at, token in enumerate(found)
    ]
