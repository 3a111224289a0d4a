"""Find the signals of the lexicon in a message. Pure: no text makes it raise."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, islice

from bot.conversation.safety_lexicon import Circumstance, Lexicon, Signal
from bot.nlu.lexicon_match import Hit, distance
from bot.nlu.tokens import STOP, Token

LONGEST_EXCUSE = 30  # words from the first to the last of an excuse, roughly


def signals(message: Sequence[Token], lexicon: Lexicon) -> Iterator[Signal]:
    """The signals of a message, the gravest first: why it raises an alarm."""
    reading = _Reading(message, lexicon)
    for signal in lexicon.signals:
        if reading.has(signal):
            yield signal


class _Reading:
    """One message against one lexicon; remembers what it has looked up."""

    def __init__(self, message: Sequence[Token], lexicon: Lexicon) -> None:
        self._matcher = lexicon.matcher
        self._scene = self._matcher.scene(message)
        idioms = {i for hit in self._hits(lexicon.idioms) for i in hit}
        if idioms:
            self._scene = self._scene.without(idioms)
        self._excuses: dict[Circumstance, list[Hit]] = {}
        self._sentence = list(accumulate(token.pause == STOP for token in self._scene.message))

    def has(self, signal: Signal) -> bool:
        """Whether one occurrence of the signal is left that nothing makes ordinary."""
        hits = self._hits(signal.lines)
        first = next(hits, None)
        if first is None:
            return False
        excepted = {i for hit in self._hits(signal.exceptions) for i in hit}
        return any(
            excepted.isdisjoint(hit) and not self._excused(hit, signal)
            for hit in chain([first], hits)
        )

    def _excused(self, hit: Hit, signal: Signal) -> bool:
        return any(
            not set(excuse) <= set(hit) and self._in_one_sentence(excuse, hit)
            for circumstance in signal.excused_by
            for excuse in self._beside(hit, circumstance)
        )

    def _beside(self, hit: Hit, circumstance: Circumstance) -> Iterator[Hit]:
        """The excuses from `before` words before a hit to `after` words after it."""
        found = self._excuses_of(circumstance)
        at = self._scene.at
        first = at[hit[0]] - circumstance.before - LONGEST_EXCUSE
        last = at[hit[-1]] + circumstance.after
        for excuse in islice(found, bisect_left(found, first, key=lambda hit: at[hit[0]]), None):
            if at[excuse[0]] > last:
                return
            if distance(excuse, hit, self._scene) <= circumstance.before:
                yield excuse

    def _in_one_sentence(self, excuse: Hit, hit: Hit) -> bool:
        sentence = self._sentence
        return sentence[excuse[0]] <= sentence[hit[-1]] and sentence[hit[0]] <= sentence[excuse[-1]]

    def _excuses_of(self, circumstance: Circumstance) -> list[Hit]:
        if circumstance not in self._excuses:
            self._excuses[circumstance] = sorted(self._hits(circumstance.lines))
        return self._excuses[circumstance]

    def _hits(self, lines: range) -> Iterator[Hit]:
        candidates = self._scene.candidates
        for number in islice(candidates, bisect_left(candidates, lines.start), None):
            if number not in lines:
                return
            yield from self._matcher.hits(number, self._scene)
