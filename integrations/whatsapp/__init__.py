"""WhatsApp through Twilio. The vendor's pages: https://www.twilio.com/docs/whatsapp/api."""

from integrations.whatsapp.channel import WhatsApp, from_settings

__all__ = ["WhatsApp", "from_settings"]
