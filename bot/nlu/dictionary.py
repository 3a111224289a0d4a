"""Each typed word as the dictionary form of the word that was meant: "pil" for "pilln".

Runs inside Rasa, on Python 3.10. The Dutch inflections are simplemma's, the word frequencies
wordfreq's; both ship their data, so nothing is fetched.
"""

from collections import Counter
from functools import lru_cache
from typing import Dict, Iterable, List

import simplemma
import wordfreq

from bot.nlu.spelling import Spelling
from bot.nlu.text import fold, words

# A word that people wrote twice is no typo; neither is one of the most frequent Dutch words.
_WRITTEN_BY_TWO = 2
_FREQUENT = 8_000
_REMEMBERED = 50_000


class Dictionary:
    """Learnt from the training texts; afterwards it only looks things up.

    Args:
        texts: messages of people; what occurs twice in them counts as a word.
        terms: further words that are known to be right.
        spelling: whether to mend what nobody knows; off only to measure what it gives.
        inflection: whether to bring words to their dictionary form; off only to measure.
    """

    def __init__(
        self,
        texts: Iterable[str],
        terms: Iterable[str],
        *,
        spelling: bool = True,
        inflection: bool = True,
    ) -> None:
        self._mends, self._inflects = spelling, inflection
        counted = Counter(word for text in texts for word in words(text))
        known = {word for word, count in counted.items() if count >= _WRITTEN_BY_TWO}
        self._vocabulary = known | {word for term in terms for word in words(term)}
        self._look_up()

    def _look_up(self) -> None:
        self._frequency: Dict[str, float] = {
            fold(word): wordfreq.word_frequency(word, "nl", wordlist="small")
            for word in wordfreq.top_n_list("nl", _FREQUENT, wordlist="small")
        }
        vocabulary = self._vocabulary | self._frequency.keys()
        self._spelling = Spelling(vocabulary, {}, (), (), ())
        self._meant = lru_cache(_REMEMBERED)(self._find)

    def lemmas(self, text: str) -> List[str]:
        """The words of a text, spelt right and in their dictionary form, in order."""
        return [self._meant(word) for word in words(text)]

    def _find(self, word: str) -> str:
        readings = self._spelling.readings(word) if self._mends else ()
        if readings and word not in readings:
            word = max(sorted(readings), key=lambda reading: self._frequency.get(reading, 0.0))
        return lemma(word) if self._inflects else word

    def __getstate__(self) -> Dict[str, object]:
        """What a model keeps: the rest comes from the libraries."""
        kept = ("_vocabulary", "_mends", "_inflects")
        return {name: vars(self)[name] for name in kept}

    def __setstate__(self, state: Dict[str, object]) -> None:
        vars(self).update(state)
        self._look_up()


def lemma(word: str) -> str:
    """The dictionary form of one word, folded.

    >>> lemma("Pillen"), lemma("gevallen")
    ('pil', 'vallen')
    """
    return fold(simplemma.lemmatize(word, lang="nl"))
