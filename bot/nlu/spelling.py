"""Find the word that somebody meant: typos, spelling by ear, dialect and glued words.

Built once from a vocabulary; afterwards it only looks things up. Pure, on Python 3.10 too.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Set
from functools import lru_cache

from rapidfuzz.distance import OSA

# Shorter words have too many real neighbours ("dood" - "rood") to be guessed at.
SHORTEST_GUESS = 5
SHORTEST_HEARD = 4  # "dood" is meant by "ddood", never by another word of four letters
# From this length one letter may be another; in shorter words it may only be missing, doubled
# or swapped ("slaat" is not "staat").
SHORTEST_SUBSTITUTION = 5
SHORTEST_ANY_LETTER = 8
SHORTEST_TWO_EDITS = 11
SHORTEST_GLUED = 5
LONGEST_WORD = 30
REMEMBERED = 20_000  # words

_STRETCHED = re.compile(r"(.)\1{2,}")
_DOUBLED = re.compile(r"(.)\1+")
_BY_EAR = (
    ("ij", "y"),
    ("ei", "y"),
    ("ey", "y"),
    ("au", "ou"),
    ("ae", "a"),
    ("ao", "a"),
    ("oa", "a"),
    ("ie", "i"),
    ("sch", "sg"),
    ("sj", "sg"),
    ("ch", "g"),
    ("ce", "se"),
    ("ci", "si"),
)
_ALIKE = str.maketrans("cqzv", "kksf")
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_ENDINGS = (("dt", "t"), ("d", "t"), ("b", "p"), ("en", "e"))


class Spelling:
    """What a typed word may stand for, within one vocabulary.

    Args:
        vocabulary: the words to find, folded.
        variants: a spelling (dialect, by ear) and the standard words that it stands for.
        ordinary: words that are no typo of a vocabulary word, however near they come.
        glue: words that people glue to several others; a word that begins so may be cut in many.
        prefixes: beginnings of words that are one word ("op" in "opgevallen"): never cut.
    """

    def __init__(
        self,
        vocabulary: Iterable[str],
        variants: Mapping[str, frozenset[str]],
        ordinary: Iterable[str],
        glue: Iterable[str],
        prefixes: Iterable[str],
    ) -> None:
        plain = frozenset(vocabulary)
        self._meanings = {word: variants.get(word, frozenset()) | {word} for word in plain}
        self._meanings |= {word: variants[word] | {word} for word in variants}
        self._ordinary = frozenset(ordinary) - self._meanings.keys()
        self._glue = tuple(glue)
        self._prefixes = tuple(prefixes)
        guessable = [word for word in plain - variants.keys() if len(word) >= SHORTEST_GUESS]
        by_ear = [word for word in plain - variants.keys() if len(word) >= SHORTEST_HEARD]
        self._by_sound = _index(by_ear, lambda word: [sound(word)])
        self._by_deletion = _index(guessable, _deletions)
        self.readings = lru_cache(REMEMBERED)(self._readings)
        """The vocabulary words that a typed word may stand for; empty for any other word."""
        self._long_starts = {word[:3] for word in guessable if len(word) >= SHORTEST_TWO_EDITS}

    @property
    def known(self) -> Set[str]:
        """The vocabulary and its variants."""
        return self._meanings.keys()

    def _readings(self, word: str) -> frozenset[str]:
        for form in (word, _STRETCHED.sub(r"\1\1", word), _STRETCHED.sub(r"\1", word)):
            if form in self._meanings:
                return self._meanings[form]
        if word in self._ordinary or not SHORTEST_GUESS <= len(word) <= LONGEST_WORD:
            return frozenset()
        near = self._by_sound.get(sound(word)) or self._near(word)
        return frozenset().union(*(self._meanings[found] for found in near))

    def cut(self, word: str) -> list[str]:
        """The parts of a glued word ("ikkanniet" → ik, kan, niet), or the word itself."""
        if not SHORTEST_GLUED <= len(word) <= LONGEST_WORD or word in self._ordinary:
            return [word]
        if self.readings(word) or word.startswith(self._prefixes):
            return [word]
        return self._two_parts(word) or self._fewest_parts(word) or [word]

    def _two_parts(self, word: str) -> list[str]:
        for at in range(2, len(word) - 1):
            if word[:at] in self._meanings and word[at:] in self._meanings:
                return [word[:at], word[at:]]
        return []

    def _fewest_parts(self, word: str) -> list[str]:
        if not word.startswith(self._glue) and "niet" not in word:
            return []
        best: dict[int, list[str]] = {0: []}
        for end in range(2, len(word) + 1):
            for start in range(max(0, end - 14), end - 1):
                if start in best and word[start:end] in self._meanings:
                    parts = [*best[start], word[start:end]]
                    if end not in best or len(parts) < len(best[end]):
                        best[end] = parts
        return best.get(len(word), [])

    def _near(self, word: str) -> list[str]:
        deletions = _deletions(word) if word[:3] in self._long_starts else _one_less(word)
        found = {known for cut in deletions for known in self._by_deletion.get(cut, ())}
        return [known for known in found if _is_typo(word, known)]


def sound(word: str) -> str:
    """A word as it sounds, roughly: "gevalle", "gefallen" and "gevallen" are the same."""
    for letters, heard in _BY_EAR:
        word = word.replace(letters, heard)
    word = _DOUBLED.sub(r"\1", word.translate(_ALIKE))
    for letters, heard in _ENDINGS:
        if word.endswith(letters):
            return word.removesuffix(letters) + heard
    return word


def _index(vocabulary: Iterable[str], keys: Callable[[str], Iterable[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in vocabulary:
        for key in keys(word):
            found[key].append(word)
    return dict(found)


def _deletions(word: str) -> set[str]:
    once = _one_less(word)
    if len(word) < SHORTEST_TWO_EDITS:
        return once
    return once | {cut[:at] + cut[at + 1 :] for cut in once for at in range(len(cut))}


def _one_less(word: str) -> set[str]:
    """The word itself and the word with each of its letters left out."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _is_typo(word: str, known: str) -> bool:
    if word[0] != known[0] and word[:2] != known[1::-1]:
        return False
    edits = 2 if min(len(word), len(known)) >= SHORTEST_TWO_EDITS else 1
    found = OSA.distance(word, known, score_cutoff=edits)
    if found > edits:
        return False
    return found > 1 or len(word) != len(known) or _is_slip(word, known)


def _is_slip(word: str, known: str) -> bool:
    """Whether two words of one length differ by swapped letters or a key next to the right one."""
    differing = [(typed, meant) for typed, meant in zip(word, known, strict=True) if typed != meant]
    if len(differing) == 2:
        return True
    if len(known) >= SHORTEST_ANY_LETTER:
        return True
    return len(known) >= SHORTEST_SUBSTITUTION and _neighbours(*differing[0])


def _neighbours(typed: str, meant: str) -> bool:
    places = [
        (row, keys.index(key))
        for key in (typed, meant)
        for row, keys in enumerate(_KEYS)
        if key in keys
    ]
    if len(places) < 2:
        return False
    (row, column), (other_row, other_column) = places
    return abs(row - other_row) <= 1 and abs(column - other_column) <= 1
