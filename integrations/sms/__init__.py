"""SMS through Twilio. The vendor's pages: https://www.twilio.com/docs/messaging/api."""

from integrations.sms.channel import Sms, from_settings

__all__ = ["Sms", "from_settings"]
