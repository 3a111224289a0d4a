"""SMS as a channel: words only, so choices are numbered lines and a picture is its description."""

from bot.messages import Delivery
from bot.settings import Settings
from integrations.channel import Abilities, Rate, Rates
from integrations.sms.segments import segments
from integrations.twilio.channel import TwilioChannel, account_of


class Sms(TwilioChannel):
    """One number of a Twilio account."""

    name = "sms"
    label = "SMS"
    abilities = Abilities()
    # "Not more than 15 times in a 30 second window" to one number, which 5 at once and then one
    # per 3 seconds stay within. A number sends 10 segments a second outside the US and Canada;
    # what goes faster waits at Twilio, for hours at most, and after that is refused (21611).
    # https://www.twilio.com/help/faq/twilio-basics/how-many-calls-and-sms-messages-per-second-can-my-twilio-account-make
    rates: Rates | None = Rates(person=Rate(3.0, burst=5), everyone=Rate(1 / 10))

    def units(self, delivery: Delivery) -> int:
        """How many segments Twilio makes of the message."""
        return sum(segments(bubble.body) for bubble in self._bubbles(delivery)) or 1


def from_settings(settings: Settings) -> Sms | str:
    """The channel, or one line why it is off and what to set."""
    account = account_of(settings, settings.twilio_sms_from)
    if account is None:
        return (
            "SMS is off: set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_SMS_FROM "
            "and PUBLIC_URL to turn it on"
        )
    return Sms(account, settings.public_url, settings.twilio_api_url)
