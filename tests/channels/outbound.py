"""What we send to Riet, and who we are to the vendors."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.errors import DeliveryError
from bot.messages import Choice, Delivery, OutgoingMessage
from integrations.channel import Channel
from integrations.degrade import Lines, degraded
from integrations.twilio.api import Account
from tests.channels.inbound import RIET_SMS, RIET_TELEGRAM, RIET_WHATSAPP
from tests.channels.peers import SMS_SENDER, TWILIO_ACCOUNT, TWILIO_TOKEN, WHATSAPP_SENDER

PUBLIC_URL = "https://adempauze.example"
ACCOUNT = Account(TWILIO_ACCOUNT, TWILIO_TOKEN, WHATSAPP_SENDER)
SMS_ACCOUNT = Account(TWILIO_ACCOUNT, TWILIO_TOKEN, SMS_SENDER)
TELEGRAM_SECRET = "a-webhook-secret"
LINES = Lines("Typ het nummer van uw keuze.", "Typ uw telefoonnummer.", "Typ uw gemeente.")
ADDRESSES = {
    "whatsapp": RIET_WHATSAPP,
    "sms": RIET_SMS,
    "telegram": str(RIET_TELEGRAM),
    "webchat": "a-page",
}


def to_riet(
    channel: Channel,
    text: str,
    *choices: str,
    message_id: int = 4711,
    keyboard_open: bool = False,
) -> Delivery:
    """A message to Riet on a channel, with the titles of its choices."""
    message = OutgoingMessage(text, tuple(Choice(title, f"/{title}") for title in choices))
    return sending(channel, message, message_id, keyboard_open=keyboard_open)


def sending(
    channel: Channel,
    message: OutgoingMessage,
    message_id: int = 4711,
    *,
    keyboard_open: bool = False,
) -> Delivery:
    """A message to Riet, in the form that the channel can show."""
    shown, form = degraded(message, channel.abilities, LINES, keyboard_open=keyboard_open)
    when = datetime(2026, 11, 21, tzinfo=UTC)
    address = ADDRESSES[channel.name]
    return Delivery(message_id, address, shown, when, form, share="Stuur mijn nummer")


async def failing(channel: Channel, text: str = "Goedemiddag") -> DeliveryError:
    """The error with which sending a text to Riet fails, within a few seconds."""
    with pytest.raises(DeliveryError) as caught:
        async with asyncio.timeout(5):
            await channel.send(to_riet(channel, text))
    return caught.value
