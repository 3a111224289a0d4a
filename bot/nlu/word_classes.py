"""Which classes of words a message holds: money, pets, paperwork, guilt. Pure, Python 3.10 too.

A class is a lookup table in data/nlu/words/: single words and expressions. It tells the classifier
that "wij hebben alleen AOW" and "kunnen we dat betalen" are about the same thing.
"""

from collections import defaultdict
from functools import lru_cache
from typing import (
    Callable,
    DefaultDict,
    Dict,
    FrozenSet,
    Iterable,
    List,
    Mapping,
    Sequence,
    Set,
    Tuple,
)

# An expression is surer than a word.
_EXPRESSION = 1.5
# A compound is read by its parts when they are long enough to be words ("rolstoeltaxi").
_SHORTEST_COMPOUND, _SHORTEST_PART = 8, 5
_REMEMBERED = 50_000


class WordClasses:
    """Finds the classes of the words of a message.

    Args:
        tables: for each class its words and expressions.
        lemmas: the dictionary forms of a text's words, in order.
    """

    def __init__(
        self, tables: Mapping[str, Iterable[str]], lemmas: Callable[[str], List[str]]
    ) -> None:
        self._single: DefaultDict[str, Set[str]] = defaultdict(set)
        self._expressions: DefaultDict[Tuple[str, ...], Set[str]] = defaultdict(set)
        for name, entries in tables.items():
            for entry in entries:
                self._add(name, tuple(lemmas(entry)))
        self._longest = max(map(len, self._expressions), default=1)
        self._of_word = lru_cache(_REMEMBERED)(self._classes_of)

    def _add(self, name: str, entry: Tuple[str, ...]) -> None:
        if len(entry) == 1:
            self._single[entry[0]].add(name)
        elif entry:
            self._expressions[entry].add(name)

    def counts(self, lemmas: Sequence[str]) -> Dict[str, float]:
        """How often each class occurs in a message of these words."""
        found: DefaultDict[str, float] = defaultdict(float)
        for word in lemmas:
            for name in self._of_word(word):
                found[name] += 1.0
        for length in range(2, self._longest + 1):
            for start in range(len(lemmas) - length + 1):
                for name in self._expressions.get(tuple(lemmas[start : start + length]), ()):
                    found[name] += _EXPRESSION
        return dict(found)

    def _classes_of(self, word: str) -> FrozenSet[str]:
        if word in self._single:
            return frozenset(self._single[word])
        if len(word) < _SHORTEST_COMPOUND:
            return frozenset()
        cuts = range(_SHORTEST_PART, len(word))
        parts = [part for cut in cuts for part in (word[:cut], word[-cut:])]
        return frozenset().union(*(self._single[part] for part in parts if part in self._single))

    def __getstate__(self) -> Dict[str, object]:
        """Without the memory of words seen."""
        return {name: value for name, value in vars(self).items() if name != "_of_word"}

    def __setstate__(self, state: Dict[str, object]) -> None:
        vars(self).update(state)
        self._of_word = lru_cache(_REMEMBERED)(self._classes_of)
