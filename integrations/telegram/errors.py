"""What Telegram's errors mean for a message: the only place that decides about repeating it.

https://core.telegram.org/bots/api#making-requests and #responseparameters.
"""

from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.errors import DeliveryError, Failure

# In this order: BadRequest and TimedOut are subclasses of NetworkError, which is not in the list,
# as it says nothing about whether the request was processed.
_MEANINGS: tuple[tuple[type[TelegramError], Failure, str], ...] = (
    (Forbidden, Failure.BLOCKED, "forbidden"),  # blocked by the person, gone, or never started
    (BadRequest, Failure.PERMANENT, "bad_request"),  # no such chat, or a message it cannot take
    (ChatMigrated, Failure.PERMANENT, "chat_migrated"),
    (InvalidToken, Failure.CONFIGURATION, "invalid_token"),
    (Conflict, Failure.CONFIGURATION, "conflict"),  # somebody else polls with our token
    (TimedOut, Failure.UNKNOWN, "timed_out"),
)
_NEVER_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# A 429 from something before the Bot API, without `retry_after`.
_TOO_MANY = "Too Many Requests"
DEFAULT_RETRY_AFTER = 2.0


def failure(error: Exception) -> DeliveryError:
    """The error for a call that python-telegram-bot gave up; never with the vendor's text."""
    if isinstance(error, RetryAfter):
        return DeliveryError(Failure.NOT_SENT, "too_many_requests", _seconds(error.retry_after))
    if isinstance(error.__cause__, _NEVER_CONNECTED):
        return DeliveryError(Failure.NOT_SENT, "no_connection")
    for kind, meaning, code in _MEANINGS:
        if isinstance(error, kind):
            return DeliveryError(meaning, code)
    if isinstance(error, TelegramError) and error.message.startswith(_TOO_MANY):
        return DeliveryError(
            Failure.NOT_SENT, "too_many_requests", DEFAULT_RETRY_AFTER, everyone=True
        )
    if isinstance(error, TelegramError):
        return DeliveryError(Failure.UNKNOWN, "network")
    return DeliveryError(Failure.UNKNOWN, "unexpected")


def _seconds(wait: int | timedelta) -> float:
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
