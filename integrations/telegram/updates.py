"""What Telegram's updates mean. Only private chats are answered; what is not for us is nothing.

https://core.telegram.org/bots/api#update
"""

import json
import re
from typing import cast

from telegram import CallbackQuery, Message
from telegram.constants import ChatType

from bot.errors import Malformed
from bot.messages import ChoiceRef, IncomingMessage, Kind, Place

Json = dict[str, object]

# What a message may carry, in the order to look: a GIF also fills `document`, a venue `location`.
_CONTENT = (
    ("text", Kind.TEXT),
    ("animation", Kind.OTHER),
    ("photo", Kind.PHOTO),
    ("voice", Kind.VOICE),
    ("audio", Kind.VOICE),
    ("document", Kind.DOCUMENT),
    ("sticker", Kind.STICKER),
    ("location", Kind.LOCATION),
    ("contact", Kind.CONTACT),
)
# Messages that Telegram itself makes in a private chat; nobody waits for an answer to them.
# https://core.telegram.org/bots/api#message, those marked "Service message", and two more.
SERVICE = frozenset({
    "boost_added", "chat_background_set", "chat_owner_changed", "chat_owner_left", "chat_shared",
    "channel_chat_created", "checklist_tasks_added", "checklist_tasks_done",
    "connected_website", "delete_chat_photo", "direct_message_price_changed",
    "forum_topic_closed", "forum_topic_created", "forum_topic_edited", "forum_topic_reopened",
    "general_forum_topic_hidden", "general_forum_topic_unhidden", "gift", "gift_upgrade_sent",
    "giveaway_completed", "giveaway_created", "group_chat_created", "managed_bot_created",
    "message_auto_delete_timer_changed", "paid_message_price_changed", "pinned_message",
    "poll_option_added", "poll_option_deleted", "proximity_alert_triggered", "refunded_payment",
    "successful_payment", "suggested_post_approval_failed", "suggested_post_approved",
    "suggested_post_declined", "suggested_post_paid", "suggested_post_refunded",
    "supergroup_chat_created", "unique_gift", "users_shared", "video_chat_ended",
    "video_chat_participants_invited", "video_chat_scheduled", "video_chat_started",
    "web_app_data", "write_access_allowed",
})  # fmt: skip
# https://core.telegram.org/bots/features#commands: a slash, up to 32 characters, perhaps @bot.
_COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+(?P<rest>.*))?", re.DOTALL)
_READ = ("message_id", "date", "chat", "text", "caption")
_LARGEST_ID = 2**63 - 1


def parse(body: bytes) -> tuple[IncomingMessage, ...]:
    """The messages in the body of a webhook call.

    Raises:
        Malformed: not JSON, or not an update as documented.
    """
    try:
        update = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("the body is not JSON") from error
    return understand(update)


def understand(update: object) -> tuple[IncomingMessage, ...]:
    """The messages in an update; none when it is not a person's word to us.

    Raises:
        Malformed: not an update as documented.
    """
    number = update_id(update)
    try:
        return _messages(number, cast("Json", update))
    except Exception as error:
        # The library checks no types, so anything may go wrong in what is not as documented.
        raise Malformed(f"update {number} is not as documented") from error


def update_id(update: object) -> int:
    """The update's number, which only grows.

    Raises:
        Malformed: it has none.
    """
    number = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= _LARGEST_ID:
        raise Malformed("there is no update_id")
    return number


def _messages(number: int, update: Json) -> tuple[IncomingMessage, ...]:
    if "message" in update:
        return _written(number, cast("Json", update["message"]))
    if "callback_query" in update:
        return _tapped(number, cast("Json", update["callback_query"]))
    return ()


def _written(number: int, raw: Json) -> tuple[IncomingMessage, ...]:
    message = Message.de_json(_outline(raw), None)
    if message.chat.type != ChatType.PRIVATE or not SERVICE.isdisjoint(raw):
        return ()
    incoming = IncomingMessage(
        channel="telegram",
        address=str(message.chat.id),
        external_id=str(number),
        kind=next((kind for name, kind in _CONTENT if name in raw), Kind.OTHER),
        # A caption is kept as text: safety must see every word.
        text=_typed(_storable(message.text or message.caption or "")),
        sequence=number,
        place=_place(raw),
    )
    return (incoming,)


def _place(raw: Json) -> Place | None:
    # Not through the library, which wants fields of a location that we do not read.
    location = raw.get("location")
    if not isinstance(location, dict):
        return None
    return Place.parse(location.get("latitude"), location.get("longitude"))


def _tapped(number: int, raw: Json) -> tuple[IncomingMessage, ...]:
    if "message" in raw:
        raw = {**raw, "message": _outline(cast("Json", raw["message"]))}
    tap = CallbackQuery.de_json(raw, None)
    choice = ChoiceRef.parse(tap.data or "")
    if choice is None or tap.message is None or tap.message.chat.type != ChatType.PRIVATE:
        return ()
    incoming = IncomingMessage(
        channel="telegram",
        address=str(tap.message.chat.id),
        external_id=str(number),
        kind=Kind.CHOICE,
        choice=choice,
        sequence=number,
        callback_id=str(tap.id),
    )
    return (incoming,)


def _outline(message: Json) -> Json:
    """Only what we read of a message: the library refuses the whole of it when any detail of,
    say, a poll differs from the version of the Bot API that it was made for.
    """
    return {name: message[name] for name in _READ if name in message}


def _typed(text: str) -> str:
    """The words of a command: "/vergeet_mij" is "vergeet mij"; pressing Start is a greeting."""
    command = _COMMAND.fullmatch(text)
    if command is None:
        return text
    name = "hallo" if command["name"].lower() == "start" else command["name"].replace("_", " ")
    return f"{name} {command['rest'] or ''}".strip()


def _storable(text: str) -> str:
    # JSON can carry halves of characters and NUL, neither of which PostgreSQL can hold.
    return text.encode("utf-8", "ignore").decode().replace("\x00", "")
