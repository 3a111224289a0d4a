"""Is there a place? Understands when, reads it back and shows what is free."""

from collections.abc import Callable
from datetime import datetime

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import openings
from actions.base import TurnAction
from actions.context import Events, Turn, say
from actions.interruptions import alarms, interrupts
from actions.misses import COUNT, gives_up, help_out
from actions.reading import nights_in, wants_to_stop
from actions.slots import AVAILABILITY_FORM, FORGET_PLACE, period_of, period_slots
from bot.services.availability import Availability
from bot.services.content import Content
from bot.services.fixed_texts import say as fixed
from bot.services.office import AMSTERDAM
from bot.services.periods import Period, read_back, understand

Clock = Callable[[], datetime]
# One night on trial, after a yes to that small step.
_TRIAL = "small_yes_trial_night"
_ANY_TIME = ("skip", "unsure", "deny")


class ValidateAvailabilityForm(TurnAction):
    """Reads an answer to "when" and "how many nights".

    No `FormValidationAction`: whether a message answers the question is decided on its words, not
    on its intent, since a date or a figure is taken for anything by the intent classifier.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def name(self) -> str:
        return f"validate_{AVAILABILITY_FORM}"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if turn.form is not None and alarms(turn):
            return []
        period = understand(turn.text, self._clock().astimezone(AMSTERDAM).date())
        requested = turn.slots.get("requested_slot") if turn.form == AVAILABILITY_FORM else None
        if requested is None:
            return _begun(turn, period)
        if wants_to_stop(turn.text):
            return [SlotSet("form_stopped", True), SlotSet("requested_slot", None)]
        if requested == "stay_nights":
            return help_out(dispatcher, turn, requested, read_nights(dispatcher, turn))
        return help_out(dispatcher, turn, requested, read_period(dispatcher, turn, period))


def _begun(turn: Turn, period: Period | None) -> Events:
    """A new question: what was understood before no longer counts."""
    found = period_slots(period) if period else {}
    trial = 1.0 if turn.asked == _TRIAL else None
    fresh = {"stay_period": None, "stay_nights": trial, "form_stopped": None, COUNT: None}
    values = fresh | found
    return [*FORGET_PLACE[2:], *(SlotSet(slot, value) for slot, value in values.items())]


def read_period(dispatcher: CollectingDispatcher, turn: Turn, period: Period | None) -> Events:
    """The answer to "when"; nothing when the message is another question."""
    if period is not None and not turn.is_choice:
        values = period_slots(period)
        if values["stay_nights"] is None and turn.slots.get("stay_nights"):
            del values["stay_nights"]
        return [SlotSet(slot, value) for slot, value in values.items()]
    if turn.intent in _ANY_TIME:
        return [SlotSet("stay_period", period_slots(Period(None, None, None, True))["stay_period"])]
    if interrupts(turn):
        return []
    dispatcher.utter_message(response="utter_period_not_understood")
    return [SlotSet("stay_period", None)]


def read_nights(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    """The answer to "how many nights"; one night when somebody has no preference."""
    said = turn.entities.get("nights") or ("" if turn.is_choice else turn.text)
    nights = nights_in(said)
    if nights is None and turn.intent in _ANY_TIME:
        nights = 1
    if nights is not None:
        return [SlotSet("stay_nights", float(nights))]
    if interrupts(turn):
        return []
    dispatcher.utter_message(response="utter_nights_not_understood")
    return [SlotSet("stay_nights", None)]


class CheckAvailability(TurnAction):
    """Read the period back and show at most three locations with a bed free."""

    def __init__(self, availability: Availability, content: Content, clock: Clock) -> None:
        self._availability = availability
        self._content = content
        self._clock = clock

    def name(self) -> str:
        return "action_check_availability"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        now = self._clock()
        period = period_of(turn)
        if gives_up(turn):
            dispatcher.utter_message(response="utter_offer_human")
            return [SlotSet("form_stopped", None), SlotSet(COUNT, None), SlotSet("asked", "human")]
        if period is None or turn.slots.get("form_stopped"):
            dispatcher.utter_message(response="utter_no_pressure")
            dispatcher.utter_message(response="utter_ask_more")
            return [SlotSet("form_stopped", None), SlotSet("asked", "more")]
        today = now.astimezone(AMSTERDAM).date()
        found = await openings.find(self._availability, self._content, turn, period, today)
        if not found.openings:
            say(dispatcher, fixed(self._content.texts.nothing_free))
            return [SlotSet("asked", "openings")]
        response = "utter_openings" if found.exact else "utter_other_openings"
        dispatcher.utter_message(response=response, period=read_back(period, today))
        for bubble in openings.bubbles(found.openings, self._content, now):
            say(dispatcher, bubble)
        return [SlotSet("asked", "openings")]
