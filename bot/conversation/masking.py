"""Masks the citizen service number (BSN) before anything is stored or logged.

Nine digits, perhaps written in groups, that pass the eleven-test (elfproef):
https://www.rvig.nl/bsn-digitaal names the number's form.
"""

import re

MASK = "[BSN verwijderd]"

_NINE = re.compile(r"(?<![\d+])\d(?:[ .\-]?\d){8}(?![ .\-]?\d)")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def mask(text: str) -> str:
    """The text with every BSN replaced by `MASK`.

    >>> mask("mijn bsn is 111222333, bel 0612345678")
    'mijn bsn is [BSN verwijderd], bel 0612345678'
    """
    return _NINE.sub(lambda found: MASK if is_bsn(found.group()) else found.group(), text)


def is_bsn(text: str) -> bool:
    """Whether the nine digits in `text` pass the eleven-test."""
    digits = [int(character) for character in text if character.isdigit()]
    if len(digits) != 9 or not any(digits):
        return False
    return sum(w * d for w, d in zip(_WEIGHTS, digits, strict=True)) % 11 == 0
