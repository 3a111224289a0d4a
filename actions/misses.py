"""What a form does when an answer is not understood: a hint, then choices and a human, never a
third "I do not understand"."""

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Events, Turn

# With the third miss the form ends and a human is offered.
MOST = 2
COUNT = "form_misses"
# A yes or a no is needed; leaving the form is always possible.
_NOT_SKIPPABLE = ("stay_confirmed", "stay_consent", "callback_number", "callback_consent")


def help_out(
    dispatcher: CollectingDispatcher, turn: Turn, requested: str, events: Events
) -> Events:
    """The events of a form's reading, with what a miss brings with it.

    Args:
        dispatcher: already holds the hint, when the answer was not understood.
        turn: the message.
        requested: the slot that was asked for.
        events: what was read; only this slot emptied again means that nothing was.
    """
    if events != [SlotSet(requested, None)]:
        return [*events, SlotSet(COUNT, None)] if events and misses(turn) else events
    missed = misses(turn) + 1
    if missed > MOST:
        dispatcher.messages.clear()
        return [SlotSet("form_stopped", True), SlotSet("requested_slot", None), _count(missed)]
    if missed == MOST:
        dispatcher.messages.clear()
        skippable = requested not in _NOT_SKIPPABLE
        dispatcher.utter_message(response="utter_form_help" if skippable else "utter_form_human")
    return [*events, _count(missed)]


def misses(turn: Turn) -> int:
    """How many answers in a row this form did not understand."""
    return int(turn.slots.get(COUNT) or 0)


def gives_up(turn: Turn) -> bool:
    """Whether the form ended because it did not understand, not because somebody stopped it."""
    return misses(turn) > MOST


def _count(number: int) -> dict[str, object]:
    event: dict[str, object] = SlotSet(COUNT, float(number))
    return event
