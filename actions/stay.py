"""The stay request: reads each answer on its words, and leaves alone what is no answer."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import openings
from actions.availability import read_nights, read_period
from actions.base import TurnAction
from actions.calling import callback_in, rather_here
from actions.consent import KeepConsent
from actions.context import AWAY, FALLBACK, Events, Turn
from actions.corrections import back, corrected
from actions.interruptions import alarms, asked_in, interrupts, welcome_back
from actions.misses import COUNT, help_out
from actions.reading import (
    NEEDS_FEATURES,
    is_single_name,
    location_in,
    name_in,
    need_in,
    wants_to_stop,
)
from actions.slots import (
    CHAT,
    FORGET_PLACE,
    SKIPPED,
    STAY_FORM,
    STAY_SLOTS,
    period_of,
    period_slots,
)
from bot.nlu.decision import ANSWER_FROM
from bot.services.availability import Availability
from bot.services.content import Content
from bot.services.journey import Role
from bot.services.office import AMSTERDAM
from bot.services.periods import Period, understand

Clock = Callable[[], datetime]
# A consent that was given for another stay is none for this one.
_FRESH: Events = [SlotSet(slot, None) for slot in ("form_stopped", "stay_consent")]
_NO_ANSWER = ("skip", "deny", "unsure")


class ValidateStayForm(TurnAction):
    """Reads one answer. What is no answer is left alone, so that Rasa answers it first."""

    def __init__(
        self, availability: Availability, keep: KeepConsent, content: Content, clock: Clock
    ) -> None:
        self._availability = availability
        self._keep = keep
        self._content = content
        self._locations = tuple(content.locations.values())
        self._clock = clock

    def name(self) -> str:
        return f"validate_{STAY_FORM}"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if alarms(turn):
            return []
        if "stay_location" in turn.entities and turn.word("role") != Role.REFERRER:
            return await self._chosen(dispatcher, turn.entities)
        requested = asked_in(STAY_FORM, (*STAY_SLOTS, "consent_keep"), turn)
        if requested is None:
            return await self._begun(dispatcher, turn)
        known = self._no_answer(dispatcher, turn, requested)
        if known is not None:
            return known
        read = getattr(self, f"_{requested}")
        return help_out(dispatcher, turn, requested, await read(dispatcher, turn))

    def _no_answer(
        self, dispatcher: CollectingDispatcher, turn: Turn, requested: str
    ) -> Events | None:
        """What is done with a wish to stop, to go back or to change; None for anything else."""
        if wants_to_stop(turn.text):
            return [SlotSet("form_stopped", True), SlotSet("requested_slot", None)]
        if (resumed := self._resumed(dispatcher, turn, requested)) is not None:
            return resumed
        changed = back(turn, requested)
        if changed is None and (changed := corrected(turn, requested, self._period(turn))):
            dispatcher.utter_message(response="utter_changed")
        return None if changed is None else [*changed, SlotSet(COUNT, None)]

    async def _begun(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        """The form starts: a period in the same message is taken at once, consent never is."""
        fresh: Events = [*_FRESH, SlotSet(COUNT, None)]
        if turn.word("role") == Role.REFERRER:
            return [*fresh, SlotSet("form_stopped", True), SlotSet("requested_slot", None)]
        period = self._period(turn)
        if period is not None:
            return [*fresh, *FORGET_PLACE, *_set(period_slots(period))]
        if turn.asked == "openings" and location_in(turn.text, self._locations):
            # The name of one of the openings that were just shown and read back.
            chosen = await self._stay_location(dispatcher, turn)
            return [*fresh, SlotSet("stay_confirmed", True), *chosen]
        return fresh

    async def _chosen(
        self, dispatcher: CollectingDispatcher, entities: Mapping[str, str]
    ) -> Events:
        """A tap on an opening; one from a while ago may be over, or taken by somebody else."""
        start, end = (date.fromisoformat(entities[name]) for name in ("stay_start", "stay_end"))
        if start < self._today():
            dispatcher.utter_message(response="utter_dates_over")
            return [*FORGET_PLACE, *_FRESH]
        location = entities["stay_location"]
        free = await self._availability.free(start, end)
        if any(one.location == location for one in free):
            return [*_settled(start, end), *_set(_place(location, start, end)), *_FRESH]
        dispatcher.utter_message(response="utter_place_taken")
        return [*FORGET_PLACE, *_settled(start, end), *_FRESH]

    def _resumed(
        self, dispatcher: CollectingDispatcher, turn: Turn, requested: str
    ) -> Events | None:
        """After a night or longer: a welcome, and days that are over make way for others.

        None when the message is to be read as an answer.
        """
        if turn.away < AWAY:
            return None
        greeted = welcome_back(dispatcher, turn, requested)
        start = turn.word("stay_start") or _first_day(turn)
        if start is not None and date.fromisoformat(start) < self._today():
            dispatcher.utter_message(response="utter_dates_over")
            return FORGET_PLACE
        return greeted

    def _period(self, turn: Turn) -> Period | None:
        return None if turn.is_choice else understand(turn.text, self._today())

    def _today(self) -> date:
        return self._clock().astimezone(AMSTERDAM).date()

    async def _stay_period(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        return read_period(dispatcher, turn, self._period(turn))

    async def _stay_nights(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        return read_nights(dispatcher, turn)

    async def _stay_confirmed(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        period = self._period(turn)
        if period is not None:
            return [*FORGET_PLACE, *_set(period_slots(period))]
        if turn.intent == "affirm":
            return [SlotSet("stay_confirmed", True)]
        if _declines(turn):
            return FORGET_PLACE
        return _again(dispatcher, turn, "stay_confirmed", "utter_yes_or_no")

    async def _stay_location(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if turn.intent in ("other_dates", "deny"):
            return FORGET_PLACE
        period = self._period(turn)
        if period is not None:
            return [*FORGET_PLACE, *_set(period_slots(period))]
        wanted = period_of(turn) or Period(None, None, 1, flexible=True)
        today = self._today()
        found = await openings.find(self._availability, self._content, turn, wanted, today)
        named = location_in(turn.text, self._locations)
        fits = [one for one in found.openings if named is None or one.location == named.slug]
        if fits and (named or turn.intent in ("skip", "unsure", "affirm")):
            one = fits[0]
            return _set(_place(one.location, one.start, one.end))
        if named:
            dispatcher.utter_message(response="utter_not_free_there", location=named.name)
            return [SlotSet("stay_location", None), SlotSet(COUNT, None)]
        return _again(dispatcher, turn, "stay_location", "utter_location_not_understood")

    async def _consent_keep(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if turn.intent == "affirm" or _declines(turn):
            return await self._keep.note(dispatcher, turn)
        return _again(dispatcher, turn, "consent_keep", "utter_yes_or_no")

    async def _stay_needs(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if _declines(turn):
            return [SlotSet("stay_needs", SKIPPED)]
        needs = turn.entities.get("needs") or (None if turn.is_choice else need_in(turn.text))
        if needs is None and interrupts(turn):
            return []
        self._warn_when_it_may_not_fit(dispatcher, turn, needs)
        return [SlotSet("stay_needs", needs or SKIPPED)]

    def _warn_when_it_may_not_fit(
        self, dispatcher: CollectingDispatcher, turn: Turn, needs: str | None
    ) -> None:
        location = self._content.locations.get(str(turn.slots.get("stay_location")))
        feature = NEEDS_FEATURES.get(needs or "")
        if location and feature and location.fit(feature) is not True:
            dispatcher.utter_message(response="utter_may_not_fit", location=location.name)

    async def _stay_first_name(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if _declines(turn) and (turn.is_choice or not is_single_name(turn.text)):
            return [SlotSet("stay_first_name", SKIPPED)]
        name = None if turn.is_choice or "?" in turn.text else name_in(turn.text)
        if name and (len(name.split()) <= 2 or not interrupts(turn)):
            return [SlotSet("stay_first_name", name)]
        return _again(dispatcher, turn, "stay_first_name", "utter_first_name_not_understood")

    async def _stay_callback(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if callback := callback_in(turn.text):
            return [SlotSet("stay_callback", callback)]
        elsewhere = interrupts(turn) and turn.intent != "ask_human"
        rather = rather_here(turn.text) and not elsewhere
        if _declines(turn) or turn.entities.get("callback") or rather:
            return [SlotSet("stay_callback", CHAT)]
        return _again(dispatcher, turn, "stay_callback", "utter_callback_not_understood")

    async def _stay_consent(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if turn.intent == "affirm":
            return [SlotSet("stay_consent", True)]
        if turn.intent in ("deny", "skip"):
            return [SlotSet("stay_consent", False)]
        return _again(dispatcher, turn, "stay_consent", "utter_yes_or_no")


def _first_day(turn: Turn) -> str | None:
    """The first day of a stay with fixed days, None while there is none."""
    period = period_of(turn)
    fixed = period is not None and not period.flexible and period.start is not None
    return period.start.isoformat() if period and period.start and fixed else None


def _settled(start: date, end: date) -> Events:
    """The days and nights of an opening that was tapped: they were read back with it."""
    period = Period(start, end, (end - start).days, flexible=False)
    return _set(period_slots(period) | {"stay_confirmed": True})


def _place(location: str, start: date, end: date) -> dict[str, Any]:
    return {
        "stay_location": location,
        "stay_start": start.isoformat(),
        "stay_end": end.isoformat(),
    }


def _set(values: dict[str, Any]) -> Events:
    return [SlotSet(slot, value) for slot, value in values.items()]


def _declines(turn: Turn) -> bool:
    """Whether somebody rather does not answer; "liever niet" is a no and a skip in equal parts."""
    if turn.intent in _NO_ANSWER:
        return True
    together = sum(confidence for name, confidence in turn.ranking if name in _NO_ANSWER)
    return turn.intent == FALLBACK and together >= ANSWER_FROM


def _again(dispatcher: CollectingDispatcher, turn: Turn, slot: str, response: str) -> Events:
    """Another question is left to Rasa; anything else gets a hint, and the question again."""
    if interrupts(turn):
        return []
    dispatcher.utter_message(response=response)
    return [SlotSet(slot, None)]
