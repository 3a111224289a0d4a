"""What the page shows of a conversation, without a database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.messages import Choice, Image, Kind, Request, Tier
from bot.services.timeline import Entry
from bot.store.tables import Author, State
from bot.web.chat.view import View, view
from tests.conftest import MORNING

RIET = Entry(
    key="in-1",
    message_id=1,
    author=None,
    name=None,
    text="Ik ben moe",
    kind=Kind.TEXT,
    choices=(),
    state=None,
    error=None,
    tier=Tier.NONE,
    waiting=False,
    at=MORNING,
)
BOT = replace(
    RIET,
    key="out-1",
    author=Author.BOT,
    text="Dat begrijp ik.\n\nHoe slaapt u?",
    choices=(Choice("Goed", "/good"), Choice("Slecht", "/bad")),
    state=State.SENT,
)
LATER = MORNING + timedelta(seconds=1)


def test_a_message_is_split_at_empty_lines() -> None:
    html = view([BOT], LATER).items["out-1"]

    assert html.count('class="bubble') == 2


def test_the_last_question_has_buttons_and_an_earlier_one_only_words() -> None:
    second = replace(BOT, key="out-2", message_id=2, choices=(Choice("Ja", "/ja"),))
    now = view([BOT, RIET, second], LATER)

    assert 'value="2:0"' in now.choices
    assert "Slecht" not in now.choices
    assert "Keuzes: Goed · Slecht" in now.items["out-1"]
    assert "message--open" in now.items["out-2"]
    assert "message--open" not in now.items["out-1"]


def test_there_are_no_buttons_while_an_answer_is_on_its_way() -> None:
    assert view([BOT, replace(RIET, waiting=True)], LATER).choices == ""


def test_buttons_stay_when_a_message_is_left_to_the_coordinator() -> None:
    assert "Slecht" in view([BOT, RIET], LATER).choices


def test_the_assistant_thinks_and_after_ten_seconds_that_is_not_said_any_more() -> None:
    waiting = [replace(RIET, waiting=True)]

    assert view(waiting, LATER).status == "Adempauze denkt even na…"
    assert "bewaard" in view(waiting, MORNING + timedelta(seconds=11)).status
    assert view([RIET], LATER).status == ""


def test_a_row_of_messages_of_one_speaker_has_one_label() -> None:
    again = replace(BOT, key="out-2", message_id=2)
    items = view([BOT, again], LATER).items

    assert "computer" in items["out-1"]
    assert "computer" not in items["out-2"]


def test_another_day_is_said() -> None:
    tuesday = MORNING + timedelta(days=7)
    items = view([RIET, replace(BOT, at=tuesday)], tuesday).items

    assert list(items) == ["day-2026-11-24", "in-1", "day-2026-12-01", "out-1"]
    assert "dinsdag 24 november" in items["day-2026-11-24"]
    assert "vandaag" in items["day-2026-12-01"]


def test_times_are_those_of_amsterdam() -> None:
    assert "10:00" in view([RIET], LATER).items["in-1"]


def test_an_erased_message_says_so() -> None:
    assert "gewist bericht" in view([replace(RIET, text="")], LATER).items["in-1"]


def test_the_numbers_of_a_person_herself_are_not_links() -> None:
    assert "tel:" not in view([replace(RIET, text="Ik ben op 112")], LATER).items["in-1"]


def test_a_page_that_has_most_of_it_gets_only_the_rest() -> None:
    before = view([RIET], LATER)
    after = view([RIET, BOT], LATER)

    rest = after.besides(before.items)
    assert rest["order"] == ["in-1", "out-1"]
    assert rest["items"] == {"out-1": after.items["out-1"]}


def test_the_version_changes_with_all_that_is_shown() -> None:
    views = [View({}), View({"a": "x"}), View({}, "x"), View({}, "", "x"), View({"a": "y"})]

    assert len({view.version for view in views}) == len(views)


def test_a_picture_is_shown_with_what_is_on_it_in_words() -> None:
    picture = Image("/photos/appel.jpg", 'De "tuin"')
    html = view([replace(BOT, images=(picture,))], LATER).items["out-1"]

    assert '<img class="photo" src="/photos/appel.jpg" alt="De &#34;tuin&#34;">' in html


@pytest.mark.parametrize(
    ("request_", "words"), [(Request.CONTACT, "telefoonnummer"), (Request.LOCATION, "gemeente")]
)
def test_what_is_asked_for_is_asked_in_words(request_: Request, words: str) -> None:
    told = replace(BOT, text="Wij helpen u graag.", request=request_)
    assert words in view([told], LATER).items["out-1"]
    asked = replace(told, text="Wat mogen wij weten?")
    assert words not in view([asked], LATER).items["out-1"]
