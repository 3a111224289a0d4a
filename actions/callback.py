"""A call by a coordinator: the number, when it suits, and a yes to passing that on."""

import re
from collections.abc import Callable
from datetime import datetime

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import TurnAction
from actions.calling import (
    ANY_TIME,
    moment_in,
    own_number_meant,
    phone_number,
    rather_here,
    wants_a_call,
)
from actions.context import Events, Turn, say
from actions.corrections import goes_back
from actions.interruptions import alarms, asked_in, interrupts, welcome_back
from actions.misses import COUNT, gives_up, help_out
from actions.reading import has_a_no, wants_to_stop
from actions.slots import SKIPPED
from bot.services.callbacks import Call, Callbacks
from bot.services.content import Content
from bot.services.fixed_texts import say as fixed

Clock = Callable[[], datetime]
FORM = "callback_form"
_SLOTS = ("callback_number", "callback_moment", "callback_consent")
_FORGET: Events = [SlotSet(slot, None) for slot in (*_SLOTS, "form_stopped", COUNT)]
_STOPPED: Events = [SlotSet("form_stopped", True), SlotSet("requested_slot", None)]
_DECLINES = ("skip", "deny", "unsure")
# A number that is too short is still no question about something else.
_FIGURES = re.compile(r"[\d\s()+.-]+")


class ValidateCallbackForm(TurnAction):
    """Reads one answer; what is no answer is left alone, so that Rasa answers it first."""

    def __init__(self, callbacks: Callbacks) -> None:
        self._callbacks = callbacks

    def name(self) -> str:
        return f"validate_{FORM}"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if turn.form is not None and alarms(turn):
            return []
        requested = asked_in(FORM, _SLOTS, turn)
        if requested is None:
            dispatcher.utter_message(response="utter_call_welcome")
            return [*_FORGET, *await self._number(turn)]
        if (known := _no_answer(dispatcher, turn, requested)) is not None:
            return known
        number = await self._number(turn)
        if number and requested != "callback_number":
            dispatcher.utter_message(response="utter_changed")
        if number:
            return [*number, SlotSet(COUNT, None)]
        return help_out(dispatcher, turn, requested, _READ[requested](dispatcher, turn))

    async def _number(self, turn: Turn) -> Events:
        """The number in the words, or the one that somebody writes from when that is meant, with
        the part of the day when that is said too."""
        if turn.is_choice:
            return []
        number = phone_number(turn.text)
        if number is None and own_number_meant(turn.text):
            number = await self._callbacks.own_number(turn.conversation_id)
        if number is None:
            return []
        moment = moment_in(turn.text)
        also = [SlotSet("callback_moment", moment)] if moment else []
        return [SlotSet("callback_number", number), *also]


def _no_answer(dispatcher: CollectingDispatcher, turn: Turn, requested: str) -> Events | None:
    """What is done with a wish to stop or to go back, and with a greeting after days away."""
    if wants_to_stop(turn.text):
        return _STOPPED
    if goes_back(turn):
        return _back(requested)
    return welcome_back(dispatcher, turn, requested)


def _back(requested: str) -> Events:
    if requested == "callback_consent":
        return [SlotSet("callback_moment", None), SlotSet(COUNT, None)]
    return [SlotSet("callback_number", None), SlotSet("callback_moment", None)]


def _elsewhere(turn: Turn) -> bool:
    """Whether the message is for the rest of the dialogue; "bel me maar" is for this form."""
    call = turn.intent == "ask_human" and not turn.is_choice and wants_a_call(turn.text)
    return interrupts(turn) and not call


def _read_number(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    writes = turn.intent == "ask_human" and rather_here(turn.text)
    if _elsewhere(turn) and not writes and not _FIGURES.fullmatch(turn.text):
        return []
    if turn.intent in _DECLINES or turn.entities.get("callback") or rather_here(turn.text):
        return _STOPPED
    dispatcher.utter_message(response="utter_callback_not_understood")
    return [SlotSet("callback_number", None)]


def _read_moment(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    moment = None if turn.is_choice else moment_in(turn.text)
    # "vanavond" and "straks" are taken for a wish to be asked later.
    if _elsewhere(turn) and not (moment and turn.intent in ("later", "check_availability")):
        return []
    if moment is None and turn.intent in _DECLINES:
        moment = SKIPPED
    if moment is not None:
        return [SlotSet("callback_moment", moment)]
    dispatcher.utter_message(response="utter_moment_not_understood")
    return [SlotSet("callback_moment", None)]


def _read_consent(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    if _elsewhere(turn):
        return []
    calls = turn.intent == "ask_human" and not has_a_no(turn.text)
    if turn.intent == "affirm" or calls:
        return [SlotSet("callback_consent", True)]
    if turn.intent in ("deny", "skip"):
        return [SlotSet("callback_consent", False)]
    moment = None if turn.is_choice else moment_in(turn.text)
    if moment is not None:
        dispatcher.utter_message(response="utter_changed")
        return [SlotSet("callback_moment", moment)]
    dispatcher.utter_message(response="utter_yes_or_no")
    return [SlotSet("callback_consent", None)]


_READ: dict[str, Callable[[CollectingDispatcher, Turn], Events]] = {
    "callback_number": _read_number,
    "callback_moment": _read_moment,
    "callback_consent": _read_consent,
}


class AskCallbackConsent(TurnAction):
    """Read number and moment back and ask for the yes without which nothing is passed on."""

    def __init__(self, content: Content) -> None:
        self._text = content.texts.consent_callback

    def name(self) -> str:
        return "action_ask_callback_consent"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        number = str(turn.slots["callback_number"])
        say(dispatcher, fixed(self._text, number=number, moment=_given(turn) or ANY_TIME))
        return []


class SubmitCallback(TurnAction):
    """Give a coordinator the task and say so; or offer to be answered here."""

    def __init__(self, callbacks: Callbacks, content: Content, clock: Clock) -> None:
        self._callbacks = callbacks
        self._point = content.region.point
        self._clock = clock

    def name(self) -> str:
        return "action_submit_callback"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if turn.slots.get("callback_consent"):
            call = Call(str(turn.slots["callback_number"]), _given(turn))
            await self._callbacks.request(
                turn.conversation_id, turn.inbound_id, call, self._clock()
            )
            dispatcher.utter_message(response="utter_callback_made", point=self._point)
            return [*_FORGET, SlotSet("asked", "nothing")]
        response = "utter_offer_human" if gives_up(turn) else "utter_no_call"
        dispatcher.utter_message(response=response)
        return [*_FORGET, SlotSet("asked", "human")]


def _given(turn: Turn) -> str | None:
    moment = turn.word("callback_moment")
    return None if moment in (SKIPPED, ANY_TIME) else moment
