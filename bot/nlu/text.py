"""Fold what people type into one plain form, for safety, dates and the featurizers alike.

Pure and without imports from the project: it also runs inside Rasa, on Python 3.10.
"""

import re
import unicodedata

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"'})


def fold(text: str) -> str:
    """The text in lower case, without accents, with plain quotes and single spaces.

    >>> fold("Één  DAGJE wég…")
    'een dagje weg...'
    """
    plain = unicodedata.normalize("NFKD", text.translate(_QUOTES))
    bare = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return " ".join(bare.lower().split())


def words(text: str) -> list[str]:
    """The words of a text, folded, in order; punctuation and emoji fall away.

    >>> words("Zo'n dag… hè?")
    ["zo'n", 'dag', 'he']
    """
    return _WORD.findall(fold(text))
