"""Which messages are no answer to a form's question, so that they are dealt with first.

The form's question comes back by itself afterwards (Rasa's RulePolicy does that). What a form
reads as its answer on the words themselves (a date, a figure, a number to call) never gets here.
"""

from actions.context import FALLBACK, Turn

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
    return turn.intent not in ANSWERING
