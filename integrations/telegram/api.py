"""The calls to the Bot API that we make, through python-telegram-bot. No words are ever logged.

https://core.telegram.org/bots/api#available-methods
"""

import json
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import httpx
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    WebhookInfo,
)
from telegram.constants import ChatAction, UpdateType
from telegram.request import HTTPXRequest

from bot.messages import Form, Request, Tapped
from integrations.telegram.bubbles import Bubble, Button, with_choice
from integrations.telegram.errors import failure

# python-telegram-bot warns whenever a RetryAfter is made, unless one opts in to its next major
# version: https://docs.python-telegram-bot.org/en/stable/telegram.error.html
os.environ.setdefault("PTB_TIMEDELTA", "1")

# Named explicitly, as otherwise an earlier setting stays: #getupdates, #setwebhook.
ALLOWED_UPDATES = [
    UpdateType.MESSAGE.value,
    UpdateType.EDITED_MESSAGE.value,
    UpdateType.CALLBACK_QUERY.value,
    UpdateType.MY_CHAT_MEMBER.value,
]
# How long Telegram holds an answer back until there is an update (#getupdates, long polling).
LONG_POLL_SECONDS = 25

# A preview has Telegram's servers open the link, also a private one.
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

Answer = TypeVar("Answer")
ReplyMarkup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


class BotApi:
    """One bot's calls; all raise DeliveryError and nothing else.

    Args:
        token: the bot's token.
        api_url: the Bot API's address up to the token.
        timeout: seconds that each phase of a call may take.
    """

    def __init__(self, token: str, api_url: str, timeout: float) -> None:
        _keep_secrets_out_of_logs()
        self._timeout = timeout
        self._request = _request(timeout)
        self._polling = _request(timeout)
        self._bot = Bot(
            token, base_url=api_url, request=self._request, get_updates_request=self._polling
        )

    async def send(self, chat: str, bubble: Bubble) -> str:
        """Send one bubble, a photo or plain text, and return Telegram's id of it."""
        if bubble.photo:
            return await self._send_photo(chat, bubble)
        message = await _translated(
            lambda: self._bot.send_message(
                chat,
                bubble.text,
                reply_markup=_markup(bubble),
                link_preview_options=_NO_PREVIEW,
            )
        )
        return str(message.message_id)

    async def _send_photo(self, chat: str, bubble: Bubble) -> str:
        # Telegram fetches the address itself: #sending-files.
        message = await _translated(
            lambda: self._bot.send_photo(
                chat, bubble.photo, caption=bubble.text, reply_markup=_markup(bubble)
            )
        )
        return str(message.message_id)

    async def answer_tap(self, callback_id: str) -> None:
        """Stop the waiting sign on a button."""
        await _translated(lambda: self._bot.answer_callback_query(callback_id))

    async def show_choice(self, chat: str, tapped: Tapped) -> None:
        """Take the buttons away from a bubble and show which one was tapped, if there is room."""
        text, bubble = with_choice(tapped), int(tapped.bubble_id)
        if text is None:
            await _translated(lambda: self._bot.edit_message_reply_markup(chat, bubble))
        else:
            await _translated(
                lambda: self._bot.edit_message_text(
                    text, chat, bubble, link_preview_options=_NO_PREVIEW
                )
            )

    async def show_typing(self, chat: str) -> None:
        """Show for five seconds, or until the next message, that an answer is being written."""
        await _translated(lambda: self._bot.send_chat_action(chat, ChatAction.TYPING))

    async def leave(self, chat: str) -> None:
        """Leave a group."""
        await _translated(lambda: self._bot.leave_chat(chat))

    async def set_commands(self, language: str, commands: Mapping[str, str]) -> None:
        """Set the menu for a language; an empty one is for every language without its own."""
        menu = [BotCommand(name, description) for name, description in commands.items()]
        await _translated(lambda: self._bot.set_my_commands(menu, language_code=language or None))

    async def webhook(self) -> WebhookInfo:
        """How it stands with the webhook."""
        return await _translated(self._bot.get_webhook_info)

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have Telegram call `url` and repeat `secret` in a header each time."""
        await _translated(
            lambda: self._bot.set_webhook(url, allowed_updates=ALLOWED_UPDATES, secret_token=secret)
        )

    async def delete_webhook(self) -> None:
        """Stop the calls, keeping what waits: Telegram gives no updates while one is set."""
        await _translated(lambda: self._bot.delete_webhook(drop_pending_updates=False))

    async def updates(self, offset: int) -> list[object]:
        """The updates from `offset` on, as JSON; the earlier ones are hereby confirmed.

        Bot.get_updates is not used: one update that it cannot read makes it fail for all, for
        ever, and log what people wrote.
        """
        query = httpx.QueryParams(
            offset=offset, timeout=LONG_POLL_SECONDS, allowed_updates=json.dumps(ALLOWED_UPDATES)
        )
        found = await _translated(
            lambda: self._polling.post(
                f"{self._bot.base_url}/getUpdates?{query}",
                read_timeout=LONG_POLL_SECONDS + self._timeout,
            )
        )
        return list(found) if isinstance(found, list) else []

    async def close(self) -> None:
        """Close the connections."""
        await self._request.shutdown()
        await self._polling.shutdown()


async def _translated(call: Callable[[], Awaitable[Answer]]) -> Answer:
    try:
        return await call()
    except Exception as error:
        raise failure(error) from error


def _request(timeout: float) -> HTTPXRequest:
    return HTTPXRequest(
        connect_timeout=timeout, write_timeout=timeout, read_timeout=timeout, pool_timeout=timeout
    )


def _markup(bubble: Bubble) -> ReplyMarkup | None:
    if bubble.form is None:
        return None
    if bubble.form is Form.KEYBOARD:
        return _instead_of_letters(bubble)
    return _below(bubble.buttons) if bubble.buttons else ReplyKeyboardRemove()


def _instead_of_letters(bubble: Bubble) -> ReplyKeyboardMarkup:
    rows = [[KeyboardButton(button.title)] for button in bubble.buttons]
    if bubble.request:
        rows.insert(0, [_sharing(bubble.request, bubble.share)])
    return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)


def _sharing(request: Request, words: str) -> KeyboardButton:
    return KeyboardButton(
        words,
        request_contact=request is Request.CONTACT or None,
        request_location=request is Request.LOCATION or None,
    )


def _below(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(button.title, callback_data=button.data)] for button in buttons]
    )


def _keep_secrets_out_of_logs() -> None:
    # httpx logs every address at INFO, and the address holds the token; python-telegram-bot logs
    # whole messages at DEBUG, and answers that it cannot read at ERROR.
    for name, level in (("httpx", "WARNING"), ("httpcore", "WARNING"), ("telegram", "CRITICAL")):
        logging.getLogger(name).setLevel(level)
