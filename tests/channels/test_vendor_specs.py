"""What we send is what the vendors document, checked against their own specifications as data.

The files are not in this repository: VENDOR_SPECS, or ../shared/specs beside it, has them.
"""

import asyncio
import json
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.messages import Event, IncomingMessage, Kind, Tapped
from integrations.telegram import Telegram
from integrations.telegram.api import ALLOWED_UPDATES, BotApi
from integrations.telegram.updates import SERVICE
from integrations.whatsapp import WhatsApp
from integrations.whatsapp.fields import STATES
from tests.channels.inbound import RIET_TELEGRAM
from tests.channels.outbound import PUBLIC_URL, TELEGRAM_SECRET, to_riet
from tests.channels.peers import (
    TELEGRAM_TOKEN,
    TWILIO_ACCOUNT,
    TelegramPeer,
    TwilioPeer,
    WhatsAppBubble,
)
from tests.channels.specs import ROOT, SPECS, needs
from tests.channels.twilio_peer import twilio_message

PAYLOADS = ROOT / "tests" / "payloads" / "telegram"
NOT_AS_DOCUMENTED = {"new_kind_of_update.json"}

pytestmark = needs("telegram_bot_api.json")


@cache
def specification(name: str) -> Any:
    return json.loads((SPECS / name).read_text())


async def test_every_field_for_twilio_is_in_its_specification(
    whatsapp: WhatsApp, twilio: TwilioPeer
) -> None:
    await whatsapp.send(to_riet(whatsapp, "Wilt u dat?", "Ja", "Nee"))
    paths = specification("twilio_api_v2010.json")["paths"]
    (call,) = twilio.calls
    create = paths[call.path.replace(TWILIO_ACCOUNT, "{AccountSid}")][call.method.lower()]
    schema = create["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    assert call.fields.keys() <= schema["properties"].keys()
    assert call.fields.keys() >= set(schema["required"])


def test_our_twilio_answers_with_the_documented_fields() -> None:
    schemas = specification("twilio_api_v2010.json")["components"]["schemas"]
    answer = twilio_message(WhatsAppBubble("SM", "to", "body", "callback"))
    assert answer.keys() == schemas["api.v2010.account.message"]["properties"].keys()


def test_every_status_that_we_know_is_twilio_s() -> None:
    schemas = specification("twilio_api_v2010.json")["components"]["schemas"]
    assert STATES.keys() <= set(schemas["message_enum_status"]["enum"])


async def test_every_call_to_telegram_has_the_documented_fields(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    await _call_everything(telegram, peer)
    methods = specification("telegram_bot_api.json")["methods"]
    assert {call.endpoint for call in peer.calls} == {
        "sendMessage", "answerCallbackQuery", "setWebhook", "deleteWebhook", "getUpdates",
        "getWebhookInfo", "sendChatAction", "editMessageText", "editMessageReplyMarkup",
        "setMyCommands", "leaveChat",
    }  # fmt: skip
    for call in peer.calls:
        fields = methods[call.endpoint].get("fields", [])
        assert call.fields.keys() <= {field["name"] for field in fields}
        assert call.fields.keys() >= {field["name"] for field in fields if field["required"]}


async def test_the_keyboard_for_telegram_has_the_documented_fields(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    await _call_everything(telegram, peer)
    sent = next(call for call in peer.calls if call.endpoint == "sendMessage")
    keyboard = json.loads(sent.fields["reply_markup"])
    assert keyboard.keys() == _names("InlineKeyboardMarkup")
    for row in keyboard["inline_keyboard"]:
        for button in row:
            assert button.keys() <= _names("InlineKeyboardButton")


async def _call_everything(channel: Telegram, peer: TelegramPeer) -> None:
    """Every call there is; polling leaves an update behind that was not confirmed."""
    await channel.send(to_riet(channel, "Wilt u dat?", "Ja", "Nee"))
    for text in ("Wilt u dat?", "ja" * 2048):
        below = Tapped("1", text, "Ja")
        address = str(RIET_TELEGRAM)
        tap = IncomingMessage(
            "telegram", address, "1", Kind.CHOICE, callback_id="3049", tapped=below
        )
        await channel.acknowledge(tap)
    await channel.show_typing(address)
    await channel.decline("-100200300", "Ik praat alleen één op één.")
    await channel.set_commands("nl", {"stop": "Krijg geen berichten meer"})
    await channel.delete_webhook()
    await channel.webhook()
    await channel.set_webhook(f"{PUBLIC_URL}/webhooks/telegram", TELEGRAM_SECRET)
    peer.say("Hallo")
    polling = asyncio.create_task(channel.poll(_refuse))
    await peer.until(lambda: peer.calls[-1].endpoint == "getUpdates")
    polling.cancel()
    with suppress(asyncio.CancelledError):
        await polling


async def _refuse(_: Event) -> None:
    raise ConnectionError


async def test_our_telegram_answers_as_documented(peer: TelegramPeer) -> None:
    api = BotApi(TELEGRAM_TOKEN, peer.api_url, 10.0)
    peer.say("Hallo")
    (update,) = await api.updates(0)
    await api.close()
    assert isinstance(update, dict)
    assert update.keys() == {"update_id", "message"}
    assert _required("Message") <= update["message"].keys() <= _names("Message")


def test_the_updates_that_we_ask_for_exist() -> None:
    assert set(ALLOWED_UPDATES) <= _names("Update")


def test_every_service_message_is_left_unanswered() -> None:
    fields = specification("telegram_bot_api.json")["types"]["Message"]["fields"]
    marked = {field["name"] for field in fields if "ervice message" in field["description"]}
    assert marked <= SERVICE <= _names("Message")


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("*.json")), ids=lambda path: path.stem)
def test_our_telegram_payloads_are_as_documented(path: Path) -> None:
    try:
        update = json.loads(path.read_text())
    except ValueError:
        return
    if not isinstance(update, dict) or path.name in NOT_AS_DOCUMENTED:
        return
    assert update.keys() <= _names("Update")
    message = update.get("message")
    if isinstance(message, dict):
        assert message.keys() <= _names("Message")
    if "callback_query" in update:
        assert update["callback_query"].keys() <= _names("CallbackQuery")
        assert update["callback_query"].keys() >= _required("CallbackQuery")


def _names(kind: str) -> set[str]:
    fields = specification("telegram_bot_api.json")["types"][kind]["fields"]
    return {field["name"] for field in fields}


def _required(kind: str) -> set[str]:
    fields = specification("telegram_bot_api.json")["types"][kind]["fields"]
    return {field["name"] for field in fields if field["required"]}
