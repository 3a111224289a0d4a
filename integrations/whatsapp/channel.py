"""WhatsApp as a channel: Twilio's webhooks in, Twilio's REST API out."""

from bot.errors import DeliveryError, Failure
from bot.messages import Delivery, IncomingMessage
from bot.settings import Settings
from integrations.channel import Acknowledgement, Rate, Rates, StatusUpdate, WebhookRequest
from integrations.whatsapp.api import Account, Messages
from integrations.whatsapp.bodies import bodies
from integrations.whatsapp.fields import status_update, understand
from integrations.whatsapp.signature import verified_fields

STATUS_PATH = "/webhooks/whatsapp/status"


class WhatsApp:
    """The WhatsApp sender of one Twilio account.

    Args:
        account: whose messages these are.
        public_url: where Twilio reaches us; its signatures are computed over it.
        api_url: scheme and host that replace Twilio's own; empty for Twilio itself.
        timeout: seconds that one message may take altogether.
    """

    name = "whatsapp"
    label = "WhatsApp"
    numbers_choices = True
    # 80 a second, and to one person one per 6 seconds over time; Meta lets 45 go at once before
    # it refuses (error 131056), and we never need so many.
    rates: Rates | None = Rates(person=Rate(6.0, burst=20), everyone=Rate(1 / 80))
    # An empty answer sends nothing: https://www.twilio.com/docs/messaging/twiml#response
    acknowledgement = Acknowledgement(b"<Response/>", "text/xml")

    def __init__(
        self, account: Account, public_url: str, api_url: str = "", timeout: float = 10.0
    ) -> None:
        self._account = account
        self._public_url = public_url.rstrip("/")
        self._messages = Messages(account, self._public_url + STATUS_PATH, api_url, timeout)

    def receive(self, request: WebhookRequest) -> tuple[IncomingMessage, ...]:
        """The one message in Twilio's request.

        Raises:
            BadSignature: the signature is missing or wrong.
            Malformed: not a form, another account's, or without sender or id.
        """
        return (understand(verified_fields(request, self._account, self._public_url)),)

    def receive_status(self, request: WebhookRequest) -> StatusUpdate | None:
        """What Twilio reports of a message we sent; None for a step that tells nothing.

        Raises:
            BadSignature: the signature is missing or wrong.
            Malformed: not a form, another account's, or without id or status.
        """
        return status_update(verified_fields(request, self._account, self._public_url))

    async def acknowledge(self, message: IncomingMessage) -> None:
        """Nothing: the answer to the webhook is all that Twilio expects."""

    async def send(self, delivery: Delivery) -> str | None:
        """Send the message, in several bubbles if it is too long for one.

        Returns:
            The Sid of the (last) bubble.

        Raises:
            DeliveryError: as integrations/whatsapp/errors.py decides. Once a bubble is out the
                rest is unknown, as repeating the whole would send the first bubble twice.
        """
        sid = None
        for number, body in enumerate(bodies(delivery.message), start=1):
            try:
                sid = await self._messages.create(delivery.address, body)
            except DeliveryError as error:
                if sid is None:
                    raise
                raise DeliveryError(Failure.UNKNOWN, f"bubble_{number}:{error.code}") from error
        if sid is None:
            raise DeliveryError(Failure.PERMANENT, "empty_message")
        return sid

    async def close(self) -> None:
        """Close the connections to Twilio."""
        await self._messages.close()


def from_settings(settings: Settings) -> WhatsApp | str:
    """The channel, or one line why it is off and what to set."""
    account = Account(
        sid=settings.twilio_account_sid,
        token=settings.twilio_auth_token.get_secret_value(),
        sender=settings.twilio_whatsapp_from,
    )
    if not (account.sid and account.token and account.sender and settings.public_url):
        return (
            "WhatsApp is off: set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_WHATSAPP_FROM "
            "and PUBLIC_URL to turn it on"
        )
    return WhatsApp(account, settings.public_url, settings.twilio_api_url)
