"""WhatsApp: templates are made once, found again, and fill in every choice that fits."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.errors import DeliveryError, Failure
from bot.messages import Choice, ChoiceRef, Form, Image, OutgoingMessage, Template
from bot.services.content import Content
from bot.services.fixed_texts import say
from integrations.channel import KnownTemplate, SyncedTemplate, TemplateChannel
from integrations.twilio.fields import understand
from integrations.whatsapp import WhatsApp
from integrations.whatsapp.templates import ALL_INTERACTIVE, filled, fixed
from tests.channels.content_peer import PAGE, ContentPeer, Shown
from tests.channels.inbound import whatsapp_message
from tests.channels.outbound import ACCOUNT, PUBLIC_URL, sending, to_riet
from tests.channels.peers import TWILIO_ACCOUNT, Answer, Trouble, TwilioPeer

TEXTS = {template: f"Dag, dit is het logeerpunt: {template}." for template in Template}
OPEN = "Bekijk de keuzes"


@pytest.fixture
async def synced(whatsapp: WhatsApp) -> WhatsApp:
    learn(whatsapp, await whatsapp.synchronise(TEXTS))
    return whatsapp


def learn(whatsapp: WhatsApp, found: tuple[SyncedTemplate, ...]) -> None:
    whatsapp.learn(
        {one.name: KnownTemplate(one.digest, one.sid, one.approval) for one in found}, OPEN
    )


def titles(*names: str) -> tuple[Choice, ...]:
    return tuple(Choice(name, f"/{name}") for name in names)


# Bringing them there


async def test_it_has_templates(whatsapp: WhatsApp) -> None:
    assert isinstance(whatsapp, TemplateChannel)


async def test_what_is_missing_is_made_once_and_found_again_on_every_page(
    whatsapp: WhatsApp, twilio: TwilioPeer
) -> None:
    first = await whatsapp.synchronise(TEXTS)
    again = await whatsapp.synchronise(TEXTS)

    assert len(twilio.contents.made) == len(first) == len(ALL_INTERACTIVE) + len(TEXTS) > PAGE
    assert all(one.made for one in first)
    assert again == tuple(replace(one, made=False) for one in first)


async def test_an_interrupted_synchronisation_goes_on_where_it_stopped(
    whatsapp: WhatsApp, twilio: TwilioPeer
) -> None:
    twilio.fail(*[Answer(200, {"contents": [], "meta": {}})], on="Content")
    twilio.fail(*[Answer(201, {"sid": "HX" + "0" * 32})] * 3, Trouble.CUT, on="Content")
    with pytest.raises(DeliveryError) as caught:
        await whatsapp.synchronise(TEXTS)
    assert caught.value.failure is Failure.UNKNOWN
    assert sum(one.made for one in await whatsapp.synchronise(TEXTS)) == len(twilio.contents.made)


async def test_only_the_fixed_texts_are_submitted_and_only_once(
    whatsapp: WhatsApp, twilio: TwilioPeer
) -> None:
    found = await whatsapp.synchronise(TEXTS)
    await whatsapp.synchronise(TEXTS)

    names = {body["name"] for body in twilio.contents.submitted.values()}
    assert names == {fixed(name, text).friendly_name for name, text in TEXTS.items()}
    assert {body["category"] for body in twilio.contents.submitted.values()} == {"UTILITY"}
    assert {one.name: one.approval for one in found if one.approval} == dict.fromkeys(
        TEXTS, "received"
    )
    calls = [call for call in twilio.calls if call.endpoint == "whatsapp"]
    assert len(calls) == len(TEXTS)


async def test_what_somebody_else_submitted_meanwhile_is_no_error(
    whatsapp: WhatsApp, twilio: TwilioPeer
) -> None:
    twilio.fail(Answer(400, {"code": 92009}), on="whatsapp")
    found = {one.name: one.approval for one in await whatsapp.synchronise(TEXTS)}
    assert found[Template.REMINDER] == "received"


async def test_what_whatsapp_decided_is_reported(whatsapp: WhatsApp, twilio: TwilioPeer) -> None:
    await whatsapp.synchronise(TEXTS)
    twilio.contents.decide("adempauze_reminder", "approved")
    twilio.contents.decide("adempauze_place", "rejected", "INVALID_FORMAT")

    found = {one.name: (one.approval, one.rejection) for one in await whatsapp.synchronise(TEXTS)}
    assert found[Template.REMINDER] == ("approved", None)
    assert found[Template.PLACE_OFFERED] == ("rejected", "INVALID_FORMAT")
    assert found["buttons_2_lines_1"] == (None, None)


async def test_an_edited_text_is_one_new_template(whatsapp: WhatsApp, twilio: TwilioPeer) -> None:
    before = len(await whatsapp.synchronise(TEXTS))
    found = await whatsapp.synchronise({**TEXTS, Template.REMINDER: "Dag, daar zijn wij weer."})

    assert [one.name for one in found if one.made] == [Template.REMINDER]
    assert len(twilio.contents.made) == before + 1


async def test_a_template_that_somebody_changed_at_twilio_is_made_again(
    whatsapp: WhatsApp, twilio: TwilioPeer
) -> None:
    await whatsapp.synchronise(TEXTS)
    changed = next(iter(twilio.contents.made.values()))
    changed["types"] = {"twilio/text": {"body": "Iets anders"}}

    assert sum(one.made for one in await whatsapp.synchronise(TEXTS)) == 1


@pytest.mark.parametrize("added", [{"twilio/text": None}, {"whatsapp/card": None}])
async def test_what_twilio_adds_to_a_template_is_left_alone(
    whatsapp: WhatsApp, twilio: TwilioPeer, added: Mapping[str, object]
) -> None:
    await whatsapp.synchronise(TEXTS)
    for made in twilio.contents.made.values():
        made["types"] = {**added, **made["types"]}

    assert not any(one.made for one in await whatsapp.synchronise(TEXTS))


@pytest.mark.parametrize(
    ("status", "failure"),
    [(401, Failure.CONFIGURATION), (429, Failure.NOT_SENT), (500, Failure.UNKNOWN)],
)
async def test_a_refusal_stops_the_synchronisation(
    whatsapp: WhatsApp, twilio: TwilioPeer, status: int, failure: Failure
) -> None:
    twilio.fail(Answer(status, {}), on="Content")
    with pytest.raises(DeliveryError) as caught:
        await whatsapp.synchronise(TEXTS)
    assert caught.value.failure is failure


# Using them


async def test_up_to_three_choices_are_buttons_that_point_back(
    synced: WhatsApp, twilio: TwilioPeer
) -> None:
    sid = await synced.send(to_riet(synced, "Wilt u dat?", "Ja", "Nee", "Weet ik niet"))
    (bubble,) = twilio.sent
    assert sid == bubble.sid
    assert bubble.content == Shown(
        "twilio/quick-reply",
        "Wilt u dat?",
        (("Ja", "4711:0"), ("Nee", "4711:1"), ("Weet ik niet", "4711:2")),
    )
    assert bubble.body == ""


async def test_more_choices_are_a_list_that_points_back(
    synced: WhatsApp, twilio: TwilioPeer
) -> None:
    await synced.send(to_riet(synced, "Welke gemeente?", *(f"Plaats {n}" for n in range(10))))
    (bubble,) = twilio.sent
    assert bubble.content == Shown(
        "twilio/list-picker",
        "Welke gemeente?",
        tuple((f"Plaats {n}", f"4711:{n}") for n in range(10)),
        OPEN,
    )


async def test_lines_stay_lines_without_a_newline_in_a_variable(
    synced: WhatsApp, twilio: TwilioPeer
) -> None:
    text = "Eerst dit.\n\nDan   dit,\nen dan:\t wat past?"
    await synced.send(to_riet(synced, text, "Ja"))
    assert twilio.sent[0].content is not None
    assert twilio.sent[0].content.body == "Eerst dit.\n\nDan dit,\n\nen dan: wat past?"


async def test_a_picture_goes_before_the_buttons(synced: WhatsApp, twilio: TwilioPeer) -> None:
    picture = Image(f"{PUBLIC_URL}/photos/appel.jpg", "De tuin")
    await synced.send(sending(synced, OutgoingMessage("Mooi?", titles("Ja"), (picture,))))
    assert [(one.media, bool(one.content)) for one in twilio.sent] == [
        (picture.url, False),
        ("", True),
    ]


@pytest.mark.parametrize(
    "names",
    [("Een titel die te lang is voor een lijst", "Nee"), tuple(map(str, range(11))), ("Ja", "Ja")],
    ids=["a long title", "eleven", "the same title twice"],
)
async def test_what_does_not_fit_is_numbered_text(
    synced: WhatsApp, twilio: TwilioPeer, names: tuple[str, ...]
) -> None:
    await synced.send(to_riet(synced, "Wat past bij u?", *names))
    (bubble,) = twilio.sent
    assert bubble.content is None
    assert bubble.body.endswith("Typ het nummer van uw keuze.")
    assert all(f"{number}. {name}" in bubble.body for number, name in enumerate(names, 1))


async def test_with_one_template_missing_everything_is_numbered(
    whatsapp: WhatsApp, twilio: TwilioPeer
) -> None:
    found = await whatsapp.synchronise(TEXTS)
    learn(whatsapp, tuple(one for one in found if one.name != "list_7_lines_2"))
    assert whatsapp.abilities.buttons == 0
    learn(whatsapp, tuple(replace(one, digest="of an earlier version") for one in found))
    assert whatsapp.abilities.buttons == 0
    learn(whatsapp, found)
    assert whatsapp.abilities.buttons == 3


async def test_words_in_another_language_do_not_end_in_dutch_where_there_are_buttons(
    synced: WhatsApp, twilio: TwilioPeer, content: Content
) -> None:
    for text in content.texts.foreign.values():
        await synced.send(sending(synced, say(text)))
    shown = [bubble.content for bubble in twilio.sent]
    assert len(shown) == len(content.texts.foreign)
    for one in shown:
        assert one is not None
        assert "Typ het nummer" not in one.body


async def test_an_approved_text_goes_by_its_id_alone(synced: WhatsApp, twilio: TwilioPeer) -> None:
    twilio.contents.decide("adempauze_reminder", "approved")
    learn(synced, await synced.synchronise(TEXTS))
    sid = synced.approved(Template.REMINDER, TEXTS[Template.REMINDER])
    assert sid is not None
    await synced.send(replace(to_riet(synced, "Iets anders"), template_sid=sid))
    (bubble,) = twilio.sent
    assert bubble.content == Shown("twilio/text", TEXTS[Template.REMINDER])
    assert bubble.body == ""


async def test_only_an_approved_text_in_today_s_words_may_be_sent(
    synced: WhatsApp, twilio: TwilioPeer
) -> None:
    text = TEXTS[Template.REMINDER]
    assert synced.approved(Template.REMINDER, text) is None
    twilio.contents.decide("adempauze_reminder", "approved")
    learn(synced, await synced.synchronise(TEXTS))
    assert synced.approved(Template.REMINDER, text)
    assert synced.approved(Template.REMINDER, text + " Dag!") is None


@pytest.mark.parametrize("word", ["Approved", "approved_pending", "in_appeal", "", None, {"a": 1}])
async def test_any_other_word_than_approved_is_no_approval(
    synced: WhatsApp, twilio: TwilioPeer, word: object
) -> None:
    for sid in twilio.contents.submitted:
        twilio.contents.approvals[sid] = {"status": word, "rejection_reason": 7}
    learn(synced, await synced.synchronise(TEXTS))
    assert not any(synced.approved(template, text) for template, text in TEXTS.items())


async def test_buttons_without_their_template_are_never_sent_without_them(
    whatsapp: WhatsApp, twilio: TwilioPeer
) -> None:
    message = OutgoingMessage("Wilt u dat?", titles("Ja"))
    with pytest.raises(DeliveryError) as caught:
        await whatsapp.send(replace(to_riet(whatsapp, "?"), form=Form.BUTTONS, message=message))
    assert (caught.value.failure, caught.value.code) == (Failure.CONFIGURATION, "template_missing")
    assert not twilio.sent


@pytest.mark.parametrize("payload", ["ButtonPayload", "ListId"])
def test_a_tap_points_back_at_the_choice(payload: str) -> None:
    fields = whatsapp_message(TWILIO_ACCOUNT, "SM1", "Nee", **{payload: "4711:1"})
    assert understand(fields, "whatsapp").choice == ChoiceRef(4711, 1)


# Long lines with whatever between them, so that many are near the limit.
long_texts = st.lists(st.integers(0, 400), max_size=7).flatmap(
    lambda lengths: st.builds(
        lambda ends: "".join("a" * length + end for length, end in zip(lengths, ends, strict=True)),
        st.lists(
            st.sampled_from(["\n", "\n\n", "\r\n", "\u2028", " \n\t\n "]),
            min_size=len(lengths),
            max_size=len(lengths),
        ),
    )
)


@settings(max_examples=400)
@example(text="a" * 511 + "\n" + "b" * 512, names=["Ja"])
@given(
    text=st.text(max_size=200) | long_texts,
    names=st.lists(st.text(min_size=1, max_size=26), max_size=12, unique=True),
)
def test_every_message_in_the_form_of_buttons_or_a_list_has_a_template_that_it_fits(
    text: str, names: list[str]
) -> None:
    channel = WhatsApp(ACCOUNT, PUBLIC_URL)
    known = {one.name: KnownTemplate(one.digest, "HX", None) for one in ALL_INTERACTIVE.values()}
    channel.learn(known, OPEN)
    delivery = sending(channel, OutgoingMessage(text, titles(*names)))
    if delivery.form not in (Form.BUTTONS, Form.LIST):
        return
    name, variables = filled(delivery, OPEN)
    definition = ALL_INTERACTIVE[name]
    assert variables.keys() == definition.samples.keys()
    peer = ContentPeer()
    peer.made["HX"] = {"variables": definition.samples, "types": definition.types}
    fields = {"ContentSid": "HX", "ContentVariables": json.dumps(variables)}
    assert not peer.wrong_with(fields)
    longest = 20 if delivery.form is Form.BUTTONS else 24
    shown = peer.shown(fields)
    assert len(shown.body) <= 1024
    assert all(len(title) <= longest for title, _ in shown.choices)
