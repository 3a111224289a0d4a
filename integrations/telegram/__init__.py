"""Telegram. The vendor's page: https://core.telegram.org/bots/api."""

from integrations.telegram.channel import Telegram, from_settings

__all__ = ["Telegram", "from_settings"]
