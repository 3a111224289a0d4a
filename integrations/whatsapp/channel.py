"""WhatsApp as a channel: what it has beyond Twilio's messages, templates and a window of a day."""

from collections.abc import Mapping
from datetime import timedelta

from bot.errors import DeliveryError, Failure
from bot.messages import Delivery, Form, Template
from bot.settings import Settings
from integrations.channel import Abilities, KnownTemplate, Rate, Rates, SyncedTemplate
from integrations.twilio.api import Account, Bubble
from integrations.twilio.channel import TwilioChannel, account_of
from integrations.whatsapp.contents import Contents
from integrations.whatsapp.templates import (
    ALL_INTERACTIVE,
    INTERACTIVE,
    PLAIN,
    Definition,
    filled,
    fixed,
)

# For how long a person's message lets us write freely:
# https://www.twilio.com/docs/whatsapp/key-concepts#the-24-hour-window-or-customer-service-window
WINDOW = timedelta(hours=24)
APPROVED = "approved"


class WhatsApp(TwilioChannel):
    """The WhatsApp sender of one Twilio account."""

    name = "whatsapp"
    label = "WhatsApp"
    window = WINDOW
    # 80 a second, and to one person one per 6 seconds over time; Meta lets 45 go at once before
    # it refuses (error 131056), and we never need so many.
    rates: Rates | None = Rates(person=Rate(6.0, burst=20), everyone=Rate(1 / 80))

    def __init__(
        self, account: Account, public_url: str, api_url: str = "", timeout: float = 10.0
    ) -> None:
        super().__init__(account, public_url, api_url, timeout)
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

    def _bubbles(self, delivery: Delivery) -> list[Bubble]:
        if delivery.template_sid:
            return [Bubble(content_sid=delivery.template_sid)]
        return super()._bubbles(delivery)

    def _words(self, delivery: Delivery) -> list[Bubble]:
        is_interactive = delivery.form in (Form.BUTTONS, Form.LIST)
        return [self._interactive(delivery)] if is_interactive else super()._words(delivery)

    def _interactive(self, delivery: Delivery) -> Bubble:
        name, variables = filled(delivery, self._open_list)
        sid = self._sid_of(ALL_INTERACTIVE[name])
        if sid is None:
            raise DeliveryError(Failure.CONFIGURATION, "template_missing")
        return Bubble(content_sid=sid, variables=variables)


def from_settings(settings: Settings) -> WhatsApp | str:
    """The channel, or one line why it is off and what to set."""
    account = account_of(settings, settings.twilio_whatsapp_from)
    if account is None:
        return (
            "WhatsApp is off: set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_WHATSAPP_FROM "
            "and PUBLIC_URL to turn it on"
        )
    return WhatsApp(account, settings.public_url, settings.twilio_api_url)
