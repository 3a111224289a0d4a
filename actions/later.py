"""Not now, but later: asks when, asks whether it may, and makes the promise."""

import re
from collections.abc import Callable
from datetime import date, datetime

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import TurnAction
from actions.context import Events, Turn, say
from actions.interruptions import alarms, asked_in, interrupts, welcome_back
from actions.misses import COUNT, misses
from actions.reading import has_a_no, wants_to_stop
from bot.nlu.text import words
from bot.services.content import Content
from bot.services.fixed_texts import say as fixed
from bot.services.office import AMSTERDAM, on_day
from bot.services.plans import Plans, due_on

Clock = Callable[[], datetime]
FORM = "later_form"
_SLOTS = ("later_on", "later_consent")
_NEVER_MIND = ("skip", "deny", "unsure", "goodbye", "stop")
_REFUSES = ("skip", "deny", "unsure", "stop")
_FORGET: Events = [SlotSet(slot, None) for slot in (*_SLOTS, "form_stopped", COUNT)]
_STOPPED: Events = [SlotSet("form_stopped", True), SlotSet("requested_slot", None)]
# With these a date in the words is the day to come back, unless a question is asked.
_NAMES_A_DAY = ("later", "check_availability")
_QUESTION = re.compile(
    r"^(en |of )?(is|zijn|heeft|hebben|kan|kunnen|mag|wat|hoe|hoeveel|wanneer|wie|waar|welke)\b"
)
_YES = frozenset(("ja", "jawel", "goed", "prima", "graag", "oke", "ok", "akkoord"))


class ValidateLaterForm(TurnAction):
    """Reads the day and the yes. Whoever rather names no day is left in peace at once."""

    def __init__(self, plans: Plans, clock: Clock) -> None:
        self._plans = plans
        self._clock = clock

    def name(self) -> str:
        return f"validate_{FORM}"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if turn.form is not None and alarms(turn):
            return []
        requested = asked_in(FORM, _SLOTS, turn)
        if requested is None:
            return await self._begun(turn)
        if wants_to_stop(turn.text):
            return _STOPPED
        if (greeted := welcome_back(dispatcher, turn, requested)) is not None:
            return greeted
        day = self._day(turn)
        if requested == "later_consent":
            return _consent(dispatcher, turn, day)
        return _when(dispatcher, turn, day)

    async def _begun(self, turn: Turn) -> Events:
        """The first words may name the day; where we cannot write first, nothing is asked."""
        if not await self._plans.can_reach(turn.conversation_id):
            return [*_FORGET, *_STOPPED]
        day = self._day(turn)
        return [*_FORGET, *([SlotSet("later_on", day.isoformat())] if day else [])]

    def _day(self, turn: Turn) -> date | None:
        return None if turn.is_choice else due_on(turn.text, today(self._clock()))


def _elsewhere(turn: Turn, day: date | None) -> bool:
    """Whether the message is for the rest of the dialogue; a day that is named is an answer."""
    asks = "?" in turn.text or bool(_QUESTION.match(" ".join(words(turn.text))))
    names_a_day = turn.intent in _NAMES_A_DAY and not asks
    if turn.intent == "later" or (day is not None and names_a_day):
        return False
    return interrupts(turn) and turn.intent not in _NEVER_MIND


def _when(dispatcher: CollectingDispatcher, turn: Turn, day: date | None) -> Events:
    if _elsewhere(turn, day):
        return []
    if day is not None:
        return [SlotSet("later_on", day.isoformat()), SlotSet(COUNT, None)]
    if turn.intent in (*_NEVER_MIND, "thank") or misses(turn):
        return _STOPPED
    dispatcher.utter_message(response="utter_later_not_understood")
    return [SlotSet("later_on", None), SlotSet(COUNT, 1.0)]


def _consent(dispatcher: CollectingDispatcher, turn: Turn, day: date | None) -> Events:
    if _elsewhere(turn, day):
        return []
    says_yes = bool(_YES & set(words(turn.text))) and not has_a_no(turn.text)
    agrees = turn.intent == "affirm" or says_yes
    if agrees and day in (None, _chosen(turn)) and turn.intent not in _REFUSES:
        return [SlotSet("later_consent", True)]
    if day is not None:
        return [SlotSet("later_on", day.isoformat())]
    if turn.intent == "stop" and not misses(turn):
        # "krijg ik nu elke week berichten?": it is one, and it can be called off.
        dispatcher.utter_message(response="utter_later_once")
    elif turn.intent in _NEVER_MIND or misses(turn):
        return [SlotSet("later_consent", False)]
    else:
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
        if turn.slots.get("later_consent"):
            await self._promise(dispatcher, turn)
        else:
            await self._accept(dispatcher, turn)
        return [*_FORGET, SlotSet("asked", "nothing")]

    async def _promise(self, dispatcher: CollectingDispatcher, turn: Turn) -> None:
        now, day = self._clock(), _chosen(turn)
        made = await self._plans.make(turn.conversation_id, turn.inbound_id, day, now)
        if made:
            say(dispatcher, fixed(self._texts.later_confirmed, when=on_day(day, today(now))))
        else:
            dispatcher.utter_message(response="utter_stopped_before")

    async def _accept(self, dispatcher: CollectingDispatcher, turn: Turn) -> None:
        """A plain no also calls off what was promised before."""
        if turn.slots.get("later_consent") is False or turn.intent in _REFUSES:
            await self._plans.refuse(turn.conversation_id, turn.inbound_id, self._clock())
        if turn.intent == "stop":
            dispatcher.utter_message(response="utter_stop")
        elif await self._plans.can_reach(turn.conversation_id):
            dispatcher.utter_message(response="utter_later")
        else:
            dispatcher.utter_message(response="utter_later_on_page")


def today(now: datetime) -> date:
    """The day in Amsterdam."""
    return now.astimezone(AMSTERDAM).date()


def _chosen(turn: Turn) -> date:
    return date.fromisoformat(str(turn.slots["later_on"]))
