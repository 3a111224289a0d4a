"""The stay request as Riet goes through it: answers, questions in between, and the bed itself."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.services.availability import Availability
from bot.services.content import Content
from bot.services.stays import Stays, Wish
from bot.store.database import Database
from bot.store.tables import Conversation, Handoff, Location, Reason, StayRequest
from tests.actions.conftest import Riet
from tests.conftest import Clock

FORM = "validate_stay_request_form"
PLACE = {"stay_location": "de-zeven-stoelen", "stay_start": "2027-05-10", "stay_end": "2027-05-12"}
READY: dict[str, Any] = PLACE | {
    "stay_needs": "night",
    "stay_first_name": "Riet",
    "stay_callback": "06 12345678, na vier uur",
    "stay_consent": True,
}


def asked(riet: Riet, slot: str) -> None:
    riet.form = "stay_request_form"
    riet.slots["requested_slot"] = slot


async def count(database: Database) -> int:
    async with database.transaction() as session:
        return int(await session.scalar(select(func.count()).select_from(StayRequest)) or 0)


async def close(database: Database, house: str, clock: Clock) -> None:
    async with database.transaction() as session:
        closed = update(Location).where(Location.slug == house).values(closed_at=clock())
        await session.execute(closed)


async def take(stays: Stays, riet: Riet, house: str, beds: int, start: date, end: date) -> None:
    """Others have the beds of a house on these days."""
    for inbound_id in range(9_000, 9_000 + beds):
        await stays.request(riet.id, inbound_id, Wish(house, start, end, "v1"), riet.clock())


@pytest.mark.usefixtures("availability")
async def test_a_tap_on_an_opening_fills_where_and_when(riet: Riet) -> None:
    said = await riet.says(FORM, "/request_stay", "request_stay", entities=PLACE)
    assert said.slots["stay_location"] == "de-zeven-stoelen"
    assert said.slots["stay_nights"] == 2
    assert said.slots["stay_confirmed"] is True
    assert said.slots["stay_consent"] is None


async def test_a_tap_on_an_opening_of_long_ago_is_no_stay_in_the_past(
    riet: Riet, clock: Clock
) -> None:
    clock.pass_by(hours=24 * 365)
    said = await riet.says(FORM, "/request_stay", "request_stay", entities=PLACE)
    assert [one.get("response") for one in said.messages] == ["utter_dates_over"]
    assert said.slots["stay_location"] is None
    assert said.slots["stay_start"] is None


@pytest.mark.usefixtures("availability")
async def test_who_arrives_today_arrives_on_no_day_in_the_past(riet: Riet) -> None:
    today = {"stay_start": "2026-11-24", "stay_end": "2026-11-26"}
    said = await riet.says(FORM, "/request_stay", "request_stay", entities=PLACE | today)
    assert said.messages == []
    assert said.slots["stay_start"] == "2026-11-24"


@pytest.mark.parametrize("gone", ["taken", "closed"])
@pytest.mark.parametrize("slot", [None, "stay_callback"])
async def test_a_tap_on_a_place_that_is_gone_keeps_the_days_and_asks_for_another_place(
    riet: Riet, stays: Stays, content: Content, clock: Clock, gone: str, slot: str | None
) -> None:
    house = PLACE["stay_location"]
    if gone == "taken":
        beds = len(content.locations[house].beds)
        await take(stays, riet, house, beds, date(2027, 5, 11), date(2027, 5, 12))
    else:
        await close(riet.database, house, clock)
    if slot:
        riet.slots |= READY
        asked(riet, slot)
    said = await riet.says(FORM, "/request_stay", "request_stay", entities=PLACE)
    assert said.text == "utter_place_taken"
    assert (said.slots["stay_nights"], said.slots["stay_confirmed"]) == (2, True)
    assert said.slots["stay_location"] is said.slots["stay_start"] is None
    others = await riet.again("action_ask_stay_location")
    assert others.messages[0]["response"] == "utter_choose_location"
    assert content.locations[house].name not in others.titles
    assert others.titles[-1] == "Andere dagen"


async def test_a_period_is_read_back_before_it_is_used(riet: Riet) -> None:
    asked(riet, "stay_period")
    said = await riet.says(FORM, "van 10 tot 12 mei", "check_availability")
    assert said.slots["stay_nights"] == 2
    assert "stay_confirmed" not in said.slots
    question = await riet.says("action_ask_stay_confirmed", "van 10 tot 12 mei")
    assert "10 tot woensdag 12 mei 2027" in question.messages[0]["period"]


@pytest.mark.parametrize("text", ["Riet", "ik heet Riet", "Anne-Marie", "mijn naam is Jo"])
async def test_a_first_name_is_heard_whatever_it_was_taken_for(riet: Riet, text: str) -> None:
    asked(riet, "stay_first_name")
    said = await riet.says(FORM, text, "ask_pets", 0.8)
    assert said.slots["stay_first_name"] == text.rsplit(maxsplit=1)[-1]


@pytest.mark.parametrize(
    ("text", "name"),
    [("Greet", "Greet"), ("liever niet", "skipped"), ("overslaan", "skipped"), ("nee", "skipped")],
)
async def test_a_name_is_no_refusal_though_it_may_look_like_one(
    riet: Riet, text: str, name: str
) -> None:
    asked(riet, "stay_first_name")
    said = await riet.says(FORM, text, "skip")
    assert said.slots["stay_first_name"] == name


async def test_a_name_with_words_around_it_is_taken_without_them(riet: Riet) -> None:
    asked(riet, "stay_first_name")
    said = await riet.says(FORM, "bert is de naam", "ask_identity")
    assert said.slots["stay_first_name"] == "Bert"


async def test_a_number_to_call_is_no_wish_for_a_human(riet: Riet) -> None:
    asked(riet, "stay_callback")
    said = await riet.says(FORM, "u mag bellen op 06-12345678 na vieren", "ask_human", 0.9)
    assert said.slots["stay_callback"] == "06-12345678, na vieren"


@pytest.mark.parametrize(
    "slot",
    [
        *("stay_period", "stay_nights", "stay_confirmed", "stay_location"),
        *("stay_needs", "stay_first_name", "stay_callback", "stay_consent"),
    ],
)
@pytest.mark.parametrize("intent", ["ask_cost", "ask_why", "crisis_suicide", "hurdle_guilt"])
async def test_a_question_in_between_is_left_to_its_own_rule(
    riet: Riet, slot: str, intent: str
) -> None:
    asked(riet, slot)
    said = await riet.says(FORM, "en wat als dat allemaal anders loopt dan ik denk?", intent)
    assert not said.events
    assert not said.messages


@pytest.mark.parametrize("slot", ["stay_needs", "stay_first_name", "stay_callback"])
async def test_what_is_optional_can_be_skipped(riet: Riet, slot: str) -> None:
    asked(riet, slot)
    said = await riet.says(FORM, "sla over", "skip")
    assert said.slots[slot]


async def test_laat_maar_leaves_the_form_kindly_and_writes_nothing(
    riet: Riet, database: Database
) -> None:
    asked(riet, "stay_needs")
    said = await riet.says(FORM, "ach, laat maar", "deny")
    assert said.slots["requested_slot"] is None
    assert "utter_stay_stopped" in (await riet.again("action_submit_stay")).text
    assert await count(database) == 0


async def test_a_need_that_may_not_fit_is_said_at_once(riet: Riet) -> None:
    riet.slots["stay_location"] = "hoeve-kievitsveer"
    asked(riet, "stay_needs")
    said = await riet.says(FORM, "hij dwaalt nogal", "ask_dementia")
    assert said.slots["stay_needs"] == "wandering"
    assert "utter_may_not_fit" in said.text


async def test_the_request_is_confirmed_by_who_wrote_it_and_written_once(
    riet: Riet, database: Database, content: Content
) -> None:
    riet.slots |= READY
    said = await riet.says("action_submit_stay", "/affirm", "affirm")
    riet.slots |= READY
    again = await riet.again("action_submit_stay")
    assert said.text == again.text == "utter_stay_held"
    assert said.messages[0]["location"] == "De Zeven Stoelen"
    async with database.transaction() as session:
        request = (await session.scalars(select(StayRequest))).one()
        task = (await session.scalars(select(Handoff))).one()
        stage = await session.scalar(select(Conversation.stage))
    assert request.needs == "hulp in de nacht"
    assert request.consent_version == content.texts.consent_pass_on.version
    assert task.reason == Reason.STAY_REQUEST
    assert stage == "request"


async def test_without_a_yes_nothing_is_written(riet: Riet, database: Database) -> None:
    asked(riet, "stay_consent")
    await riet.says(FORM, "nee, nog niet", "deny")
    riet.slots |= PLACE
    said = await riet.again("action_submit_stay")
    assert said.text == "utter_stay_no_consent"
    assert await count(database) == 0


@pytest.mark.parametrize("gone", ["taken", "closed"])
async def test_a_place_that_is_gone_at_the_end_leads_to_other_dates(
    riet: Riet, stays: Stays, content: Content, clock: Clock, gone: str
) -> None:
    house = "huis-zonder-haast"
    riet.slots |= READY | {"stay_location": house}
    if gone == "taken":
        beds = len(content.locations[house].beds)
        await take(stays, riet, house, beds, date(2027, 5, 11), date(2027, 5, 13))
    else:
        await close(riet.database, house, clock)
    said = await riet.says("action_submit_stay", "/affirm", "affirm")
    assert "niet meer vrij" in said.text
    assert said.titles[0] == "De Zeven Stoelen"
    assert said.titles[-1] == "Andere dagen"
    assert said.slots["stay_location"] is None
    assert riet.slots["stay_first_name"] == "Riet"


async def test_a_name_of_an_opening_is_enough_to_choose_it(
    riet: Riet, availability: Availability
) -> None:
    riet.slots |= {"asked": "openings", "stay_nights": 2.0}
    riet.slots["stay_period"] = "2027-05-10/2027-05-17//flexible"
    said = await riet.says(FORM, "doe maar Hoeve Kievitsveer", "request_stay")
    assert said.slots["stay_location"] == "hoeve-kievitsveer"
    assert said.slots["stay_start"] == "2027-05-10"


@pytest.mark.parametrize("slot", ["stay_period", "stay_nights", "stay_needs", "stay_callback"])
async def test_an_alarm_is_heard_though_there_is_a_date_in_it(riet: Riet, slot: str) -> None:
    asked(riet, slot)
    said = await riet.says(FORM, "ik lig morgen 2 nachten in het ziekenhuis", "urgent_breakdown")
    assert not said.events


async def test_who_would_rather_be_written_to_is_not_asked_for_a_number(riet: Riet) -> None:
    asked(riet, "stay_callback")
    said = await riet.says(FORM, "ik heb liever dat jullie hier schrijven")
    assert said.slots["stay_callback"] == "chat"


@pytest.mark.parametrize(
    ("slot", "text"),
    [
        ("stay_confirmed", "nee toch 4 nachten"),
        ("stay_needs", "sorry, ik bedoel vier nachten"),
        ("stay_callback", "eigenlijk toch 4 nachten"),
        ("stay_consent", "wacht, het moet zijn 4 nachten"),
    ],
)
async def test_another_number_of_nights_is_taken_and_read_back_again(
    riet: Riet, slot: str, text: str
) -> None:
    period = "2027-05-10/2027-05-12/2/fixed"
    riet.slots |= READY | {"stay_period": period, "stay_nights": 2.0, "stay_confirmed": True}
    asked(riet, slot)
    said = await riet.says(FORM, text, "deny")
    assert said.slots["stay_nights"] == 4
    assert said.slots["stay_period"] == "2027-05-10/2027-05-14/4/fixed"
    assert said.slots["stay_confirmed"] is None
    assert said.slots["stay_location"] is None
    assert "utter_changed" in said.text


async def test_other_dates_later_in_the_form_are_read_back_again(riet: Riet) -> None:
    riet.slots |= READY
    asked(riet, "stay_callback")
    said = await riet.says(FORM, "sorry, toch liever van 17 tot 20 mei", "other_dates")
    assert said.slots["stay_period"].startswith("2027-05-17/2027-05-20")
    assert said.slots["stay_confirmed"] is None


@pytest.mark.parametrize(
    ("slot", "text", "intent"),
    [
        ("stay_callback", "06 12345678, morgen tussen 10 en 12", "inform"),
        ("stay_callback", "toch maar 06 12345678, dinsdag na 10 uur", "inform"),
        ("stay_callback", "eigenlijk liever morgenochtend 06 12345678", "inform"),
        ("stay_needs", "eigenlijk moet hij 3 keer per nacht naar de wc", "ask_dementia"),
        ("stay_needs", "nee alleen 1 keer per nacht eruit", "deny"),
        ("stay_consent", "nee, ik wil eerst maandag met mijn dochter overleggen", "deny"),
    ],
)
async def test_other_days_and_numbers_are_no_change_of_the_stay(
    riet: Riet, slot: str, text: str, intent: str
) -> None:
    riet.slots |= READY
    asked(riet, slot)
    said = await riet.says(FORM, text, intent)
    assert slot in said.slots
    assert not {"stay_period", "stay_nights", "stay_location"} & set(said.slots)


@pytest.mark.parametrize(
    ("slot", "text", "changed", "value"),
    [
        ("stay_consent", "nee wacht, ik heet Truus", "stay_first_name", "Truus"),
        ("stay_callback", "sorry, mijn naam is Anne-Marie", "stay_first_name", "Anne-Marie"),
        ("stay_consent", "sorry het is 06 87654321", "stay_callback", "06 87654321"),
    ],
)
async def test_a_name_or_number_can_be_put_right(
    riet: Riet, slot: str, text: str, changed: str, value: str
) -> None:
    riet.slots |= READY
    asked(riet, slot)
    said = await riet.says(FORM, text, "deny")
    assert said.slots[changed] == value
    assert "stay_consent" not in said.slots


@pytest.mark.parametrize(
    ("slot", "emptied"),
    [
        ("stay_confirmed", "stay_period"),
        ("stay_needs", "stay_location"),
        ("stay_first_name", "stay_needs"),
        ("stay_callback", "stay_first_name"),
        ("stay_consent", "stay_callback"),
    ],
)
@pytest.mark.parametrize("text", ["terug", "nog even terug aub", "de vorige vraag graag"])
async def test_one_can_go_back_a_question(riet: Riet, slot: str, emptied: str, text: str) -> None:
    riet.slots |= READY | {"stay_confirmed": True}
    asked(riet, slot)
    said = await riet.says(FORM, text)
    assert said.slots[emptied] is None
    assert slot not in said.slots or said.slots[slot] is None


async def test_back_is_heard_also_where_it_is_taken_for_beginning_again(riet: Riet) -> None:
    riet.slots |= READY
    asked(riet, "stay_needs")
    said = await riet.says("action_restart", "terug", "restart")
    assert said.slots["stay_location"] is None
    assert said.text == ""
    assert said.events[-1]["name"] == "stay_request_form"


@pytest.mark.parametrize("slot", ["stay_period", "stay_confirmed", "stay_location"])
async def test_begin_maart_is_when_and_no_wish_to_begin_again(riet: Riet, slot: str) -> None:
    asked(riet, slot)
    said = await riet.says("action_restart", "begin maart", "restart")
    assert said.slots["stay_period"] == "2027-03-01/2027-03-11//flexible"
    assert said.text == ""
    assert said.events[-1]["name"] == "stay_request_form"


@pytest.mark.parametrize("text", ["begin opnieuw", "begin maar weer bij het begin", "opnieuw"])
@pytest.mark.parametrize("slot", ["stay_period", "stay_first_name"])
async def test_who_names_no_days_begins_again(riet: Riet, text: str, slot: str) -> None:
    asked(riet, slot)
    assert (await riet.says("action_restart", text, "restart")).text == "utter_restart"


async def test_at_a_yes_or_no_skipping_is_not_offered(riet: Riet) -> None:
    asked(riet, "stay_consent")
    await riet.says(FORM, "blauwe stoelen", "out_of_scope")
    assert (await riet.says(FORM, "de kast is groen", "out_of_scope")).text == "utter_form_human"


async def test_beginning_again_forgets_the_request(riet: Riet) -> None:
    riet.slots |= READY
    asked(riet, "stay_needs")
    said = await riet.says("action_restart", "helemaal opnieuw graag", "restart")
    assert said.text == "utter_restart"
    assert said.slots["stay_location"] is None


@pytest.mark.parametrize("name", ["Ben", "Wil", "Dan", "Ben Jansen", "Wil de Vries", "Al"])
async def test_a_name_that_is_also_a_word_is_a_name(riet: Riet, name: str) -> None:
    asked(riet, "stay_first_name")
    assert (await riet.says(FORM, name)).slots["stay_first_name"] == name


@pytest.mark.parametrize("text", ["hoezo dan", "waarom", "weet niet hoor", "nou nee", "wat dan"])
async def test_a_question_is_no_first_name(riet: Riet, text: str) -> None:
    asked(riet, "stay_first_name")
    said = await riet.says(FORM, text, "ask_why")
    assert said.slots.get("stay_first_name") is None


async def test_a_form_hints_once_then_offers_a_human_and_never_says_it_a_third_time(
    riet: Riet,
) -> None:
    asked(riet, "stay_period")
    first = await riet.says(FORM, "blauwe stoelen", "out_of_scope")
    second = await riet.says(FORM, "de kast is groen", "out_of_scope")
    third = await riet.says(FORM, "en een lepel", "out_of_scope")
    assert first.text == "utter_period_not_understood"
    assert second.text == "utter_form_help"
    assert third.text == ""
    assert third.slots["requested_slot"] is None
    ended = await riet.again("action_submit_stay")
    assert ended.text == "utter_offer_human"
    assert ended.slots["asked"] == "human"


async def test_an_answer_after_a_miss_begins_the_count_anew(riet: Riet) -> None:
    asked(riet, "stay_nights")
    await riet.says(FORM, "blauwe stoelen", "out_of_scope")
    said = await riet.says(FORM, "drie", "nlu_fallback")
    assert said.slots["form_misses"] is None
