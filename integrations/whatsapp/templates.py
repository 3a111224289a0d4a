"""The templates that messages are sent with: made once, filled in for each message. Pure.

One template for each number of buttons or items and each number of lines, because a variable
may be neither empty nor hold a newline (https://www.twilio.com/docs/api/errors/21656). Those for
buttons and lists need no approval, as they are sent inside the 24 hours only; those that may be
sent outside are fixed texts without variables.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.messages import ChoiceRef, Delivery, Form
from integrations.channel import Abilities
from integrations.degrade import BETWEEN_LINES, lines_of

# https://www.twilio.com/docs/content/twilio-quick-reply: ten, but "only three buttons" in a
# session without approval; "Maximum length: 1,024 characters" for the body.
MOST_BUTTONS = 3
# The page names no length. WhatsApp's own does, for the reply buttons that it becomes:
# https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-reply-buttons-messages
BUTTON_TITLE = 20
# https://www.twilio.com/docs/content/twiliolist-picker: "up to 10 options", item 24, body 1,024.
MOST_ITEMS = 10
ITEM_TITLE = 24
BODY = 1024
# Six lines hold three houses with their free days, the longest that is asked with choices. With
# three numbers of buttons and ten of items that makes 78 templates; Twilio sets no limit
# (https://www.twilio.com/docs/content/content-api-resources).
MOST_LINES = 6

# A description is not shown: with it each list would need a template twice.
INTERACTIVE = Abilities(
    buttons=MOST_BUTTONS, button_title=BUTTON_TITLE, items=MOST_ITEMS, item_title=ITEM_TITLE,
    body=BODY, lines=MOST_LINES, distinct=True, images=True,
)  # fmt: skip
PLAIN = Abilities(images=True)

# WhatsApp decides in the end: https://www.twilio.com/docs/whatsapp/tutorial/
# message-template-approvals-statuses. Utility is what follows from something that was asked for.
CATEGORY = "UTILITY"
LANGUAGE = "nl"
_PREFIX = "adempauze"


@dataclass(frozen=True)
class Definition:
    """A template as it should be.

    Args:
        name: ours, such as "buttons_2_lines_3" or "reminder".
        types: what Twilio's Content API calls `types`.
        samples: what each variable may look like, which Twilio wants to know.
        approved: whether WhatsApp has to approve it.
    """

    name: str
    types: Mapping[str, Any]
    samples: Mapping[str, str]
    approved: bool = False

    @cached_property
    def digest(self) -> str:
        """Changes with anything in it."""
        whole = json.dumps([self.types, self.samples], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(whole.encode()).hexdigest()[:12]

    @property
    def friendly_name(self) -> str:
        """What it is called at Twilio and WhatsApp: lower case, digits and underscores."""
        return f"{_PREFIX}_{self.name}_{self.digest}"

    def body(self) -> dict[str, Any]:
        """What creates it: https://www.twilio.com/docs/content/content-api-resources."""
        return {
            "friendly_name": self.friendly_name,
            "language": LANGUAGE,
            "variables": dict(self.samples),
            "types": dict(self.types),
        }

    def matches(self, friendly_name: object, types: object) -> bool:
        """Whether something at Twilio is this template; what Twilio adds to it is left alone."""
        return friendly_name == self.friendly_name and _holds(types, self.types)


def _holds(theirs: object, ours: object) -> bool:
    if isinstance(ours, Mapping):
        return isinstance(theirs, Mapping) and all(
            _holds(theirs.get(name), value) for name, value in ours.items()
        )
    if isinstance(ours, list):
        return (
            isinstance(theirs, list)
            and len(theirs) == len(ours)
            and all(_holds(one, other) for one, other in zip(theirs, ours, strict=True))
        )
    return theirs == ours


def fixed(name: str, text: str) -> Definition:
    """A text that may be sent outside the 24 hours, once WhatsApp approved it."""
    return Definition(name, {"twilio/text": {"body": text}}, {}, approved=True)


def _interactive_name(form: Form, choices: int, lines: int) -> str:
    return f"{form}_{choices}_lines_{lines}"


def _interactive(form: Form, choices: int, lines: int) -> Definition:
    """Variables by number: the lines, then title and id of each choice, then a list's button."""
    body = BETWEEN_LINES.join(_place(number) for number in range(1, lines + 1))
    pairs = [(lines + 1 + 2 * place, lines + 2 + 2 * place) for place in range(choices)]
    samples = {str(number): f"Regel {number}" for number in range(1, lines + 1)}
    for place, (title, key) in enumerate(pairs):
        samples |= {str(title): f"Keuze {place + 1}", str(key): f"1:{place}"}
    name = _interactive_name(form, choices, lines)
    if form is Form.BUTTONS:
        actions = [
            {"type": "QUICK_REPLY", "title": _place(title), "id": _place(key)}
            for title, key in pairs
        ]
        return Definition(name, {"twilio/quick-reply": {"body": body, "actions": actions}}, samples)
    items = [{"item": _place(title), "id": _place(key)} for title, key in pairs]
    button = lines + 2 * choices + 1
    picker = {"body": body, "button": _place(button), "items": items}
    return Definition(name, {"twilio/list-picker": picker}, {**samples, str(button): "Kies"})


def _place(number: int) -> str:
    return f"{{{{{number}}}}}"


def _all_interactive() -> Mapping[str, Definition]:
    shapes = [(Form.BUTTONS, count) for count in range(1, MOST_BUTTONS + 1)]
    shapes += [(Form.LIST, count) for count in range(1, MOST_ITEMS + 1)]
    made = (
        _interactive(form, count, lines)
        for form, count in shapes
        for lines in range(1, MOST_LINES + 1)
    )
    return {definition.name: definition for definition in made}


# The same for every region; its own words are in the variables.
ALL_INTERACTIVE = _all_interactive()


def filled(delivery: Delivery, open_list: str) -> tuple[str, dict[str, str]]:
    """The name of the template that a message with choices goes with, and its variables.

    A choice's id is its `ChoiceRef`, which comes back as ButtonPayload or ListId.

    Args:
        delivery: a message in the form of buttons or a list.
        open_list: what stands on the button that opens a list.
    """
    lines = lines_of(delivery.message.text)
    values = list(lines)
    for index, choice in enumerate(delivery.message.choices):
        values += [choice.title, str(ChoiceRef(delivery.message_id, index))]
    if delivery.form is Form.LIST:
        values.append(open_list)
    name = _interactive_name(delivery.form, len(delivery.message.choices), len(lines))
    return name, {str(number): value for number, value in enumerate(values, 1)}
