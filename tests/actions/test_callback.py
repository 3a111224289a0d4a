"""A call by a coordinator: the number, the moment, and a yes to passing it on."""

import pytest
from sqlalchemy import select

from actions.calling import moment_in, wants_a_call
from bot.store.database import Database
from bot.store.tables import CallbackRequest, Consent, Conversation, Handoff, Mode, Reason
from bot.store.vault import Vault
from tests.actions.conftest import Riet, Said

FORM = "validate_callback_form"
SLOTS = ("callback_number", "callback_moment", "callback_consent")
READY = {
    "callback_number": "06 12345678",
    "callback_moment": "’s middags",
    "callback_consent": True,
}


async def asked(riet: Riet, slot: str, text: str, intent: str = "nlu_fallback") -> Said:
    riet.form = "callback_form"
    riet.slots["requested_slot"] = slot
    return await riet.says(FORM, text, intent)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("liefst in de ochtend", "’s ochtends"),
        ("smiddags graag", "’s middags"),
        ("06 12345678 na half 6, dan ben ik thuis", "na half 6"),
        ("'s middags", "’s middags"),
        ("na vier uur", "na vier uur"),
        ("maandag", "maandag"),
        ("maakt niet uit", "op elk moment"),
        ("mijn man heet Jan", None),
    ],
)
def test_when_it_suits_is_heard_in_a_few_words(text: str, moment: str | None) -> None:
    assert moment_in(text) == moment


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("kan iemand mij bellen?", True),
        ("bel me even terug aub", True),
        ("ik wil graag teruggebeld worden", True),
        ("mag ik een mens spreken", False),
        ("kan ik jullie bellen?", False),
    ],
)
def test_a_wish_to_be_called_is_heard(text: str, wanted: bool) -> None:
    assert wants_a_call(text) == wanted


async def test_who_wants_to_be_called_is_asked_for_a_number_and_need_not_wait_in_silence(
    riet: Riet, database: Database
) -> None:
    said = await riet.says("action_hand_over", "kan iemand mij bellen?", "ask_human")
    assert [event["name"] for event in said.events if event["event"] == "followup"] == [
        "callback_form"
    ]
    async with database.transaction() as session:
        assert (await session.scalars(select(Conversation.mode))).one() == Mode.BOT


@pytest.mark.parametrize("requested", ["stay_period", "later_on", "referrer_region"])
async def test_from_inside_another_form_it_begins_anew(riet: Riet, requested: str) -> None:
    said = await asked(riet, requested, "kan iemand mij bellen?", "ask_human")
    assert said.text == "utter_call_welcome"


@pytest.mark.parametrize(
    ("slot", "text", "intent", "moment"),
    [
        ("callback_moment", "vanavond", "later", "’s avonds"),
        ("callback_moment", "nu", "later", "op elk moment"),
        ("callback_moment", "10 uur", "nlu_fallback", "10 uur"),
        ("callback_moment", "wat kost het voor mijn moeder?", "ask_cost", None),
        ("callback_consent", "ik vroeg me af wie dit leest", "ask_privacy", None),
        ("callback_moment", "niet 's ochtends", "nlu_fallback", None),
    ],
)
async def test_only_a_moment_is_taken_for_one(
    riet: Riet, slot: str, text: str, intent: str, moment: str | None
) -> None:
    said = await asked(riet, slot, text, intent)
    assert said.slots.get("callback_moment") == moment


async def test_bel_me_maar_is_a_yes_and_no_reason_to_ask_again(riet: Riet) -> None:
    said = await asked(riet, "callback_consent", "ja bel me maar", "ask_human")
    assert said.slots["callback_consent"] is True
    missed = await asked(riet, "callback_number", "bel me maar", "ask_human")
    assert missed.text == "utter_callback_not_understood"


async def test_bel_me_niet_is_no_yes(riet: Riet) -> None:
    said = await asked(riet, "callback_consent", "nee bel me maar niet", "ask_human")
    assert said.slots["callback_consent"] is None


async def test_this_number_is_the_one_somebody_writes_from(
    riet: Riet, database: Database, vault: Vault
) -> None:
    async with database.transaction() as session:
        row = await session.get_one(Conversation, riet.id)
        row.address_sealed = vault.encrypt("whatsapp:+31612345678")
    said = await asked(riet, "callback_number", "bel me maar op dit nummer", "ask_human")
    assert said.slots["callback_number"] == "+31612345678"


async def test_another_wish_is_no_answer_to_the_number(riet: Riet) -> None:
    said = await asked(riet, "callback_number", "ik wil logeren aanvragen", "request_stay")
    assert not said.events
    said = await asked(riet, "callback_number", "wie kan dit hier lezen?", "ask_privacy")
    assert not said.events


async def test_number_and_moment_in_one_answer_are_both_taken(riet: Riet) -> None:
    said = await asked(riet, "callback_number", "06-12345678, liefst 's ochtends", "ask_human")
    assert said.slots["callback_number"] == "06-12345678"
    assert said.slots["callback_moment"] == "’s ochtends"


async def test_what_is_no_number_gets_a_hint(riet: Riet) -> None:
    said = await asked(riet, "callback_number", "06 123")
    assert said.text == "utter_callback_not_understood"


@pytest.mark.parametrize("slot", SLOTS)
@pytest.mark.parametrize("intent", ["ask_cost", "ask_why", "crisis_suicide", "hurdle_guilt"])
async def test_a_question_in_between_is_left_to_its_own_rule(
    riet: Riet, slot: str, intent: str
) -> None:
    said = await asked(riet, slot, "en hoe zit dat dan eigenlijk?", intent)
    assert not said.events


async def test_the_moment_may_be_skipped(riet: Riet) -> None:
    said = await asked(riet, "callback_moment", "sla over", "skip")
    assert said.slots["callback_moment"] == "skipped"


async def test_back_and_another_number_are_heard(riet: Riet) -> None:
    back = await asked(riet, "callback_consent", "terug", "restart")
    assert back.slots["callback_moment"] is None
    changed = await asked(riet, "callback_consent", "nee 06 87654321 is het", "deny")
    assert changed.slots["callback_number"] == "06 87654321"
    assert "utter_changed" in changed.text


async def test_it_is_summed_up_before_the_yes(riet: Riet) -> None:
    riet.slots |= READY
    said = await riet.says("action_ask_callback_consent", "’s middags")
    assert "06 12345678" in said.text
    assert "’s middags" in said.text
    assert said.titles == ["Ja, geef door", "Nee, toch niet"]


async def test_a_yes_gives_a_coordinator_the_task_once(
    riet: Riet, database: Database, vault: Vault
) -> None:
    riet.slots |= READY
    said = await riet.says("action_submit_callback", "ja", "affirm")
    riet.slots |= READY
    assert (await riet.again("action_submit_callback")).text == said.text == "utter_callback_made"
    async with database.transaction() as session:
        call = (await session.scalars(select(CallbackRequest))).one()
        task = (await session.scalars(select(Handoff))).one()
        consent = (await session.scalars(select(Consent))).one()
        mode = (await session.scalars(select(Conversation.mode))).one()
    assert (vault.decrypt(call.number_sealed), call.moment) == ("06 12345678", "’s middags")
    assert (task.reason, mode, consent.given) == (Reason.CALLBACK, Mode.BOT, True)


@pytest.mark.parametrize(
    ("text", "intent"),
    [("liever niet", "deny"), ("schrijf maar hier in de chat", "nlu_fallback")],
)
async def test_without_a_number_a_human_may_write_instead(
    riet: Riet, database: Database, text: str, intent: str
) -> None:
    await asked(riet, "callback_number", text, intent)
    said = await riet.again("action_submit_callback")
    assert said.text == "utter_no_call"
    assert said.slots["asked"] == "human"
    async with database.transaction() as session:
        assert (await session.scalars(select(CallbackRequest))).first() is None
