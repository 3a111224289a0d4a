"""What Telegram's updates mean. Only private chats are talked in; what is not for us is nothing.

https://core.telegram.org/bots/api#update
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

from telegram import CallbackQuery, Chat, Message
from telegram.constants import ChatMemberStatus, ChatType

from bot.errors import Malformed
from bot.messages import (
    Blocking,
    ChoiceRef,
    Event,
    GroupInvitation,
    IncomingMessage,
    Kind,
    Place,
    Tapped,
)

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
# https://core.telegram.org/bots/features#deep-linking
_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_READ = ("message_id", "date", "edit_date", "chat", "text", "caption", "media_group_id")
_GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
_INSIDE = (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.RESTRICTED)
_LARGEST_ID = 2**63 - 1


def parse(body: bytes) -> tuple[Event, ...]:
    """What the body of a webhook call tells.

    Raises:
        Malformed: not JSON, or not an update as documented.
    """
    try:
        update = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("the body is not JSON") from error
    return understand(update)


def understand(update: object) -> tuple[Event, ...]:
    """What an update tells; nothing when it is neither a word to us nor about reaching somebody.

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


def _messages(number: int, update: Json) -> tuple[Event, ...]:
    for name, read in _UPDATES.items():
        if name in update:
            return read(number, cast("Json", update[name]))
    return ()


def _written(number: int, raw: Json) -> tuple[Event, ...]:
    message = Message.de_json(_outline(raw), None)
    if message.chat.type != ChatType.PRIVATE or not SERVICE.isdisjoint(raw):
        return ()
    # A caption is kept as text: safety must see every word.
    words, code = _typed(_storable(message.text or message.caption or _own_number(raw)))
    kind = next((kind for name, kind in _CONTENT if name in raw), Kind.OTHER)
    incoming = IncomingMessage(
        channel="telegram",
        address=str(message.chat.id),
        external_id=str(number),
        kind=Kind.TEXT if kind is Kind.CONTACT and words else kind,
        text=words,
        sequence=number,
        place=_place(raw),
        reference=str(message.message_id),
        album=_storable(message.media_group_id or "") or None,
        start_code=code,
        written_at=message.edit_date or message.date,
    )
    return (incoming,)


def _place(raw: Json) -> Place | None:
    # Not through the library, which wants fields of a location that we do not read.
    location = raw.get("location")
    if not isinstance(location, dict):
        return None
    return Place.parse(location.get("latitude"), location.get("longitude"))


def _edited(number: int, raw: Json) -> tuple[Event, ...]:
    """New words for an earlier message. A shared place that moves is an edit too, without any."""
    return tuple(
        replace(message, replaces=True)
        for message in _written(number, raw)
        if isinstance(message, IncomingMessage) and message.text
    )


def _tapped(number: int, raw: Json) -> tuple[Event, ...]:
    below = raw.get("message")
    if below is not None:
        raw = {**raw, "message": _outline(cast("Json", below))}
    tap = CallbackQuery.de_json(raw, None)
    choice = ChoiceRef.parse(tap.data or "")
    if choice is None or tap.message is None or tap.message.chat.type != ChatType.PRIVATE:
        return ()
    tapped = _bubble(cast("Json", below), str(tap.data))
    incoming = IncomingMessage(
        channel="telegram",
        address=str(tap.message.chat.id),
        external_id=str(number),
        kind=Kind.CHOICE,
        text=tapped.title if tapped else "",
        choice=choice,
        sequence=number,
        callback_id=str(tap.id),
        tapped=tapped,
    )
    return (incoming,)


def _bubble(below: Json, data: str) -> Tapped | None:
    """The bubble of a tap; None when it is too old to be shown, and so to be changed."""
    text, markup = below.get("text", ""), below.get("reply_markup")
    rows = cast("Json", markup).get("inline_keyboard") if isinstance(markup, dict) else None
    buttons = [button for row in cast("list[list[Json]]", rows or []) for button in row]
    titles = [button.get("text") for button in buttons if button.get("callback_data") == data]
    if not isinstance(text, str) or not titles or not isinstance(titles[0], str):
        return None
    return Tapped(str(below["message_id"]), _storable(text), _storable(titles[0]))


def _membership(number: int, raw: Json) -> tuple[Event, ...]:
    """Somebody blocked us, let us in again, or put us into a group.

    Its order is that of its date: update ids begin anew after a quiet week
    (https://core.telegram.org/bots/api#update), so they only tell within a second.

    https://core.telegram.org/bots/api#chatmemberupdated
    """
    chat = Chat.de_json(cast("Json", raw["chat"]), None)
    before = cast("Json", raw["old_chat_member"])["status"]
    after = cast("Json", raw["new_chat_member"])["status"]
    if chat.type == ChatType.PRIVATE and after in (
        ChatMemberStatus.BANNED,
        ChatMemberStatus.MEMBER,
    ):
        blocked = after == ChatMemberStatus.BANNED
        at = datetime.fromtimestamp(cast("int", raw["date"]), UTC)
        return (Blocking("telegram", str(chat.id), blocked, at, number),)
    if chat.type in _GROUPS and after in _INSIDE and before not in _INSIDE:
        return (GroupInvitation("telegram", str(chat.id)),)
    return ()


# Named in api.py's ALLOWED_UPDATES, as Telegram sends no others.
_UPDATES: Mapping[str, Callable[[int, Json], tuple[Event, ...]]] = {
    "message": _written,
    "edited_message": _edited,
    "callback_query": _tapped,
    "my_chat_member": _membership,
}


def _own_number(raw: Json) -> str:
    """The number of somebody who shares their own contact; another's is not kept.

    https://core.telegram.org/bots/api#contact
    """
    contact, sender = raw.get("contact"), raw.get("from")
    if not (isinstance(contact, dict) and isinstance(sender, dict)):
        return ""
    if contact.get("user_id") is None or contact["user_id"] != sender.get("id"):
        return ""
    number = str(contact["phone_number"]).strip()
    return number if number.startswith(("+", "0")) else f"+{number}"


def _outline(message: Json) -> Json:
    """Only what we read of a message: the library refuses the whole of it when any detail of,
    say, a poll differs from the version of the Bot API that it was made for.
    """
    return {name: message[name] for name in _READ if name in message}


def _typed(text: str) -> tuple[str, str | None]:
    """The words of a command, and the code of the link by which somebody came.

    "/vergeet_mij" is "vergeet mij"; pressing Start is a greeting, its code no word of a person.
    """
    command = _COMMAND.fullmatch(text)
    if command is None:
        return text, None
    name, rest = command["name"].replace("_", " "), command["rest"] or ""
    if name.lower() != "start":
        return f"{name} {rest}".strip(), None
    if _CODE.fullmatch(rest):
        return "hallo", rest
    return f"hallo {rest}".strip(), None


def _storable(text: str) -> str:
    # JSON can carry halves of characters and NUL, neither of which PostgreSQL can hold.
    return text.encode("utf-8", "ignore").decode().replace("\x00", "")
