"""Not now, but later: asks when, asks whether it may, and makes the promise."""

from collections.abc import Callable
from datetime import date, datetime

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import TurnAction
from actions.context import Events, Turn, say
from actions.interruptions import alarms, interrupts
from actions.misses import COUNT, misses
from actions.reading import wants_to_stop
from bot.services.content import Content
from bot.services.fixed_texts import say as fixed
from bot.services.office import AMSTERDAM, on_day
from bot.services.plans import Plans, due_on

Clock = Callable[[], datetime]
FORM = "later_form"
_NEVER_MIND = ("skip", "deny", "unsure", "goodbye", "thank", "stop")
_FORGET: Events = [
    SlotSet(slot, None) for slot in ("later_on", "later_consent", "form_stopped", COUNT)
]
_STOPPED: Events = [SlotSet("form_stopped", True), SlotSet("requested_slot", None)]


class ValidateLaterForm(TurnAction):
    """Reads the day and the yes. Whoever rather names no day is left in peace at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def name(self) -> str:
        return f"validate_{FORM}"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if turn.form is not None and alarms(turn):
            return []
        day = None if turn.is_choice else due_on(turn.text, today(self._clock()))
        named: Events = [SlotSet("later_on", day.isoformat())] if day else []
        requested = turn.slots.get("requested_slot") if turn.form == FORM else None
        if requested is None:
            return [*_FORGET, *named]
        if named:
            return named
        if wants_to_stop(turn.text):
            return _STOPPED
        if requested == "later_consent":
            return _consent(dispatcher, turn)
        return _day(dispatcher, turn)


def _day(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    if turn.intent in _NEVER_MIND or misses(turn):
        return _STOPPED
    if interrupts(turn) and turn.intent != "later":
        return []
    dispatcher.utter_message(response="utter_later_not_understood")
    return [SlotSet("later_on", None), SlotSet(COUNT, 1.0)]


def _consent(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    if turn.intent == "affirm":
        return [SlotSet("later_consent", True)]
    if turn.intent == "stop" and not misses(turn):
        # "krijg ik nu elke week berichten?": it is one, and it can be called off.
        dispatcher.utter_message(response="utter_later_once")
        return [SlotSet("later_consent", None), SlotSet(COUNT, 1.0)]
    if turn.intent in _NEVER_MIND or misses(turn):
        return [SlotSet("later_consent", False)]
    if interrupts(turn) and turn.intent != "later":
        return []
    dispatcher.utter_message(response="utter_yes_or_no")
    return [SlotSet("later_consent", None), SlotSet(COUNT, 1.0)]


class AskLaterConsent(TurnAction):
    """Read the day back and ask whether it may: one message, on that day."""

    def __init__(self, content: Content, clock: Clock) -> None:
        self._text = content.texts.consent_reminders
        self._clock = clock

    def name(self) -> str:
        return "action_ask_later_consent"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        when = on_day(_chosen(turn), today(self._clock()))
        say(dispatcher, fixed(self._text, when=when))
        return []


class PlanLater(TurnAction):
    """Make the promise and say so; or accept that there is none."""

    def __init__(self, plans: Plans, content: Content, clock: Clock) -> None:
        self._plans = plans
        self._texts = content.texts
        self._clock = clock

    def name(self) -> str:
        return "action_plan_later"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        now = self._clock()
        who = (turn.conversation_id, turn.inbound_id)
        if turn.slots.get("later_consent"):
            day = _chosen(turn)
            await self._plans.make(*who, day, now)
            say(dispatcher, fixed(self._texts.later_confirmed, when=on_day(day, today(now))))
        else:
            if turn.slots.get("later_consent") is False:
                await self._plans.refuse(*who, now)
            dispatcher.utter_message(
                response="utter_stop" if turn.intent == "stop" else "utter_later"
            )
        return [*_FORGET, SlotSet("asked", "nothing")]


def today(now: datetime) -> date:
    """The day in Amsterdam."""
    return now.astimezone(AMSTERDAM).date()


def _chosen(turn: Turn) -> date:
    return date.fromisoformat(str(turn.slots["later_on"]))
