"""WhatsApp as a channel: Twilio's webhooks in, Twilio's REST API out."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

from bot.errors import DeliveryError, Failure
from bot.messages import Delivery, Form, IncomingMessage, Template, words_besides
from bot.settings import Settings
from integrations.channel import (
    Abilities,
    Acknowledgement,
    KnownTemplate,
    Rate,
    Rates,
    StatusUpdate,
    SyncedTemplate,
    WebhookRequest,
)
from integrations.whatsapp.api import MESSAGE_ID, Account, Bubble, Messages
from integrations.whatsapp.bodies import bodies
from integrations.whatsapp.contents import Contents
from integrations.whatsapp.fields import status_update, understand
from integrations.whatsapp.signature import verified_fields
from integrations.whatsapp.templates import (
    ALL_INTERACTIVE,
    INTERACTIVE,
    PLAIN,
    Definition,
    filled,
    fixed,
)

STATUS_PATH = "/webhooks/whatsapp/status"
# For how long a person's message lets us write freely:
# https://www.twilio.com/docs/whatsapp/key-concepts#the-24-hour-window-or-customer-service-window
WINDOW = timedelta(hours=24)
APPROVED = "approved"


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
    window = WINDOW
    # https://www.twilio.com/docs/usage/security/availability-reliability#fallback-urls
    has_fallback = True
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
        self._contents = Contents(self._messages.client)
        self._known: Mapping[str, KnownTemplate] = {}
        self._open_list = ""
        self._abilities = PLAIN

    @property
    def abilities(self) -> Abilities:
        """Buttons and lists once all their templates are there; numbered lines until then."""
        return self._abilities

    def learn(self, known: Mapping[str, KnownTemplate], open_list: str) -> None:
        """Use these templates from now on, and these words on the button that opens a list."""
        self._known, self._open_list = known, open_list
        all_there = all(self._sid_of(definition) for definition in ALL_INTERACTIVE.values())
        self._abilities = INTERACTIVE if all_there else PLAIN

    def approved(self, template: Template, text: str) -> str | None:
        """The Sid of that text when it may be sent outside the window, otherwise None."""
        known = self._known.get(template)
        is_approved = known is not None and known.approval == APPROVED
        return self._sid_of(fixed(template, text)) if is_approved else None

    async def synchronise(self, texts: Mapping[Template, str]) -> tuple[SyncedTemplate, ...]:
        """Make what is missing at Twilio, submit the fixed texts, and tell how each stands.

        Raises:
            DeliveryError: Twilio refused or could not be reached.
        """
        outside = (fixed(template, text) for template, text in texts.items())
        return await self._contents.synchronise((*ALL_INTERACTIVE.values(), *outside))

    def _sid_of(self, definition: Definition) -> str | None:
        known = self._known.get(definition.name)
        return known.sid if known and known.digest == definition.digest else None

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
        fields = verified_fields(request, self._account, self._public_url)
        return status_update(fields, _message_id(request.path))

    async def acknowledge(self, message: IncomingMessage) -> None:
        """Nothing: the answer to the webhook is all that Twilio expects."""

    async def send(self, delivery: Delivery) -> str | None:
        """Send the message: pictures first, then the text, in several bubbles if it is too long.

        Returns:
            The Sid of the (last) bubble.

        Raises:
            DeliveryError: as integrations/whatsapp/errors.py decides. Once a bubble is out the
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
        if delivery.template_sid:
            return [Bubble(content_sid=delivery.template_sid)]
        message = delivery.message
        pictures = [Bubble(image.description, image.url) for image in message.images]
        if delivery.form in (Form.BUTTONS, Form.LIST):
            return [*pictures, self._interactive(delivery)]
        return [*pictures, *(Bubble(body) for body in bodies(words_besides(message)))]

    def _interactive(self, delivery: Delivery) -> Bubble:
        name, variables = filled(delivery, self._open_list)
        sid = self._sid_of(ALL_INTERACTIVE[name])
        if sid is None:
            raise DeliveryError(Failure.CONFIGURATION, "template_missing")
        return Bubble(content_sid=sid, variables=variables)

    async def close(self) -> None:
        """Close the connections to Twilio."""
        await self._messages.close()


def _message_id(path: str) -> int | None:
    """Our own id of the message in a report's address, which Twilio signed."""
    found = dict(parse_qsl(urlsplit(path).query)).get(MESSAGE_ID, "")
    return int(found) if found.isascii() and found.isdigit() and len(found) <= 18 else None


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
