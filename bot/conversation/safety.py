"""Judge whether a message is unsafe, on every channel, before anything else and without Rasa.

Two readers look at each message: the lexicon, which a clinician writes, finds what is named; the
likeness, learnt from example lines, finds what is meant. Pure: the same text gives the same tier,
and no text makes it raise. It must never wait for anything and never be skipped. The tiers and
their answers: docs/safety.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.conversation.languages import foreign_language
from bot.conversation.safety_lexicon import Lexicon, Signal, load_lexicon
from bot.conversation.safety_likeness import Learnt, Likeness
from bot.conversation.safety_signals import signals
from bot.messages import Tier
from bot.nlu.tokens import tokens

# Shares of the likeness (bot/conversation/safety_likeness.py), chosen in docs/safety.md.
ALARM_FROM = 0.75  # so much is an alarm of itself
# So much is needed of one sentence of a long message, and of several messages together: who looks
# at many places sees something somewhere.
ALARM_FROM_PARTS = 0.93
AGAINST_BELOW = 0.2  # under this the examples speak clearly against a signal of the lexicon
RECENT = 4  # messages over which a signal may be spread
REMEMBERED = 600  # characters of each earlier one that are read once more
_BETWEEN = " "

_BY_GRAVITY = list(Tier)  # the gravest first


@dataclass(frozen=True)
class Likely:
    """A message is like the example lines of this tier."""

    tier: Tier


class Safety:
    """The layer through which every message passes.

    Args:
        lexicon: what the words say that a clinician has written down.
        likeness: what the example lines have taught.
    """

    def __init__(self, lexicon: Lexicon, likeness: Likeness) -> None:
        self._lexicon = lexicon
        self._likeness = likeness

    def assess(self, text: str) -> Tier:
        """The gravest tier of which there is a sign in the text; `Tier.NONE` without any.

        The order is 0, 1a, 1b, 1c, 2 (safety in docs/safety.md). When in doubt there is a sign:
        the answer to it is an open question and the number.
        """
        return _gravest(sign.tier for sign in self._signs(text))

    def assess_recent(self, texts: Sequence[str]) -> Tier:
        """The gravest tier to which the last message adds something new, alone or after the others.

        A sign may be typed over several messages ("hij praat" · "ineens heel raar"). One that was
        complete before the last message is not raised again. Tiredness is not read across the end
        of a sentence: "Wij zijn 56 jaar getrouwd." · "Kan ik er niet bij slapen?" is no lack of
        sleep.

        Args:
            texts: the messages of one person in order, the newest last; the last four count.
        """
        *earlier, last = texts[-RECENT:] or [""]
        recent = [*(text[-REMEMBERED:] for text in earlier), last]
        closed = [text.rstrip().endswith((".", "!", "?")) for text in recent]
        return _gravest(
            tier
            for start in range(len(recent))
            for tier in self._new(recent[start:])
            if tier != Tier.OVERLOAD or not any(closed[start:-1])
        )

    def _new(self, texts: Sequence[str]) -> set[Tier]:
        """The tiers of which these messages together show what all but the last do not."""
        before = self._signs(_BETWEEN.join(texts[:-1]), in_parts=len(texts) > 2)
        together = self._signs(_BETWEEN.join(texts), in_parts=len(texts) > 1)
        was_likely = any(isinstance(sign, Likely) for sign in before)
        return {
            sign.tier for sign in together - before if not (was_likely and isinstance(sign, Likely))
        }

    def _signs(self, text: str, *, in_parts: bool = False) -> set[Signal | Likely]:
        """All that is wrong in a message: signals that the examples do not speak against, and
        the tiers that it is like. The examples are Dutch, so they say nothing of other languages.
        """
        message = tokens(text)
        stretches = self._likeness.shares(message)
        enough = ALARM_FROM_PARTS if in_parts or len(stretches) > 1 else ALARM_FROM
        likely = {
            max(shares, key=shares.__getitem__)
            for shares in stretches
            if max(shares.values()) >= enough
        }
        named = {
            signal
            for signal in signals(message, self._lexicon)
            if any(shares[signal.tier] >= AGAINST_BELOW for shares in stretches)
            or foreign_language(text) is not None
        }
        return named | {Likely(tier) for tier in likely}


def _gravest(tiers: Iterable[Tier]) -> Tier:
    return min(tiers, key=_BY_GRAVITY.index, default=Tier.NONE)


def load(folder: Path, learnt: Path) -> Safety:
    """The layer, made ready; takes a second, so do it once.

    Args:
        folder: data/safety.
        learnt: what `adempauze train` has learnt from the example lines.

    Raises:
        ContentError: a file is missing or cannot be read; the message says what to do.
    """
    return Safety(load_lexicon(folder / "lexicon.yml"), Likeness(Learnt.read(learnt)))
