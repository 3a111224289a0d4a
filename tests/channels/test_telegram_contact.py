"""Telegram: the button that sends one's own number or place, and how it goes away again."""

import json
from dataclasses import replace

import pytest

from bot.messages import Choice, OutgoingMessage, Request
from bot.services.fixed_texts import municipality_payload
from bot.store.tables import Author, Conversation
from integrations.telegram import Telegram
from tests.channels import telegram_spec
from tests.channels.inbound import RIET_TELEGRAM, telegram_message
from tests.channels.outbound import sending, to_riet
from tests.channels.peers import TelegramPeer
from tests.channels.sender import Sender
from tests.channels.specs import needs
from tests.channels.world import Echo, World
from tests.conftest import Clock

SHARE = {"text": "Stuur mijn nummer", "request_contact": True}
ASKING = OutgoingMessage("Op welk nummer kunnen wij u bellen?", request=Request.CONTACT)
CHOICES = (Choice("Liever niet", "/deny"), Choice("Waarom?", "/ask_why"))


async def test_who_is_asked_for_a_number_has_a_button_that_sends_it(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    await telegram.send(sending(telegram, ASKING))
    (bubble,) = peer.sent
    assert (bubble.text, bubble.buttons) == (ASKING.text, ())
    assert peer.keyboards == {RIET_TELEGRAM: (SHARE,)}
    markup = json.loads(peer.calls[-1].fields["reply_markup"])
    assert (markup["one_time_keyboard"], markup["resize_keyboard"]) == (True, True)


async def test_choices_beside_it_are_words_on_the_same_keyboard(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    await telegram.send(sending(telegram, replace(ASKING, choices=CHOICES)))
    titles = ({"text": "Liever niet"}, {"text": "Waarom?"})
    assert peer.keyboards == {RIET_TELEGRAM: (SHARE, *titles)}
    assert len(peer.sent) == 1


async def test_only_the_last_piece_of_a_long_text_has_the_button(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    await telegram.send(sending(telegram, replace(ASKING, text="woord " * 1000)))
    assert ["reply_markup" in call.fields for call in peer.calls] == [False, True]


async def test_the_next_plain_message_takes_the_button_away(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    await telegram.send(sending(telegram, ASKING))
    await telegram.send(to_riet(telegram, "Dank u wel."))
    assert peer.keyboards == {}


async def test_who_is_asked_for_a_place_has_a_button_that_sends_it_beside_the_choices(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    where = OutgoingMessage("Waar woont u?", (Choice("Kleibroek", "/x"),), request=Request.LOCATION)
    await telegram.send(sending(telegram, where))
    button = {"text": SHARE["text"], "request_location": True}
    assert peer.keyboards == {RIET_TELEGRAM: (button, {"text": "Kleibroek"})}


@needs("telegram_bot_api.json")
@pytest.mark.parametrize(
    ("markup", "wrong"),
    [
        ({"keyboard": [[SHARE]], "one_time_keyboard": True}, None),
        ({"remove_keyboard": True}, None),
        ({"keyboard": [[{**SHARE, "request_contact": "yes"}]]}, "reply_markup is not"),
        ({"keyboard": [SHARE]}, "reply_markup is not"),
        ({"keyboard": [[SHARE]], "one_time": True}, "reply_markup is not"),
        ({"remove_keyboard": 1}, "reply_markup is not"),
    ],
)
def test_what_telegram_would_refuse_is_found(markup: dict[str, object], wrong: str | None) -> None:
    fields = {"chat_id": "710000001", "text": "Hallo", "reply_markup": json.dumps(markup)}
    found = telegram_spec.problem("sendMessage", fields)
    assert found is None if wrong is None else found is not None and wrong in found


@pytest.mark.parametrize(
    ("button", "chat", "wrong"),
    [({"text": " "}, "710000001", "must have a text"), (SHARE, "-100200300", "private chats")],
)
def test_a_button_without_words_or_in_a_group_is_found(
    button: dict[str, object], chat: str, wrong: str
) -> None:
    markup = json.dumps({"keyboard": [[button]]})
    fields = {"chat_id": chat, "text": "Hallo", "reply_markup": markup}
    assert wrong in str(telegram_spec.problem("sendMessage", fields))


async def ask(world: World, message: OutgoingMessage) -> None:
    """The assistant asks Riet something, and it is delivered."""
    (conversation,) = await world.rows(Conversation)
    async with world.parts.database.transaction() as session:
        await world.parts.outbox.put(session, conversation.id, message, author=Author.BOT)
    await world.work()


async def test_the_whole_way_the_button_has_the_region_s_words_and_the_number_is_read(
    world: World, peer: TelegramPeer, echo: Echo, clock: Clock
) -> None:
    riet = Sender(world, "telegram")
    await riet.post("text.json")
    await world.work()
    clock.pass_by(minutes=1)
    await ask(world, replace(ASKING, choices=CHOICES))
    words = world.parts.content.texts.share_contact.bubbles[0]
    assert peer.keyboards[RIET_TELEGRAM][0] == {"text": words, "request_contact": True}

    clock.pass_by(minutes=1)
    await riet.post("own_contact.json")
    await world.work()
    assert echo.asked[-1] == "+31600000001"
    assert peer.keyboards == {}


async def test_the_words_of_a_choice_beside_it_choose(
    world: World, echo: Echo, clock: Clock
) -> None:
    riet = Sender(world, "telegram")
    await riet.post("text.json")
    await world.work()
    clock.pass_by(minutes=1)
    await ask(world, replace(ASKING, choices=(Choice("Nee, nog niet!", "/deny"),)))
    clock.pass_by(minutes=1)
    await riet.post("word.json")
    await world.work()
    assert echo.asked[-1] == "/deny"


async def test_the_whole_way_a_place_on_the_map_answers_the_question_for_a_municipality(
    world: World, peer: TelegramPeer, echo: Echo, clock: Clock
) -> None:
    riet = Sender(world, "telegram")
    await riet.post("text.json")
    await world.work()
    clock.pass_by(minutes=1)
    await ask(world, OutgoingMessage("In welke gemeente woont u?", request=Request.LOCATION))
    words = world.parts.content.texts.share_location.bubbles[0]
    assert peer.keyboards[RIET_TELEGRAM] == ({"text": words, "request_location": True},)

    clock.pass_by(minutes=1)
    here = world.parts.content.region.municipalities[0]
    assert here.centre
    place = {"latitude": here.centre.latitude, "longitude": here.centre.longitude}
    text = json.dumps(telegram_message(9_000, "plek")).replace(
        '"text": "plek"', f'"location": {json.dumps(place)}'
    )
    await riet.post_raw(text.encode())
    await world.work()
    assert echo.asked[-1] == municipality_payload(here.name)
    assert peer.keyboards == {}
