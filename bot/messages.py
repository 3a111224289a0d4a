"""What passes between channels and the conversation: frozen, and free of any vendor's words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Tier(StrEnum):
    """How urgent a message is for somebody's safety; the table is in docs/safety.md."""

    IMMEDIATE = "0"
    SUICIDE = "1a"
    VIOLENCE = "1b"
    MEDICAL = "1c"
    OVERLOAD = "2"
    NONE = "none"


class Kind(StrEnum):
    """What a person sent. All but text and choice are answered kindly and not fetched."""

    TEXT = "text"
    CHOICE = "choice"
    PHOTO = "photo"
    VOICE = "voice"
    DOCUMENT = "document"
    LOCATION = "location"
    CONTACT = "contact"
    STICKER = "sticker"
    OTHER = "other"


@dataclass(frozen=True)
class Choice:
    """One answer that a message offers.

    `title` is what a person reads; `payload` is what the assistant is told when it is chosen.
    """

    title: str
    payload: str


@dataclass(frozen=True)
class ChoiceRef:
    """Points at a choice of a message that was sent: the message's id and a place from 0.

    Its text form is short whatever the payload (Telegram allows 64 bytes of callback data).
    """

    message_id: int
    index: int

    def __str__(self) -> str:
        return f"{self.message_id}:{self.index}"

    @classmethod
    def parse(cls, text: str) -> "ChoiceRef | None":
        """The reference in `text`, or None when it is not one."""
        first, _, second = text.partition(":")
        if not (first.isascii() and first.isdigit() and second.isascii() and second.isdigit()):
            return None
        if len(first) > 18 or len(second) > 3:
            return None
        return cls(int(first), int(second))


@dataclass(frozen=True)
class Tapped:
    """The bubble under which a choice was tapped, as the person still sees it.

    Args:
        bubble_id: the channel's id of it.
        text: what it says.
        title: the words on the button.
    """

    bubble_id: str
    text: str
    title: str


@dataclass(frozen=True)
class IncomingMessage:
    """One message of a person, as a channel understood it.

    Args:
        channel: the channel's name, such as "whatsapp".
        address: where to answer; opaque and private.
        external_id: the channel's own id of the message, unique within the channel.
        kind: what was sent.
        text: what was typed, also as the caption of a photo; empty where there were no words.
        choice: the choice that was tapped, where the channel tells.
        sequence: the channel's own order number, 0 where it has none.
        callback_id: what the channel wants acknowledged after a tap, None where it does not.
        tapped: what was tapped, where its look can be changed afterwards.
        reference: what the channel calls the message when its words change later.
        replaces: whether these words take the place of the earlier ones with that reference.
        album: the channel's id of the photos that were sent in one go.
        start_code: the code of the link by which the person came.
    """

    channel: str
    address: str
    external_id: str
    kind: Kind = Kind.TEXT
    text: str = ""
    choice: ChoiceRef | None = None
    sequence: int = 0
    callback_id: str | None = None
    tapped: Tapped | None = None
    reference: str | None = None
    replaces: bool = False
    album: str | None = None
    start_code: str | None = None


@dataclass(frozen=True)
class Blocking:
    """A person shut us out on a channel, or let us in again."""

    channel: str
    address: str
    blocked: bool


@dataclass(frozen=True)
class GroupInvitation:
    """Somebody put the assistant in a group; care is a matter of one to one."""

    channel: str
    address: str


Event = IncomingMessage | Blocking | GroupInvitation


@dataclass(frozen=True)
class OutgoingMessage:
    """One bubble for a person: a text and the likely answers to it."""

    text: str
    choices: tuple[Choice, ...] = field(default=())


@dataclass(frozen=True)
class Delivery:
    """One bubble on its way: the message, its id in the database and the address it goes to."""

    message_id: int
    address: str
    message: OutgoingMessage
    created_at: datetime


def joined(messages: Iterable[OutgoingMessage]) -> OutgoingMessage:
    """One message of several bubbles, an empty line between them.

    Vendors count and slow down messages per person, so a turn is one message. The choices are
    those of the last bubble that has any.
    """
    bubbles = [message for message in messages if message.text.strip()]
    choices = next((bubble.choices for bubble in reversed(bubbles) if bubble.choices), ())
    return OutgoingMessage("\n\n".join(bubble.text.strip() for bubble in bubbles), choices)
