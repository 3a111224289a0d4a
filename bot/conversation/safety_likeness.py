"""How much a message resembles the example lines of data/safety/examples, tier by tier.

Only adds up weights that bot/conversation/safety_training.py has learnt, which takes a fraction of
a millisecond. It must never wait for anything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from bot.errors import ContentError
from bot.messages import Tier
from bot.nlu.tokens import STOP, Token

# Words; a longer message is read in stretches, so that one clause in a long story counts.
LONGEST_WHOLE, STRETCH, STEP = 45, 20, 8
PIECE_LENGTHS = range(3, 6)
START, END = "<", ">"  # stand before the first and after the last word
_GAPS = (" ", " _ ", " _ _ ")
_REMEMBERED = 50_000
# Turns a distance into a share: at 0 there is as much for an alarm as against it.
_SHARPNESS = 6.0

Numbers = NDArray[np.float64]


def word_feature(word: str) -> str:
    """The name of a word as a feature, its pieces included when it is known."""
    return f"w{word}"


def piece_features(word: str) -> Iterator[str]:
    """The names of a word's pieces of three to five characters, its edges marked by a space.

    >>> list(piece_features("op"))
    ['p op', 'pop ', 'p op ']
    """
    whole = f" {word} "
    for length in PIECE_LENGTHS:
        for start in range(len(whole) - length + 1):
            yield f"p{whole[start : start + length]}"


def pair_features(words: Sequence[str]) -> list[list[str]]:
    """For each word, and for the end, the pairs with the first, second and third word before.

    >>> pair_features(["kan", "niet"])[0]
    ['b< kan', 'bkan niet', 'bniet >']
    >>> pair_features(["kan", "niet"])[1]
    ['b< _ kan', 'b< _ niet', 'bkan _ >']
    """
    line = [*[START] * len(_GAPS), *words, END]
    return [
        [
            f"b{first}{gap}{second}"
            for first, second in zip(
                line[-far - len(words) - 1 :], line[len(_GAPS) :], strict=False
            )
        ]
        for far, gap in enumerate(_GAPS, 1)
    ]


@dataclass(frozen=True)
class Learnt:
    """What the training found.

    Args:
        tiers: the order of the weights, with `Tier.NONE` among them.
        bias: what each tier begins with.
        features: the names of the features, in the order of the rows.
        rows: for each feature its squared length, then its weight for each tier.
    """

    tiers: list[Tier]
    bias: Numbers
    features: list[str]
    rows: NDArray[np.float32]

    def write(self, path: Path) -> None:
        """Keep it in a file."""
        with path.open("wb") as file:
            np.savez(
                file,
                tiers=np.array([tier.value for tier in self.tiers]),
                bias=self.bias,
                features=np.frombuffer("\n".join(self.features).encode(), dtype=np.uint8),
                rows=self.rows,
            )

    @classmethod
    def read(cls, path: Path) -> "Learnt":
        """What was kept.

        Raises:
            ContentError: the file is missing or damaged.
        """
        try:
            with np.load(path) as kept:
                features = kept["features"].tobytes().decode().split("\n")
                tiers = [Tier(str(name)) for name in kept["tiers"]]
                return cls(tiers, kept["bias"], features, kept["rows"])
        except OSError:
            raise ContentError(
                f"{path} is missing: `adempauze train` learns it from data/safety/examples"
            ) from None
        except (ValueError, KeyError, BadZipFile) as error:
            raise ContentError(f"{path} is damaged: delete it and run `adempauze train`") from error


class Likeness:
    """Compares messages with what was learnt."""

    def __init__(self, learnt: Learnt) -> None:
        self._alarms = [tier for tier in learnt.tiers if tier is not Tier.NONE]
        self._none = learnt.tiers.index(Tier.NONE)
        self._bias = learnt.bias
        self._rows = learnt.rows
        self._places = {name: place for place, name in enumerate(learnt.features)}
        self._places_of = lru_cache(_REMEMBERED)(self._look_up)

    def shares(self, message: Sequence[Token]) -> list[dict[Tier, float]]:
        """For each tier how much more a message is like its lines than like ordinary talk.

        Returns:
            From 0 to 1, where at a half there is as much for the tier as against it; one for each
            stretch of the message: a short message is one, one without words is none.
        """
        if not message:
            return []
        totals = np.array([self._total(words) for words in _stretches(message)])
        lengths = np.sqrt(np.maximum(totals[:, :1], 1e-9))
        margins = totals[:, 1:] / lengths + self._bias
        ordinary = margins[:, self._none : self._none + 1]
        alarms = np.delete(margins, self._none, axis=1)
        shares = 1 / (1 + np.exp((ordinary - alarms) * _SHARPNESS))
        return [dict(zip(self._alarms, row, strict=True)) for row in shares.tolist()]

    def _total(self, words: Sequence[str]) -> Numbers:
        """The sum of the rows of all features of these words, each once."""
        pairs = {self._places.get(pair) for found in pair_features(words) for pair in found}
        known = [place for place in pairs if place is not None]
        for word in set(words):
            known += self._places_of(word)
        return np.asarray(self._rows[known].sum(axis=0, dtype=np.float64))

    def _look_up(self, word: str) -> list[int]:
        """The place of a word; of one that was never met, those of its pieces."""
        known = self._places.get(word_feature(word))
        if known is not None:
            return [known]
        pieces = (self._places.get(piece) for piece in piece_features(word))
        return [place for place in pieces if place is not None]


def _stretches(message: Sequence[Token]) -> Iterator[list[str]]:
    """The words of the whole message, or of each of its sentences when it is long.

    A sentence that is long itself, as people who dictate have, is cut into overlapping parts.
    """
    stops = [place for place, token in enumerate(message) if place and token.pause == STOP]
    long = len(message) > LONGEST_WHOLE
    for first, last in pairwise([0, *stops, len(message)] if long else [0, len(message)]):
        words = [token.word for token in message[first:last]]
        if len(words) <= LONGEST_WHOLE:
            yield words
        else:
            for start in range(0, len(words) - STRETCH + STEP, STEP):
                yield words[start : start + STRETCH]
