"""Which channels there are follows from the settings, and what is off says so."""

from datetime import UTC, datetime

import pytest

from bot.messages import Delivery, OutgoingMessage
from bot.settings import Settings
from integrations.channel import Channel
from integrations.registry import build
from tests.channels.peers import (
    SMS_SENDER,
    TELEGRAM_TOKEN,
    TWILIO_ACCOUNT,
    TWILIO_TOKEN,
    WHATSAPP_SENDER,
)

TWILIO = {
    "twilio_account_sid": TWILIO_ACCOUNT,
    "twilio_auth_token": TWILIO_TOKEN,
    "twilio_whatsapp_from": WHATSAPP_SENDER,
    "public_url": "https://adempauze.example",
}


def settings(**given: str) -> Settings:
    return Settings.model_validate({
        "secret_key": "s" * 32,
        "encryption_keys": "z1Yl0lFh5L0h2eMZ0b8zJpX3m8o4m0sT1n0w4m4l2gA=",
        "rasa_token": "r" * 16,
        "actions_token": "a" * 16,
        **given,
    })  # fmt: skip


SMS = {name: value for name, value in TWILIO.items() if name != "twilio_whatsapp_from"}
SMS["twilio_sms_from"] = SMS_SENDER


async def test_with_everything_set_every_channel_is_on() -> None:
    registry = build(settings(**TWILIO | SMS, telegram_bot_token=TELEGRAM_TOKEN))
    assert set(registry.channels) == {"whatsapp", "sms", "telegram", "webchat"}
    assert not registry.off
    for name, channel in registry.channels.items():
        assert isinstance(channel, Channel)
        assert channel.name == name
        assert channel.label
    await registry.close()


def test_without_accounts_only_the_web_chat_is_on() -> None:
    registry = build(settings())
    assert set(registry.channels) == {"webchat"}
    assert "TELEGRAM_BOT_TOKEN" in registry.off["telegram"]
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_WHATSAPP_FROM", "PUBLIC_URL"):
        assert name in registry.off["whatsapp"]
    assert all("\n" not in line for line in registry.off.values())


@pytest.mark.parametrize("missing", SMS)
def test_sms_is_off_when_anything_is_missing(missing: str) -> None:
    given = {name: value for name, value in SMS.items() if name != missing}
    assert missing.upper() in build(settings(**given)).off["sms"]


def test_each_of_twilio_s_channels_works_without_the_other() -> None:
    assert set(build(settings(**SMS)).channels) == {"sms", "webchat"}
    assert set(build(settings(**TWILIO)).channels) == {"whatsapp", "webchat"}


@pytest.mark.parametrize("missing", TWILIO)
def test_whatsapp_is_off_when_anything_is_missing(missing: str) -> None:
    given = {name: value for name, value in TWILIO.items() if name != missing}
    assert "whatsapp" in build(settings(**given)).off


async def test_the_web_chat_has_sent_what_is_stored() -> None:
    delivery = Delivery(1, "page", OutgoingMessage("Hallo"), datetime(2026, 11, 21, tzinfo=UTC))
    assert await build(settings()).channels["webchat"].send(delivery) is None
