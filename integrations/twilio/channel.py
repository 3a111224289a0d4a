"""One sender of a Twilio account as a channel: Twilio's webhooks in, Twilio's REST API out."""

from urllib.parse import parse_qsl, urlsplit

from bot.errors import DeliveryError, Failure
from bot.messages import Delivery, IncomingMessage, captioned
from bot.settings import Settings
from integrations.channel import Acknowledgement, StatusUpdate, WebhookRequest
from integrations.twilio.api import MESSAGE_ID, Account, Bubble, Messages
from integrations.twilio.bodies import bodies
from integrations.twilio.fields import status_update, understand
from integrations.twilio.signature import verified_fields


class TwilioChannel:
    """What the channels through Twilio have in common; each says what it can show.

    Args:
        account: whose messages these are.
        public_url: where Twilio reaches us; its signatures are computed over it.
        api_url: scheme and host that replace Twilio's own; empty for Twilio itself.
        timeout: seconds that one message may take altogether.
    """

    name: str
    # https://www.twilio.com/docs/usage/security/availability-reliability#fallback-urls
    has_fallback = True
    # An empty answer sends nothing: https://www.twilio.com/docs/messaging/twiml#response
    acknowledgement = Acknowledgement(b"<Response/>", "text/xml")

    def __init__(
        self, account: Account, public_url: str, api_url: str = "", timeout: float = 10.0
    ) -> None:
        self._account = account
        self._public_url = public_url.rstrip("/")
        report_to = f"{self._public_url}/webhooks/{self.name}/status"
        self._messages = Messages(account, report_to, api_url, timeout)

    def receive(self, request: WebhookRequest) -> tuple[IncomingMessage, ...]:
        """The one message in Twilio's request.

        Raises:
            BadSignature: the signature is missing or wrong.
            Malformed: not a form, another account's, or without sender or id.
        """
        fields = verified_fields(request, self._account, self._public_url)
        return (understand(fields, self.name),)

    def receive_status(self, request: WebhookRequest) -> StatusUpdate | None:
        """What Twilio reports of a message we sent; None for a step that tells nothing.

        Raises:
            BadSignature: the signature is missing or wrong.
            Malformed: not a form, another account's, or without id or status.
        """
        fields = verified_fields(request, self._account, self._public_url)
        return status_update(fields, _message_id(request.path))

    async def acknowledge(self, message: IncomingMessage) -> None:
        """Nothing: the answer to the webhook is all that Twilio expects."""

    async def send(self, delivery: Delivery) -> str | None:
        """Send the message: pictures first, then the text, in several bubbles if it is too long.

        Returns:
            The Sid of the (last) bubble.

        Raises:
            DeliveryError: as integrations/twilio/errors.py decides. Once a bubble is out the
                rest is unknown, as repeating the whole would send the first bubble twice.
        """
        sid = None
        bubbles = self._bubbles(delivery)
        for number, bubble in enumerate(bubbles, start=1):
            # Only the last one stands for the message when Twilio reports.
            about = delivery.message_id if number == len(bubbles) else None
            try:
                sid = await self._messages.create(delivery.address, bubble, about)
            except DeliveryError as error:
                if sid is None:
                    raise
                raise DeliveryError(Failure.UNKNOWN, f"bubble_{number}:{error.code}") from error
        if sid is None:
            raise DeliveryError(Failure.PERMANENT, "empty_message")
        return sid

    def _bubbles(self, delivery: Delivery) -> list[Bubble]:
        """What is handed to Twilio for this message, in order."""
        pictures, _ = captioned(delivery.message)
        shown = [Bubble(caption, image.url) for image, caption in pictures]
        return [*shown, *self._words(delivery)]

    def _words(self, delivery: Delivery) -> list[Bubble]:
        _, words = captioned(delivery.message)
        return [Bubble(body) for body in bodies(words)]

    async def close(self) -> None:
        """Close the connections to Twilio."""
        await self._messages.close()


def _message_id(path: str) -> int | None:
    """Our own id of the message in a report's address, which Twilio signed."""
    found = dict(parse_qsl(urlsplit(path).query)).get(MESSAGE_ID, "")
    return int(found) if found.isascii() and found.isdigit() and len(found) <= 18 else None


def account_of(settings: Settings, sender: str) -> Account | None:
    """The account with this sender; None when something that Twilio needs is not set."""
    sid, token = settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value()
    if not (sid and token and sender and settings.public_url):
        return None
    return Account(sid, token, sender)
