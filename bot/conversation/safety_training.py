"""Learn from example lines how an alarm is put in words. Runs as a program of its own.

A linear support vector machine with one margin for each tier, over words, pairs of words near
each other and pieces of words; measured against other choices in docs/safety.md. Only here is
scikit-learn used: what it learns is kept as plain numbers.
"""

import math
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.conversation.safety_examples import Example, examples
from bot.conversation.safety_likeness import (
    Learnt,
    Numbers,
    pair_features,
    piece_features,
    word_feature,
)
from bot.messages import Tier
from bot.nlu.tokens import tokens

# A pair or a piece that only one line has teaches nothing.
LEAST_LINES = 2
PIECES_COUNT = 0.5  # a piece beside a word


def features(words: Sequence[str]) -> Iterator[str]:
    """The names of the features of a message; a piece as often as there are words with it."""
    yield from sorted({pair for pairs in pair_features(words) for pair in pairs})
    for word in sorted(set(words)):
        yield word_feature(word)
        yield from piece_features(word)


def learn(lines: Sequence[Example]) -> Learnt:
    """What these lines teach.

    Args:
        lines: example lines of every tier, `Tier.NONE` included.
    """
    from sklearn.svm import LinearSVC

    found = [list(features([token.word for token in tokens(line.text)])) for line in lines]
    sizes = _sizes(found)
    machine = LinearSVC(C=1.0, class_weight="balanced", random_state=1)
    machine.fit(_matrix(found, sizes), [line.tier.value for line in lines])
    counted = np.array(list(sizes.values()))
    rows = np.column_stack([counted**2, (machine.coef_ * counted).T])
    return Learnt(
        [Tier(name) for name in machine.classes_],
        machine.intercept_,
        list(sizes),
        _with_pieces(rows, list(sizes)).astype(np.float32),
    )


def _sizes(found: Sequence[Sequence[str]]) -> dict[str, float]:
    """How much each feature counts: the rarer the more (inverse document frequency)."""
    frequency = Counter(name for names in found for name in set(names))
    sizes = {}
    for name, count in frequency.items():
        if name.startswith("w") or count >= LEAST_LINES:
            rarity = math.log((1 + len(found)) / (1 + count)) + 1
            sizes[name] = rarity * (PIECES_COUNT if name.startswith("p") else 1)
    return sizes


def _matrix(found: Sequence[Sequence[str]], sizes: Mapping[str, float]) -> Any:
    """One row per line. Features add up, so that a stretch of a message is a difference of sums."""
    from scipy.sparse import csr_matrix

    columns = {name: column for column, name in enumerate(sizes)}
    values: list[float] = []
    places: list[int] = []
    ends = [0]
    for names in found:
        known = [name for name in names if name in sizes]
        length = math.sqrt(sum(sizes[name] ** 2 for name in known)) or 1.0
        values += [sizes[name] / length for name in known]
        places += [columns[name] for name in known]
        ends.append(len(places))
    return csr_matrix((values, places, ends), shape=(len(found), len(sizes)))


def _with_pieces(rows: Numbers, names: Sequence[str]) -> Numbers:
    """The rows, where that of a word has those of its pieces in it, to save looking them up."""
    columns = {name: column for column, name in enumerate(names)}
    whole = rows.copy()
    for column, name in enumerate(names):
        if name.startswith("w"):
            pieces = [columns[piece] for piece in piece_features(name[1:]) if piece in columns]
            whole[column] += rows[pieces].sum(axis=0)
    return whole


if __name__ == "__main__":
    learn(examples(Path(sys.argv[1]))).write(Path(sys.argv[2]))
