"""Which choice is meant by the words of it, or by a number where numbers were read."""

import pytest

from bot.conversation.choices import chosen
from bot.store.tables import Inbound

OFFERED = [
    {"title": "Ja, laten we kijken", "payload": "/check_availability"},
    {"title": "Nu nog niet", "payload": "/later"},
    {"title": "Niet meer vragen", "payload": "/stop"},
]
TWO_YESES = [{"title": "Ja, graag", "payload": "/a"}, {"title": "Ja, later", "payload": "/b"}]


@pytest.mark.parametrize(
    ("text", "offered", "payload"),
    [
        ("Ja, laten we kijken", OFFERED, "/check_availability"),
        ("ja laten we kijken!", OFFERED, "/check_availability"),
        ("Ja", OFFERED, "/check_availability"),
        ("nu nog niet", OFFERED, "/later"),
        ("3", OFFERED, "/stop"),
        ("nummer 2", OFFERED, "/later"),
        ("ja maar hij wil niet", OFFERED, None),
        ("ja", TWO_YESES, None),
        ("ja, graag", TWO_YESES, "/a"),
        ("4", OFFERED, None),
        ("", OFFERED, None),
        ("ja", [], None),
    ],
)
def test_what_is_typed_picks_the_choice_that_it_names(
    text: str, offered: list[dict[str, str]], payload: str | None
) -> None:
    found = chosen(Inbound(text=text), {"choices": offered, "numbered": True})
    assert (found.payload if found else None) == payload


def test_where_buttons_are_tapped_a_number_is_an_answer_of_its_own() -> None:
    assert chosen(Inbound(text="2"), {"choices": OFFERED, "numbered": False}) is None
