"""What Twilio's refusals mean for a message: the only place that decides about repeating it.

A code means the same in the answer on the spot and in a report that comes later.

Every code has a page: https://www.twilio.com/docs/api/errors/<code>.
"""

import json
from collections.abc import Collection, Mapping

import aiohttp

from bot.errors import DeliveryError, Failure
from integrations.twilio.callbacks import Reference

# Codes after which the message was certainly not sent and may be repeated, with the seconds to
# wait when Twilio does not say. Its pages name no time, except 63038's; these are our choice.
# About the sender or the account, so for everyone:
# 20429 too many requests: "aren't processed and are safe to retry"; the wait is short because
#       the limit is on requests under way at once.
# 63017 more than 2000 messages a second.
# 21611 the sender's queue is full; 30001 the queue overflowed.
# 63038 the account's limit of a rolling day: "send again after the rolling 24-hour window resets".
#       When that is nobody says, so it is tried every hour.
EVERYONE_LATER = {20429: 2.0, 63017: 2.0, 21611: 60.0, 30001: 60.0, 63038: 3600.0}
# 63018 too fast, as a rule for one person (about one message in 6 s over time). Its page also
#       names the sender's limit, which our pace keeps and ten refusals in a row would show.
TRY_LATER = {**EVERYONE_LATER, 63018: 6.0}
# The wait that a page orders without saying for how long.
_ORDERED = frozenset({63038})

# 63016 outside the 24-hour window, as Twilio's clock has it: only an approved text may go.
TOO_LATE = frozenset({63016})

# 63014 blocked by the person, or consent withdrawn; 21610 the person replied STOP. Their pages
# say to send nothing until they write again.
SHUT_OUT = frozenset({63014, 21610})

# 63003 no such address; 21211 invalid To; 63024 invalid recipient.
NEVER = frozenset({63003, 21211, 63024})

# 20003 credentials; 63007 no channel with our From; 63008 wrong channel configuration;
# 11200 our own address could not be reached; 21606 our From can send no SMS; 21408 the account
# may send no SMS to that country.
OUR_SETUP = frozenset({20003, 63007, 63008, 11200, 21606, 21408})

_MEANING: tuple[tuple[Collection[int], Failure], ...] = (
    (TRY_LATER, Failure.NOT_SENT),
    (TOO_LATE, Failure.TOO_LATE),
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
    if failure is Failure.NOT_SENT:
        return _later(failure, code, name, _asked(headers))
    return DeliveryError(failure, name)


def reported(code: str, about: Reference) -> DeliveryError:
    """The error for a message that Twilio took, and of which it reports later that it failed.

    Args:
        code: Twilio's, or its word for the state where it gives none.
        about: what was sent. What went out in part is not repeated, nor is there another text to
            send in place of an approved one.
    """
    number = int(code) if code.isascii() and code.isdigit() and len(code) <= 9 else 0
    failure = _failure(400, number)
    if failure is Failure.NOT_SENT:
        return _later(failure if about.whole else Failure.PERMANENT, number, code, None)
    if failure is Failure.TOO_LATE and (about.approved or not about.whole):
        failure = Failure.PERMANENT
    return DeliveryError(failure, code)


def _later(failure: Failure, code: int, name: str, asked: float | None) -> DeliveryError:
    return DeliveryError(
        failure,
        name,
        TRY_LATER.get(code, DEFAULT_RETRY_AFTER) if asked is None else asked,
        everyone=code in EVERYONE_LATER,
        ours=asked is None and code not in _ORDERED,
    )


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


def _asked(headers: Mapping[str, str]) -> float | None:
    asked = headers.get("Retry-After", "")
    return float(asked) if asked.isascii() and asked.isdigit() else None
