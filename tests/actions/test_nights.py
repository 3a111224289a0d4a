"""How many nights somebody means, and that an article is no number."""

import pytest

from actions.reading import nights_in


@pytest.mark.parametrize(
    ("text", "nights"),
    [
        ("een", 1),
        ("eentje", 1),
        ("één nachtje op proef", 1),
        ("3", 3),
        ("doe maar drie dan", 3),
        ("twee nachten graag, als dat kan met die drukte", 2),
        ("2 weken", 14),
        ("een week", 7),
        ("een weekend", 3),
        ("een of twee", 2),
        ("mag ik een mens spreken", None),
        ("we hebben 2 honden thuis, kan dat", None),
        ("mijn man is een beetje in de war", None),
        ("40 nachten", None),
        ("", None),
    ],
)
def test_a_number_counts_where_it_counts_nights(text: str, nights: int | None) -> None:
    assert nights_in(text) == nights
