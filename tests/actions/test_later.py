"""Not now, but later: the day, the yes, and the promise."""

from datetime import date

import pytest
from sqlalchemy import select

from bot.store.database import Database
from bot.store.tables import Consent, Conversation, Plan
from tests.actions.conftest import Riet, Said

FORM = "validate_later_form"


async def asked(riet: Riet, slot: str, text: str, intent: str = "nlu_fallback") -> Said:
    riet.form = "later_form"
    riet.slots["requested_slot"] = slot
    return await riet.says(FORM, text, intent)


async def plans(database: Database) -> list[date]:
    async with database.transaction() as session:
        return list(await session.scalars(select(Plan.due_on)))


async def test_a_day_in_the_first_words_is_not_asked_again(riet: Riet) -> None:
    said = await riet.says(FORM, "nu niet, na de zomer misschien", "later")
    assert said.slots["later_on"] == "2027-09-01"


async def test_without_a_day_in_it_the_day_is_asked(riet: Riet) -> None:
    riet.slots["later_on"] = "2026-12-01"
    said = await riet.says(FORM, "/later", "later")
    assert said.slots["later_on"] is None


@pytest.mark.parametrize(
    ("text", "intent", "day"),
    [
        ("over twee weken", "check_availability", "2026-12-08"),
        ("vraag het in maart maar weer", "later", "2027-03-01"),
        ("na de vakantie", "later", None),
        ("blarf", "nlu_fallback", None),
    ],
)
async def test_the_day_is_read_on_its_words(
    riet: Riet, text: str, intent: str, day: str | None
) -> None:
    said = await asked(riet, "later_on", text, intent)
    assert said.slots["later_on"] == day
    assert bool(said.messages) == (day is None)


async def test_begin_maart_is_a_day_and_no_wish_to_begin_again(riet: Riet) -> None:
    riet.form, riet.slots["requested_slot"] = "later_form", "later_on"
    said = await riet.says("action_restart", "begin maart", "restart")
    assert (said.slots["later_on"], said.text) == ("2027-03-01", "")
    assert said.events[-1]["name"] == "later_form"


@pytest.mark.parametrize("intent", ["deny", "skip", "unsure", "goodbye", "thank", "stop"])
async def test_who_rather_names_no_day_is_left_in_peace_at_once(
    riet: Riet, database: Database, intent: str
) -> None:
    said = await asked(riet, "later_on", "ach nee", intent)
    assert said.slots["requested_slot"] is None
    said = await riet.again("action_plan_later")
    assert said.text == ("utter_stop" if intent == "stop" else "utter_later")
    assert await plans(database) == []


async def test_who_fears_messages_every_week_hears_that_it_is_one(riet: Riet) -> None:
    riet.slots["later_on"] = "2027-09-01"
    said = await asked(riet, "later_consent", "krijg ik nu elke week berichten?", "stop")
    assert said.text == "utter_later_once"
    assert said.slots["later_consent"] is None


async def test_a_second_miss_is_no_third_question(riet: Riet) -> None:
    await asked(riet, "later_on", "blarf")
    said = await asked(riet, "later_on", "blarf blarf")
    assert said.slots["form_stopped"] is True


@pytest.mark.parametrize("intent", ["ask_cost", "ask_human", "crisis_suicide", "hurdle_guilt"])
@pytest.mark.parametrize("slot", ["later_on", "later_consent"])
async def test_a_question_in_between_is_left_to_its_own_rule(
    riet: Riet, slot: str, intent: str
) -> None:
    said = await asked(riet, slot, "en hoe zit dat dan eigenlijk?", intent)
    assert not said.events


async def test_a_yes_makes_the_promise_and_says_when(riet: Riet, database: Database) -> None:
    riet.slots["later_on"] = "2027-09-01"
    question = await riet.says("action_ask_later_consent", "na de zomer")
    assert "op woensdag 1 september 2027" in question.text
    said = await asked(riet, "later_consent", "ja hoor", "affirm")
    assert said.slots["later_consent"] is True
    told = await riet.again("action_plan_later")
    riet.slots |= {"later_on": "2027-09-01", "later_consent": True}
    again = await riet.again("action_plan_later")
    assert told.text == again.text
    assert "op woensdag 1 september 2027" in told.text
    assert await plans(database) == [date(2027, 9, 1)]


async def test_a_no_makes_none_and_is_remembered(riet: Riet, database: Database) -> None:
    riet.slots["later_on"] = "2027-09-01"
    await asked(riet, "later_consent", "nee, liever niet", "deny")
    assert (await riet.again("action_plan_later")).text == "utter_later"
    assert await plans(database) == []
    async with database.transaction() as session:
        assert list(await session.scalars(select(Consent.given))) == [False]


async def test_another_day_at_the_yes_is_read_back_again(riet: Riet) -> None:
    riet.slots["later_on"] = "2027-09-01"
    said = await asked(riet, "later_consent", "nee toch in oktober", "deny")
    assert said.slots["later_on"] == "2027-10-01"
    assert "later_consent" not in said.slots


@pytest.mark.parametrize("requested", ["stay_needs", "callback_number", "referrer_role"])
async def test_from_inside_another_form_it_begins_anew(riet: Riet, requested: str) -> None:
    said = await asked(riet, requested, "toch liever na de zomer", "later")
    assert said.slots["later_on"] == "2027-09-01"


@pytest.mark.parametrize("slot", ["later_on", "later_consent"])
async def test_a_question_with_a_date_in_it_is_no_day_to_come_back(riet: Riet, slot: str) -> None:
    riet.slots["later_on"] = "2027-09-01"
    said = await asked(riet, slot, "is er plek in juni?", "check_availability")
    assert not said.events


async def test_the_same_day_with_a_yes_is_a_yes(riet: Riet) -> None:
    riet.slots["later_on"] = "2026-12-22"
    said = await asked(riet, "later_consent", "ja 22 december is goed", "affirm")
    assert said.slots["later_consent"] is True


async def test_niet_goed_is_no_yes(riet: Riet) -> None:
    riet.slots["later_on"] = "2026-12-22"
    said = await asked(riet, "later_consent", "dat is niet goed")
    assert said.slots["later_consent"] is None


async def test_on_a_web_page_nothing_is_promised(riet: Riet, database: Database) -> None:
    async with database.transaction() as session:
        (await session.get_one(Conversation, riet.id)).channel = "webchat"
    said = await riet.says(FORM, "na de zomer misschien", "later")
    assert said.slots["form_stopped"] is True
    assert (await riet.again("action_plan_later")).text == "utter_later_on_page"


async def test_stop_after_the_question_is_stronger_than_a_later_yes(
    riet: Riet, database: Database
) -> None:
    async with database.transaction() as session:
        (await session.get_one(Conversation, riet.id)).stopped_at = riet.clock()
    riet.slots |= {"later_on": "2027-09-01", "later_consent": True}
    said = await riet.says("action_plan_later", "goed zo", "affirm")
    assert said.text == "utter_stopped_before"
    assert await plans(database) == []


async def test_a_no_at_once_calls_off_what_was_promised_before(
    riet: Riet, database: Database
) -> None:
    riet.slots |= {"later_on": "2027-09-01", "later_consent": True}
    await riet.says("action_plan_later", "ja", "affirm")
    await asked(riet, "later_on", "liever niet", "deny")
    await riet.again("action_plan_later")
    async with database.transaction() as session:
        assert (await session.scalars(select(Plan.state))).one() == "dropped"


async def test_after_a_loss_nothing_that_was_promised_is_left(
    riet: Riet, database: Database
) -> None:
    riet.slots |= {"later_on": "2027-09-01", "later_consent": True}
    await riet.says("action_plan_later", "ja", "affirm")
    said = await riet.says("action_condolence", "mijn man is overleden", "bereavement")
    assert said.slots["asked"] == "condolence"
    async with database.transaction() as session:
        assert (await session.scalars(select(Plan.state))).one() == "dropped"
        assert (await session.scalars(select(Conversation.bereaved_at))).one() is not None
