"""docs/conversations.md holds the talks that are published, as they are today."""

import re

import pytest

from tests.journeys.talks import PUBLISHED, Talk, all_talks

TALKS = [talk for talk in all_talks() if talk.published]


def chapter(talk: Talk) -> str:
    """What the document says of a talk."""
    found = re.search(
        rf"^## {re.escape(talk.who)}\n(.*?)(?=^## |\Z)",
        PUBLISHED.read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    assert found, f"{talk.name} is missing: make conversations"
    return found[1]


def test_ten_talks_are_published_and_no_other_stands_there() -> None:
    chapters = re.findall(r"^## (.+)$", PUBLISHED.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(TALKS) >= 10
    assert sorted(chapters) == sorted(talk.who for talk in TALKS)


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.name)
def test_a_chapter_goes_as_its_talk(talk: Talk) -> None:
    said = chapter(talk)
    own = re.findall(rf"^\*\*{re.escape(talk.who)}\*\*  \n(.+)$", said, re.MULTILINE)
    assert own == [step.types or step.taps for step in talk.steps if step.types or step.taps]
    for step in talk.steps:
        for words in step.hears:
            assert words.lower() in said.lower(), f"{words} is not in {talk.name}"
