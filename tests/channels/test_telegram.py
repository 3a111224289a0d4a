"""Telegram: only who knows the secret is believed, and a message arrives as it was meant."""

import json

import pytest
from structlog.testing import capture_logs

from bot.errors import BadSignature, DeliveryError
from bot.messages import Choice, ChoiceRef, Image, IncomingMessage, Kind, OutgoingMessage
from integrations.channel import PollingChannel, WebhookChannel, WebhookRequest
from integrations.telegram import Telegram
from tests.channels.inbound import RIET_TELEGRAM, telegram_message
from tests.channels.outbound import TELEGRAM_SECRET, sending, to_riet
from tests.channels.peers import TELEGRAM_TOKEN, Answer, TelegramPeer
from tests.channels.signing import telegram_headers

PATH = "/webhooks/telegram"
HELLO = json.dumps(telegram_message(1, "Hallo")).encode()


async def test_it_is_a_webhook_and_a_polling_channel(telegram: Telegram) -> None:
    assert isinstance(telegram, WebhookChannel)
    assert isinstance(telegram, PollingChannel)


# Believing


async def test_who_knows_the_secret_is_believed(telegram: Telegram) -> None:
    (message,) = telegram.receive(WebhookRequest(PATH, telegram_headers(TELEGRAM_SECRET), HELLO))
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
    return IncomingMessage("telegram", "1", "2", Kind.CHOICE, callback_id=callback_id)


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
    assert [(line["event"], line["code"]) for line in lines] == [
        ("telegram_tap_unanswered", "bad_request")
    ]


# The webhook


async def test_the_webhook_is_set_with_its_secret(telegram: Telegram, peer: TelegramPeer) -> None:
    await telegram.set_webhook("https://adempauze.example/webhooks/telegram", TELEGRAM_SECRET)
    assert (peer.webhook, peer.secret) == (
        "https://adempauze.example/webhooks/telegram",
        TELEGRAM_SECRET,
    )
    allowed = json.loads(peer.calls[0].fields["allowed_updates"])
    assert allowed == ["message", "callback_query"]


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
