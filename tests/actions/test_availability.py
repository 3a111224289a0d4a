"""Is there a place: understood, read back, and shown with how fresh the figure is."""

import pytest

from tests.actions.conftest import Riet
from tests.conftest import Clock

FORM = "validate_availability_form"
SHOW = "action_check_availability"


async def test_a_question_with_a_date_in_it_needs_no_second_question(riet: Riet) -> None:
    said = await riet.says(FORM, "is er plek van 10 tot 12 mei?", "check_availability")
    assert said.slots["stay_nights"] == 2
    assert said.slots["stay_period"].startswith("2027-05-10/2027-05-12/")


async def test_a_week_still_asks_how_many_nights(riet: Riet) -> None:
    said = await riet.says(FORM, "is er plek in de tweede week van mei?", "check_availability")
    assert said.slots["stay_period"].startswith("2027-05-10/2027-05-17/")
    assert said.slots["stay_nights"] is None


async def test_a_question_without_a_date_forgets_the_earlier_one(riet: Riet) -> None:
    riet.slots |= {"stay_period": "2027-05-10/2027-05-12/2/fixed", "stay_nights": 2.0}
    said = await riet.says(FORM, "is er plek?", "check_availability")
    assert said.slots["stay_period"] is None


async def test_at_most_three_places_are_shown_each_with_its_freshness(
    riet: Riet, clock: Clock
) -> None:
    riet.slots |= {"stay_period": "2027-05-10/2027-05-17//flexible", "stay_nights": 2.0}
    clock.pass_by(hours=3)
    said = await riet.says(SHOW, "2 nachten")
    bubbles = [m["text"] for m in said.messages if m.get("text")]
    assert len(bubbles) == 3
    assert all("3 uur geleden bijgewerkt" in bubble for bubble in bubbles)
    assert all(len(title) <= 20 for title in said.titles)
    assert said.titles[-1] == "Andere dagen"


async def test_a_stale_figure_is_not_promised(riet: Riet, clock: Clock) -> None:
    riet.slots |= {"stay_period": "2027-05-10/2027-05-12/2/fixed", "stay_nights": 2.0}
    clock.pass_by(days=5)
    said = await riet.says(SHOW, "2 nachten")
    assert "misschien is het veranderd" in said.text


@pytest.mark.parametrize(
    ("text", "nights"), [("2 nachten", 2), ("drie", 3), ("een week", 7), ("weekendje", 3)]
)
async def test_nights_are_heard_as_people_say_them(riet: Riet, text: str, nights: int) -> None:
    riet.form = "availability_form"
    riet.slots["requested_slot"] = "stay_nights"
    said = await riet.says(FORM, text, "ask_duration")
    assert said.slots["stay_nights"] == nights


async def test_begin_maart_is_when_and_no_wish_to_begin_again(riet: Riet) -> None:
    riet.form = "availability_form"
    riet.slots["requested_slot"] = "stay_period"
    said = await riet.says("action_restart", "begin maart", "restart")
    assert said.slots["stay_period"] == "2027-03-01/2027-03-11//flexible"
    assert said.text == ""
    assert said.events[-1]["name"] == "availability_form"


async def test_nonsense_gets_a_hint_and_the_question_again(riet: Riet) -> None:
    riet.form = "availability_form"
    riet.slots["requested_slot"] = "stay_period"
    said = await riet.says(FORM, "blarf zoing")
    assert said.text == "utter_period_not_understood"
    assert said.slots["stay_period"] is None
