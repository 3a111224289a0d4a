"""The vendors on loopback, for tests of channels and for whole conversations.

async with TwilioPeer() as twilio:
    ...                                     # point the application at twilio.environment
    await twilio.until(lambda: twilio.sent)
    assert twilio.sent[-1].body == "Goedemiddag"
    twilio.fail(Answer(429, {"code": 20429}, {"Retry-After": "3"}), Trouble.CUT)
"""

from tests.channels.inbound import TelegramBubble
from tests.channels.loopback import Answer, Call, Peer, Trouble
from tests.channels.telegram_peer import TELEGRAM_TOKEN, TelegramPeer
from tests.channels.twilio_peer import (
    SMS_SENDER,
    TWILIO_ACCOUNT,
    TWILIO_TOKEN,
    WHATSAPP_SENDER,
    TwilioPeer,
    WhatsAppBubble,
)

__all__ = [
    "SMS_SENDER",
    "TELEGRAM_TOKEN",
    "TWILIO_ACCOUNT",
    "TWILIO_TOKEN",
    "WHATSAPP_SENDER",
    "Answer",
    "Call",
    "Peer",
    "TelegramBubble",
    "TelegramPeer",
    "Trouble",
    "TwilioPeer",
    "WhatsAppBubble",
]
