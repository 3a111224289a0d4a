"""Who must not get in: knocks at a channel's door that are refused, and leave nothing behind."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from bot.conversation.webhooks import BODY_LIMIT
from tests.channels.situations import Reasons


class Key(Enum):
    """With what somebody knocks."""

    RIGHT = "as the vendor does today"
    CHRIS = "with a secret of his own"
    STALE = "with the secret of last year"
    NONE = "with nothing"


@dataclass(frozen=True)
class Knock:
    """A request that is refused.

    Args:
        name: what is wrong.
        statuses: per channel the answer's status.
        key: with what it was made.
        files: per channel the body, where it is no greeting.
        body: the bytes, the same for every channel, where they are no file.
        changed: whether the body was changed after it was signed.
        media_type: what the body says it is, where that is not what the vendor sends.
        without: the channels that have no such thing, each with the reason.
    """

    name: str
    statuses: Mapping[str, int]
    key: Key = Key.RIGHT
    files: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    changed: bool = False
    media_type: str = ""
    without: Reasons = field(default_factory=dict)

    @property
    def channels(self) -> Iterable[str]:
        """Those that have such a thing."""
        return self.statuses


EVERY = ("whatsapp", "sms", "telegram", "webchat")
FORBIDDEN = dict.fromkeys(EVERY, 403)
MALFORMED = dict.fromkeys(EVERY, 400)
TOO_LARGE = dict.fromkeys(EVERY, 413)
# The page's secret is in its body, so without a body of ours there is none.
UNSIGNED_PAGE = {**MALFORMED, "webchat": 403}

KNOCKS = (
    Knock("a bad signature", FORBIDDEN, Key.CHRIS),
    Knock("a stale secret", FORBIDDEN, Key.STALE),
    Knock("no signature at all", FORBIDDEN, Key.NONE),
    Knock(
        "a body that was changed after it was signed",
        {"whatsapp": 403, "sms": 403},
        changed=True,
        without={
            "telegram": "its secret says nothing of the body, which only TLS guards",
            "webchat": "its secret says nothing of the body, which only TLS guards",
        },
    ),
    Knock("an empty body", UNSIGNED_PAGE, body=b""),
    Knock("half a body", UNSIGNED_PAGE, body=b'{"update_id": 1, "mess'),
    Knock(
        "a body that is not of the documented shape",
        MALFORMED,
        files={
            "whatsapp": "no_sid.form",
            "sms": "no_sid.form",
            "telegram": "message_is_a_text.json",
            "webchat": "no_choice.json",
        },
    ),
    Knock("a body of another type", UNSIGNED_PAGE, body=b"<xml/>", media_type="text/xml"),
    Knock(
        "a body larger than any message",
        dict.fromkeys(EVERY, 413),
        body=b"a" * (2 * BODY_LIMIT + 1),
    ),
)
