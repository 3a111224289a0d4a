"""What Twilio's form fields mean. Fields come and go without notice, so unknown ones are ignored.

https://www.twilio.com/docs/messaging/guides/webhook-request
"""

from collections.abc import Mapping

from bot.errors import Malformed
from bot.messages import ChoiceRef, IncomingMessage, Kind, Place
from integrations.channel import DeliveryState, StatusUpdate
from integrations.twilio.callbacks import Reference
from integrations.twilio.errors import reported

# What MessageType says where the content type does not tell it (a sticker is an image).
_DECLARED = {"sticker": Kind.STICKER, "contacts": Kind.CONTACT, "location": Kind.LOCATION}
# The first prefix of MediaContentType0 that fits; WhatsApp sends photos as JPEG or PNG.
# https://www.twilio.com/docs/whatsapp/guidance-whatsapp-media-messages
_MEDIA = (
    ("image/webp", Kind.STICKER),
    ("image/", Kind.PHOTO),
    ("audio/", Kind.VOICE),
    ("text/vcard", Kind.CONTACT),
    ("text/x-vcard", Kind.CONTACT),
    ("text/", Kind.DOCUMENT),
    ("application/", Kind.DOCUMENT),
)
_WORDLESS = (Kind.LOCATION, Kind.CONTACT, Kind.STICKER)
# https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
STATES = {
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.READ,
    "failed": DeliveryState.FAILED,
    "undelivered": DeliveryState.UNDELIVERED,
    "canceled": DeliveryState.FAILED,
}


def understand(fields: Mapping[str, str], channel: str) -> IncomingMessage:
    """The message in Twilio's fields. A caption is kept as text: safety must see every word.

    Args:
        fields: Twilio's.
        channel: the name of the channel on which it came.

    Raises:
        Malformed: MessageSid or From is missing.
    """
    choice = ChoiceRef.parse(fields.get("ButtonPayload") or fields.get("ListId") or "")
    kind = Kind.CHOICE if choice else _kind(fields)
    return IncomingMessage(
        channel=channel,
        address=_required(fields, "From"),
        external_id=_required(fields, "MessageSid"),
        kind=kind,
        text="" if kind in _WORDLESS else _words(fields),
        choice=choice,
        place=_place(fields) if kind is Kind.LOCATION else None,
    )


def status_update(fields: Mapping[str, str], about: Reference) -> StatusUpdate | None:
    """The report in Twilio's fields; None for a step on the way, or one not known yet.

    Args:
        fields: Twilio's.
        about: what the report's address says.

    Raises:
        Malformed: MessageSid or MessageStatus is missing.
    """
    state = STATES.get(_required(fields, "MessageStatus").lower())
    external_id = _required(fields, "MessageSid")
    if state is None:
        return None
    if state not in (DeliveryState.FAILED, DeliveryState.UNDELIVERED):
        return StatusUpdate(external_id, state, None, about.message_id, about.attempt)
    why = reported(fields.get("ErrorCode") or fields["MessageStatus"], about)
    return StatusUpdate(
        external_id,
        state,
        why.code,
        about.message_id,
        about.attempt,
        why.failure,
        why.retry_after,
        why.everyone,
        why.ours,
    )


def _kind(fields: Mapping[str, str]) -> Kind:
    declared = _DECLARED.get(fields.get("MessageType", ""))
    if declared is not None:
        return declared
    if fields.get("Latitude"):
        return Kind.LOCATION
    if fields.get("NumMedia", "0") not in ("", "0"):
        return _media_kind(fields.get("MediaContentType0", "").lower())
    return Kind.TEXT if _words(fields).strip() else Kind.OTHER


def _place(fields: Mapping[str, str]) -> Place | None:
    # The address and the label that come with it are not read: they may be somebody's home.
    return Place.parse(fields.get("Latitude"), fields.get("Longitude"))


def _media_kind(content_type: str) -> Kind:
    return next((kind for start, kind in _MEDIA if content_type.startswith(start)), Kind.OTHER)


def _words(fields: Mapping[str, str]) -> str:
    # PostgreSQL holds no NUL in a text.
    words = fields.get("ButtonText") or fields.get("ListTitle") or fields.get("Body") or ""
    return words.replace("\x00", "")


def _required(fields: Mapping[str, str], name: str) -> str:
    value = fields.get(name, "")
    if not value.strip() or "\x00" in value:
        raise Malformed(f"{name} is missing")
    return value
