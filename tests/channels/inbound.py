"""What the vendors post to us when Riet writes, taps or receives something."""

from collections.abc import Mapping
from dataclasses import dataclass

Update = dict[str, object]

RIET_WHATSAPP = "whatsapp:+31600000001"
RIET_SMS = "+31600000001"
RIET_TELEGRAM = 710000001


@dataclass(frozen=True)
class TelegramBubble:
    """A message that Telegram accepted; `buttons` are pairs of title and callback data."""

    message_id: int
    chat: int
    text: str
    buttons: tuple[tuple[str, str], ...]
    photo: str = ""


def whatsapp_message(
    account_sid: str, message_sid: str, body: str, sender: str = RIET_WHATSAPP, **more: str
) -> dict[str, str]:
    """The form of a WhatsApp text; `more` are fields to add or replace.

    https://www.twilio.com/docs/messaging/guides/webhook-request
    """
    return {
        "SmsMessageSid": message_sid,
        "NumMedia": "0",
        "ProfileName": "Riet",
        "MessageType": "text",
        "WaId": sender.partition("+")[2],
        "SmsStatus": "received",
        "Body": body,
        "To": "whatsapp:+31850000000",
        "MessageSid": message_sid,
        "AccountSid": account_sid,
        "From": sender,
        "ApiVersion": "2010-04-01",
        **more,
    }


def whatsapp_status(account_sid: str, message_sid: str, status: str, **more: str) -> dict[str, str]:
    """The form in which Twilio reports on a message of ours; add ErrorCode when it failed."""
    return {
        "ChannelPrefix": "whatsapp",
        "MessageStatus": status,
        "MessageSid": message_sid,
        "AccountSid": account_sid,
        "From": "whatsapp:+31850000000",
        "To": RIET_WHATSAPP,
        **more,
    }


def telegram_message(update_id: int, text: str, chat: int = RIET_TELEGRAM) -> Update:
    """An update with a text from a private chat (https://core.telegram.org/bots/api#update)."""
    message = {**_from(chat), "message_id": update_id, "text": text}
    return {"update_id": update_id, "message": message}


def telegram_edit(update_id: int, text: str, message_id: int, chat: int = RIET_TELEGRAM) -> Update:
    """An update with new words for an earlier message."""
    message = {**_from(chat), "message_id": message_id, "text": text, "edit_date": 1794990100}
    return {"update_id": update_id, "edited_message": message}


def telegram_tap(update_id: int, bubble: TelegramBubble, index: int, callback_id: str) -> Update:
    """An update with a tap on a button under one of our messages."""
    keyboard = [[{"text": title, "callback_data": data}] for title, data in bubble.buttons]
    below = {
        **_from(bubble.chat),
        "message_id": bubble.message_id,
        "caption" if bubble.photo else "text": bubble.text,
        "reply_markup": {"inline_keyboard": keyboard},
    }
    query = {
        "id": callback_id,
        "from": _from(bubble.chat)["from"],
        "message": below,
        "chat_instance": "-77",
        "data": bubble.buttons[index][1],
    }
    return {"update_id": update_id, "callback_query": query}


def telegram_membership(
    update_id: int, status: str, at: int = 1794990000, chat: int = RIET_TELEGRAM
) -> Update:
    """An update that somebody blocked us ("kicked") or let us in again ("member")."""
    user = {"id": 123456, "is_bot": True, "first_name": "Adempauze", "username": "AdempauzeBot"}
    before = "member" if status == "kicked" else "kicked"
    changed = {
        "chat": _from(chat)["chat"],
        "from": _from(chat)["from"],
        "date": at,
        "old_chat_member": {"user": user, "status": before},
        "new_chat_member": {"user": user, "status": status},
    }
    return {"update_id": update_id, "my_chat_member": changed}


def _from(chat: int) -> Mapping[str, object]:
    return {
        "message_id": 101,
        "date": 1794990000,
        "chat": {"id": chat, "type": "private", "first_name": "Riet"},
        "from": {"id": chat, "is_bot": False, "first_name": "Riet"},
    }
