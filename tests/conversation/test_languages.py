"""A first message in another language is told from Dutch, also from the Dutch of learners."""

from pathlib import Path

import pytest

from bot.conversation.languages import foreign_language
from bot.settings import ROOT


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hello, I take care of my husband and I am very tired", "en"),
        ("my mother has dementia, can someone help", "en"),
        ("Merhaba, eşime bakıyorum ve çok yoruldum", "tr"),
        ("selam yardim lazim annem hasta", "tr"),
        ("Dzień dobry, opiekuję się mężem", "pl"),
        ("potrzebuje pomocy przy mamie", "pl"),
        ("مرحبا انا اهتم بزوجي", "ar"),
        ("hoi", None),
        ("help", None),
        ("Ik zorg voor mijn man", None),
        ("moar hai wil nait", None),
        ("ich weit 't neet", None),
        ("ik wil mens spreken aub mijn vader ziek", None),
        ("😭😭", None),
        ("", None),
    ],
)
def test_the_languages_with_an_answer_are_told_apart(text: str, language: str | None) -> None:
    assert foreign_language(text) == language


def test_no_dutch_message_is_taken_for_another_language() -> None:
    unseen: Path = ROOT / "tests" / "nlu" / "unseen.tsv"
    texts = [line.split("\t")[-1] for line in unseen.read_text(encoding="utf-8").splitlines()]
    assert len(texts) > 1000
    assert [text for text in texts if foreign_language(text)] == []
