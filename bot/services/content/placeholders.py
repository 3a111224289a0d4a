"""Words between braces in a text, such as {point}. Pure; a brace never reaches a person."""

import re
from collections.abc import Mapping

_BRACES = re.compile(r"\{([a-z0-9_]+)\}")


def names_in(text: str) -> frozenset[str]:
    """The words between braces in `text`."""
    return frozenset(_BRACES.findall(text))


def has_stray_brace(text: str) -> bool:
    """Whether a brace is left that does not enclose a word."""
    return bool(re.search(r"[{}]", _BRACES.sub("", text)))


def fill(text: str, words: Mapping[str, str]) -> str:
    """`text` with the known words filled in; unknown ones stay as they are."""
    return _BRACES.sub(lambda found: words.get(found[1], found[0]), text)
