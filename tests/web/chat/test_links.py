"""What can be called or opened is a link; what merely looks like a number is not."""

import doctest
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.chat import links
from bot.web.chat.links import linked


def addresses(text: str) -> list[str]:
    return re.findall(r'href="([^"]*)"', linked(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bel nu 112.", "tel:112"),
        ("Bel dan (112)!", "tel:112"),
        ("‘112’ of hulp", "tel:112"),
        ("Bij 113 is er nu iemand voor u.", "tel:113"),
        ("112: dag en nacht", "tel:112"),
        ("Veilig Thuis: 0800-2000, gratis", "tel:08002000"),
        ("0800 5088", "tel:08005088"),
        ("de Kindertelefoon: 0800-0432.", "tel:08000432"),
        ("0900-1515", "tel:09001515"),
        ("Mantelzorglijn 030 760 60 55", "tel:+31307606055"),
        ("(030) 760 60 55", "tel:+31307606055"),
        ("088 0767 000, dag en nacht", "tel:+31880767000"),
        ("06-12345678", "tel:+31612345678"),
        ("06 12 34 56 78", "tel:+31612345678"),
        ("+31 6 12345678", "tel:+31612345678"),
        ("+31 (0)30 760 60 55", "tel:+31307606055"),
        ("0031 30 7606055", "tel:+31307606055"),
        ("Chatten kan op 113.nl. Is", "https://113.nl"),
        ("veiligthuis.nl", "https://veiligthuis.nl"),
        ("https://logeren.example/f/Ab-1?x=2.", "https://logeren.example/f/Ab-1?x=2"),
    ],
)
def test_what_can_be_called_or_opened_is_a_link(text: str, expected: str) -> None:
    assert addresses(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "01-02-2026 12:00",
        "01-02-2026",
        "in 2026",
        "postcode 0112 AB",
        "€ 0307606055",
        "€ 112",
        "112 euro",
        "112,50",
        "1.112",
        "112%",
        "112 nachten",
        "nog 113 plekken",
        "Dorpsstraat 112",
        "kamer 113",
        "2112",
        "112-113",
        "06-1234567",
        "IBAN NL91ABNA0417164300",
        "BSN 123456789",
        "riet@113.nl",
        "javascript:alert(1)",
    ],
)
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert addresses(text) == []


def test_two_numbers_in_one_sentence_are_two_links() -> None:
    assert addresses("Bel 113 of 0800-0113. Gevaar? 112.") == [
        "tel:113",
        "tel:08000113",
        "tel:112",
    ]


@given(st.text(alphabet=st.sampled_from("0123 -+().,/€<>\"'&:htpsnlabz112"), max_size=80))
def test_the_words_stay_the_same_and_nothing_is_left_unescaped(text: str) -> None:
    html = linked(text)

    assert html.striptags() == " ".join(text.split())
    assert set(re.findall(r"<[^>]*>", html)) <= {
        *re.findall(r'<a href="(?:tel:\+?[0-9]+|https?://[^"<>\s]+)">', html),
        "</a>",
    }


def test_its_example_is_true() -> None:
    assert doctest.testmod(links).failed == 0
