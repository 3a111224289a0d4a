"""Our Telegram on loopback refuses what the real one would, and python-telegram-bot talks to it.

So every test that sends something through it also checks that it was as documented.
"""

import json
from collections.abc import Iterator, Mapping

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from integrations.telegram import Telegram
from tests.channels.inbound import RIET_TELEGRAM
from tests.channels.outbound import to_riet
from tests.channels.peers import TELEGRAM_TOKEN, TelegramPeer
from tests.channels.specs import needs
from tests.channels.test_telegram_spec import methods_called

RIET = {"chat_id": str(RIET_TELEGRAM)}
HELLO = {**RIET, "text": "Hallo"}
GROUP = {"chat_id": "-100200300"}
PHOTO = "https://a.example/a.jpg"
PHONE, PLACE = {"request_contact": True}, {"request_location": True}
BOTH = {**PHONE, **PLACE}


def keyboard(*rows: object) -> dict[str, str]:
    return {"reply_markup": json.dumps({"inline_keyboard": list(rows)})}


def button(text: str = "Ja", data: str = "1:0") -> dict[str, str]:
    return {"text": text, "callback_data": data}


def commands(*menu: tuple[str, str]) -> dict[str, str]:
    return {"commands": json.dumps([{"command": a, "description": b} for a, b in menu])}


def letters(*buttons: Mapping[str, object]) -> dict[str, str]:
    """Buttons in place of the letters."""
    return {"reply_markup": json.dumps({"keyboard": [[one] for one in buttons]})}


async def call(peer: TelegramPeer, method: str, fields: dict[str, str]) -> tuple[int, str]:
    """The status and the words of the answer to a call."""
    async with httpx.AsyncClient(base_url=peer.url) as client:
        response = await client.post(f"/bot{TELEGRAM_TOKEN}/{method}", data=fields)
    return response.status_code, response.json().get("description", "")


@pytest.fixture
def peer(running_telegram: TelegramPeer) -> Iterator[TelegramPeer]:
    """One that is called wrongly on purpose."""
    running_telegram.reset()
    yield running_telegram
    running_telegram.mistakes.clear()


TAKEN = [
    ("getMe", {}),
    ("sendMessage", HELLO),
    ("sendMessage", {**HELLO, **keyboard([button()], [button("Nee", "1:1")])}),
    ("sendMessage", {**RIET, "text": "x" * 4096}),
    ("sendMessage", {**HELLO, **keyboard([button(data="é" * 32)])}),
    ("sendMessage", {**HELLO, "link_preview_options": '{"is_disabled": true}'}),
    ("sendChatAction", {**RIET, "action": "typing"}),
    ("setMyCommands", {**commands(("stop", "Stop")), "language_code": "nl"}),
    ("setMyCommands", {**commands(("stop", "x" * 256)), "scope": '{"type": "default"}'}),
    ("answerCallbackQuery", {"callback_query_id": "3049", "text": "x" * 200}),
    ("setWebhook", {"url": "https://a.example", "secret_token": "x" * 256}),
    ("getUpdates", {"offset": "0", "timeout": "0", "allowed_updates": '["message"]'}),
    ("getUpdates", {}),
    ("leaveChat", {"chat_id": "-100200300"}),
    ("sendMessage", {**HELLO, **letters({"text": "Bel mij", "request_contact": True})}),
    ("sendMessage", {**HELLO, **letters({"text": "Hier ben ik", "request_location": True})}),
    ("sendMessage", {**HELLO, **letters({"text": "Nee"}, {"text": "Ja"})}),
    ("sendMessage", {**HELLO, "reply_markup": '{"remove_keyboard": true}'}),
    ("sendPhoto", {**RIET, "photo": PHOTO}),
    ("sendPhoto", {**RIET, "photo": PHOTO, "caption": "é" * 1024}),
    ("editMessageText", {**RIET, "message_id": "1", "text": "x" * 4096}),
    ("editMessageReplyMarkup", {**RIET, "message_id": "1"}),
    ("editMessageReplyMarkup", {**RIET, "message_id": "1", **keyboard([button("Nee")])}),
    ("setWebhook", {"url": "https://a.example", "allowed_updates": '["my_chat_member"]'}),
    ("deleteWebhook", {"drop_pending_updates": "false"}),
    ("getWebhookInfo", {}),
]


@pytest.mark.parametrize(("method", "fields"), TAKEN)
async def test_what_is_documented_is_taken(
    peer: TelegramPeer, method: str, fields: dict[str, str]
) -> None:
    peer.say("Hallo")
    await call(peer, "sendMessage", {**HELLO, **keyboard([button()])})
    assert await call(peer, method, fields) == (200, "")


NOT_ALLOWED = [
    ("sendMessage", {"text": "Hallo"}, "chat_id is empty"),
    ("sendMessage", RIET, "text is empty"),
    ("sendMessage", {**HELLO, "markup": "x"}, "markup is no parameter"),
    ("sendMessage", {**HELLO, "disable_notification": "yes"}, "is not Boolean"),
    ("sendMessage", {**HELLO, "message_thread_id": "1.5"}, "is not Integer"),
    ("sendMessage", {**HELLO, "reply_markup": "{"}, "reply_markup is not"),
    ("sendMessage", {**HELLO, "reply_markup": '{"inline": []}'}, "reply_markup is not"),
    ("sendMessage", {**HELLO, **keyboard(button())}, "reply_markup is not"),
    ("sendMessage", {**HELLO, **keyboard([{"callback_data": "1:0"}])}, "reply_markup is not"),
    ("sendMessage", {**HELLO, **keyboard([{"text": 5}])}, "reply_markup is not"),
    ("sendMessage", {**HELLO, **keyboard([{**button(), "payload": "x"}])}, "reply_markup is"),
    ("sendMessage", {**HELLO, "link_preview_options": '{"is_disabled": 1}'}, "link_preview"),
    ("setMyCommands", {"commands": '[{"command": "stop"}]'}, "commands is not"),
    ("setMyCommands", {**commands(("a", "b")), "scope": '{"type": 5}'}, "scope is not"),
    ("getUpdates", {"offset": "first"}, "offset is not Integer"),
    ("getUpdates", {"allowed_updates": "[1]"}, "allowed_updates is not"),
    ("editMessageText", {**RIET, "message_id": "1"}, "text is empty"),
    ("setWebhook", {"secret_token": "x"}, "url is empty"),
    ("sendPhoto", RIET, "photo is empty"),
    ("sendPhoto", {**RIET, "photo": PHOTO, "text": "De tuin"}, "text is no parameter"),
    ("sendMessage", {**HELLO, **letters({"request_location": True})}, "reply_markup is not"),
    ("sendMessage", {**HELLO, **letters({"text": "a", "request_location": 1})}, "reply_markup"),
    ("sendMessage", {**HELLO, **letters({"text": "a", "ask_place": True})}, "reply_markup is"),
    ("editMessageReplyMarkup", {**RIET, "message_id": "first"}, "message_id is not Integer"),
    ("sendChatAction", RIET, "action is empty"),
    ("answerCallbackQuery", {"text": "Ja"}, "callback_query_id is empty"),
    ("leaveChat", {}, "chat_id is empty"),
    ("deleteWebhook", {"drop_pending_updates": "no"}, "is not Boolean"),
    ("getWebhookInfo", {"url": "https://a.example"}, "url is no parameter"),
    ("getMe", {"chat_id": "1"}, "chat_id is no parameter"),
]


@needs("telegram_bot_api.json")
@pytest.mark.parametrize(("method", "fields", "words"), NOT_ALLOWED)
async def test_what_the_specification_does_not_allow_is_refused(
    peer: TelegramPeer, method: str, fields: dict[str, str], words: str
) -> None:
    status, said = await call(peer, method, fields)
    assert status == 400
    assert words in said


@pytest.mark.parametrize(
    ("method", "fields", "words"),
    [
        ("sendMessage", {**RIET, "text": " "}, "message text is empty"),
        ("sendMessage", {**RIET, "text": "x" * 4097}, "message is too long"),
        ("sendMessage", {**HELLO, **keyboard([button(data="é" * 33)])}, "BUTTON_DATA_INVALID"),
        ("sendMessage", {**HELLO, **keyboard([button(data="")])}, "BUTTON_DATA_INVALID"),
        ("sendMessage", {**HELLO, **keyboard([button(" ")])}, "must have a text"),
        ("sendMessage", {**HELLO, **letters({"text": " "})}, "must have a text"),
        ("sendMessage", {**HELLO, **letters({"text": "a", **BOTH})}, "requests one thing"),
        ("sendMessage", {**HELLO, **GROUP, **letters({"text": "a", **PLACE})}, "private chats"),
        ("sendMessage", {**HELLO, **GROUP, **letters({"text": "a", **PHONE})}, "private chats"),
        ("sendPhoto", {**RIET, "photo": PHOTO, "caption": "x" * 1025}, "caption is too long"),
        ("sendPhoto", {**RIET, "photo": "http://a.example/a.jpg"}, "HTTP URL"),
        ("editMessageText", {**RIET, "message_id": "1", "text": "x" * 4097}, "too long"),
        ("sendMessage", {**HELLO, **keyboard([button()] * 9)}, "in a row"),
        ("sendMessage", {**HELLO, **keyboard(*[[button()]] * 101)}, "too many buttons"),
        ("sendMessage", {**HELLO, "chat_id": "riet"}, "chat not found"),
        ("sendChatAction", {**RIET, "action": "dancing"}, "action"),
        ("editMessageText", {**HELLO, "message_id": "7"}, "message to edit not found"),
        ("answerCallbackQuery", {"callback_query_id": "3", "text": "x" * 201}, "too long"),
        ("setMyCommands", commands(*[("a", "b")] * 101), "BOT_COMMANDS_TOO_MUCH"),
        ("setMyCommands", commands(("Stop!", "b")), "BOT_COMMAND_INVALID"),
        ("setMyCommands", commands(("a" * 33, "b")), "BOT_COMMAND_INVALID"),
        ("setMyCommands", commands(("a", "x" * 257)), "DESCRIPTION_INVALID"),
        ("setMyCommands", {**commands(("a", "b")), "language_code": "dutch"}, "language_code"),
        ("setWebhook", {"url": "https://a.example", "secret_token": "x" * 257}, "secret"),
        ("setWebhook", {"url": "https://a.example", "secret_token": "é"}, "secret"),
        ("setWebhook", {"url": "http://a.example"}, "HTTPS"),
        ("setWebhook", {"url": "https://a.example", "allowed_updates": '["gossip"]'}, "allowed"),
    ],
)
async def test_what_is_too_long_or_unknown_is_refused(
    peer: TelegramPeer, method: str, fields: dict[str, str], words: str
) -> None:
    status, said = await call(peer, method, fields)
    assert status == 400
    assert words in said
    assert peer.sent == []


def test_every_method_that_we_call_is_tried_as_documented_and_not_so() -> None:
    assert methods_called() <= {method for method, _ in TAKEN}
    assert methods_called() <= {method for method, *_ in NOT_ALLOWED}


async def test_python_telegram_bot_talks_to_it_and_hears_its_refusals(peer: TelegramPeer) -> None:
    async with Bot(TELEGRAM_TOKEN, base_url=peer.api_url) as bot:
        assert bot.username == "AdempauzeBot"
        sent = await bot.send_message(RIET_TELEGRAM, "Hallo")
        assert (sent.message_id, sent.text) == (1, "Hallo")
        with pytest.raises(BadRequest, match="too long"):
            await bot.send_message(RIET_TELEGRAM, "x" * 4097)
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="x" * 65)]])
        with pytest.raises(BadRequest, match="Button_data_invalid"):
            await bot.send_message(RIET_TELEGRAM, "Hallo", reply_markup=markup)


@pytest.mark.parametrize("size", [1, 64, 1200, 4096, 4097, 9000])
@pytest.mark.parametrize("sign", ["x", "é", "🌷", "ي"])
async def test_a_message_of_any_length_in_any_script_is_as_documented(
    telegram: Telegram, peer: TelegramPeer, size: int, sign: str
) -> None:
    await telegram.send(to_riet(telegram, sign * size, *[sign * 24] * 10))
    assert "".join(bubble.text for bubble in peer.sent) == sign * size
    peer.verify()
