"""A call by a coordinator: the number, when it suits, and a yes to passing that on."""

import re
from collections.abc import Callable
from datetime import datetime

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import TurnAction
from actions.context import Events, Turn, say
from actions.corrections import goes_back
from actions.interruptions import alarms, interrupts
from actions.misses import COUNT, gives_up, help_out
from actions.reading import has_phone_number, rather_here, wants_to_stop
from actions.slots import SKIPPED
from bot.nlu.text import words
from bot.services.callbacks import Call, Callbacks
from bot.services.content import Content
from bot.services.fixed_texts import say as fixed

Clock = Callable[[], datetime]
FORM = "callback_form"
_FORGET: Events = [
    SlotSet(slot, None)
    for slot in ("callback_number", "callback_moment", "callback_consent", "form_stopped", COUNT)
]
_STOPPED: Events = [SlotSet("form_stopped", True), SlotSet("requested_slot", None)]
_DECLINES = ("skip", "deny", "unsure")
_LONGEST = 120
# A number that is too short is still no question about something else.
_FIGURES = re.compile(r"[\d\s()+.-]+")
# The parts of the day as a coordinator reads them.
_MOMENTS = (
    (r"\b(ochtend\w*|morgens|vroeg)\b", "’s ochtends"),
    (r"\bavond\w*\b", "’s avonds"),
    (r"\b(middag\w*|na (de )?(lunch|middag))\b", "’s middags"),
)
_ANY = re.compile(r"\b(maakt niet uit|altijd|alle dagen|hele dag|wanneer (dan )?ook|om het even)\b")
_ANY_TIME = "op elk moment"
# "na 5 uur", "maandag": kept in the person's own words.
_OWN_WORDS = re.compile(
    r"\b(na|voor|vanaf|tussen|om|rond)\s+\w+|\b(maan|dins|woens|donder|vrij|zater|zon)dag\w*"
    r"|\bmorgen\b|\bvandaag\b"
)


class ValidateCallbackForm(TurnAction):
    """Reads one answer; what is no answer is left alone, so that Rasa answers it first."""

    def name(self) -> str:
        return f"validate_{FORM}"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if turn.form is not None and alarms(turn):
            return []
        requested = turn.slots.get("requested_slot") if turn.form == FORM else None
        if requested is None:
            return [*_FORGET, *_number(turn)]
        if wants_to_stop(turn.text):
            return _STOPPED
        if goes_back(turn):
            return _back(requested)
        if requested != "callback_number" and has_phone_number(turn.text):
            dispatcher.utter_message(response="utter_changed")
            return [*_number(turn), SlotSet(COUNT, None)]
        read = {
            "callback_number": _read_number,
            "callback_moment": _read_moment,
            "callback_consent": _read_consent,
        }[requested]
        return help_out(dispatcher, turn, requested, read(dispatcher, turn))


def _back(requested: str) -> Events:
    if requested == "callback_consent":
        return [SlotSet("callback_moment", None), SlotSet(COUNT, None)]
    return [SlotSet("callback_number", None), SlotSet("callback_moment", None)]


def _number(turn: Turn) -> Events:
    """The number in the words, with the part of the day when that is said too."""
    if turn.is_choice or not has_phone_number(turn.text):
        return []
    moment = moment_in(turn.text)
    also = [SlotSet("callback_moment", moment)] if moment else []
    return [SlotSet("callback_number", turn.text[:_LONGEST]), *also]


def _read_number(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    if found := _number(turn):
        return found
    if turn.intent in _DECLINES or turn.entities.get("callback") or rather_here(turn.text):
        return _STOPPED
    if interrupts(turn) and not _FIGURES.fullmatch(turn.text):
        return []
    dispatcher.utter_message(response="utter_callback_not_understood")
    return [SlotSet("callback_number", None)]


def _read_moment(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    moment = None if turn.is_choice else moment_in(turn.text)
    if moment is None and turn.intent in _DECLINES:
        moment = SKIPPED
    if moment is not None:
        return [SlotSet("callback_moment", moment)]
    return _again(dispatcher, turn, "callback_moment", "utter_moment_not_understood")


def _read_consent(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    if turn.intent == "affirm":
        return [SlotSet("callback_consent", True)]
    if turn.intent in ("deny", "skip"):
        return [SlotSet("callback_consent", False)]
    moment = None if turn.is_choice else moment_in(turn.text)
    if moment is not None:
        dispatcher.utter_message(response="utter_changed")
        return [SlotSet("callback_moment", moment)]
    return _again(dispatcher, turn, "callback_consent", "utter_yes_or_no")


def _again(dispatcher: CollectingDispatcher, turn: Turn, slot: str, response: str) -> Events:
    if interrupts(turn):
        return []
    dispatcher.utter_message(response=response)
    return [SlotSet(slot, None)]


def moment_in(text: str) -> str | None:
    """When a call suits, in a few words; None when nothing of the kind is said.

    >>> moment_in("liefst in de middag"), moment_in("na vijven")
    ('’s middags', 'na vijven')
    """
    said = " ".join(words(text))
    for pattern, moment in _MOMENTS:
        if re.search(pattern, said):
            return moment
    if _ANY.search(said):
        return _ANY_TIME
    own = _OWN_WORDS.search(said)
    return own.group() if own else None


class AskCallbackConsent(TurnAction):
    """Read number and moment back and ask for the yes without which nothing is passed on."""

    def __init__(self, content: Content) -> None:
        self._text = content.texts.consent_callback

    def name(self) -> str:
        return "action_ask_callback_consent"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        number = str(turn.slots["callback_number"])
        say(dispatcher, fixed(self._text, number=number, moment=_given(turn) or _ANY_TIME))
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
    return None if moment in (SKIPPED, _ANY_TIME) else moment
