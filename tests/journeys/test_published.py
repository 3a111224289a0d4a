"""docs/conversations.md holds the talks that are published, as they are typed today."""

from tests.journeys.talks import PUBLISHED, all_talks


def test_every_published_talk_is_a_chapter_with_all_that_is_typed_in_it() -> None:
    said = PUBLISHED.read_text(encoding="utf-8")
    published = [talk for talk in all_talks() if talk.published]
    assert len(published) >= 10
    for talk in published:
        assert f"## {talk.who}\n" in said
        assert [step.types for step in talk.steps if step.types.strip() not in said] == []


def test_every_chapter_is_a_talk() -> None:
    said = PUBLISHED.read_text(encoding="utf-8")
    chapters = [line.removeprefix("## ") for line in said.splitlines() if line.startswith("## ")]
    assert sorted(chapters) == sorted(talk.who for talk in all_talks() if talk.published)
