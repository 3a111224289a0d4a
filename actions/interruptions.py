"""Which messages are no answer to a form's question, so that they are dealt with first.

The form's question comes back by itself afterwards (Rasa's RulePolicy does that). What a form
reads as its answer on the words themselves (a date, a figure, a number to call) never gets here.
"""

from collections.abc import Collection

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import AWAY, FALLBACK, Events, Turn
from actions.slots import STAY_FORM

# Said in a form, these are an answer to it, or nothing that it should be left for. Every other
# intent is a question, a wish, a hurdle or an alarm: something else than the form is meant.
ANSWERING = frozenset(
    (
        *("affirm", "deny", "unsure", "skip", "inform"),
        *("greet", "thank", "out_of_scope", "request_stay"),
        FALLBACK,
    )
)

# Heard even when there is a date or a figure in it: "morgen moet ik zelf naar het ziekenhuis".
ALARMS = frozenset(
    ("crisis_suicide", "crisis_violence", "crisis_medical", "urgent_breakdown", "bereavement")
)
_SURE = 0.5


def alarms(turn: Turn) -> bool:
    """Whether the message comes before any form, whatever else is in it."""
    return turn.intent in ALARMS and turn.confidence >= _SURE


def interrupts(turn: Turn) -> bool:
    """Whether the message is for the rest of the dialogue and not for the form."""
    if turn.intent == "request_stay":
        return turn.form != STAY_FORM
    return turn.intent not in ANSWERING


def asked_in(form: str, slots: Collection[str], turn: Turn) -> str | None:
    """The slot that a form asked for; None when the form only begins with this message.

    A form that begins inside another one is active already while the other's question stands.
    """
    requested = turn.word("requested_slot") if turn.form == form else None
    return requested if requested in slots else None


def welcome_back(dispatcher: CollectingDispatcher, turn: Turn, requested: str) -> Events | None:
    """Who comes back to a form after a night or longer is welcomed.

    Returns:
        The question again, when nothing but a greeting was said; None when the message is to be
        read as an answer.
    """
    if turn.away < AWAY:
        return None
    if not interrupts(turn):
        dispatcher.utter_message(response="utter_welcome_back")
    return [SlotSet(requested, None)] if turn.intent in ("greet", "thank") else None
