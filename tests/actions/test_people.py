"""Referrers, the one who would stay, family from afar, and what may be kept of them."""

import pytest
from sqlalchemy import select

from actions.reading import carer_in, person_in
from actions.referrer import municipality_in, role_in
from bot.services.availability import Availability
from bot.services.content import Content
from bot.store.database import Database
from bot.store.tables import Consent, Conversation, Purpose
from tests.actions.conftest import Riet, Said

FORM = "validate_referrer_form"


async def role_of(database: Database) -> str | None:
    async with database.transaction() as session:
        return (await session.scalars(select(Conversation.role))).one()


async def consents(database: Database) -> list[tuple[str, bool]]:
    async with database.transaction() as session:
        rows = await session.scalars(select(Consent).order_by(Consent.id))
        return [(row.purpose, row.given) for row in rows]


async def asked(riet: Riet, slot: str, text: str, intent: str = "nlu_fallback") -> Said:
    riet.form = "referrer_form"
    riet.slots["requested_slot"] = slot
    return await riet.says(FORM, text, intent)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Ik ben huisarts in Lindewaard", "gp"),
        ("casemanager dementie hier", "casemanager"),
        ("ik werk in de wijkverpleging", "nurse"),
        ("vrijwilliger bij de kerk", "other"),
        ("ik zorg voor mijn man", None),
    ],
)
def test_the_kind_of_referrer_is_heard(text: str, role: str | None) -> None:
    assert role_in(text) == role


def test_a_municipality_is_heard_in_a_sentence_or_by_its_postcode(content: Content) -> None:
    assert municipality_in("het is in lindewaard", content.region) == "Lindewaard"
    assert municipality_in("0131", content.region) == "Oosterlinde"
    assert municipality_in("Amsterdam", content.region) is None


async def test_what_a_referrer_said_at_once_is_not_asked_again(
    riet: Riet, database: Database
) -> None:
    said = await riet.says(FORM, "Ik ben huisarts in Lindewaard", "i_am_referrer")
    assert said.slots["referrer_role"] == "gp"
    assert said.slots["referrer_region"] == "Lindewaard"
    assert await role_of(database) == "referrer"


async def test_a_municipality_elsewhere_does_not_hold_up(riet: Riet) -> None:
    said = await asked(riet, "referrer_region", "Maastricht")
    assert said.text == "utter_region_not_known"
    assert said.slots["referrer_region"] == "skipped"


async def test_a_referrer_is_one_also_from_inside_another_form(
    riet: Riet, database: Database
) -> None:
    said = await asked(riet, "stay_period", "ik ben huisarts", "i_am_referrer")
    assert said.slots["role"] == "referrer"
    assert await role_of(database) == "referrer"
    await riet.says("action_recognise", "ik zorg zelf voor mijn man", "describe_care")
    assert await role_of(database) is None


@pytest.mark.parametrize(
    ("text", "said", "kept"),
    [
        ("ik denk nog een paar maanden", "utter_perseverance_longer", "months"),
        ("hooguit een paar weken", "utter_perseverance_weeks", "weeks"),
        ("een paar dagen, langer niet", "huisarts", "days"),
        ("geen idee", "voorbeeldverhaal", None),
    ],
)
async def test_how_long_it_lasts_is_heard_in_words_too(
    riet: Riet, database: Database, text: str, said: str, kept: str | None
) -> None:
    answer = await riet.says("action_hear_perseverance", text, "feeling_strained")
    assert said in answer.text
    async with database.transaction() as session:
        assert (await session.scalars(select(Conversation.perseverance))).one() == kept


async def test_a_question_about_keeping_is_answered_and_the_question_comes_back(
    riet: Riet,
) -> None:
    riet.slots["asked"] = "keep"
    said = await riet.says("action_answer", "wie leest dat dan", "ask_privacy")
    assert said.titles == ["Ja, dat is goed", "Nee, liever niet"]
    assert "asked" not in said.slots


@pytest.mark.parametrize("slot", ["referrer_role", "referrer_region"])
@pytest.mark.parametrize("intent", ["ask_cost", "ask_why", "ask_human", "crisis_medical"])
async def test_a_referrer_s_question_in_between_is_left_to_its_own_rule(
    riet: Riet, slot: str, intent: str
) -> None:
    assert not (await asked(riet, slot, "hoe zit dat precies?", intent)).events


async def test_a_glance_shows_every_house_with_room_the_nearest_first(
    riet: Riet, availability: Availability, content: Content
) -> None:
    assert availability
    riet.slots["referrer_region"] = "Kleibroek"
    said = await riet.says("action_glance", "/glance", "glance")
    lines = [line for line in said.text.splitlines() if line.startswith("•")]
    assert len(lines) == len(content.locations)
    near = [one.name for one in content.locations.values() if one.municipality == "Kleibroek"]
    assert any(name in lines[0] for name in near)
    assert all("vrij (" in line for line in lines)


async def test_a_referrer_cannot_ask_for_a_stay_of_somebody_else(riet: Riet) -> None:
    riet.slots["role"] = "referrer"
    said = await riet.says("validate_stay_request_form", "/request_stay", "request_stay")
    assert said.slots["form_stopped"] is True
    assert (await riet.again("action_submit_stay")).text == "utter_stay_for_caregiver"


async def test_who_would_stay_is_not_spoken_to_as_the_one_who_cares(
    riet: Riet, database: Database
) -> None:
    await riet.says("action_ask_recipient", "ik ben zelf degene die ziek is", "i_am_care_recipient")
    assert await role_of(database) == "recipient"
    answer = await riet.says("action_answer", "wat is logeren", "ask_what_is_respite")
    assert "naaste" not in answer.text
    assert "logeert u" in answer.text
    hurdle = await riet.says("action_hurdle", "ik wil niet weg", "hurdle_refuses")
    assert hurdle.text == "utter_recipient_hurdle\nutter_ask_human"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mijn moeder (83) zorgt voor mijn vader met parkinson", ("uw moeder", "uw vader")),
        ("m'n zus zorgt al jaren voor onze moeder", ("uw zus", "uw moeder")),
        ("mijn zoon zorgt voor zijn vrouw", ("uw zoon", "zijn vrouw")),
        ("ik zorg voor mijn man", None),
        ("mijn dochter zorgt voor mij", None),
        ("mijn man en ik zorgen voor mijn moeder", None),
        ("mijn broer en ik verzorgen onze vader", None),
    ],
)
def test_who_cares_for_whom_is_heard_when_it_is_not_the_writer(
    text: str, found: tuple[str, str] | None
) -> None:
    assert carer_in(text) == found


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("mijn broer en ik verzorgen onze moeder", "uw moeder"),
        ("mijn man en ik zorgen voor mijn vader", "uw vader"),
        ("mijn vrouw heeft dementie", "uw vrouw"),
    ],
)
def test_who_is_cared_for_is_heard_among_others(text: str, whom: str) -> None:
    found = person_in(text)
    assert found is not None
    assert found[0] == whom


async def test_family_from_afar_is_not_asked_about_a_day_of_their_own(riet: Riet) -> None:
    text = "mijn moeder zorgt voor mijn vader, ik zit in Toronto"
    said = await riet.says("action_recognise", text, "describe_care")
    assert said.messages[0]["carer"] == "Uw moeder"
    assert said.slots["asked"] == "family"


@pytest.mark.parametrize(("intent", "given"), [("affirm", True), ("deny", False), ("skip", False)])
async def test_whether_it_may_be_kept_is_asked_once_and_written_down(
    riet: Riet, database: Database, intent: str, given: bool
) -> None:
    asked = await riet.says("action_ask_consent_keep", "nee, niemand", "deny")
    assert asked.slots["asked"] == "keep"
    await riet.says("action_note_keep", "…", intent)
    assert await consents(database) == [(Purpose.KEEP, given)]
    again = await riet.says("action_ask_consent_keep", "nee, niemand", "deny")
    assert again.text == "utter_ask_perseverance"


async def test_at_a_goodbye_it_is_asked_of_who_told_something_and_was_never_asked(
    riet: Riet,
) -> None:
    assert (await riet.says("action_goodbye", "dag", "goodbye")).slots["asked"] == "nothing"
    riet.slots["relation"] = "partner"
    said = await riet.says("action_goodbye", "dag", "goodbye")
    assert said.slots["asked"] == "keep_after"
    riet.slots["consent_keep"] = False
    assert (await riet.says("action_goodbye", "dag", "goodbye")).text == "utter_goodbye"


async def test_how_long_it_lasts_is_remembered_in_the_words_of_the_answer(
    riet: Riet, database: Database
) -> None:
    carried = {"perseverance": "months"}
    await riet.says(
        "action_note_perseverance", "/perseverance_longer", "perseverance_longer", entities=carried
    )
    async with database.transaction() as session:
        assert (await session.scalars(select(Conversation.perseverance))).one() == "months"


async def test_a_story_is_asked_for_once(riet: Riet, database: Database) -> None:
    first = await riet.says("action_ask_share", "het was heerlijk", "feedback_positive")
    assert first.slots["asked"] == "share"
    await riet.says("action_note_share", "ja", "affirm")
    assert await consents(database) == [(Purpose.TESTIMONIAL, True)]
    second = await riet.says("action_ask_share", "het was echt heerlijk", "feedback_positive")
    assert second.text == "utter_ask_more"


async def test_the_help_that_fits_what_was_told_comes_first(riet: Riet) -> None:
    plain = await riet.says("action_show_palette", "wat is er nog meer", "ask_other_support")
    assert plain.titles[0] == "Steunpunt mantelzorg"
    await riet.says("action_hurdle", "al die formulieren", "hurdle_paperwork")
    said = await riet.says("action_show_palette", "wat is er nog meer", "ask_other_support")
    assert said.titles[0] == "Mantelzorgmakelaar"
    assert "utter_palette_fits" in said.text


async def test_a_very_long_message_that_is_not_understood_is_asked_for_in_pieces(
    riet: Riet,
) -> None:
    said = await riet.says("action_fallback", "blarf " * 150, ranking=[("ask_cost", 0.2)])
    assert "kortere stukjes" in said.text
