"""Find the lines of a lexicon in a message, whatever the spelling.

A line is tried only when all its words occur, so that a message costs microseconds per line that
comes close and nothing for the others. Pure, on Python 3.10 too; knows nothing of safety.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bot.nlu.lexicon_line import Line, Place, Words
from bot.nlu.spelling import Spelling
from bot.nlu.tokens import STOP, Token

NUMBER = "9"  # stands in the lexicon for any number in digits

_NOTHING: frozenset[int] = frozenset()
_LONGEST_FILLER = 4  # fillers in a row that are looked past

Hit = tuple[int, ...]  # where the words of a line stand in the message, ascending


class Scene(NamedTuple):
    """A message, made ready: per word its meanings and its place, counted without fillers."""

    words: list[str]
    atoms: list[frozenset[int]]
    at: list[int]
    opens: list[bool]
    closes: list[bool]
    where: dict[int, list[int]]

    def without(self, hidden: set[int]) -> "Scene":
        """The same message in which the words at these places mean nothing."""
        if not hidden:
            return self
        atoms = [_NOTHING if i in hidden else found for i, found in enumerate(self.atoms)]
        return self._replace(atoms=atoms, where=_where(atoms))


class _Step(NamedTuple):
    atom: int
    gap: int
    first: bool
    last: bool


class Pattern(NamedTuple):
    """A compiled line. `anchor` is its rarest word: without it the line is not even tried."""

    parts: tuple[tuple[_Step, ...], ...]
    reach: int
    needs: frozenset[int]
    anchor: int


class Matcher:
    """The compiled lines of a lexicon, by number, in the order in which they were given.

    Args:
        lines: all lines; the place in this sequence is the number that `candidates` gives.
        spelling: how typed words become words of the lexicon.
        fillers: words that do not count as a distance.
    """

    def __init__(self, lines: Sequence[Line], spelling: Spelling, fillers: Iterable[str]) -> None:
        self._spelling = spelling
        self._fillers = frozenset(fillers)
        self._atoms: dict[Words, int] = {}
        self._of_word: dict[str, set[int]] = defaultdict(set)
        self._of_start: dict[str, set[int]] = defaultdict(set)
        self._of_end: dict[str, set[int]] = defaultdict(set)
        self._not_of_word: dict[str, set[int]] = defaultdict(set)
        parts = [tuple(tuple(map(self._step, part)) for part in line.parts) for line in lines]
        use = _use(parts)
        self.patterns = [
            _pattern(part, line.reach, use) for part, line in zip(parts, lines, strict=True)
        ]
        self._by_anchor: dict[int, list[int]] = defaultdict(list)
        for number, pattern in enumerate(self.patterns):
            self._by_anchor[pattern.anchor].append(number)

    def scene(self, message: Iterable[Token]) -> Scene:
        """A message made ready for `candidates` and `hits`."""
        found = [part for token in message for part in self._cut(token)]
        words = [token.word for token in found]
        seen = {word: self._meanings(word) for word in set(words)}
        atoms = [seen[word] for word in words]
        for i in range(len(words) - 1):
            glued = words[i] + words[i + 1]
            if len(glued) >= 7 and found[i + 1].pause == 0 and self._spelling.knows(glued):
                atoms[i] = atoms[i] | self._meanings(glued)
        fillers = [word in self._fillers for word in words]
        at = _places(found, fillers)
        opens, closes = _edges(found, fillers)
        return Scene(words, atoms, at, opens, closes, _where(atoms))

    def candidates(self, scene: Scene) -> list[int]:
        """The numbers of the lines of which every word occurs in the message, ascending."""
        present = scene.where.keys()
        return sorted(
            number
            for atom in present
            for number in self._by_anchor.get(atom, ())
            if self.patterns[number].needs <= present
        )

    def hits(self, number: int, scene: Scene) -> Iterator[Hit]:
        """The places where a line occurs in the message."""
        pattern = self.patterns[number]
        found = [list(_part_hits(part, scene)) for part in pattern.parts]
        if all(found):
            yield from _together(found, pattern.reach, scene)

    def _cut(self, token: Token) -> list[Token]:
        first, *others = self._spelling.cut(token.word)
        return [Token(first, token.pause), *(Token(word, 0) for word in others)]

    def _meanings(self, word: str) -> frozenset[int]:
        readings = {word, NUMBER} if word.isdigit() else self._spelling.readings(word)
        found = {atom for reading in readings for atom in self._of_word.get(reading, ())}
        for length in range(2, len(word) + 1):
            found |= self._of_start.get(word[:length], _NOTHING)
            found |= self._of_end.get(word[-length:], _NOTHING)
        return frozenset(found - self._not_of_word.get(word, _NOTHING))

    def _step(self, place: Place) -> _Step:
        return _Step(self._atom(place.words), place.gap, place.first, place.last)

    def _atom(self, words: Words) -> int:
        if words not in self._atoms:
            self._atoms[words] = atom = len(self._atoms)
            for word in words:
                if word.startswith("-"):
                    self._not_of_word[word[1:]].add(atom)
                elif word.endswith("*"):
                    self._of_start[word[:-1]].add(atom)
                elif word.startswith("*"):
                    self._of_end[word[1:]].add(atom)
                else:
                    self._of_word[word].add(atom)
        return self._atoms[words]


def distance(first: Hit, second: Hit, scene: Scene) -> int:
    """Words from the end of the first hit to the start of the second; negative the other way."""
    return scene.at[second[0]] - scene.at[first[-1]]


def _use(parts: Iterable[tuple[tuple[_Step, ...], ...]]) -> dict[int, int]:
    """In how many lines each atom stands: common ones make a poor anchor."""
    use: dict[int, int] = defaultdict(int)
    for line in parts:
        for step in {step.atom for part in line for step in part}:
            use[step] += 1
    return use


def _pattern(parts: tuple[tuple[_Step, ...], ...], reach: int, use: dict[int, int]) -> Pattern:
    needs = frozenset(step.atom for part in parts for step in part)
    return Pattern(parts, reach, needs, min(needs, key=lambda atom: (use[atom], atom)))


def _where(atoms: list[frozenset[int]]) -> dict[int, list[int]]:
    where: dict[int, list[int]] = defaultdict(list)
    for i, found in enumerate(atoms):
        for atom in found:
            where[atom].append(i)
    return dict(where)


def _places(found: list[Token], fillers: list[bool]) -> list[int]:
    at: list[int] = []
    place = 0
    for token, filler in zip(found, fillers, strict=True):
        place += token.pause + (not filler)
        at.append(place)
    return at


def _edges(found: list[Token], fillers: list[bool]) -> tuple[list[bool], list[bool]]:
    """Per word: does it open its sentence, does it close it (fillers aside)?"""
    stops = [True, *(token.pause == STOP for token in found[1:]), True]
    opens = [False] * len(found)
    closes = [False] * len(found)
    for i in range(len(found)):
        opens[i] = stops[i] or (opens[i - 1] and fillers[i - 1])
    for i in reversed(range(len(found))):
        closes[i] = stops[i + 1] or (closes[i + 1] and fillers[i + 1])
    return opens, closes


def _part_hits(part: tuple[_Step, ...], scene: Scene) -> Iterator[Hit]:
    for i in scene.where[part[0].atom]:
        if _fits(part[0], i, scene):
            hit = _rest(part, 1, i, scene)
            if hit is not None:
                yield (i, *hit)


def _rest(part: tuple[_Step, ...], number: int, i: int, scene: Scene) -> Hit | None:
    """Where the steps from `number` on stand, after the one before stood at `i`."""
    if number == len(part):
        return ()
    step = part[number]
    farthest = scene.at[i] + step.gap + 1
    for j in range(i + 1, min(len(scene.at), i + step.gap + _LONGEST_FILLER + 2)):
        if scene.at[j] > farthest:
            return None
        if step.atom in scene.atoms[j] and _fits(step, j, scene):
            hit = _rest(part, number + 1, j, scene)
            if hit is not None:
                return (j, *hit)
    return None


def _fits(step: _Step, i: int, scene: Scene) -> bool:
    return (not step.first or scene.opens[i]) and (not step.last or scene.closes[i])


def _together(found: list[list[Hit]], reach: int, scene: Scene) -> Iterator[Hit]:
    """Per hit of the first part the nearest way to join a hit of each other part to it."""
    for first in found[0]:
        joined: Hit | None = first
        for others in found[1:]:
            joined = _nearest(joined, others, reach, scene) if joined else None
        if joined:
            yield joined


def _nearest(joined: Hit, others: list[Hit], reach: int, scene: Scene) -> Hit | None:
    slack = 2 * reach + _LONGEST_FILLER
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
