"""The demo region's content: it is complete, speaks plain Dutch and states only what holds."""

import re
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields, replace
from datetime import date, time
from pathlib import Path

import pytest

from bot.messages import Kind, Place, Tier
from bot.services.content import (
    NAMED_HURDLES,
    TOPICS,
    Content,
    Feature,
    Hurdle,
    OpeningHours,
    Provenance,
    Texts,
    load,
)

DEMO = Path(__file__).parents[2] / "data" / "content" / "demo"
TODAY = date(2026, 11, 21)
WORDS = {
    "opens": "maandag om 9 uur",
    "expected": "vandaag voor 17 uur",
    "name": "Anne",
    "when": "maandag 14 juni",
    "since": "3 november 2026",
    "messages": "12",
    "requests": "1",
    "consents": "bewaren, aanvraag doorgeven",
    "calls": "1",
    "hurdles": "2",
    "lasts": "een paar weken",
    "reminder": "op dinsdag 1 december",
    "number": "06 12345678",
    "moment": "’s ochtends",
    "location": "De Zeven Stoelen",
    "municipality": "Lindewaard",
    "period": "van vrijdag 12 tot maandag 15 juni, 3 nachten",
    "summary": "• waar: De Zeven Stoelen\n• wanneer: van 12 tot 15 juni, 3 nachten",
}
PHONE = re.compile(r"\b(?:0[0-9]{2,3}[- ]?[0-9][0-9 ]{2,}[0-9]|11[0-9])\b")
CHILD = "young"  # the one text for somebody under 16, who is not called u


@pytest.fixture(scope="module")
def content() -> Content:
    return load(DEMO)


def bubbles(content: Content) -> Iterator[tuple[str, str]]:
    """Everything the assistant can say in its own voice, each bubble with its place."""
    for key in fields(Texts):
        if key.name.startswith("foreign_"):
            continue  # no Dutch
        text = content.texts.named(key.name)
        words = {name: WORDS[name] for name in text.placeholders}
        for bubble in text.fill(**words):
            yield key.name, bubble
    for answer in content.answers.values():
        yield answer.topic, answer.text
        if answer.recipient:
            yield f"{answer.topic} (recipient)", answer.recipient
    for hurdle in content.hurdles.values():
        yield hurdle.hurdle, hurdle.acknowledgement
        yield hurdle.hurdle, hurdle.fact
        yield hurdle.hurdle, hurdle.small_yes
    for entry in content.palette.values():
        yield entry.slug, entry.text
    for location in content.locations.values():
        yield location.slug, location.description
        yield location.slug, location.transport
        yield location.slug, location.medication


def sentences(bubble: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?])\s+|\n", bubble) if part.strip()]


def test_the_demo_region_is_complete(content: Content) -> None:
    assert content.region.point == "Logeerpunt Lindeland"
    assert len(content.locations) == 4
    assert all(2 <= len(location.beds) <= 4 for location in content.locations.values())
    assert set(TOPICS) <= content.answers.keys()
    assert set(content.hurdles) == set(NAMED_HURDLES)
    assert len(content.palette) == 14


def test_the_demo_region_cannot_be_mistaken_for_a_real_one(content: Content) -> None:
    assert "voorbeeldregio" in content.region.name
    ranges = [r for m in content.region.municipalities for r in m.postcodes]
    assert all(r.last.startswith("0") for r in ranges)  # real postcodes start at 1000
    assert all(location.address is None for location in content.locations.values())


def test_no_bubble_is_longer_than_three_sentences_of_fifteen_words(content: Content) -> None:
    for place, bubble in bubbles(content):
        said = sentences(bubble)
        assert sum(one[-1] in ".!?" for one in said) <= 3, (place, bubble)
        assert all(len(one.split()) <= 15 for one in said), (place, bubble)
        assert len(bubble) <= 1024, (place, "WhatsApp shows no more")


def test_a_bubble_asks_at_most_one_question(content: Content) -> None:
    for place, bubble in bubbles(content):
        assert bubble.count("?") <= 1, (place, bubble)


def test_everybody_but_a_child_is_called_u(content: Content) -> None:
    informal = re.compile(r"\b(je|jij|jou|jouw|jullie|jezelf)\b", re.IGNORECASE)
    for place, bubble in bubbles(content):
        assert place == CHILD or not informal.search(bubble), (place, bubble)


@pytest.mark.parametrize(
    "phrase",
    ["u moet", "u dient", "helaas", "overbelast", "zielig", "arme ", "mantelzorger "],
)
def test_nobody_is_ordered_pitied_or_labelled(content: Content, phrase: str) -> None:
    for place, bubble in bubbles(content):
        assert phrase not in f"{bubble} ".lower(), (place, bubble)


def test_no_word_between_braces_reaches_a_person(content: Content) -> None:
    assert not [bubble for _, bubble in bubbles(content) if "{" in bubble or "}" in bubble]


def test_numbers_are_written_in_the_file_with_lines_only() -> None:
    for path in sorted(DEMO.glob("*.yml")):
        if path.name not in ("lines.yml", "region.yml"):
            lines = path.read_text(encoding="utf-8").splitlines()
            assert not [line for line in lines if PHONE.search(line.partition("#")[0])], path.name


def test_every_number_that_is_said_comes_from_a_line(content: Content) -> None:
    known = {number for line in content.lines.values() for number in (line.number, line.also)}
    said = {number for _, bubble in bubbles(content) for number in PHONE.findall(bubble)}
    assert {"112", "113", "0800-2000", "0800-0432", "088 0767 000"} <= said <= known


def test_what_is_said_of_a_lines_hours_and_costs_agrees_with_the_line(content: Content) -> None:
    for slug in ("113", "veilig_thuis"):
        assert (content.lines[slug].when, content.lines[slug].costs) == ("dag en nacht", "gratis")
    assert content.lines["luisterlijn"].when == "dag en nacht"
    assert content.lines["kindertelefoon"].costs == "gratis"


def test_somebody_in_danger_reads_112_first(content: Content) -> None:
    for texts in (content.texts.safety, content.texts.safety_closed):
        assert texts[Tier.IMMEDIATE].bubbles[0].splitlines()[0] == "Bel nu 112."


def test_every_tier_says_whom_to_call_before_anything_else(content: Content) -> None:
    for texts in (content.texts.safety, content.texts.safety_closed):
        assert set(texts) == set(Tier) - {Tier.NONE}
        for text in texts.values():
            first = sentences(text.bubbles[0])[0]
            assert re.search(r"\bbel\b", first, re.IGNORECASE), first
            assert content.region.point in " ".join(text.bubbles)


def test_in_doubt_one_open_question_comes_with_the_number(content: Content) -> None:
    assert set(content.texts.safety_unsure) == set(Tier) - {Tier.NONE}
    for text in content.texts.safety_unsure.values():
        (bubble,) = text.fill()
        assert bubble.endswith("?")
        assert PHONE.search(bubble)


def test_the_office_that_is_closed_says_when_it_opens(content: Content) -> None:
    for text in content.texts.safety_closed.values():
        assert WORDS["opens"] in " ".join(text.fill(opens=WORDS["opens"]))


def test_every_kind_of_message_gets_a_kind_answer(content: Content) -> None:
    assert set(content.texts.unsupported) == set(Kind) - {Kind.TEXT, Kind.CHOICE}


def test_first_contact_says_computer_and_how_to_get_a_human(content: Content) -> None:
    first = content.texts.introduction.fill()[0]
    assert "computer" in first
    assert "typ medewerker" in first


def test_waiting_offers_the_way_back_to_the_assistant(content: Content) -> None:
    messages = content.texts.waiting_closed.messages(opens="maandag om 9 uur")
    assert "gaat maandag om 9 uur weer open" in messages[0].text
    assert messages[0].choices == ()
    assert [choice.title for choice in messages[-1].choices] == ["Verder met de assistent"]


def test_a_text_refuses_missing_and_unknown_words(content: Content) -> None:
    with pytest.raises(ValueError, match="opens"):
        content.texts.waiting_closed.fill()
    with pytest.raises(ValueError, match="naam"):
        content.texts.taken_over.fill(naam="Anne")


def test_the_version_of_a_consent_changes_with_its_text(content: Content) -> None:
    text = content.texts.consent_pass_on
    assert text.version == replace(text).version
    assert text.version != replace(text, bubbles=("Mag dit?",)).version


def test_an_amount_is_shown_until_its_year_ends(content: Content) -> None:
    cost = content.answers["ask_cost"]
    assert "€ 21,80" in cost.text
    assert cost.shown_on(date(2026, 12, 31))
    assert not cost.shown_on(date(2027, 1, 1))


def test_no_amount_outlives_its_year(content: Content) -> None:
    amounts = [answer for answer in content.answers.values() if "€" in answer.text]
    assert amounts
    assert all(answer.expires_on <= date(2027, 1, 1) for answer in amounts)


def test_every_fact_of_the_demo_is_shown_today_and_has_a_source(content: Content) -> None:
    for fact in (*content.answers.values(), *content.palette.values()):
        assert fact.shown_on(TODAY)
        assert fact.checked_on <= TODAY
        assert fact.source


def test_every_hurdle_has_a_story_of_at_most_ninety_words(content: Content) -> None:
    assert len(content.testimonials) == 8
    assert all(content.testimonials_about(hurdle) for hurdle in Hurdle)
    for story in content.testimonials.values():
        assert len(story.text.split()) <= 90
        assert story.provenance is Provenance.COMPOSITE


def test_a_location_says_yes_no_or_ask(content: Content) -> None:
    farm = content.locations["hoeve-kievitsveer"]
    assert farm.fit(Feature.PETS) is True
    assert farm.fit(Feature.WANDERING) is False
    assert farm.fit(Feature.NIGHT_HELP) is None


def test_a_point_belongs_to_the_nearest_municipality_of_the_region(content: Content) -> None:
    region = content.region
    for municipality in region.municipalities:
        assert municipality.centre is not None
        assert region.municipality_near(municipality.centre) == municipality
    outside = region.municipalities[0].centre
    assert outside is not None
    # A degree of latitude is 111.2 km everywhere: 6371 km * pi / 180.
    for north, found in ((0.22, "Lindewaard"), (0.23, None)):
        near = region.municipality_near(Place(outside.latitude + north, outside.longitude))
        assert (near.name if near else None) == found
    assert region.municipality_near(Place(-52.56, -174.82)) is None


def test_a_region_without_centres_knows_no_point(content: Content) -> None:
    municipalities = tuple(replace(m, centre=None) for m in content.region.municipalities)
    region = replace(content.region, municipalities=municipalities)
    assert region.municipality_near(Place(52.56, 5.18)) is None


def test_a_postcode_or_a_name_finds_the_municipality(content: Content) -> None:
    region = content.region
    assert region.municipality_at("0162 AB") == region.municipality_named("kleibroek")
    assert region.municipality_at("0150") is None
    assert region.municipality_named("Nergenshuizen") is None


def test_office_hours_are_known_and_said_in_words(content: Content) -> None:
    region, hours = content.region, OpeningHours(time(8, 30), time(12))
    assert region.hours_on(date(2026, 11, 20)) == OpeningHours(time(9), time(17))
    assert region.hours_on(TODAY) is None  # a Saturday
    assert region.office_hours_in_words == "maandag tot en met vrijdag van 9 tot 17 uur"
    odd = replace(region, office_hours=(hours, hours, None, hours, None, None, None))
    assert odd.office_hours_in_words == (
        "maandag tot en met dinsdag van 8.30 tot 12 uur, donderdag van 8.30 tot 12 uur"
    )


def test_content_cannot_be_changed_after_loading(content: Content) -> None:
    with pytest.raises(FrozenInstanceError):
        content.region.name = "elders"  # type: ignore[misc]
    with pytest.raises(TypeError):
        content.answers["ask_cost"] = content.answers["ask_pets"]  # type: ignore[index]


def test_choices_fit_what_channels_show(content: Content) -> None:
    titles = [c.title for key in fields(Texts) for c in content.texts.named(key.name).choices]
    too_wide = {title for title in titles if len(title) > 20}
    assert too_wide <= {"Verder met de assistent"}
