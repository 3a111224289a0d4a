"""What a channel cannot show is said in another way, in one place, and no word is lost."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Choice, Form, Image, OutgoingMessage, Request
from integrations.channel import Abilities
from integrations.degrade import degraded
from integrations.telegram import Telegram
from integrations.webchat.channel import WebChat
from tests.channels.outbound import LINES

EVERYTHING = Abilities(
    buttons=3, button_title=20, items=10, item_title=24, item_description=72, body=1024,
    distinct=True, images=True, contact_request=True, location_request=True,
)  # fmt: skip
NOTHING = Abilities()
PHOTO = Image("https://adempauze.example/photos/appel.jpg", "De tuin, met een lange tafel")
CHOOSE = "Typ het nummer van uw keuze."


def choices(*titles: str) -> tuple[Choice, ...]:
    return tuple(Choice(title, f"/{title}") for title in titles)


def asking(*titles: str, text: str = "Wat past bij u?") -> OutgoingMessage:
    return OutgoingMessage(text, choices(*titles))


THREE = asking("Ja", "Nee", "Weet ik niet")
FOUR = asking("Een", "Twee", "Drie", "Vier")


@pytest.mark.parametrize(
    ("message", "abilities", "form"),
    [
        (OutgoingMessage("Dag"), EVERYTHING, Form.PLAIN),
        (THREE, EVERYTHING, Form.BUTTONS),
        (FOUR, EVERYTHING, Form.LIST),
        (asking(*map(str, range(10))), EVERYTHING, Form.LIST),
        (asking("Verder met de assistent"), EVERYTHING, Form.LIST),
        (OutgoingMessage("?", (Choice("Ja", "/ja", "Dat wil ik"),)), EVERYTHING, Form.LIST),
        (replace(THREE, text="a" * 1024), EVERYTHING, Form.BUTTONS),
        (replace(THREE, text="een\n\ntwee\ndrie"), replace(EVERYTHING, lines=3), Form.BUTTONS),
    ],
    ids=["no choices", "three", "four", "ten", "20 to 24", "described", "1024", "three lines"],
)
def test_what_a_channel_can_show_stays_as_it_is(
    message: OutgoingMessage, abilities: Abilities, form: Form
) -> None:
    assert degraded(message, abilities, LINES) == (message, form)


@pytest.mark.parametrize(
    ("message", "abilities"),
    [
        (THREE, NOTHING),
        (FOUR, replace(EVERYTHING, items=0)),
        (asking(*map(str, range(11))), EVERYTHING),
        (asking("Een titel die langer is dan 24 tekens", "Nee"), EVERYTHING),
        (asking("Ja", "Ja"), EVERYTHING),
        (asking("", "Ja"), EVERYTHING),
        (replace(THREE, text="a" * 1025), EVERYTHING),
        (replace(THREE, text="een\n\ntwee\ndrie"), replace(EVERYTHING, lines=2)),
        (
            OutgoingMessage("?", (Choice("Ja", "/ja", "d" * 73),)),
            EVERYTHING,
        ),
    ],
    ids=[
        "no buttons", "no list", "more than ten", "a long title", "the same title twice",
        "no title", "a long text", "too many lines", "a long description",
    ],
)  # fmt: skip
def test_choices_that_do_not_fit_are_numbered_lines_with_the_whole_title(
    message: OutgoingMessage, abilities: Abilities
) -> None:
    shown, form = degraded(message, abilities, LINES)
    lines = [
        f"{number}. {choice.title}" + (f" – {choice.description}" if choice.description else "")
        for number, choice in enumerate(message.choices, 1)
    ]
    assert form is Form.NUMBERED
    assert shown.text == "\n\n".join([message.text, "\n".join(lines), CHOOSE])
    assert shown.choices == ()


ON_BUTTONS = replace(EVERYTHING, items=0)
NUMBER = OutgoingMessage("Wij bellen u graag.", request=Request.CONTACT)


@pytest.mark.parametrize(
    ("message", "is_open", "form"),
    [
        (NUMBER, False, Form.KEYBOARD),
        (replace(NUMBER, choices=THREE.choices), False, Form.KEYBOARD),
        (replace(NUMBER, request=Request.LOCATION), True, Form.KEYBOARD),
        (THREE, True, Form.KEYBOARD),
        (THREE, False, Form.BUTTONS),
        (OutgoingMessage("Dag"), True, Form.PLAIN),
    ],
    ids=["a number", "with choices", "a place", "choices while open", "choices", "nothing"],
)
def test_what_is_requested_stands_in_place_of_the_letters_and_choices_do_while_it_does(
    message: OutgoingMessage, is_open: bool, form: Form
) -> None:
    shown = degraded(message, ON_BUTTONS, LINES, keyboard_open=is_open)
    assert shown == (message, form)


@pytest.mark.parametrize(
    "crowded", [asking("Ja", "Ja"), FOUR, asking("x" * 21), replace(THREE, text="a" * 1025)]
)
@pytest.mark.parametrize("asked", [None, Request.CONTACT])
def test_what_has_no_room_in_place_of_the_letters_is_all_said_in_words(
    crowded: OutgoingMessage, asked: Request | None
) -> None:
    message = replace(crowded, text=f"Kies maar. {crowded.text.rstrip('?')}", request=asked)
    one_way = replace(ON_BUTTONS, distinct=False)
    shown, form = degraded(message, one_way, LINES, keyboard_open=True)
    assert (form, shown.choices, shown.request) == (Form.NUMBERED, (), None)
    assert (LINES.contact in shown.text) is (asked is not None)


def test_a_picture_that_cannot_be_shown_is_its_description() -> None:
    message = OutgoingMessage("Hoeve Kievitsveer.", images=(PHOTO,))
    shown, _ = degraded(message, NOTHING, LINES)
    assert shown == OutgoingMessage("Hoeve Kievitsveer.\n\nDe tuin, met een lange tafel")
    assert degraded(message, EVERYTHING, LINES)[0] == message


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/photos/a.jpg", "/photos/a.jpg"])
def test_a_picture_that_no_vendor_can_fetch_is_its_description(url: str) -> None:
    message = OutgoingMessage("Kijk.", images=(replace(PHOTO, url=url),))
    assert degraded(message, EVERYTHING, LINES)[0].text == f"Kijk.\n\n{PHOTO.description}"


@pytest.mark.parametrize(
    ("request_", "line"),
    [(Request.CONTACT, LINES.contact), (Request.LOCATION, LINES.location)],
)
def test_a_request_without_a_button_asks_to_type(request_: Request, line: str) -> None:
    message = OutgoingMessage("Wij bellen u graag.", request=request_)
    shown, _ = degraded(message, NOTHING, LINES)
    assert shown == OutgoingMessage(f"Wij bellen u graag.\n\n{line}")
    assert degraded(message, EVERYTHING, LINES)[0] == message


def test_a_question_says_itself_what_to_type() -> None:
    message = OutgoingMessage("Op welk nummer mogen wij u bellen?", request=Request.CONTACT)
    assert degraded(message, NOTHING, LINES)[0] == replace(message, request=None)


def test_everything_at_once_comes_in_the_order_it_is_read() -> None:
    message = replace(THREE, images=(PHOTO,), request=Request.CONTACT)
    shown, _ = degraded(message, NOTHING, LINES)
    assert shown.text.split("\n\n") == [
        "Wat past bij u?", PHOTO.description, "1. Ja\n2. Nee\n3. Weet ik niet",
        CHOOSE,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "abilities",
    [Telegram("123456:a-token").abilities, WebChat().abilities],
    ids=["telegram", "webchat"],
)
def test_where_buttons_have_no_limits_that_we_meet_nothing_is_numbered(
    abilities: Abilities,
) -> None:
    long = asking(*(f"Keuze {number} met veel woorden erin" for number in range(20)))
    assert degraded(long, abilities, LINES) == (long, Form.BUTTONS)


@given(
    text=st.text(max_size=40),
    titles=st.lists(st.text(max_size=30), max_size=12),
    abilities=st.builds(
        Abilities,
        buttons=st.integers(0, 12),
        button_title=st.integers(0, 30),
        items=st.integers(0, 12),
        item_title=st.integers(0, 30),
        body=st.integers(0, 60),
        lines=st.none() | st.integers(0, 4),
        images=st.booleans(),
        contact_request=st.booleans(),
    ),
    keyboard_open=st.booleans(),
)
def test_whatever_a_channel_can_do_every_word_is_still_there(
    text: str, titles: list[str], abilities: Abilities, keyboard_open: bool
) -> None:
    message = OutgoingMessage(text, choices(*titles), (PHOTO,), Request.CONTACT)
    shown, form = degraded(message, abilities, LINES, keyboard_open=keyboard_open)
    assert shown.text.startswith(text)
    assert shown.images == ((PHOTO,) if abilities.images else ())
    assert abilities.images or PHOTO.description in shown.text
    told = shown.text if form is Form.NUMBERED else [choice.title for choice in shown.choices]
    assert all(title in told for title in titles)
    if form is Form.BUTTONS:
        assert len(titles) <= abilities.buttons
    if form is Form.LIST:
        assert len(titles) <= abilities.items
    if form is Form.KEYBOARD:
        assert len({*titles}) == len(titles) <= abilities.buttons
    assert shown.request is None or form is Form.KEYBOARD
    assert not (keyboard_open and form in (Form.BUTTONS, Form.LIST))
