"""What every channel must make of the same situation. A new channel adds its files to each row.

A file is a body in the vendor's documented shape (tests/payloads/<channel>/); a channel that is not
named in a row has no such thing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.store.tables import State
from tests.channels.cases import GREETING, LONG, RIGHT_TO_LEFT
from tests.channels.peers import Answer, Trouble

Files = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Situation:
    """Bodies that come in, and what becomes of them.

    Args:
        name: what happens.
        files: per channel the bodies, in the order in which they arrive.
        asked: what the assistant is asked, in order; per channel where they differ ("" for others).
        fixed: the key of the fixed text that answers instead of the assistant.
        answers: how many messages go out.
        offered: whether the assistant had asked something with choices just before.
    """

    name: str
    files: Files
    asked: Mapping[str, Sequence[str]] = field(default_factory=dict)
    fixed: str = ""
    answers: int = 1
    offered: bool = False


def _said(*words: str) -> Mapping[str, Sequence[str]]:
    return {"": words}


def _media(kind: str, **files: str) -> Situation:
    return Situation(
        kind, {name: [file] for name, file in files.items()}, fixed=f"unsupported_{kind}"
    )


SITUATIONS = (
    Situation(
        "plain text",
        {
            "whatsapp": ["text.form"],
            "sms": ["text.form"],
            "telegram": ["text.json"],
            "webchat": ["text.json"],
        },
        _said(GREETING),
    ),
    Situation(
        "a choice by button",
        {"whatsapp": ["button.form"], "telegram": ["tap.json"], "webchat": ["choice.json"]},
        {"": ["/affirm"], "telegram": ["/deny"]},
        offered=True,
    ),
    Situation("a choice from a list", {"whatsapp": ["list.form"]}, _said("/weekend"), offered=True),
    Situation(
        "a choice by number",
        {
            "whatsapp": ["number.form"],
            "sms": ["number.form"],
            "telegram": ["number.json"],
            "webchat": ["number.json"],
        },
        # Where buttons are tapped, a number is an answer of its own.
        {"whatsapp": ["/deny"], "sms": ["/deny"], "": ["2"]},
        offered=True,
    ),
    Situation(
        "a choice by word",
        {
            "whatsapp": ["word.form"],
            "sms": ["word.form"],
            "telegram": ["word.json"],
            "webchat": ["word.json"],
        },
        _said("/deny"),
        offered=True,
    ),
    Situation(
        "the same message five times",
        {
            "whatsapp": ["text.form"] * 5,
            "sms": ["text.form"] * 5,
            "telegram": ["text.json"] * 5,
            "webchat": ["text.json"] * 5,
        },
        _said(GREETING),
    ),
    Situation(
        "messages out of order",
        # Twilio numbers nothing, so the order of arrival counts there.
        {
            "telegram": ["number.json", "earlier.json"],
            "whatsapp": ["number.form", "text.form"],
            "sms": ["number.form", "text.form"],
        },
        {"telegram": ["Dit schreef ik eerst", "2"], "": ["2", GREETING]},
        answers=2,
    ),
    Situation(
        "a message that is edited before its answer",
        {"telegram": ["text.json", "edited.json"]},
        _said("Goedenavond"),
    ),
    Situation(
        "an album", {"telegram": ["album.json", "album_second.json"]}, fixed="unsupported_photo"
    ),
    _media("photo", whatsapp="photo.form", sms="photo.form", telegram="photo.json"),
    _media("voice", whatsapp="voice.form", telegram="voice.json"),
    _media("document", whatsapp="document.form", telegram="document.json"),
    _media("sticker", whatsapp="sticker.form", telegram="sticker.json"),
    _media("contact", whatsapp="contact.form", sms="contact.form", telegram="contact.json"),
    _media("location", whatsapp="location.form", telegram="location.json"),
    _media("other", whatsapp="video.form", telegram="video.json"),
    Situation("one's own contact", {"telegram": ["own_contact.json"]}, _said("+31600000001")),
    Situation(
        "fields that are new",
        {
            "whatsapp": ["new_fields.form"],
            "sms": ["new_fields.form"],
            "telegram": ["poll_of_another_version.json"],
            "webchat": ["new_fields.json"],
        },
        {"": ["Hallo"], "telegram": []},
    ),
    Situation(
        "a kind that is new",
        {
            "whatsapp": ["unsupported.form"],
            "sms": ["blank.form"],
            "telegram": ["no_words_or_content.json"],
        },
        fixed="unsupported_other",
    ),
    Situation("an event that is new", {"telegram": ["new_kind_of_update.json"]}, answers=0),
    Situation(
        "five thousand characters",
        {
            "whatsapp": ["long.form"],
            "sms": ["long.form"],
            "telegram": ["long.json"],
            "webchat": ["long.json"],
        },
        # The stand-in repeats what it was asked, which with the introduction is two bubbles.
        _said(LONG[:1000]),
        answers=2,
    ),
    Situation(
        "right to left, and signs of several parts",
        {
            "whatsapp": ["right_to_left.form"],
            "sms": ["right_to_left.form"],
            "telegram": ["right_to_left.json"],
            "webchat": ["right_to_left.json"],
        },
        _said(RIGHT_TO_LEFT),
    ),
)

# A body that comes in after "plain text" and is another message.
NEXT_WORDS = {"whatsapp": "number.form", "sms": "opting_in.form", "telegram": "number.json"}
WORDS_UNDER_A_PHOTO = {
    "whatsapp": "photo_with_caption.form",
    "sms": "photo_with_caption.form",
    "telegram": "photo_with_caption.json",
}


@dataclass(frozen=True)
class Refusal:
    """A vendor that does not take a message: per channel how, and what becomes of it.

    Args:
        name: what happens.
        troubles: per channel how the vendor answers.
        state: how the message ends.
        wait: after how many seconds it is tried again.
        shuts_out: whether nothing is sent any more until the person writes.
    """

    name: str
    troubles: Mapping[str, Answer | Trouble]
    state: State
    wait: float = 0.0
    shuts_out: bool = False


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
