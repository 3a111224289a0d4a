"""What every channel must make of the same situation. A new channel adds itself to each row: with
its files, or with the reason why it has no such thing.

A file is a body in the vendor's documented shape (tests/payloads/<channel>/).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.store.tables import Author
from tests.channels.cases import GREETING, LONG, RIGHT_TO_LEFT

Files = Mapping[str, Sequence[str]]
Reasons = Mapping[str, str]


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
        without: the channels that have no such thing, each with the reason.
        author: who answers, where that matters.
    """

    name: str
    files: Files
    asked: Mapping[str, Sequence[str]] = field(default_factory=dict)
    fixed: str = ""
    answers: int = 1
    offered: bool = False
    without: Reasons = field(default_factory=dict)
    author: Author | None = None

    @property
    def channels(self) -> Iterable[str]:
        """Those that have such a thing."""
        return self.files


def _said(*words: str) -> Mapping[str, Sequence[str]]:
    return {"": words}


PAGE = "the page sends words and choices only"


def _media(kind: str, without: Reasons, **files: str) -> Situation:
    return Situation(
        kind,
        {name: [file] for name, file in files.items()},
        fixed=f"unsupported_{kind}",
        without={"webchat": PAGE, **without},
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
        without={"sms": "choices are numbered lines"},
    ),
    Situation(
        "a choice from a list",
        {"whatsapp": ["list.form"]},
        _said("/weekend"),
        offered=True,
        without={
            "sms": "choices are numbered lines",
            "telegram": "any number of choices are buttons",
            "webchat": "any number of choices are buttons",
        },
    ),
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
        # Nobody else numbers anything, so the order of arrival counts there.
        {
            "telegram": ["number.json", "earlier.json"],
            "whatsapp": ["number.form", "text.form"],
            "sms": ["number.form", "text.form"],
            "webchat": ["number.json", "text.json"],
        },
        {"telegram": ["Dit schreef ik eerst", "2"], "": ["2", GREETING]},
        answers=2,
    ),
    Situation(
        "a message that is edited before its answer",
        {"telegram": ["text.json", "edited.json"]},
        _said("Goedenavond"),
        without={
            "whatsapp": "Twilio does not tell of it",
            "sms": "a message that is sent cannot be edited",
            "webchat": "a message that is sent cannot be edited",
        },
    ),
    Situation(
        "an album",
        {"telegram": ["album.json", "album_second.json"]},
        fixed="unsupported_photo",
        without={
            "whatsapp": "Twilio does not tell which photos belong together",
            "sms": "one MMS holds all its photos",
            "webchat": PAGE,
        },
    ),
    _media("photo", {}, whatsapp="photo.form", sms="photo.form", telegram="photo.json"),
    _media("voice", {}, whatsapp="voice.form", sms="voice.form", telegram="voice.json"),
    _media("document", {}, whatsapp="document.form", sms="document.form", telegram="document.json"),
    _media(
        "sticker",
        {"sms": "there are none in an MMS"},
        whatsapp="sticker.form",
        telegram="sticker.json",
    ),
    _media("contact", {}, whatsapp="contact.form", sms="contact.form", telegram="contact.json"),
    _media(
        "location",
        {"sms": "there is none in an MMS"},
        whatsapp="location.form",
        telegram="location.json",
    ),
    _media("other", {}, whatsapp="video.form", sms="video.form", telegram="video.json"),
    Situation(
        "words under a photo, which safety reads",
        {
            "whatsapp": ["photo_with_caption.form"],
            "sms": ["photo_with_caption.form"],
            "telegram": ["photo_with_caption.json"],
        },
        without={"webchat": PAGE},
        author=Author.SAFETY,
    ),
    Situation(
        "one's own contact",
        {"telegram": ["own_contact.json"]},
        _said("+31600000001"),
        without={
            "whatsapp": "Twilio does not tell whose contact it is",
            "sms": "Twilio does not tell whose contact it is",
            "webchat": PAGE,
        },
    ),
    Situation(
        "fields that are new",
        {
            "whatsapp": ["new_fields.form"],
            "sms": ["new_fields.form"],
            "telegram": ["new_fields.json"],
            "webchat": ["new_fields.json"],
        },
        _said("Hallo"),
    ),
    Situation(
        "a kind that is new",
        {
            "whatsapp": ["unsupported.form"],
            "sms": ["blank.form"],
            "telegram": ["no_words_or_content.json"],
        },
        fixed="unsupported_other",
        without={"webchat": PAGE},
    ),
    Situation(
        "a known kind as another version of the interface writes it",
        {"telegram": ["poll_of_another_version.json"]},
        fixed="unsupported_other",
        without={
            "whatsapp": "a form has no structure that could change",
            "sms": "a form has no structure that could change",
            "webchat": "the page is ours",
        },
    ),
    Situation(
        "an event that is new",
        {"telegram": ["new_kind_of_update.json"]},
        answers=0,
        without={
            "whatsapp": "Twilio posts messages only to this door",
            "sms": "Twilio posts messages only to this door",
            "webchat": "the page posts messages only",
        },
    ),
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
