"""A message as WhatsApp text: the words, the choices as numbered lines, in pieces that fit."""

import textwrap

from bot.messages import OutgoingMessage

# https://www.twilio.com/docs/messaging/api/message-resource: "up to 1,600 characters".
LONGEST_BODY = 1600
HOW_TO_CHOOSE = "Typ het nummer van uw keuze."


def bodies(message: OutgoingMessage) -> list[str]:
    """The bubbles to send, in order; more than one only when the text is too long for one."""
    return textwrap.wrap(
        _whole(message),
        LONGEST_BODY,
        expand_tabs=False,
        replace_whitespace=False,
        break_on_hyphens=False,
    )


def _whole(message: OutgoingMessage) -> str:
    if not message.choices:
        return message.text
    lines = [f"{number}. {choice.title}" for number, choice in enumerate(message.choices, 1)]
    parts = (message.text, "\n".join(lines), HOW_TO_CHOOSE)
    return "\n\n".join(part for part in parts if part)
