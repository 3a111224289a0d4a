"""What a channel is. A channel knows one vendor; it never touches the store or the conversation.

Adding one: a folder beside this file, a line in registry.py, a row in tests/channels/cases.py.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from bot.messages import Delivery, Event, IncomingMessage

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
    """

    external_id: str
    state: DeliveryState
    error: str | None = None


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

    `numbers_choices` where they read choices as numbered lines; `rates` is how fast the vendor
    takes messages, None where nothing is counted.
    """

    name: str
    label: str
    numbers_choices: bool
    rates: Rates | None

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


@runtime_checkable
class PollingChannel(Channel, Protocol):
    """A channel that can fetch its messages itself, so that no public address is needed."""

    async def poll(self, accept: Accept) -> None:
        """Fetch what happens for ever; it is confirmed to the vendor after `accept` returned."""
        ...
