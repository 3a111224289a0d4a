"""A message as Telegram bubbles: pieces of text that fit, the choices as buttons on the last."""

import textwrap
from dataclasses import dataclass, field

from bot.messages import ChoiceRef, Delivery, Request, Tapped, words_besides

# https://core.telegram.org/bots/api#sendmessage: "1-4096 characters".
LONGEST_TEXT = 4096
# The Bot API names no limit; its servers refuse a keyboard with more than 100 buttons.
MOST_BUTTONS = 100
# https://core.telegram.org/bots/api#sendphoto: "0-1024 characters".
LONGEST_CAPTION = 1024


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
    """One text with the buttons under it, or a photo with the text as its caption.

    Args:
        text: the words.
        buttons: the choices, under the bubble.
        photo: the address of a photo, which has no buttons.
        request: what a button in place of the letters sends: the person's own number or place
            (https://core.telegram.org/bots/api#keyboardbutton). The choices are then buttons
            there too, as a message has one keyboard; tapping one sends its words.
        share: the words on that button.
        is_plain: whether nothing is asked, so that an earlier button in place of the letters goes.
    """

    text: str
    buttons: tuple[Button, ...] = field(default=())
    photo: str = ""
    request: Request | None = None
    share: str = ""
    is_plain: bool = False


def bubbles(delivery: Delivery) -> list[Bubble]:
    """The bubbles to send, in order: the photos, then the text, in pieces where it is too long."""
    photos = [
        Bubble(image.description[:LONGEST_CAPTION], photo=image.url)
        for image in delivery.message.images
    ]
    pieces = textwrap.wrap(
        words_besides(delivery.message),
        LONGEST_TEXT,
        expand_tabs=False,
        replace_whitespace=False,
        break_on_hyphens=False,
    )
    if not pieces:
        return photos
    return [*photos, *(Bubble(piece) for piece in pieces[:-1]), _last(delivery, pieces[-1])]


def _last(delivery: Delivery, text: str) -> Bubble:
    buttons = _buttons(delivery)
    if delivery.message.request:
        return Bubble(text, buttons, request=delivery.message.request, share=delivery.share)
    return Bubble(text, buttons, is_plain=not buttons)


def _buttons(delivery: Delivery) -> tuple[Button, ...]:
    return tuple(
        Button(choice.title, str(ChoiceRef(delivery.message_id, index)))
        for index, choice in enumerate(delivery.message.choices)
    )


def with_choice(tapped: Tapped) -> str | None:
    """What a bubble says once a choice of it was made; None when that does not fit."""
    text = f"{tapped.text}\n\n✓ {tapped.title}"
    return text if len(text) <= LONGEST_TEXT else None
