"""Telegram: only who knows the secret is believed, and a message arrives as it was meant."""

import json
import re

import pytest
from structlog.testing import capture_logs
from telegram.constants import BotCommandLimit

from bot.conversation.rights import right_in
from bot.errors import BadSignature, DeliveryError
from bot.messages import Choice, ChoiceRef, Image, IncomingMessage, Kind, OutgoingMessage
from bot.services.content import Content
from integrations.channel import (
    PollingChannel,
    PrivateChannel,
    TypingChannel,
    WebhookChannel,
    WebhookRequest,
)
from integrations.telegram import Telegram
from tests.channels.inbound import RIET_TELEGRAM, telegram_message, telegram_tap
from tests.channels.outbound import TELEGRAM_SECRET, sending, to_riet
from tests.channels.peers import TELEGRAM_TOKEN, Answer, TelegramPeer
from tests.channels.signing import telegram_headers

PATH = "/webhooks/telegram"
HELLO = json.dumps(telegram_message(1, "Hallo")).encode()


async def test_it_is_a_webhook_and_a_polling_channel(telegram: Telegram) -> None:
    assert isinstance(telegram, WebhookChannel)
    assert isinstance(telegram, PollingChannel)
    assert isinstance(telegram, TypingChannel)
    assert isinstance(telegram, PrivateChannel)


# Believing


async def test_who_knows_the_secret_is_believed(telegram: Telegram) -> None:
    (message,) = telegram.receive(WebhookRequest(PATH, telegram_headers(TELEGRAM_SECRET), HELLO))
    assert isinstance(message, IncomingMessage)
    assert message.text == "Hallo"


@pytest.mark.parametrize("given", ["", "wrong", "é", TELEGRAM_SECRET + "x", TELEGRAM_SECRET[:-1]])
async def test_chris_never_gets_in(telegram: Telegram, given: str) -> None:
    with pytest.raises(BadSignature):
        telegram.receive(WebhookRequest(PATH, telegram_headers(given), HELLO))
    with pytest.raises(BadSignature):
        telegram.receive(WebhookRequest(PATH, {}, HELLO))


async def test_without_a_secret_of_ours_nobody_is_believed() -> None:
    with pytest.raises(BadSignature):
        Telegram(TELEGRAM_TOKEN).receive(WebhookRequest(PATH, telegram_headers(""), HELLO))


# Sending


async def test_a_message_is_plain_text_with_a_button_a_row(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    sent = await telegram.send(to_riet(telegram, "Wilt u *dat*?", "Ja", "Nee"))
    (bubble,) = peer.sent
    assert (sent, bubble.chat, bubble.text) == ("1", RIET_TELEGRAM, "Wilt u *dat*?")
    assert bubble.buttons == (("Ja", "4711:0"), ("Nee", "4711:1"))
    fields = peer.calls[0].fields
    assert "parse_mode" not in fields
    assert json.loads(fields["link_preview_options"]) == {"is_disabled": True}


async def test_a_button_s_data_fits_and_points_back(telegram: Telegram, peer: TelegramPeer) -> None:
    await telegram.send(to_riet(telegram, "?", *["keuze " * 10] * 3, message_id=10**18 - 1))
    ((_, data), *_) = peer.sent[0].buttons
    assert ChoiceRef.parse(data) == ChoiceRef(10**18 - 1, 0)


async def test_a_long_message_goes_out_in_order_with_the_buttons_last(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    sent = await telegram.send(to_riet(telegram, "ja " * 2000, "Ja"))
    assert [len(bubble.buttons) for bubble in peer.sent] == [0, 1]
    assert " ".join(bubble.text for bubble in peer.sent).split() == ["ja"] * 2000
    assert sent == "2"


# Taps


def a_tap(callback_id: str | None) -> IncomingMessage:
    riet = str(RIET_TELEGRAM)
    return IncomingMessage("telegram", riet, "2", Kind.CHOICE, callback_id=callback_id)


async def test_a_tap_is_answered(telegram: Telegram, peer: TelegramPeer) -> None:
    await telegram.acknowledge(a_tap("3049"))
    assert peer.answered == ["3049"]


async def test_what_is_no_tap_is_not_answered(telegram: Telegram, peer: TelegramPeer) -> None:
    await telegram.acknowledge(a_tap(None))
    assert not peer.calls


async def test_a_tap_that_cannot_be_answered_is_only_logged(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    peer.fail(
        Answer(400, {"ok": False, "description": "query is too old"}), on="answerCallbackQuery"
    )
    with capture_logs() as lines:
        await telegram.acknowledge(a_tap("3049"))
    assert [(line["event"], line["call"], line["code"]) for line in lines] == [
        ("telegram_courtesy_failed", "answer_tap", "bad_request")
    ]


async def tapped(telegram: Telegram, peer: TelegramPeer, text: str) -> IncomingMessage:
    """Riet taps the second choice under a bubble that was sent."""
    await telegram.send(to_riet(telegram, text, "Ja", "Nee"))
    update = telegram_tap(890000001, peer.sent[-1], 1, "3049")
    body = json.dumps(update).encode()
    (message,) = telegram.receive(WebhookRequest(PATH, telegram_headers(TELEGRAM_SECRET), body))
    assert isinstance(message, IncomingMessage)
    return message


async def test_after_a_tap_the_choice_is_shown_and_the_buttons_are_gone(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    await telegram.acknowledge(await tapped(telegram, peer, "Wilt u dat?"))
    shown = peer.shown[peer.sent[0].message_id]
    assert (shown.text, shown.buttons) == ("Wilt u dat?\n\n✓ Nee", ())
    assert peer.answered == ["3049"]


async def test_where_the_choice_does_not_fit_only_the_buttons_go(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    await telegram.acknowledge(await tapped(telegram, peer, "ja" * 2048))
    shown = peer.shown[peer.sent[0].message_id]
    assert (shown.text, shown.buttons) == ("ja" * 2048, ())


async def test_the_same_tap_twice_is_shown_once(telegram: Telegram, peer: TelegramPeer) -> None:
    tap = await tapped(telegram, peer, "Wilt u dat?")
    await telegram.acknowledge(tap)
    with capture_logs() as lines:
        await telegram.acknowledge(tap)
    assert [(line["call"], line["code"]) for line in lines] == [("show_choice", "bad_request")]
    assert peer.shown[peer.sent[0].message_id].text.count("✓") == 1


# Courtesies


async def test_that_an_answer_is_written_is_shown(telegram: Telegram, peer: TelegramPeer) -> None:
    await telegram.show_typing(str(RIET_TELEGRAM))
    assert peer.typing == [RIET_TELEGRAM]
    assert peer.calls[0].fields["action"] == "typing"


async def test_while_telegram_asks_to_wait_no_courtesy_is_paid(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    busy = {"ok": False, "description": "Too Many Requests", "parameters": {"retry_after": 30}}
    peer.fail(Answer(429, busy), on="sendChatAction")
    for _ in range(3):
        await telegram.show_typing(str(RIET_TELEGRAM))
    await telegram.acknowledge(a_tap("3049"))
    assert [call.endpoint for call in peer.calls] == ["sendChatAction"]
    await telegram.send(to_riet(telegram, "Een antwoord wacht daar niet op"))
    assert len(peer.sent) == 1


@pytest.mark.parametrize(("status", "code"), [(400, "bad_request"), (403, "forbidden")])
async def test_a_courtesy_that_is_refused_is_only_logged(
    telegram: Telegram, peer: TelegramPeer, status: int, code: str
) -> None:
    peer.fail(Answer(status, {"ok": False, "description": "Riet"}), on="sendChatAction")
    with capture_logs() as lines:
        await telegram.show_typing(str(RIET_TELEGRAM))
    assert [(line["call"], line["code"]) for line in lines] == [("show_typing", code)]
    assert "Riet" not in str(lines)


async def test_a_group_hears_why_and_is_left(telegram: Telegram, peer: TelegramPeer) -> None:
    await telegram.decline("-100200300", "Ik praat alleen één op één.")
    assert [(bubble.chat, bubble.text) for bubble in peer.sent] == [
        (-100200300, "Ik praat alleen één op één.")
    ]
    assert peer.left == [-100200300]


async def test_a_group_in_which_it_may_not_write_is_left_too(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    peer.fail(Answer(403, {"ok": False, "description": "not enough rights"}))
    await telegram.decline("-100200300", "Ik praat alleen één op één.")
    assert peer.left == [-100200300]


async def test_the_menu_is_set_per_language(telegram: Telegram, peer: TelegramPeer) -> None:
    await telegram.set_commands("nl", {"stop": "Krijg geen berichten meer"})
    await telegram.set_commands("", {"stop": "Stop messages"})
    assert peer.commands == {
        "nl": {"stop": "Krijg geen berichten meer"},
        "": {"stop": "Stop messages"},
    }


def test_the_texts_of_the_menu_fit(content: Content) -> None:
    for commands in content.texts.commands.values():
        for name, description in commands.items():
            assert re.fullmatch(r"[a-z0-9_]+", name)
            assert len(name) <= BotCommandLimit.MAX_COMMAND
            assert len(description) <= BotCommandLimit.MAX_DESCRIPTION


def test_every_command_of_the_menu_works_without_the_assistant(content: Content) -> None:
    names = {name for commands in content.texts.commands.values() for name in commands}
    assert all(right_in(name.replace("_", " ")) for name in names - {"start"})


# The webhook


async def test_the_webhook_is_set_with_its_secret(telegram: Telegram, peer: TelegramPeer) -> None:
    await telegram.set_webhook("https://adempauze.example/webhooks/telegram", TELEGRAM_SECRET)
    assert (peer.webhook, peer.secret) == (
        "https://adempauze.example/webhooks/telegram",
        TELEGRAM_SECRET,
    )
    allowed = json.loads(peer.calls[0].fields["allowed_updates"])
    assert allowed == ["message", "edited_message", "callback_query", "my_chat_member"]


async def test_a_webhook_that_telegram_refuses_is_told(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    with pytest.raises(DeliveryError):
        await telegram.set_webhook("http://adempauze.example/webhooks/telegram", TELEGRAM_SECRET)
    assert not peer.webhook


async def test_a_picture_goes_before_the_words_with_its_description(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    picture = Image("https://adempauze.example/photos/appel.jpg", "De tuin, met een lange tafel")
    message = OutgoingMessage("Kijk eens.", (Choice("Mooi", "/mooi"),), (picture,))
    await telegram.send(sending(telegram, message))
    first, second = peer.sent
    assert (first.photo, first.text, first.buttons) == (picture.url, picture.description, ())
    assert (second.photo, second.text) == ("", "Kijk eens.")
    assert second.buttons == (("Mooi", "4711:0"),)


async def test_choices_with_only_a_picture_are_below_it_and_gone_after_a_tap(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    picture = Image("https://adempauze.example/photos/appel.jpg", "De tuin")
    message = OutgoingMessage("De tuin", (Choice("Mooi", "/mooi"),), (picture,))
    await telegram.send(sending(telegram, message))
    (bubble,) = peer.sent
    assert (bubble.photo, bubble.text) == (picture.url, "De tuin")
    assert bubble.buttons == (("Mooi", "4711:0"),)

    body = json.dumps(telegram_tap(890000001, bubble, 0, "3049")).encode()
    (tap,) = telegram.receive(WebhookRequest(PATH, telegram_headers(TELEGRAM_SECRET), body))
    assert isinstance(tap, IncomingMessage)
    assert tap.text == "Mooi"
    await telegram.acknowledge(tap)
    shown = peer.shown[bubble.message_id]
    assert (shown.text, shown.buttons) == ("De tuin", ())
