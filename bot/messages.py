"""What passes between channels and the conversation: frozen, and free of any vendor's words."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum

# What may stand below a picture, in characters: https://core.telegram.org/bots/api#sendphoto and
# https://developers.facebook.com/docs/whatsapp/cloud-api/messages/image-messages
LONGEST_CAPTION = 1024


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

    `title` is what a person reads, `description` a line below it where there is room for one;
    `payload` is what the assistant is told when it is chosen.
    """

    title: str
    payload: str
    description: str = ""


@dataclass(frozen=True)
class Image:
    """A picture of ours, such as a house's photo.

    Args:
        url: a path of our own site, such as "/photos/appel.jpg"; the whole https address once it
            is on its way to a vendor, who fetches it there.
        description: what is to be seen on it, for whoever cannot see it.
    """

    url: str
    description: str


class Request(StrEnum):
    """What a message asks a person for, where a channel has a button for it."""

    CONTACT = "contact"
    LOCATION = "location"


class Template(StrEnum):
    """A fixed text that a vendor approved, for when free words may no longer be sent."""

    REMINDER = "reminder"  # a promise to come back on a day
    ANSWER_WAITING = "answer_waiting"  # a coordinator wrote
    PLACE_OFFERED = "place_offered"  # somebody who waits for a place may have one

    @property
    def announces(self) -> bool:
        """Whether it only asks for a sign, after which the words themselves follow."""
        return self is not Template.REMINDER


class Form(StrEnum):
    """How what a message asks for, and its choices, were shown."""

    PLAIN = "plain"  # there was nothing
    BUTTONS = "buttons"
    LIST = "list"
    NUMBERED = "numbered"
    KEYBOARD = "keyboard"  # buttons in place of the letters; a choice's sends its words


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
class Place:
    """A point on the map that a person shared, in degrees. Used at once and never stored."""

    latitude: float
    longitude: float

    @property
    def is_on_earth(self) -> bool:
        """Whether there is such a point; false for what is no number."""
        return abs(self.latitude) <= 90 and abs(self.longitude) <= 180

    @classmethod
    def parse(cls, latitude: object, longitude: object) -> "Place | None":
        """The point that a vendor wrote, as texts or numbers; None when there is no such point."""
        try:
            place = cls(float(str(latitude)), float(str(longitude)))
        except ValueError:
            return None
        return place if place.is_on_earth else None


@dataclass(frozen=True)
class Tapped:
    """The bubble under which a choice was tapped, as the person still sees it.

    Args:
        bubble_id: the channel's id of it.
        text: what it says; empty for a photo.
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
        place: the point that was shared, None where none was.
        tapped: what was tapped, where its look can be changed afterwards.
        reference: what the channel calls the message when its words change later.
        replaces: whether these words take the place of the earlier ones with that reference.
        album: the channel's id of the photos that were sent in one go.
        start_code: the code of the link by which the person came.
        written_at: when the person did this, aware; None where the channel does not tell.
    """

    channel: str
    address: str
    external_id: str
    kind: Kind = Kind.TEXT
    text: str = ""
    choice: ChoiceRef | None = None
    sequence: int = 0
    callback_id: str | None = None
    place: Place | None = None
    tapped: Tapped | None = None
    reference: str | None = None
    replaces: bool = False
    album: str | None = None
    start_code: str | None = None
    written_at: datetime | None = None


@dataclass(frozen=True)
class Blocking:
    """A person shut us out on a channel, or let us in again.

    Args:
        channel: the channel's name.
        address: whose doing it is.
        blocked: whether we are shut out from then on.
        at: when that was, aware; it may be told late, and more than once.
        sequence: the channel's own order number, for what happened at the same moment.
    """

    channel: str
    address: str
    blocked: bool
    at: datetime
    sequence: int = 0


@dataclass(frozen=True)
class GroupInvitation:
    """Somebody put the assistant in a group; care is a matter of one to one."""

    channel: str
    address: str


Event = IncomingMessage | Blocking | GroupInvitation


@dataclass(frozen=True)
class OutgoingMessage:
    """One bubble for a person. What a channel cannot show degrades in integrations/degrade.py.

    Args:
        text: the words.
        choices: the likely answers; buttons, a list or numbered lines.
        images: pictures that go with it, shown before the words. When the words are a picture's
            description they are its caption, and not said twice.
        request: what the person is asked to share.
        template: which approved text may stand in for it once free words may not be sent.
        announcement: whether it is that text itself, which asks for a sign.
    """

    text: str
    choices: tuple[Choice, ...] = field(default=())
    images: tuple[Image, ...] = field(default=())
    request: Request | None = None
    template: Template | None = None
    announcement: bool = False


@dataclass(frozen=True)
class Delivery:
    """One bubble on its way, already in a form that its channel can show.

    Args:
        message_id: its id in the database.
        address: where it goes.
        message: what is sent.
        created_at: when it was written.
        form: how its choices are shown; numbered ones are in the text.
        template_sid: the vendor's id of the approved text that goes instead of free words.
        share: the words on the button that shares what the message requests.
        attempt: how often it was tried, with this time.
    """

    message_id: int
    address: str
    message: OutgoingMessage
    created_at: datetime
    form: Form = Form.PLAIN
    template_sid: str | None = None
    share: str = ""
    attempt: int = 1


def captioned(message: OutgoingMessage) -> tuple[list[tuple[Image, str]], str]:
    """Each picture with its caption, and the words that are no caption.

    Words that are a picture's description are its caption, and not said twice. What a channel
    says below them, such as numbered choices, belongs to the caption as well, if it has room.
    """
    captions = [image.description for image in message.images]
    words = message.text
    if words in captions:
        words = ""
    elif captions and words.startswith(f"{captions[-1]}\n\n"):
        whole, words = words, words.removeprefix(captions[-1]).lstrip()
        if len(whole) <= LONGEST_CAPTION:
            captions[-1], words = whole, ""
    return list(zip(message.images, captions, strict=True)), words


def joined(messages: Iterable[OutgoingMessage]) -> OutgoingMessage:
    """One message of several bubbles, an empty line between them.

    Vendors count and slow down messages per person, so a turn is one message. The choices, the
    request and the template are those of the last bubble that has any.
    """
    bubbles = list(messages)
    backwards = bubbles[::-1]
    return OutgoingMessage(
        "\n\n".join(bubble.text.strip() for bubble in bubbles if bubble.text.strip()),
        next((bubble.choices for bubble in backwards if bubble.choices), ()),
        tuple(image for bubble in bubbles for image in bubble.images),
        next((bubble.request for bubble in backwards if bubble.request), None),
        next((bubble.template for bubble in backwards if bubble.template), None),
    )


def bubble_of(
    text: object, buttons: Iterable[Mapping[str, object]] | None, extras: object
) -> OutgoingMessage:
    """A bubble from plain values, as the assistant hands it over.

    Args:
        text: the words; nothing where there are none.
        buttons: title and payload of each choice.
        extras: what `extras_of` made, or anything else, which is left alone.
    """
    found = extras if isinstance(extras, Mapping) else {}
    asked = found.get("request")
    return OutgoingMessage(
        str(text or ""),
        tuple(Choice(str(one["title"]), str(one["payload"])) for one in buttons or ()),
        tuple(Image(str(one["url"]), str(one["description"])) for one in found.get("images") or ()),
        Request(asked) if asked in tuple(Request) else None,
    )


def extras_of(message: OutgoingMessage) -> dict[str, object]:
    """What a bubble has besides words and choices, as plain values; `bubble_of` reads it back."""
    extras: dict[str, object] = {}
    if message.images:
        extras["images"] = [asdict(image) for image in message.images]
    if message.request:
        extras["request"] = message.request.value
    return extras
