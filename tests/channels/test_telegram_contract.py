"""Our Telegram on loopback refuses what the real one would, and python-telegram-bot talks to it.

So every test that sends something through it also checks that it was as documented.
"""

import json

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from integrations.telegram import Telegram
from tests.channels import telegram_spec
from tests.channels.inbound import RIET_TELEGRAM
from tests.channels.outbound import to_riet
from tests.channels.peers import TELEGRAM_TOKEN, TelegramPeer
from tests.channels.specs import needs

RIET = {"chat_id": str(RIET_TELEGRAM)}
HELLO = {**RIET, "text": "Hallo"}


def keyboard(*rows: object) -> dict[str, str]:
    return {"reply_markup": json.dumps({"inline_keyboard": list(rows)})}


def button(text: str = "Ja", data: str = "1:0") -> dict[str, str]:
    return {"text": text, "callback_data": data}


def commands(*menu: tuple[str, str]) -> dict[str, str]:
    return {"commands": json.dumps([{"command": a, "description": b} for a, b in menu])}


async def call(peer: TelegramPeer, method: str, fields: dict[str, str]) -> tuple[int, str]:
    """The status and the words of the answer to a call."""
    async with httpx.AsyncClient(base_url=peer.url) as client:
        response = await client.post(f"/bot{TELEGRAM_TOKEN}/{method}", data=fields)
    return response.status_code, response.json().get("description", "")


@pytest.mark.parametrize(
    ("method", "fields"),
    [
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
        ("leaveChat", {"chat_id": "-100200300"}),
    ],
)
async def test_what_is_documented_is_taken(
    peer: TelegramPeer, method: str, fields: dict[str, str]
) -> None:
    if method == "getUpdates":
        peer.say("Hallo")
    assert await call(peer, method, fields) == (200, "")


@needs("telegram_bot_api.json")
@pytest.mark.parametrize(
    ("method", "fields", "words"),
    [
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
    ],
)
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
    assert [telegram_spec.problem(one.endpoint, one.fields) for one in peer.calls] == [
        None for _ in peer.calls
    ]
