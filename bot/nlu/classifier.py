"""Learns what messages mean from examples, and ranks the meanings of a new one.

Four groups of features and one margin per meaning (a linear support vector machine): the words in
their dictionary form and pairs of them; pieces of the words as they were typed; the word classes;
and what the assistant had just asked. A fifth, a pretrained model's vectors, is optional. Measured
against other choices in docs/nlu.md. Runs inside Rasa, on Python 3.10; knows nothing of Rasa.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Callable, Dict, List, Mapping, Optional, Protocol, Sequence, Tuple

import numpy as np
import scipy.sparse
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from bot.nlu.dictionary import Dictionary
from bot.nlu.text import fold, words
from bot.nlu.word_classes import WordClasses

# How much a group counts beside the words, found by leaving whole writers out (docs/nlu.md).
CLASSES_WEIGHT = 0.3
ASKED_WEIGHT = 0.5
SENTENCE_WEIGHT = 1.0


class Vectors(Protocol):
    """A pretrained model: see bot/nlu/pretrained.py."""

    def vectors(self, texts: Sequence[str]) -> Any:
        """One row of length one per text."""


@dataclass(frozen=True)
class Example:
    """A message whose meaning is known.

    Args:
        text: what was typed.
        intent: what it means.
        asked: the question that it answers, None when that is not known.
    """

    text: str
    intent: str
    asked: Optional[str] = None


class Classifier:
    """One trained model of meanings.

    Args:
        tables: the word classes, each with its words and expressions.
        regularisation: of the support vector machine; larger fits the examples closer.
        sharpness: turns margins into confidences, so that 0.7 is right in seven of ten cases.
        sentences: a pretrained model whose vectors are features too, None for none.
        dictionary: makes the dictionary; another one only to measure what it gives.
    """

    def __init__(
        self,
        tables: Mapping[str, Sequence[str]],
        regularisation: float = 1.0,
        sharpness: float = 6.0,
        sentences: Optional[Vectors] = None,
        dictionary: Callable[[Sequence[str], Sequence[str]], Dictionary] = Dictionary,
    ) -> None:
        self._make_dictionary = dictionary
        self._tables = tables
        self._sentences = sentences
        self._regularisation = regularisation
        self.sharpness = sharpness

    def fit(self, examples: Sequence[Example]) -> None:
        """Learn from examples; at least two of each of two meanings."""
        texts = [example.text for example in examples]
        terms = [term for terms in self._tables.values() for term in terms]
        self._dictionary = self._make_dictionary(texts, terms)
        self._classes = WordClasses(self._tables, self._dictionary.lemmas)
        self._words = TfidfVectorizer(analyzer=_themselves, sublinear_tf=True)
        self._pieces = TfidfVectorizer(
            preprocessor=fold, analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2
        )
        self._named, self._asked = DictVectorizer(), DictVectorizer()
        lemmas = [self._dictionary.lemmas(text) for text in texts]
        self._words.fit([_with_pairs(row) for row in lemmas])
        self._pieces.fit(texts)
        self._named.fit([self._classes.counts(row) for row in lemmas])
        self._asked.fit([_question(example.asked) for example in examples])
        found = self._features(texts, [example.asked for example in examples])
        machine = LinearSVC(C=self._regularisation, class_weight="balanced", random_state=1)
        machine.fit(found, [example.intent for example in examples])
        self.intents: List[str] = [str(name) for name in machine.classes_]
        # One row per feature, side by side in memory: a message has few, and only those are read.
        self._weights = np.ascontiguousarray(_for_each(machine.coef_).T, dtype=np.float32)
        self._bias = _for_each(machine.intercept_).astype(np.float32)

    def ranking(self, text: str, asked: Optional[str] = None) -> List[Tuple[str, float]]:
        """All meanings with their confidence from 0 to 1, the likeliest first.

        Args:
            text: what was typed.
            asked: the question that the assistant had just asked; an unknown one says nothing.
        """
        if not words(text) and not self._pieces.transform([text]).nnz:
            # Nothing that was ever seen: no meaning is likelier than another.
            return [(name, 1 / len(self.intents)) for name in self.intents]
        margins = self.margins([text], [asked])[0] * self.sharpness
        weights = np.exp(margins - margins.max())
        confidences = weights / weights.sum()
        order = np.argsort(-confidences, kind="stable")
        return [(self.intents[place], float(confidences[place])) for place in order]

    def margins(self, texts: Sequence[str], asked: Sequence[Optional[str]]) -> Any:
        """How far each text is on the side of each meaning, one row per text."""
        found = self._features(texts, asked)
        rows = [
            found.data[start:end] @ self._weights[found.indices[start:end]]
            for start, end in pairwise(found.indptr)
        ]
        return np.stack(rows) + self._bias

    def _features(self, texts: Sequence[str], asked: Sequence[Optional[str]]) -> Any:
        lemmas = [self._dictionary.lemmas(text) for text in texts]
        groups = [
            self._words.transform([_with_pairs(row) for row in lemmas]),
            self._pieces.transform(texts),
        ]
        if self._named.vocabulary_:
            classes = self._named.transform([self._classes.counts(row) for row in lemmas])
            groups.append(normalize(classes) * CLASSES_WEIGHT)
        if self._asked.vocabulary_:
            questions = self._asked.transform([_question(name) for name in asked])
            groups.append(questions * ASKED_WEIGHT)
        if self._sentences is not None:
            rows = self._sentences.vectors(texts) * SENTENCE_WEIGHT
            groups.append(scipy.sparse.csr_matrix(rows))
        return scipy.sparse.hstack(groups, format="csr", dtype=np.float32)


def _for_each(learnt: Any) -> Any:
    """One row per meaning; of two, the machine keeps only the second's."""
    return np.concatenate([-learnt, learnt]) if len(learnt) == 1 else learnt


def _with_pairs(lemmas: Sequence[str]) -> List[str]:
    return [*lemmas, *(f"{first} {second}" for first, second in pairwise(lemmas))]


def _themselves(terms: List[str]) -> List[str]:
    return terms


def _question(asked: Optional[str]) -> Dict[str, float]:
    return {asked: 1.0} if asked else {}
