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

from bot.nlu.lexicon_line import Line, Place
from bot.nlu.lexicon_words import NOTHING, Meaning, Meanings
from bot.nlu.tokens import Token

MOST_HITS = 25  # a line that occurs more often in one message has been found often enough
LONGEST_FILLER = 4  # fillers in a row that are looked past

_NONE: frozenset[int] = frozenset()

Hit = tuple[int, ...]  # where the words of a line stand in the message, ascending


class Scene(NamedTuple):
    """A message made ready: per word its meaning and place, per atom a bit for all its places.

    Places are counted without fillers and with pauses, and never go down. `before` is the
    place without the word itself: what stands between two words is `before` of the second less
    `at` of the first. `candidates` are the numbers of the lines of which every word occurs,
    ascending; `spots` has their words, and may hold too many places, never too few.
    """

    message: Sequence[Token]
    meanings: list[Meaning]
    before: list[int]
    at: list[int]
    candidates: list[int]
    spots: dict[int, int]

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
    shifts: tuple[int, ...]  # of bits, which together cover the gap


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
        """A message made ready for `hits`."""
        found = self._meanings.parts(message)
        meanings = self._meanings.of_all(found)
        counted = [token.word not in self._fillers for token in found]
        at = list(accumulate(token.pause + own for token, own in zip(found, counted, strict=True)))
        before = [place - own for place, own in zip(at, counted, strict=True)]
        candidates = self._candidates(set(meanings))
        needed = _NONE.union(*(self._patterns[number].needs for number in candidates))
        return Scene(found, meanings, before, at, candidates, _spots(meanings, at, needed))

    def _candidates(self, meanings: set[Meaning]) -> list[int]:
        present = _NONE.union(*(meaning.atoms for meaning in meanings))
        anchored = _NONE.union(*(meaning.anchored for meaning in meanings))
        return sorted(number for number in anchored if self._patterns[number].needs <= present)

    def hits(self, number: int, scene: Scene) -> Iterator[Hit]:
        """The places where a line occurs in the message, at most `MOST_HITS`."""
        pattern = self._patterns[number]
        starts = [_starts(part, scene.spots) for part in pattern.parts]
        if not all(starts):
            return iter(())
        first, *others = (
            self._part_hits(part, places, scene)
            for part, places in zip(pattern.parts, starts, strict=True)
        )
        found = _together(first, [list(hits) for hits in others], pattern.reach, scene)
        return islice(found, MOST_HITS)

    def _part_hits(self, part: tuple[_Step, ...], places: int, scene: Scene) -> Iterator[Hit]:
        while places:
            place = (places & -places).bit_length() - 1
            places &= places - 1
            for i in range(bisect_left(scene.at, place), bisect_right(scene.at, place)):
                if self._fits(part[0], i, scene):
                    hit = self._rest(part, 1, i, scene)
                    if hit is not None:
                        yield (i, *hit)

    def _rest(self, part: tuple[_Step, ...], number: int, i: int, scene: Scene) -> Hit | None:
        """Where the steps from `number` on stand, after the one before stood at `i`."""
        if number == len(part):
            return ()
        step = part[number]
        farthest = scene.at[i] + step.gap
        for j in range(i + 1, min(len(scene.at), i + step.gap + LONGEST_FILLER + 2)):
            if scene.before[j] > farthest:
                return None
            if self._fits(step, j, scene):
                hit = self._rest(part, number + 1, j, scene)
                if hit is not None:
                    return (j, *hit)
        return None

    def _fits(self, step: _Step, i: int, scene: Scene) -> bool:
        if step.atom not in scene.meanings[i].atoms:
            return False
        if step.first and not self._opens(i, scene):
            return False
        return not step.last or self._closes(i, scene)

    def _opens(self, i: int, scene: Scene) -> bool:
        """Whether a word opens its clause, fillers aside."""
        while i and not scene.message[i].pause:
            i -= 1
            if scene.message[i].word not in self._fillers:
                return False
        return True

    def _closes(self, i: int, scene: Scene) -> bool:
        """Whether a word closes its clause, fillers aside."""
        for token in scene.message[i + 1 :]:
            if token.pause or token.word in self._openers:
                return True
            if token.word not in self._fillers:
                return False
        return True


def distance(first: Hit, second: Hit, scene: Scene) -> int:
    """Words from the end of the first hit to the start of the second; negative the other way."""
    return scene.at[second[0]] - scene.at[first[-1]]


def _pattern(line: Line, meanings: Meanings) -> _Pattern:
    parts = tuple(tuple(_step(place, meanings) for place in part) for part in line.parts)
    return _Pattern(parts, line.reach, frozenset(step.atom for part in parts for step in part))


def _step(place: Place, meanings: Meanings) -> _Step:
    atom = meanings.atom(place.words)
    return _Step(atom, place.gap, place.first, place.last, _shifts(place.gap + 1))


def _shifts(words: int) -> tuple[int, ...]:
    """Steps of 1, 2, 4 … that add up to this many words."""
    shifts: list[int] = []
    while sum(shifts) < words:
        shifts.append(min(sum(shifts) + 1, words - sum(shifts)))
    return tuple(shifts)


def _spots(meanings: list[Meaning], at: list[int], needed: frozenset[int]) -> dict[int, int]:
    places: dict[Meaning, int] = defaultdict(int)
    for meaning, place in zip(meanings, at, strict=True):
        places[meaning] |= 1 << place
    spots: dict[int, int] = defaultdict(int)
    for meaning, bits in places.items():
        for atom in meaning.atoms & needed:
            spots[atom] |= bits
    return spots


def _starts(part: tuple[_Step, ...], spots: dict[int, int]) -> int:
    """The places where a part may begin: none is left out, some may turn out not to fit."""
    places = spots[part[0].atom]
    reached = [places]
    for step in part[1:]:
        for shift in step.shifts:
            places |= places << shift
        places &= spots[step.atom]
        if not places:
            return 0
        reached.append(places)
    for step, before in zip(part[:0:-1], reached[-2::-1], strict=True):
        for shift in step.shifts:
            places |= places >> shift
        places &= before
    return places


def _together(
    firsts: Iterable[Hit], others: list[list[Hit]], reach: int, scene: Scene
) -> Iterator[Hit]:
    """Per hit of the first part the nearest way to join a hit of each other part to it."""
    if not all(others):
        return
    for first in firsts:
        joined: Hit | None = first
        for hits in others:
            joined = _nearest(joined, hits, reach, scene) if joined else None
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
