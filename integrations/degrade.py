"""The one place where a message becomes what a channel can show. Pure; no word is ever lost.

What was taken away is said in the text: choices as numbered lines, a picture as its description,
a request as a line that asks to type.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.messages import Choice, Form, Image, OutgoingMessage, Request, captioned
from integrations.channel import Abilities

# Between the lines of a text on a channel that counts lines.
BETWEEN_LINES = "\n\n"

_SECURE = "https://"
_GAP = re.compile(r"\t|\s{5}")


@dataclass(frozen=True)
class Lines:
    """What a person reads in place of what a channel cannot do.

    Args:
        choose: below numbered choices.
        contact: in place of a button that shares a phone number.
        location: in place of a button that shares a place.
    """

    choose: str
    contact: str
    location: str


def degraded(
    message: OutgoingMessage, abilities: Abilities, lines: Lines, *, keyboard_open: bool = False
) -> tuple[OutgoingMessage, Form]:
    """The message as this channel can show it, and how its choices are shown.

    With `Form.NUMBERED` the choices are in the text and no longer in `choices`; numbered from 1,
    in the order in which they were offered, so that a typed number finds them.

    Args:
        message: what is to be said.
        abilities: what the channel can show.
        lines: what is read in place of what it cannot.
        keyboard_open: whether buttons of an earlier message may stand in place of the letters.
            Choices then stand there too, as buttons of a question before must not be left.
    """
    shown = _without_images(message, abilities)
    if not _can_request(shown, abilities):
        shown = _without_request(shown, lines)
    form = _form(shown, abilities, keyboard_open)
    if form is not Form.NUMBERED:
        return shown, form
    text = _paragraphs(shown.text, numbered(shown.choices), lines.choose)
    return replace(shown, text=text, choices=()), form


def _without_images(message: OutgoingMessage, abilities: Abilities) -> OutgoingMessage:
    kept = tuple(image for image in message.images if abilities.images and _reachable(image))
    lost = [image.description for image in message.images if image not in kept]
    told = [description for description in lost if description != message.text]
    return replace(message, text=_paragraphs(message.text, *told), images=kept)


def _reachable(image: Image) -> bool:
    return image.url.startswith(_SECURE)


def _can_request(message: OutgoingMessage, abilities: Abilities) -> bool:
    """Whether there is a button for it, with room for the choices beside it."""
    has_button = {
        None: False,
        Request.CONTACT: abilities.contact_request,
        Request.LOCATION: abilities.location_request,
    }
    return has_button[message.request] and _fit_keyboard(message, abilities)


def _without_request(message: OutgoingMessage, lines: Lines) -> OutgoingMessage:
    if message.request is None:
        return message
    line = lines.contact if message.request is Request.CONTACT else lines.location
    # A question says itself what to type.
    text = message.text if "?" in message.text else _paragraphs(message.text, line)
    return replace(message, text=text, request=None)


def _form(message: OutgoingMessage, abilities: Abilities, keyboard_open: bool) -> Form:
    if message.request:
        return Form.KEYBOARD
    if not message.choices:
        return Form.PLAIN
    if keyboard_open:
        return Form.KEYBOARD if _fit_keyboard(message, abilities) else Form.NUMBERED
    return _choices_form(message, abilities)


def _choices_form(message: OutgoingMessage, abilities: Abilities) -> Form:
    if not _carries_choices(message, abilities):
        return Form.NUMBERED
    if abilities.distinct and not _distinct(message.choices):
        return Form.NUMBERED
    if _fit_buttons(message.choices, abilities):
        return Form.BUTTONS
    return Form.LIST if _fit_list(message.choices, abilities) else Form.NUMBERED


def _fit_keyboard(message: OutgoingMessage, abilities: Abilities) -> bool:
    """There a choice is nothing but its words."""
    return not message.choices or (
        _carries_choices(message, abilities)
        and _distinct(message.choices)
        and _fit_buttons(message.choices, abilities)
    )


def _carries_choices(message: OutgoingMessage, abilities: Abilities) -> bool:
    is_caption = bool(message.images) and not captioned(message)[1]
    if is_caption and not abilities.caption_choices:
        return False
    text = message.text
    if abilities.lines is not None:
        lines = lines_of(text)
        if len(lines) > abilities.lines:
            return False
        text = BETWEEN_LINES.join(lines)
    return bool(text.strip()) and len(text) <= abilities.body


def lines_of(text: str) -> list[str]:
    """The lines of a text that hold words, without space around or runs of it inside them."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _distinct(choices: Sequence[Choice]) -> bool:
    return len({choice.title for choice in choices}) == len(choices)


def _fit_buttons(choices: Sequence[Choice], abilities: Abilities) -> bool:
    return len(choices) <= abilities.buttons and all(
        _fits(choice.title, abilities.button_title) and not choice.description for choice in choices
    )


def _fit_list(choices: Sequence[Choice], abilities: Abilities) -> bool:
    return len(choices) <= abilities.items and all(
        _fits(choice.title, abilities.item_title)
        and len(choice.description) <= abilities.item_description
        for choice in choices
    )


def _fits(title: str, longest: int) -> bool:
    # The dot shows a line that ends at the very end. Twilio takes no tab and no five spaces in a
    # row: https://www.twilio.com/docs/api/errors/21656
    on_one_line = len(f"{title}.".splitlines()) == 1 and not _GAP.search(title)
    return bool(title.strip()) and on_one_line and len(title) <= longest


def numbered(choices: Sequence[Choice]) -> str:
    """The choices as lines with a number, their whole titles and descriptions."""
    return "\n".join(f"{number}. {_whole(choice)}" for number, choice in enumerate(choices, 1))


def _whole(choice: Choice) -> str:
    return f"{choice.title} – {choice.description}" if choice.description else choice.title


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
