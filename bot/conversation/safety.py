"""Judge whether a message is unsafe, on every channel, before anything else and without Rasa.

Pure: the same text gives the same tier, and no text makes it raise. It must never wait for
anything and never be skipped. The tiers and their answers: docs/safety.md.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, islice

from bot.conversation.safety_lexicon import Circumstance, Lexicon, Signal, load_lexicon
from bot.messages import Tier
from bot.nlu.lexicon_match import Hit, distance
from bot.nlu.tokens import STOP, Token, tokens

__all__ = ["Lexicon", "Signal", "assess", "assess_recent", "load_lexicon", "signals"]

LONGEST_EXCUSE = 30  # words from the first to the last of an excuse, roughly
RECENT = 4  # messages over which a signal may be spread


def assess(text: str, lexicon: Lexicon) -> Tier:
    """The gravest tier of which a signal stands in the text; `Tier.NONE` without any.

    The order is 0, 1a, 1b, 1c, 2 (safety in docs/safety.md). When in doubt there is a signal:
    the answer to it is an open question and the number.
    """
    return _tier(next(_found(tokens(text), lexicon), None))


def signals(text: str, lexicon: Lexicon) -> tuple[Signal, ...]:
    """All signals in a text, the gravest first: why a message raised an alarm."""
    return tuple(dict.fromkeys(_found(tokens(text), lexicon)))


def assess_recent(texts: Sequence[str], lexicon: Lexicon) -> Tier:
    """The gravest tier to which the last message adds something new, alone or after the others.

    A signal may be typed over several messages ("hij praat" · "ineens heel raar"). One that was
    complete before the last message is not raised again. Tiredness is not read across the end of
    a sentence: "Wij zijn 56 jaar getrouwd." · "Kan ik er niet bij slapen?" is no lack of sleep.

    Args:
        texts: the messages of one person in order, the newest last; the last four count.
    """
    recent = texts[-RECENT:]
    messages = [tokens(text) for text in recent]
    fresh = [
        signal
        for start in range(len(messages))
        for signal in _new(messages[start:], lexicon)
        if signal.tier != Tier.OVERLOAD or not any(map(_is_closed, recent[start:-1]))
    ]
    return _tier(min(fresh, key=lexicon.signals.index, default=None))


def _is_closed(text: str) -> bool:
    return text.rstrip().endswith((".", "!", "?"))


def _new(messages: Sequence[list[Token]], lexicon: Lexicon) -> set[Signal]:
    """The signals that are in these messages together and not yet in all but the last."""
    before = _joined(messages[:-1])
    together = set(_found(before + _joined(messages[-1:]), lexicon))
    return together and together.difference(_found(before, lexicon))


def _joined(messages: Sequence[list[Token]]) -> list[Token]:
    return [token for message in messages for token in message]


def _tier(signal: Signal | None) -> Tier:
    return signal.tier if signal else Tier.NONE


def _found(message: list[Token], lexicon: Lexicon) -> Iterator[Signal]:
    """The signals of a message, the gravest first."""
    reading = _Reading(message, lexicon)
    for signal in lexicon.signals:
        if reading.has(signal):
            yield signal


class _Reading:
    """One message against one lexicon; remembers what it has looked up."""

    def __init__(self, message: list[Token], lexicon: Lexicon) -> None:
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
