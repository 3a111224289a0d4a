"""What a channel is. A channel knows one vendor; it never touches the store or the conversation.

Adding one: the checklist is in docs/channels.md.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from bot.messages import Delivery, Event, IncomingMessage, Template

Accept = Callable[[Event], Awaitable[None]]


@dataclass(frozen=True)
class WebhookRequest:
    """An inbound HTTP request as it arrived, before anything of it is believed.

    Args:
        path: the path with its query string, as the vendor called it.
        headers: header names in lower case.
        body: the raw bytes, already limited in size.
    """

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Acknowledgement:
    """What the vendor wants to read once its message is stored."""

    body: bytes = b""
    media_type: str = "text/plain"


class DeliveryState(StrEnum):
    """How far the vendor says a message came. Reports arrive in any order, so only go forward."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"  # the vendor could not hand it on
    UNDELIVERED = "undelivered"  # it was handed on and did not arrive


@dataclass(frozen=True)
class StatusUpdate:
    """What a vendor reports later about a message that it accepted.

    Args:
        external_id: the vendor's id, as `send` returned it.
        state: how far the message came.
        error: the vendor's code when it failed; None otherwise.
        message_id: our own id of the message, where the vendor repeats it.
        blocked: whether it failed because the person blocked us.
    """

    external_id: str
    state: DeliveryState
    error: str | None = None
    message_id: int | None = None
    blocked: bool = False


@dataclass(frozen=True)
class Abilities:
    """What a channel can show; lengths in characters. The rest degrades (degrade.py).

    Args:
        buttons: the most choices as buttons; 0 where there are none.
        button_title: the longest title of one.
        items: the most choices as a list; 0 where there is none.
        item_title: the longest title of one.
        item_description: the longest line below it; 0 where there is no room.
        body: the longest text that buttons or a list can go with.
        lines: the most lines that such a text may have, sent with an empty line between them;
            None for any number, sent as they are.
        distinct: whether no two titles of a message may be the same.
        images: whether pictures can be sent.
        caption_choices: whether choices can be buttons or a list right below a picture.
        contact_request: whether there is a button that shares a phone number.
        location_request: whether there is a button that shares a place.
    """

    buttons: int = 0
    button_title: int = 0
    items: int = 0
    item_title: int = 0
    item_description: int = 0
    body: int = 0
    lines: int | None = None
    distinct: bool = False
    images: bool = False
    caption_choices: bool = False
    contact_request: bool = False
    location_request: bool = False


@dataclass(frozen=True)
class Rate:
    """How fast messages may follow each other.

    Args:
        seconds: between two messages, over time.
        burst: so many may come at once after a silence.
    """

    seconds: float
    burst: int = 1


@dataclass(frozen=True)
class Rates:
    """What a vendor takes: to one person, and from us to all people together."""

    person: Rate
    everyone: Rate


@runtime_checkable
class Channel(Protocol):
    """A way to reach a person.

    `send` gets only what `abilities` allows; it is asked anew for each message. `rates` is how fast
    the vendor takes messages, None where nothing is counted.
    """

    name: str
    label: str
    rates: Rates | None

    @property
    def abilities(self) -> Abilities:
        """What can be shown at this moment."""
        ...

    async def send(self, delivery: Delivery) -> str | None:
        """Hand one message to the vendor and return the vendor's id of it, if it has one.

        Raises:
            DeliveryError: it was not, or perhaps not, accepted; says what may be done.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


@runtime_checkable
class WebhookChannel(Channel, Protocol):
    """A channel whose vendor calls us at /webhooks/<name>."""

    acknowledgement: Acknowledgement

    def receive(self, request: WebhookRequest) -> tuple[Event, ...]:
        """What happened, by a request; nothing when it is well-formed but not for us.

        Raises:
            BadSignature: the signature or secret is missing or wrong.
            Malformed: the body is not what the vendor documents.
        """
        ...

    async def acknowledge(self, message: IncomingMessage) -> None:
        """Tell the vendor, after the message is stored, that a tap arrived; errors are logged."""
        ...


@runtime_checkable
class FallbackChannel(WebhookChannel, Protocol):
    """A channel whose vendor calls /webhooks/<name>/fallback when the first address failed."""

    has_fallback: bool


@runtime_checkable
class TypingChannel(Channel, Protocol):
    """A channel that can show that an answer is being written."""

    async def show_typing(self, address: str) -> None:
        """Show it for a few seconds; errors are logged, never raised."""
        ...


@runtime_checkable
class PrivateChannel(Channel, Protocol):
    """A channel on which the assistant can be put into a group, where it does not belong."""

    async def decline(self, address: str, words: str) -> None:
        """Say `words` in the group and leave it; errors are logged, never raised."""
        ...


@runtime_checkable
class StatusChannel(Channel, Protocol):
    """A channel whose vendor reports deliveries at /webhooks/<name>/status."""

    def receive_status(self, request: WebhookRequest) -> StatusUpdate | None:
        """The report in a request; None when it tells nothing that is kept.

        Raises:
            BadSignature: the signature or secret is missing or wrong.
            Malformed: the body is not what the vendor documents.
        """
        ...


@dataclass(frozen=True)
class KnownTemplate:
    """A template that the database knows: what it was made from, the vendor's id, its approval."""

    digest: str
    sid: str
    approval: str | None


@dataclass(frozen=True)
class SyncedTemplate:
    """A template as it stands at the vendor.

    Args:
        name: ours.
        digest: of what it was made from.
        sid: the vendor's id.
        approval: the vendor's word; None where none is needed.
        rejection: why it was rejected, in the vendor's words.
        made: whether it was made just now.
    """

    name: str
    digest: str
    sid: str
    approval: str | None
    rejection: str | None
    made: bool


@runtime_checkable
class TemplateChannel(Channel, Protocol):
    """A channel on which some messages need templates that were made at the vendor before.

    `window` is for how long after a person's last message free words may be sent.
    """

    window: timedelta

    def learn(self, known: Mapping[str, KnownTemplate], open_list: str) -> None:
        """Use these templates from now on, and these words on the button that opens a list."""
        ...

    def approved(self, template: Template, text: str) -> str | None:
        """The vendor's id of that text when it may be sent outside the window, otherwise None."""
        ...

    async def synchronise(self, texts: Mapping[Template, str]) -> tuple[SyncedTemplate, ...]:
        """Make what is missing at the vendor and tell how each template stands.

        Raises:
            DeliveryError: the vendor refused or could not be reached.
        """
        ...


@runtime_checkable
class PollingChannel(Channel, Protocol):
    """A channel that can fetch its messages itself, so that no public address is needed."""

    async def poll(self, accept: Accept) -> None:
        """Fetch what happens for ever; it is confirmed to the vendor after `accept` returned."""
        ...
