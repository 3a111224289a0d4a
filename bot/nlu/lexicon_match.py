"""Find the lines of a lexicon in a message, whatever the spelling.

A line is looked at only when all its words occur; then sets of places, kept as the bits of one
number, tell whether they can occur in its order; only then is it searched word by word. Pure, on
Python 3.10 too; knows nothing of safety.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice
from typing import NamedTuple

from bot.nlu.lexicon_line import Line
from bot.nlu.lexicon_words import NOTHING, Meaning, Meanings
from bot.nlu.tokens import Token

MOST_HITS = 25  # a line that occurs more often in one message has been found often enough
LONGEST_FILLER = 4  # fillers in a row that are looked past

Hit = tuple[int, ...]  # where the words of a line stand in the message, ascending


class Scene(NamedTuple):
    """A message made ready: per word its meaning and place, per atom a bit for all its places.

    Places are counted without fillers and with pauses, and never go down. `spots` may hold too
    many places, never too few.
    """

    message: Sequence[Token]
    meanings: list[Meaning]
    at: list[int]
    spots: dict[int, int]
    anchored: set[int]

    def without(self, hidden: Iterable[int]) -> "Scene":
        """The same message in which the words at these indexes mean nothing."""
        meanings = list(self.meanings)
        for i in hidden:
            meanings[i] = NOTHING
        return self._replace(meanings=meanings)


class _Step(NamedTuple):
    atom: int
    gap: int
    first: bool
    last: bool


class _Pattern(NamedTuple):
    parts: tuple[tuple[_Step, ...], ...]
    reach: int
    needs: frozenset[int]


class Matcher:
    """The compiled lines of a lexicon, by number, in the order in which they were given.

    Args:
        lines: all lines; the place in this sequence is the number that `candidates` gives.
        meanings: how typed words become words of the lexicon.
        fillers: words that do not count as a distance.
        openers: words before which a new clause may begin, also without any pause.
    """

    def __init__(
        self,
        lines: Sequence[Line],
        meanings: Meanings,
        fillers: Iterable[str],
        openers: Iterable[str],
    ) -> None:
        self._meanings = meanings
        self._fillers = frozenset(fillers)
        self._openers = frozenset(openers)
        self._patterns = [_pattern(line, meanings) for line in lines]
        meanings.anchor([pattern.needs for pattern in self._patterns])

    def scene(self, message: Sequence[Token]) -> Scene:
        """A message made ready for `candidates` and `hits`."""
        found = self._meanings.parts(message)
        meanings = self._meanings.of_all(found)
        at = self._places(found)
        return Scene(found, meanings, at, *_spots(meanings, at))

    def candidates(self, scene: Scene) -> list[int]:
        """The numbers of the lines of which every word occurs in the message, ascending."""
        present = scene.spots.keys()
        return sorted(n for n in scene.anchored if self._patterns[n].needs <= present)

    def hits(self, number: int, scene: Scene) -> Iterator[Hit]:
        """The places where a line occurs in the message, at most `MOST_HITS`."""
        pattern = self._patterns[number]
        found = []
        for part in pattern.parts:
            places = _starts(part, scene.spots)
            if not places:
                return iter(())
            found.append(list(islice(self._part_hits(part, places, scene), MOST_HITS)))
        return _together(found, pattern.reach, scene) if all(found) else iter(())

    def _places(self, found: Sequence[Token]) -> list[int]:
        steps = [token.pause + (token.word not in self._fillers) for token in found]
        return list(accumulate(steps))

    def _farthest(step: _Step, i: int, scene: Scene) -> int:
    """The last index where a step may stand when the one before it stood at `i`."""
    place = scene.at[i] + step.gap + 1
    return min(bisect_right(scene.at, place) - 1, i + step.gap + LONGEST_FILLER + 1)


def _together(found: list[list[Hit]], reach: int, scene: Scene) -> Iterator[Hit]:
    """Per hit of the first part the nearest way to join a hit of each other part to it."""
    for first in found[0]:
        joined: Hit | None = first
        for others in found[1:]:
            joined = _nearest(joined, others, reach, scene) if joined else None
        if joined:
            yield joined


def _nearest(joined: Hit, others: list[Hit], reach: int, scene: Scene) -> Hit | None:
    slack = 2 * reach + LONGEST_FILLER
    start = bisect_left(others, (joined[0] - slack,))
    end = bisect_right(others, (joined[-1] + slack,))
    near = [
        (gap, other)
        for other in others[start:end]
        if (gap := _gap(joined, other, scene)) is not None
    ]
    gap, other = min(near, default=(reach + 1, ()))
    return tuple(sorted((*joined, *other))) if gap <= reach else None


def _gap(first: Hit, second: Hit, scene: Scene) -> int | None:
    """Words between two hits, None when they share a word."""
    if not set(first).isdisjoint(second):
        return None
    return max(0, distance(first, second, scene), distance(second, first, scene))
