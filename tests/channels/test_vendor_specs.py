"""What we send is what the vendors document, checked against their own specifications as data.

The files are not in this repository: VENDOR_SPECS, or ../shared/specs beside it, has them.
"""

import asyncio
import json
import re
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.messages import (
    Choice,
    Event,
    Image,
    IncomingMessage,
    Kind,
    OutgoingMessage,
    Tapped,
    Template,
)
from integrations.channel import Channel, KnownTemplate
from integrations.sms import Sms
from integrations.telegram import Telegram
from integrations.telegram.api import ALLOWED_UPDATES, BotApi
from integrations.telegram.updates import SERVICE
from integrations.twilio.fields import STATES
from integrations.whatsapp import WhatsApp
from tests.channels.inbound import RIET_TELEGRAM
from tests.channels.outbound import PUBLIC_URL, TELEGRAM_SECRET, sending, to_riet
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


@pytest.mark.parametrize("name", ["whatsapp", "sms"])
async def test_every_field_for_twilio_is_in_its_specification(
    whatsapp: WhatsApp, sms: Sms, twilio: TwilioPeer, name: str
) -> None:
    channel: Channel = sms if name == "sms" else whatsapp
    await channel.send(to_riet(channel, "Wilt u dat?", "Ja", "Nee"))
    paths = specification("twilio_api_v2010.json")["paths"]
    (call,) = twilio.calls
    create = paths[call.path.replace(TWILIO_ACCOUNT, "{AccountSid}")][call.method.lower()]
    schema = create["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    assert call.fields.keys() <= schema["properties"].keys()
    assert call.fields.keys() >= set(schema["required"])


async def test_every_field_of_a_message_with_buttons_is_in_twilio_s_specification(
    whatsapp: WhatsApp, twilio: TwilioPeer
) -> None:
    found = await whatsapp.synchronise({})
    known = {one.name: KnownTemplate(one.digest, one.sid, one.approval) for one in found}
    whatsapp.learn(known, "Bekijk de keuzes")
    picture = Image(f"{PUBLIC_URL}/photos/appel.jpg", "De tuin")
    message = OutgoingMessage("Mooi?", (Choice("Ja", "/affirm"),), (picture,))
    await whatsapp.send(sending(whatsapp, message))
    paths = specification("twilio_api_v2010.json")["paths"]
    create = paths["/2010-04-01/Accounts/{AccountSid}/Messages.json"]["post"]
    schema = create["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    calls = [call for call in twilio.calls if call.endpoint == "Messages.json"]
    assert len(calls) == 2
    for call in calls:
        assert call.fields.keys() <= schema["properties"].keys()
    assert re.fullmatch(
        schema["properties"]["ContentSid"]["pattern"], calls[1].fields["ContentSid"]
    )


async def test_every_call_about_templates_is_in_twilio_s_specification(
    whatsapp: WhatsApp, twilio: TwilioPeer
) -> None:
    await whatsapp.synchronise({Template.REMINDER: "Dag, dit is het logeerpunt."})
    paths = specification("twilio_content_v1.json")["paths"]
    for call in twilio.calls:
        path, method = _content_path(call.path), call.method.lower()
        assert method in paths[path]
        names = {one["name"] for one in paths[path][method].get("parameters", ())}
        assert call.fields.keys() <= names
        if method == "post":
            content = paths[path][method]["requestBody"]["content"]["application/json"]
            _conforms(call.json, content["schema"])
    assert {_content_path(call.path) for call in twilio.calls} == {
        "/v1/Content", "/v1/Content/{Sid}/ApprovalRequests",
        "/v1/Content/{ContentSid}/ApprovalRequests/whatsapp",
    }  # fmt: skip


def _content_path(path: str) -> str:
    name = "{ContentSid}" if path.endswith("/whatsapp") else "{Sid}"
    return re.sub(r"HX\w+", name, path)


def _conforms(value: Any, schema: Any) -> None:
    """Whether a value is what the schema says: types, names, what is required, what is allowed."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = specification("twilio_content_v1.json")["components"]["schemas"][name]
    assert isinstance(value, {"object": dict, "array": list, "string": str}[schema["type"]])
    assert value in schema.get("enum", [value])
    if isinstance(value, list):
        for one in value:
            _conforms(one, schema["items"])
    elif isinstance(value, dict):
        known = schema.get("properties", {})
        assert value.keys() >= set(schema.get("required", ()))
        for name, one in value.items():
            rest = schema.get("additionalProperties")
            assert name in known or rest
            _conforms(one, known.get(name) or rest)


def test_a_template_that_is_not_as_documented_would_be_found() -> None:
    schema = {"$ref": "#/components/schemas/ContentCreateRequest"}
    good = {"language": "nl", "types": {"twilio/text": {"body": "Dag"}}}
    _conforms(good, schema)
    for wrong in ({"language": "nl"}, {**good, "types": {"twilio/text": {"text": "Dag"}}}):
        with pytest.raises(AssertionError):
            _conforms(wrong, schema)


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
