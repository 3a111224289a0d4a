"""How every channel's vendor may refuse a message of ours, and what becomes of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.store.tables import State
from tests.channels.peers import Answer, Trouble
from tests.channels.situations import Reasons

# A body that comes in after "plain text" and is another message.
NEXT_WORDS = {"whatsapp": "number.form", "sms": "opting_in.form", "telegram": "number.json"}
NO_VENDOR: Reasons = {"webchat": "there is no vendor: the page reads what is stored"}


@dataclass(frozen=True)
class Refusal:
    """A vendor that does not take a message: per channel how, and what becomes of it.

    Args:
        name: what happens.
        troubles: per channel how the vendor answers.
        state: how the message ends.
        wait: after how many seconds it is tried again.
        shuts_out: whether nothing is sent any more until the person writes.
        without: the channels that have no such thing, each with the reason.
    """

    name: str
    troubles: Mapping[str, Answer | Trouble]
    state: State
    wait: float = 0.0
    shuts_out: bool = False
    without: Reasons = field(default_factory=lambda: NO_VENDOR)

    @property
    def channels(self) -> Iterable[str]:
        """Those that have such a thing."""
        return self.troubles


_BUSY = {"ok": False, "description": "Too Many Requests", "parameters": {"retry_after": 7}}
REFUSALS = (
    Refusal(
        "the person blocked us",
        {
            "whatsapp": Answer(400, {"code": 63014, "status": 400}),
            "sms": Answer(400, {"code": 21610, "status": 400}),
            "telegram": Answer(403, {"ok": False, "description": "Forbidden: bot was blocked"}),
        },
        State.FAILED,
        shuts_out=True,
    ),
    Refusal(
        "too many requests",
        {
            "whatsapp": Answer(429, {"code": 20429}, {"Retry-After": "7"}),
            "sms": Answer(429, {"code": 20429}, {"Retry-After": "7"}),
            "telegram": Answer(429, _BUSY),
        },
        State.QUEUED,
        wait=7.0,
    ),
    Refusal(
        "no answer in time",
        {"whatsapp": Trouble.HANG, "sms": Trouble.HANG, "telegram": Trouble.HANG},
        State.UNKNOWN,
    ),
    Refusal(
        "the connection is cut",
        {"whatsapp": Trouble.CUT, "sms": Trouble.CUT, "telegram": Trouble.CUT},
        State.UNKNOWN,
    ),
    Refusal(
        "an error of the vendor",
        {
            "whatsapp": Answer(502, "oops"),
            "sms": Answer(502, "oops"),
            "telegram": Answer(502, "oops"),
        },
        State.UNKNOWN,
    ),
)
