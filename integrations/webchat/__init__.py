"""The chat on our own site: no vendor, so a message is delivered by being stored."""

from integrations.webchat.channel import WebChat, from_settings

__all__ = ["WebChat", "from_settings"]
