"""A text in pieces that Twilio takes."""

import textwrap

# https://www.twilio.com/docs/messaging/api/message-resource: "up to 1,600 characters".
LONGEST_BODY = 1600


def bodies(text: str) -> list[str]:
    """The bubbles to send, in order; more than one only when the text is too long for one."""
    return textwrap.wrap(
        text,
        LONGEST_BODY,
        expand_tabs=False,
        replace_whitespace=False,
        break_on_hyphens=False,
    )
