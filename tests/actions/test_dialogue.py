"""The three hurdles, a human, an alarm, and what is not understood."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from sqlalchemy import select

from actions.reading import need_in
from bot.messages import Tier
from bot.services.content import NAMED_HURDLES, Content, Hurdle
from bot.store.database import Database
from bot.store.tables import Conversation, Handoff, Mode, TestimonialShown
from tests.actions.conftest import Riet
from tests.conftest import Clock


async def mode_and_task(database: Database) -> tuple[str, Handoff | None]:
    async with database.transaction() as session:
        mode = (await session.scalars(select(Conversation.mode))).one()
        return mode, (await session.scalars(select(Handoff))).one_or_none()


async def test_a_wife_is_recognised_without_the_word_for_it(riet: Riet) -> None:
    said = await riet.says("action_recognise", "ik ben gewoon zijn vrouw", "not_a_caregiver")
    assert said.messages[0]["whom"] == "uw man"
    said = await riet.says("action_recognise", "ik zorg voor m'n man, hij is dement")
    assert said.messages[0]["whom"] == "uw man"
    assert said.slots["relation"] == "partner"
    assert said.slots["situation"] == "dementia"


@pytest.mark.parametrize("hurdle", NAMED_HURDLES)
async def test_a_hurdle_gets_a_fact_a_fitting_story_and_a_small_yes(
    riet: Riet, content: Content, hurdle: str
) -> None:
    said = await riet.says("action_hurdle", "…", hurdle)
    answer = content.hurdles[Hurdle(hurdle)]
    assert said.messages[0]["text"] == f"{answer.acknowledgement} {answer.fact}"
    assert "voorbeeldverhaal" in said.messages[1]["text"]
    fitting = [story.text for story in content.testimonials_about(answer.hurdle)]
    assert any(text in said.messages[1]["text"] for text in fitting)
    assert said.messages[2]["question"] == answer.small_yes
    assert said.slots["asked"] == f"small_yes_{answer.step}"


async def test_a_hurdle_named_before_is_answered_briefly(riet: Riet) -> None:
    first = await riet.says("action_hurdle", "hij wil niet", "hurdle_refuses")
    repeated = await riet.again("action_hurdle")
    assert repeated.text == first.text
    second = await riet.says("action_hurdle", "hij wil echt niet", "hurdle_refuses")
    assert second.messages[0]["response"] == "utter_hurdle_again"


async def test_no_story_is_told_twice_in_a_row(riet: Riet, database: Database) -> None:
    told = [(await riet.says("action_tell_story", "nog een", "ask_story")).text for _ in range(9)]
    assert all(one != other for one, other in pairwise(told))
    assert len(set(told)) == 8
    async with database.transaction() as session:
        assert len(list(await session.scalars(select(TestimonialShown.id)))) == 9


async def test_who_asks_for_a_human_gets_one_and_the_assistant_falls_silent(
    riet: Riet, database: Database
) -> None:
    said = await riet.says("action_hand_over", "mag ik iemand spreken", "ask_human")
    mode, task = await mode_and_task(database)
    assert mode == Mode.WAITING
    assert task is not None
    assert said.titles == ["Verder met de assistent"]


async def test_an_alarm_names_the_number_warns_a_human_and_leaves_the_form(
    riet: Riet, database: Database
) -> None:
    riet.form = "stay_request_form"
    said = await riet.says("action_alarm", "ik wil er niet meer zijn", "crisis_suicide", 0.9)
    mode, task = await mode_and_task(database)
    assert "113" in said.text
    assert mode == Mode.WAITING
    assert task is not None
    assert task.tier == Tier.SUICIDE
    assert riet.form is None


async def test_an_unsure_alarm_asks_openly_with_the_number_and_still_warns(
    riet: Riet, database: Database
) -> None:
    said = await riet.says("action_alarm", "het hoeft van mij niet meer", "crisis_suicide", 0.35)
    mode, task = await mode_and_task(database)
    assert "113" in said.text
    assert said.text.rstrip().endswith("?")
    assert mode == Mode.BOT
    assert task is not None
    assert task.tier == Tier.SUICIDE


async def test_a_lower_alarm_never_lowers_a_higher_one(riet: Riet, database: Database) -> None:
    await riet.says("action_alarm", "ik wil er niet meer zijn", "crisis_suicide", 0.9)
    await riet.says("action_alarm", "ik val morgen weg", "urgent_breakdown", 0.9)
    _, task = await mode_and_task(database)
    assert task is not None
    assert task.tier == Tier.SUICIDE


async def test_a_fact_past_its_date_refers_to_the_coordinator(riet: Riet, clock: Clock) -> None:
    fresh = await riet.says("action_answer", "wat kost het", "ask_cost")
    assert "21,80" in fresh.text
    clock.moment = datetime(2027, 1, 2, 9, tzinfo=UTC)
    said = await riet.says("action_answer", "wat kost het", "ask_cost")
    assert "21,80" not in said.text
    assert "coördinator" in said.text
    assert said.slots["asked"] == "human"


async def test_two_misses_offer_choices_and_a_third_only_a_human(riet: Riet) -> None:
    first = await riet.says("action_fallback", "blarf", ranking=[("ask_cost", 0.2)])
    assert first.titles == ["Wat kost het?", "Een mens spreken"]
    second = await riet.says("action_fallback", "blarf", ranking=[("ask_cost", 0.2)])
    assert "utter_choices" in second.text
    third = await riet.says("action_fallback", "blarf")
    assert third.text == "utter_offer_human"


async def test_a_new_session_remembers_the_slots_and_the_form(riet: Riet) -> None:
    riet.slots = {"asked": "day", "relation": None}
    riet.form = "stay_request_form"
    said = await riet.again("action_session_start")
    kinds = [event["event"] for event in said.events]
    assert kinds == ["session_started", "slot", "active_loop", "action"]


async def test_one_question_at_a_time_in_a_form(riet: Riet) -> None:
    riet.form = "stay_request_form"
    assert not (await riet.says("action_ask_more", "dank u", "thank")).messages
    assert not (await riet.says("action_answer", "wat kost het", "ask_cost")).titles


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("hij loopt 's nachts weleens weg", "wandering"),
        ("'s nachts moet ze naar de wc", "night"),
        ("geen", "none"),
        ("gewoon wat aandacht", None),
    ],
)
def test_a_need_is_heard_in_coarse_words_only(text: str, need: str | None) -> None:
    assert need_in(text) == need
