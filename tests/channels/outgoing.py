"""What every channel must make of the same message of ours. What it can show decides how."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.messages import Choice, Form, Image, OutgoingMessage, Request
from tests.channels.cases import LONG, RIGHT_TO_LEFT
from tests.channels.situations import Reasons

PICTURE = Image("/photos/appel.jpg", "De tuin van De Zeven Stoelen")


@dataclass(frozen=True)
class Outgoing:
    """A message of ours.

    Args:
        name: what it has.
        message: as the assistant says it.
        forms: per channel how its choices are shown.
        bubbles: how many it takes, on every channel (bot/conversation/outbox.py).
        without: the channels on which there is no such message, each with the reason.
    """

    name: str
    message: OutgoingMessage
    forms: Mapping[str, Form]
    bubbles: int = 1
    without: Reasons = field(default_factory=dict)

    @property
    def channels(self) -> Iterable[str]:
        """Those on which there is such a message."""
        return self.forms


def _forms(whatsapp: Form, sms: Form, telegram: Form, webchat: Form) -> Mapping[str, Form]:
    return {"whatsapp": whatsapp, "sms": sms, "telegram": telegram, "webchat": webchat}


def _choices(*titles: str) -> tuple[Choice, ...]:
    return tuple(Choice(title, f"/{title}") for title in titles)


THREE = _choices("Ja, graag", "Nee, nog niet", "Een weekend")
TEN = _choices(*(f"Gemeente {number}" for number in range(10)))
ELEVEN = _choices(*(f"Gemeente {number}" for number in range(11)))
PLAIN = _forms(Form.PLAIN, Form.PLAIN, Form.PLAIN, Form.PLAIN)
ASKING = _forms(Form.PLAIN, Form.PLAIN, Form.KEYBOARD, Form.KEYBOARD)
BUTTONS = _forms(Form.BUTTONS, Form.NUMBERED, Form.BUTTONS, Form.BUTTONS)
LIST = _forms(Form.LIST, Form.NUMBERED, Form.BUTTONS, Form.BUTTONS)
NUMBERED = _forms(Form.NUMBERED, Form.NUMBERED, Form.BUTTONS, Form.BUTTONS)

OUTGOING = (
    Outgoing("words", OutgoingMessage("Goedemiddag, daar zijn wij."), PLAIN),
    Outgoing("three choices", OutgoingMessage("Wat past bij u?", THREE), BUTTONS),
    Outgoing("ten choices", OutgoingMessage("In welke gemeente woont u?", TEN), LIST),
    Outgoing("eleven choices", OutgoingMessage("In welke gemeente woont u?", ELEVEN), NUMBERED),
    Outgoing(
        "a picture",
        OutgoingMessage("Zo ziet het huis eruit.", images=(PICTURE,)),
        PLAIN,
        bubbles=2,
    ),
    Outgoing(
        "a picture with choices",
        OutgoingMessage("Wilt u daarheen?", THREE, (PICTURE,)),
        BUTTONS,
        bubbles=2,
    ),
    Outgoing(
        "a request for a phone number",
        OutgoingMessage("Wij bellen u graag.", request=Request.CONTACT),
        ASKING,
    ),
    Outgoing(
        "a request for a place",
        OutgoingMessage("Wij zoeken een huis bij u in de buurt.", request=Request.LOCATION),
        ASKING,
    ),
    Outgoing("five thousand characters", OutgoingMessage(LONG), PLAIN, bubbles=5),
    Outgoing("as many with choices", OutgoingMessage(LONG, THREE), BUTTONS, bubbles=5),
    Outgoing(
        "right to left, and signs of several parts",
        OutgoingMessage(RIGHT_TO_LEFT, _choices("نعم 🌷", "👩🏽‍🦽 Nee")),
        BUTTONS,
    ),
)
