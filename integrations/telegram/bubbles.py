"""A message as Telegram bubbles: pieces of text that fit, the choices as buttons on the last."""

import textwrap
from dataclasses import dataclass, field, replace

from bot.messages import LONGEST_CAPTION, ChoiceRef, Delivery, Form, Request, Tapped, captioned

# https://core.telegram.org/bots/api#sendmessage: "1-4096 characters".
LONGEST_TEXT = 4096
# The Bot API names no limit; its servers refuse a keyboard with more than 100 buttons.
MOST_BUTTONS = 100


@dataclass(frozen=True)
class Button:
    """A choice under a bubble: what is read, and what comes back when it is tapped.

    `data` is short whatever the choice's payload; Telegram allows 64 bytes
    (https://core.telegram.org/bots/api#inlinekeyboardbutton).
    """

    title: str
    data: str


@dataclass(frozen=True)
class Bubble:
    """One text, or a photo with the text as its caption, with the buttons under it.

    Args:
        text: the words.
        buttons: the choices.
        photo: the address of a photo; the text is its caption.
        form: where the choices stand: under the bubble, or in place of the letters, as a message
            has one keyboard; tapping one there sends its words. Where there is nothing to tap,
            what an earlier message left in place of the letters goes. None leaves all as it is.
        request: what a button in place of the letters sends: the person's own number or place
            (https://core.telegram.org/bots/api#keyboardbutton).
        share: the words on that button.
    """

    text: str
    buttons: tuple[Button, ...] = field(default=())
    photo: str = ""
    form: Form | None = None
    request: Request | None = None
    share: str = ""


def bubbles(delivery: Delivery) -> list[Bubble]:
    """The bubbles to send, in order: the photos, then the text, in pieces where it is too long.

    What is asked stands below the last one.
    """
    pictures, words = captioned(delivery.message)
    photos = [Bubble(caption[:LONGEST_CAPTION], photo=image.url) for image, caption in pictures]
    pieces = textwrap.wrap(
        words,
        LONGEST_TEXT,
        expand_tabs=False,
        replace_whitespace=False,
        break_on_hyphens=False,
    )
    found = [*photos, *map(Bubble, pieces)]
    return [*found[:-1], *(_asking(delivery, last) for last in found[-1:])]


def _asking(delivery: Delivery, bubble: Bubble) -> Bubble:
    return replace(
        bubble,
        buttons=_buttons(delivery),
        form=delivery.form,
        request=delivery.message.request,
        share=delivery.share,
    )


def _buttons(delivery: Delivery) -> tuple[Button, ...]:
    return tuple(
        Button(choice.title, str(ChoiceRef(delivery.message_id, index)))
        for index, choice in enumerate(delivery.message.choices)
    )


def with_choice(tapped: Tapped) -> str | None:
    """What a bubble says once a choice of it was made; None when that does not fit, or when it is
    a photo, whose caption stays as it is."""
    text = f"{tapped.text}\n\n✓ {tapped.title}"
    return text if tapped.text and len(text) <= LONGEST_TEXT else None
