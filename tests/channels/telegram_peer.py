"""Telegram's Bot API on loopback: it checks what it gets as Telegram does, and records it.

Every call is held against the specification (telegram_spec.py) before it is answered.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from starlette.responses import JSONResponse, Response

from tests.channels import telegram_spec
from tests.channels.inbound import (
    RIET_TELEGRAM,
    TelegramBubble,
    Update,
    telegram_message,
    telegram_tap,
)
from tests.channels.loopback import Call, Peer

TELEGRAM_TOKEN = "123456:a-telegram-token-of-the-tests"
BOT = {"id": 123456, "is_bot": True, "first_name": "Adempauze", "username": "AdempauzeBot"}
ABILITIES = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")
Fields = Mapping[str, str]


class _Refused(Exception):
    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.description = description


class TelegramPeer(Peer):
    """Telegram's Bot API, as far as a bot like ours calls it.

    `sent` are the accepted messages, `answered` the callback ids answered, `webhook` the address
    set (empty: none), `secret` its token, `blocked` the chats that refuse us, `confirmed` the
    highest update id that was confirmed by asking for the next, `shown` how messages look that
    were edited, `typing` the chats that saw us type, `left` those we left, `commands` the menus by
    language, `keyboards` the buttons that a chat has in place of its letters, `webhook_trouble`
    what is told of the webhook besides.
    """

    usual_endpoint = "sendMessage"

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[TelegramBubble] = []
        self.answered: list[str] = []
        self.blocked: set[int] = set()
        self.webhook = ""
        self.secret = ""
        self.confirmed = 0
        self.shown: dict[int, TelegramBubble] = {}
        self.typing: list[int] = []
        self.left: list[int] = []
        self.commands: dict[str, Mapping[str, str]] = {}
        self.webhook_trouble: Mapping[str, object] = {}
        self.keyboards: dict[int, tuple[Mapping[str, object], ...]] = {}
        self._waiting: list[Update] = []
        self._arrived = asyncio.Event()
        self._last_id = 890000000

    @property
    def api_url(self) -> str:
        """What TELEGRAM_API_URL must be."""
        return f"{self.url}/bot"

    @property
    def environment(self) -> dict[str, str]:
        """The settings that make the application use this peer."""
        return {"TELEGRAM_API_URL": self.api_url, "TELEGRAM_BOT_TOKEN": TELEGRAM_TOKEN}

    def reset(self) -> None:
        super().reset()
        self.sent.clear()
        self.answered.clear()
        self.blocked.clear()
        self._waiting.clear()
        self.webhook = self.secret = ""
        self.confirmed = 0
        self.webhook_trouble = {}
        self.shown.clear()
        self.typing.clear()
        self.left.clear()
        self.commands.clear()
        self.keyboards.clear()

    def say(self, text: str, chat: int = RIET_TELEGRAM) -> int:
        """Somebody writes; a poll gets it. Returns the update's id."""
        self._last_id += 1
        return self.give(telegram_message(self._last_id, text, chat))

    def tap(self, bubble: TelegramBubble, index: int) -> int:
        """Somebody taps a button under `bubble`; a poll gets it. Returns the update's id."""
        self._last_id += 1
        return self.give(telegram_tap(self._last_id, bubble, index, f"tap-{self._last_id}"))

    def give(self, update: Update) -> int:
        """Have a poll get this update. Returns its id."""
        self._waiting.append(update)
        self._arrived.set()
        return _number(update)

    def problem(self, call: Call) -> str | None:
        if call.endpoint not in self.methods:
            return "method not found"
        return telegram_spec.problem(call.endpoint, call.fields)

    async def answer(self, call: Call) -> Response:
        try:
            result = await self._method(call)(call.fields)
        except _Refused as error:
            words = {"ok": False, "error_code": error.status, "description": error.description}
            return JSONResponse(words, error.status)
        return JSONResponse({"ok": True, "result": result})

    @property
    def methods(self) -> Mapping[str, Callable[[Fields], Awaitable[object]]]:
        """The methods that there are, each with what it does."""
        return {
            "getMe": self._get_me,
            "sendMessage": self._send_message,
            "sendPhoto": self._send_photo,
            "sendChatAction": self._send_chat_action,
            "answerCallbackQuery": self._answer_callback_query,
            "getUpdates": self._get_updates,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._get_webhook_info,
            "editMessageText": self._edit_message_text,
            "editMessageReplyMarkup": self._edit_message_reply_markup,
            "setMyCommands": self._set_my_commands,
            "leaveChat": self._leave_chat,
        }

    def _method(self, call: Call) -> Callable[[Fields], Awaitable[object]]:
        if call.path != f"/bot{TELEGRAM_TOKEN}/{call.endpoint}":
            raise _Refused(401, "Unauthorized")
        if call.endpoint not in self.methods:
            raise _Refused(404, "Not Found: method not found")
        found = self.problem(call)
        if found is not None:
            raise _Refused(400, f"Bad Request: {found}")
        return self.methods[call.endpoint]

    async def _get_me(self, _: Fields) -> object:
        return {**BOT, **dict.fromkeys(ABILITIES, False)}

    async def _send_message(self, fields: Fields) -> object:
        chat = self._reachable(fields)
        bubble = TelegramBubble(len(self.sent) + 1, chat, fields["text"], _buttons(fields))
        self._take(bubble, fields)
        return _message(bubble)

    def _take(self, bubble: TelegramBubble, fields: Fields) -> None:
        self.sent.append(bubble)
        markup = json.loads(fields.get("reply_markup", "{}"))
        if markup.get("remove_keyboard"):
            self.keyboards.pop(bubble.chat, None)
        elif rows := markup.get("keyboard"):
            self.keyboards[bubble.chat] = tuple(button for row in rows for button in row)

    async def _send_photo(self, fields: Fields) -> object:
        chat = self._reachable(fields)
        if not fields.get("photo", "").startswith("https://"):
            raise _Refused(400, "Bad Request: wrong file identifier/HTTP URL specified")
        bubble = TelegramBubble(
            len(self.sent) + 1, chat, fields.get("caption", ""), _buttons(fields), fields["photo"]
        )
        self._take(bubble, fields)
        size = {"file_id": "AQ", "file_unique_id": "A", "width": 90, "height": 60}
        where = {"id": chat, "type": "private", "first_name": "Riet"}
        return {
            "message_id": bubble.message_id, "date": 1794990000, "chat": where, "from": BOT,
            "photo": [size], "caption": bubble.text,
        }  # fmt: skip

    async def _send_chat_action(self, fields: Fields) -> object:
        self.typing.append(self._reachable(fields))
        return True

    async def _edit_message_text(self, fields: Fields) -> object:
        return self._edit(fields, fields["text"])

    async def _edit_message_reply_markup(self, fields: Fields) -> object:
        return self._edit(fields, None)

    def _edit(self, fields: Fields, text: str | None) -> object:
        """Change a message of ours; one that is as it was already is refused."""
        chat, number = self._reachable(fields), int(fields.get("message_id", "0"))
        found = [one for one in self.sent if (one.chat, one.message_id) == (chat, number)]
        if not found:
            raise _Refused(400, "Bad Request: message to edit not found")
        before = self.shown.get(number, found[0])
        after = replace(before, text=text or before.text, buttons=_buttons(fields))
        if after == before:
            raise _Refused(400, "Bad Request: message is not modified")
        self.shown[number] = after
        return _message(after)

    async def _set_my_commands(self, fields: Fields) -> object:
        menu = {one["command"]: one["description"] for one in json.loads(fields["commands"])}
        self.commands[fields.get("language_code", "")] = menu
        return True

    async def _leave_chat(self, fields: Fields) -> object:
        self.left.append(self._reachable(fields))
        return True

    async def _get_webhook_info(self, _: Fields) -> object:
        return {
            "url": self.webhook,
            "has_custom_certificate": False,
            "pending_update_count": len(self._waiting),
            **self.webhook_trouble,
        }

    async def _answer_callback_query(self, fields: Fields) -> object:
        if not fields.get("callback_query_id"):
            raise _Refused(400, "Bad Request: query is too old and response timeout expired")
        self.answered.append(fields["callback_query_id"])
        return True

    async def _get_updates(self, fields: Fields) -> object:
        if self.webhook:
            raise _Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = int(fields.get("offset", "0"))
        self.confirmed = max(self.confirmed, offset - 1)
        self._waiting = [update for update in self._waiting if _number(update) >= offset]
        await self._arrival(float(fields.get("timeout", "0")))
        return list(self._waiting)

    async def _arrival(self, seconds: float) -> None:
        self._arrived.clear()
        if self._waiting or self.closing.is_set():
            return
        ends = [asyncio.create_task(event.wait()) for event in (self._arrived, self.closing)]
        await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
            with suppress(asyncio.CancelledError):
                await end

    async def _set_webhook(self, fields: Fields) -> object:
        if not fields.get("url", "").startswith("https://"):
            raise _Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided")
        self.webhook, self.secret = fields["url"], fields.get("secret_token", "")
        return True

    async def _delete_webhook(self, _: Fields) -> object:
        self.webhook = self.secret = ""
        return True

    def _reachable(self, fields: Fields) -> int:
        with suppress(ValueError):
            chat = int(fields.get("chat_id", ""))
            if chat in self.blocked:
                raise _Refused(403, "Forbidden: bot was blocked by the user")
            return chat
        raise _Refused(400, "Bad Request: chat not found")


def _message(bubble: TelegramBubble) -> Mapping[str, object]:
    where = {"id": bubble.chat, "type": "private", "first_name": "Riet"}
    return {
        "message_id": bubble.message_id, "date": 1794990000, "chat": where, "from": BOT,
        "text": bubble.text,
    }  # fmt: skip


def _number(update: Update) -> int:
    return int(str(update["update_id"]))


def _buttons(fields: Fields) -> tuple[tuple[str, str], ...]:
    rows = json.loads(fields.get("reply_markup", "{}")).get("inline_keyboard", [])
    return tuple((button["text"], button["callback_data"]) for row in rows for button in row)
