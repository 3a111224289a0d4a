"""Every text that a caregiver reads, measured; `pytest tests/test_readability.py -s` prints each.

Flesch-Douma is Flesch's reading ease with the weights for Dutch (W. Douma, De leesbaarheid van
landbouwbladen, 1960): 206.84 - 0.93 * words a sentence - 77 * syllables a word. From 60 a text is
called standard, from 70 fairly easy. Short texts swing, so single ones only may not be hard.
"""

import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import yaml

from bot.services import content as contents
from bot.settings import ROOT
from tests.services.test_content import DEMO, bubbles, sentences

_SYLLABLE = re.compile(r"aai|ooi|oei|eeu|ieu|aa|ee|oo|uu|ie|oe|eu|ui|ij|ei|ou|au|[aeiouyéèëïöü]")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
HARDEST, MEAN = 30, 65
ENOUGH_WORDS = 8
FORBIDDEN = ("u moet", "overbelast", "dient u", "indien", "middels", "derhalve")


@dataclass(frozen=True)
class Read:
    """One text and how easily it is read."""

    place: str
    text: str

    @property
    def words(self) -> list[str]:
        return _WORD.findall(self.text)

    @property
    def ease(self) -> float:
        """Flesch-Douma; higher is easier."""
        syllables = sum(len(_SYLLABLE.findall(word.lower())) or 1 for word in self.words)
        per_sentence = len(self.words) / len(sentences(self.text))
        return 206.84 - 0.93 * per_sentence - 77 * syllables / len(self.words)

    def __str__(self) -> str:
        return self.place


def texts() -> Iterator[Read]:
    """What the assistant says: content, testimonials and the dialogue's own lines."""
    content = contents.load(DEMO)
    for place, bubble in bubbles(content):
        yield Read(place, bubble)
    for story in content.testimonials.values():
        yield Read(story.slug, story.text)
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    for name, variants in domain["responses"].items():
        for variant in variants:
            yield Read(name, re.sub(r"\{\w+\}", "dit", variant["text"]))


TEXTS = [text for text in texts() if len(text.words) >= ENOUGH_WORDS]


@pytest.mark.parametrize("text", TEXTS, ids=str)
def test_a_text_is_not_hard_to_read(text: Read) -> None:
    print(f"{text.ease:5.0f}  {text.place}")  # noqa: T201  # the figure is what one looks for
    assert text.ease >= HARDEST, text.text
    assert not [phrase for phrase in FORBIDDEN if phrase in text.text.lower()]


def test_the_texts_together_are_easy() -> None:
    mean = statistics.mean(text.ease for text in TEXTS)
    print(f"{mean:5.0f}  mean of {len(TEXTS)} texts")  # noqa: T201
    assert mean >= MEAN
