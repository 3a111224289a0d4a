"""What we send to Telegram, and what our Telegram answers, is in the Bot API's specification.

Each call is looked at by telegram_spec.py besides; here that there is none which no test makes.
"""

import asyncio
import json
import re
from contextlib import suppress
from pathlib import Path

import pytest

from bot.messages import (
    Choice,
    Event,
    Image,
    IncomingMessage,
    Kind,
    OutgoingMessage,
    Request,
    Tapped,
)
from integrations.telegram import Telegram
from integrations.telegram.api import ALLOWED_UPDATES, BotApi
from integrations.telegram.updates import SERVICE
from tests.channels.inbound import RIET_TELEGRAM
from tests.channels.outbound import PUBLIC_URL, TELEGRAM_SECRET, sending
from tests.channels.peers import (
    TELEGRAM_TOKEN,
    TelegramPeer,
)
from tests.channels.specs import ROOT, needs
from tests.channels.telegram_spec import specification

PAYLOADS = ROOT / "tests" / "payloads" / "telegram"
NOT_AS_DOCUMENTED = {"new_fields.json", "new_kind_of_update.json"}
PICTURE = Image(f"{PUBLIC_URL}/photos/appel.jpg", "De tuin")
YES = (Choice("Ja", "/affirm"), Choice("Nee", "/deny"))
KEYBOARDS = {"InlineKeyboardMarkup", "ReplyKeyboardMarkup", "ReplyKeyboardRemove"}
# Of everything that a message can have, one.
MESSAGES = (
    OutgoingMessage("Mooi?", YES, (PICTURE,)),
    OutgoingMessage("Goedemiddag"),
    *(OutgoingMessage("Wat mag ik noteren?", YES, request=request) for request in Request),
)

pytestmark = needs("telegram_bot_api.json")


def methods_called() -> set[str]:
    """The Bot API's methods that integrations/telegram/api.py names."""
    source = (ROOT / "integrations" / "telegram" / "api.py").read_text(encoding="utf-8")
    names = set(re.findall(r"self\._bot\.(\w+)", source)) - {"base_url"}
    by_hand = set(re.findall(r"base_url\}/(\w+)", source))
    return {re.sub(r"_(\w)", lambda found: found[1].upper(), name) for name in names} | by_hand


async def test_every_method_that_we_name_is_called_with_the_documented_fields(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    await _call_everything(telegram, peer)
    assert {call.endpoint for call in peer.calls} == methods_called()
    for call in peer.calls:
        fields = specification()["methods"][call.endpoint].get("fields", [])
        assert call.fields.keys() <= {field["name"] for field in fields}
        assert call.fields.keys() >= {field["name"] for field in fields if field["required"]}


async def test_every_keyboard_that_we_send_is_in_the_specification(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    await _call_everything(telegram, peer)
    markups = [json.loads(call.fields.get("reply_markup", "{}")) for call in peer.calls]
    kinds = {
        kind
        for kind in KEYBOARDS
        for markup in markups
        if _required(kind) <= markup.keys() <= _names(kind)
    }
    assert kinds == KEYBOARDS
    buttons = [button for markup in markups for row in markup.get("keyboard", ()) for button in row]
    asked = {name for button in buttons for name in button if name.startswith("request_")}
    can = telegram.abilities
    offers = {"request_contact": can.contact_request, "request_location": can.location_request}
    assert asked == {name for name, there in offers.items() if there}


async def _call_everything(channel: Telegram, peer: TelegramPeer) -> None:
    """Every call there is; polling leaves an update behind that was not confirmed."""
    for message in MESSAGES:
        await channel.send(sending(channel, message))
    for text in ("Wilt u dat?", "ja" * 2048):
        below = Tapped("2", text, "Ja")
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
    fields = specification()["types"]["Message"]["fields"]
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
    fields = specification()["types"][kind]["fields"]
    return {field["name"] for field in fields}


def _required(kind: str) -> set[str]:
    fields = specification()["types"][kind]["fields"]
    return {field["name"] for field in fields if field["required"]}
