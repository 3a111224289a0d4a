"""What a referrer writes of a patient is unreadable before it is stored."""

import pytest

from bot.conversation.masking import PATIENT_MASK, mask_patient, speaks_of_a_patient
from bot.services.journey import Journey, Role
from bot.store.database import Database
from tests.conversation.conftest import Talk


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("mevrouw Jansen heeft dementie", "Jansen"),
        ("dhr van den berg (82) kan niet meer", "berg"),
        ("de heer van der Meer-Bakker wil niet", "Meer"),
        ("mw. P.A. Smit-de Boer komt", "Boer"),
        ("J. de Vries uit Kleibroek", "Vries"),
        ("mijn cliënt Toos Bakker", "Toos"),
        ("patiënt heet Kees", "Kees"),
        ("zij is van 3-4-1941", "1941"),
        ("geb. 03/04/41", "03/04/41"),
        ("geboren 3 april 1941", "1941"),
        ("woont op 1234 AB", "1234"),
        ("Dorpsstraat 12", "Dorpsstraat"),
        ("lindelaan 4b", "lindelaan"),
    ],
)
def test_names_birth_dates_and_addresses_go(text: str, gone: str) -> None:
    assert gone not in mask_patient(text)
    assert PATIENT_MASK in mask_patient(text)


@pytest.mark.parametrize(
    "text",
    [
        "mevrouw heeft alzheimer",
        "de heer is 82 en valt vaak",
        "ik ben huisarts, mevrouw van 82 dwaalt",
        "is er plek van 12 tot 15 juni 2027?",
        "het weekend van 3-4-2027",
        "patiënt is dement en cliënt woont alleen",
        "mijn cliënt in Lindewaard zoekt een weg naar hulp",
    ],
)
def test_what_names_nobody_stays_as_it_is(text: str) -> None:
    assert mask_patient(text) == text


@pytest.mark.parametrize(
    ("text", "professional"),
    [
        ("Ik ben huisarts in Lindewaard", True),
        ("mijn patiënt slaapt niet", True),
        ("ik ben wijkverpleegkundige", True),
        ("mevrouw de Vries van hiernaast zorgt voor haar man", False),
        ("ik zorg voor mijn man", False),
    ],
)
def test_who_speaks_as_a_professional_is_heard(text: str, professional: bool) -> None:
    assert speaks_of_a_patient(text) == professional


async def test_a_referrer_s_first_words_are_stored_without_the_patient(talk: Talk) -> None:
    await talk.say("Ik ben huisarts. Mevrouw Jansen, geb. 3-4-1941, moet even weg")
    (row,) = await talk.inbound()
    assert "Jansen" not in row.text
    assert "1941" not in row.text
    await talk.run_turn()
    assert "Jansen" not in str(talk.rasa.asked)
    assert PATIENT_MASK not in str(talk.rasa.asked)
    (answer,) = await talk.outbound()
    assert "onleesbaar" in answer.text


async def test_who_turned_out_to_be_a_referrer_is_masked_from_then_on(
    talk: Talk, database: Database
) -> None:
    await talk.say("goedemorgen")
    conversation = await talk.conversation()
    await Journey(database).is_a(conversation.id, Role.REFERRER)
    await talk.say("en meneer Bakker dan")
    assert "Bakker" not in (await talk.inbound())[1].text


async def test_what_is_nothing_but_masked_is_answered_with_that(talk: Talk) -> None:
    await talk.say("111222333")
    await talk.run_turn()
    assert talk.rasa.asked == []
    (answer,) = await talk.outbound()
    assert "burgerservicenummer" in answer.text


async def test_a_caregiver_keeps_her_own_words(talk: Talk) -> None:
    await talk.say("mevrouw Bakker van hiernaast past soms op hem")
    assert "Bakker" in (await talk.inbound())[0].text
