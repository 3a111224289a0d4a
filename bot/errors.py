"""The errors of the project, one tree, so that an edge can translate them in one place.

AdempauzeError
├── SettingsError        a setting is missing or wrong: the start stops
├── ContentError         a file in data/ is wrong: names file and key
├── NotFound             a conversation, location or handoff that does not exist (any more)
├── Conflict             the state changed in the meantime (taken over, already closed)
├── WebhookError         what a vendor sent cannot be accepted
│   ├── BadSignature     403, nothing is stored
│   ├── Malformed        400, nothing is stored
│   └── TooLarge         413, nothing is stored
├── DeliveryError        a message was not delivered; says whether to repeat it
└── TurnFailed           no answer came from the assistant this time; the turn is repeated
"""

from enum import StrEnum


class AdempauzeError(Exception):
    """The root of all errors that this project raises itself."""


class SettingsError(AdempauzeError):
    """A setting is missing or wrong. The message names the variable and what to do next."""


class ContentError(AdempauzeError):
    """A content file is wrong. The message names the file, the key and what to do next."""


class NotFound(AdempauzeError):
    """What was asked for does not exist, or not any more."""


class Conflict(AdempauzeError):
    """The state changed in the meantime, so that the wish no longer fits it."""


class WebhookError(AdempauzeError):
    """An inbound request that is refused; nothing of it is stored."""

    status = 400


class BadSignature(WebhookError):
    """The signature or the secret token is missing or wrong."""

    status = 403


class Malformed(WebhookError):
    """The body is not what the vendor documents."""

    status = 400


class TooLarge(WebhookError):
    """The body is larger than any vendor's message can be."""

    status = 413


class Failure(StrEnum):
    """What is known about a message whose delivery went wrong, and so what may be done."""

    NOT_SENT = "not_sent"  # certainly not processed: repeat later
    UNKNOWN = "unknown"  # perhaps sent: shown to the coordinator, never blindly repeated
    PERMANENT = "permanent"  # will never work for this address or message
    TOO_LATE = "too_late"  # not sent: free words may not go any more, only an approved text
    BLOCKED = "blocked"  # the person shut us out: nothing goes there until they let us in again
    CONFIGURATION = "configuration"  # our own set-up is wrong: an operator must act


class DeliveryError(AdempauzeError):
    """A message was not (or perhaps not) delivered.

    Args:
        failure: what is known, and so whether it may be repeated.
        code: the vendor's code or a short name of our own; never text of a person.
        retry_after: seconds to wait; None when nothing is asked.
        everyone: whether that is asked of the whole channel, not only for this person.
        ours: whether the seconds are our own choice, as the vendor named none.
    """

    def __init__(
        self,
        failure: Failure,
        code: str,
        retry_after: float | None = None,
        *,
        everyone: bool = False,
        ours: bool = False,
    ) -> None:
        super().__init__(f"{failure.value}: {code}")
        self.failure = failure
        self.code = code
        self.retry_after = retry_after
        self.everyone = everyone
        self.ours = ours


class TurnFailed(AdempauzeError):
    """The assistant gave no usable answer. The message says why, without any text of a person."""
