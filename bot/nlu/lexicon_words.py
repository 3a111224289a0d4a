"""What a typed word means to a lexicon: in which places of its lines the word may stand.

Each distinct set of words in a lexicon is an *atom*, a number; a meaning is a set of atoms. Pure
but for a memory of the words that were met last. Python 3.10 too; knows nothing of safety.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from bot.nlu.lexicon_line import Words
from bot.nlu.spelling import Spelling
from bot.nlu.tokens import Token

NUMBER = "9"  # stands in a lexicon for any number in digits
REMEMBERED = 20_000  # words
SHORTEST_GLUED = 7  # letters of two words read as one

_NONE: frozenset[int] = frozenset()


class Meaning:
    """The atoms of a word, and the lines whose rarest word it may be. Compared by identity."""

    __slots__ = ("anchored", "atoms")

    def __init__(self, atoms: frozenset[int], anchored: frozenset[int]) -> None:
        self.atoms = atoms
        self.anchored = anchored

    def also(self, other: "Meaning") -> "Meaning":
        """Both meanings at once."""
        return Meaning(self.atoms | other.atoms, self.anchored | other.anchored)


NOTHING = Meaning(_NONE, _NONE)


class Meanings:
    """The words of one lexicon; `atom` collects them, then `anchor`, then the rest looks up."""

    def __init__(self, spelling: Spelling) -> None:
        self._spelling = spelling
        self._atoms: dict[Words, int] = {}
        self._of_word: dict[str, set[int]] = defaultdict(set)
        self._of_start: dict[str, set[int]] = defaultdict(set)
        self._of_end: dict[str, set[int]] = defaultdict(set)
        self._not_of_word: dict[str, set[int]] = defaultdict(set)
        self._lengths: list[int] = []
        self._anchored: dict[int, frozenset[int]] = {}
        self.of = lru_cache(REMEMBERED)(self._of)
        self._cut = lru_cache(REMEMBERED)(spelling.cut)
        self._gluable = {word for word in spelling.known if len(word) >= SHORTEST_GLUED}

    def atom(self, words: Words) -> int:
        """The number of a set of words, the same for the same set."""
        if words not in self._atoms:
            self._atoms[words] = len(self._atoms)
            for word in words:
                self._index(word, self._atoms[words])
        return self._atoms[words]

    def anchor(self, lines: Sequence[frozenset[int]]) -> None:
        """Note per line, given as its atoms, the rarest: without it the line is not looked at.

        A word that stands in many lines ("ik", "niet") is common in messages too.
        """
        common: dict[int, int] = defaultdict(int)
        for atoms in self._of_word.values():
            for atom in atoms:
                common[atom] += len(atoms) ** 2
        anchored: dict[int, set[int]] = defaultdict(set)
        for number, line in enumerate(lines):
            anchored[min(line, key=lambda atom: (common[atom], atom))].add(number)
        self._anchored = {atom: frozenset(numbers) for atom, numbers in anchored.items()}
        self._lengths = sorted({len(part) for part in (*self._of_start, *self._of_end)})

    def parts(self, message: Sequence[Token]) -> Sequence[Token]:
        """The message in which words that were typed as one ("ikkanniet") are words again."""
        words = {token.word for token in message}
        cut = {word: parts for word in words if len(parts := self._cut(word)) > 1}
        return [part for token in message for part in _apart(token, cut)] if cut else message

    def of_all(self, message: Sequence[Token]) -> list[Meaning]:
        """Per token its meaning, and that of the token and the next as one ("op gespaard")."""
        of = {word: self.of(word) for word in {token.word for token in message}}
        meanings = [of[token.word] for token in message]
        for i, (token, following) in enumerate(pairwise(message)):
            if not following.pause and token.word + following.word in self._gluable:
                meanings[i] = meanings[i].also(self.of(token.word + following.word))
        return meanings

    def _of(self, word: str) -> Meaning:
        readings = (word, NUMBER) if word.isdigit() else self._spelling.readings(word)
        atoms = {atom for reading in readings for atom in self._of_word.get(reading, _NONE)}
        for length in self._lengths:
            if length <= len(word):
                atoms |= self._of_start.get(word[:length], _NONE)
                atoms |= self._of_end.get(word[-length:], _NONE)
        atoms -= self._not_of_word.get(word, _NONE)
        anchored = _NONE.union(*(self._anchored.get(atom, _NONE) for atom in atoms))
        return Meaning(frozenset(atoms), anchored) if atoms else NOTHING

    def _index(self, word: str, atom: int) -> None:
        if word.startswith("-"):
            self._not_of_word[word[1:]].add(atom)
        elif word.endswith("*"):
            self._of_start[word[:-1]].add(atom)
        elif word.startswith("*"):
            self._of_end[word[1:]].add(atom)
        else:
            self._of_word[word].add(atom)


def _apart(token: Token, cut: Mapping[str, Sequence[str]]) -> Iterable[Token]:
    if token.word not in cut:
        return (token,)
    first, *others = cut[token.word]
    return (Token(first, token.pause), *(Token(word, 0) for word in others))
