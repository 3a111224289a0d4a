"""What Twilio's refusals mean for a message: the only place that decides about repeating it.

Every code has a page: https://www.twilio.com/docs/api/errors/<code>.
"""

import json
from collections.abc import Collection, Mapping

import aiohttp

from bot.errors import DeliveryError, Failure

# Codes after which the message was certainly not sent and may be repeated, with the seconds to
# wait when Twilio does not say. Its pages name no time, except 63038; these are our choice.
# About the sender or the account, so for everyone:
# 20429 too many requests: "aren't processed and are safe to retry"; the wait is short because
#       the limit is on requests under way at once.
# 63017 more than 2000 messages a second.
# 21611 the sender's queue is full; 30001 the queue overflowed.
# 63038 the account's limit of a rolling day.
EVERYONE_LATER = {20429: 2.0, 63017: 2.0, 21611: 60.0, 30001: 60.0, 63038: 3600.0}
# 63018 too fast, as a rule for one person (about one message in 6 s over time). Its page also
#       names the sender's limit, which our pace keeps and ten refusals in a row would show.
TRY_LATER = {**EVERYONE_LATER, 63018: 6.0}

# 63014 blocked by the person, or consent withdrawn; 21610 the person replied STOP. Their pages
# say to send nothing until they write again.
SHUT_OUT = frozenset({63014, 21610})

# 63003 no such address; 21211 invalid To; 63016 outside the 24-hour window, only a template may
# go; 63024 invalid recipient.
NEVER = frozenset({63003, 21211, 63016, 63024})

# 20003 credentials; 63007 no channel with our From; 63008 wrong channel configuration;
# 11200 our own address could not be reached; 21606 our From can send no SMS; 21408 the account
# may send no SMS to that country.
OUR_SETUP = frozenset({20003, 63007, 63008, 11200, 21606, 21408})

_MEANING: tuple[tuple[Collection[int], Failure], ...] = (
    (TRY_LATER, Failure.NOT_SENT),
    (SHUT_OUT, Failure.BLOCKED),
    (NEVER, Failure.PERMANENT),
    (OUR_SETUP, Failure.CONFIGURATION),
)

# https://www.twilio.com/docs/usage/twilios-response: refused before the message was looked at.
_SETUP_STATUSES = frozenset({401, 403, 404, 405})

# A 429 without a Retry-After header and without a code of its own.
DEFAULT_RETRY_AFTER = TRY_LATER[20429]


def refused(status: int, body: str, headers: Mapping[str, str]) -> DeliveryError:
    """The error for an answer of Twilio other than 2xx.

    Args:
        status: the HTTP status.
        body: the JSON that Twilio documents for errors, or anything.
        headers: the answer's headers, whose names compare without case.
    """
    code = _code(body)
    name = str(code) if code else f"http_{status}"
    failure = _failure(status, code)
    if failure is not Failure.NOT_SENT:
        return DeliveryError(failure, name)
    wait = TRY_LATER.get(code, DEFAULT_RETRY_AFTER)
    everyone = code in EVERYONE_LATER
    return DeliveryError(failure, name, _retry_after(headers, wait), everyone=everyone)


def broken(error: Exception) -> DeliveryError:
    """The error for a request without a usable answer."""
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return DeliveryError(Failure.NOT_SENT, "no_connection")
    if isinstance(error, aiohttp.InvalidURL):
        return DeliveryError(Failure.CONFIGURATION, "invalid_url")
    if isinstance(error, TimeoutError):
        return DeliveryError(Failure.UNKNOWN, "timed_out")
    if isinstance(error, aiohttp.ClientError | OSError):
        return DeliveryError(Failure.UNKNOWN, "connection_lost")
    return DeliveryError(Failure.UNKNOWN, "unexpected")


def _failure(status: int, code: int) -> Failure:
    if status >= 500 or status == 408:
        return Failure.UNKNOWN
    if status == 429:
        return Failure.NOT_SENT
    for codes, failure in _MEANING:
        if code in codes:
            return failure
    is_setup = status < 400 or status in _SETUP_STATUSES
    return Failure.CONFIGURATION if is_setup else Failure.PERMANENT


def _code(body: str) -> int:
    try:
        code = json.loads(body)["code"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return 0
    return code if isinstance(code, int) else 0


def _retry_after(headers: Mapping[str, str], otherwise: float) -> float:
    asked = headers.get("Retry-After", "")
    return float(asked) if asked.isascii() and asked.isdigit() else otherwise
