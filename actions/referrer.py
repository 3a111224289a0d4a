"""Somebody who refers: two short questions, then what they came for. Never about a patient."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import openings
from actions.answers import municipality_choices
from actions.asking import Ask
from actions.base import TurnAction
from actions.context import Events, Turn, say
from actions.corrections import goes_back
from actions.interruptions import alarms, asked_in, interrupts
from actions.misses import COUNT, help_out
from actions.reading import wants_to_stop
from actions.slots import SKIPPED
from bot.messages import OutgoingMessage
from bot.nlu.text import words
from bot.services.availability import HORIZON, Availability
from bot.services.content import Content, Region
from bot.services.journey import Journey, Role
from bot.services.office import AMSTERDAM

Clock = Callable[[], datetime]
FORM = "referrer_form"
_SLOTS = ("referrer_role", "referrer_region")
_ROLES = {
    "gp": r"\b(huisarts\w*|praktijk\w*|poh\w*|dokter\w*|assistente?)\b",
    "casemanager": r"\b(case ?manage\w*|dementieconsulent\w*|consulent\w*)\b",
    "nurse": r"\b(wijkverple\w*|verple\w*|thuiszorg\w*|verzorgende\w*)\b",
    "other": r"\b(vrijwillig\w*|maatschappelijk\w*|welzijn\w*|ouderenadvis\w*|anders)\b",
}
_PLACE = re.compile(r"\b(plek\w*|plaats|plaatsen|vrij|ruimte|beschikbaar\w*|capaciteit)\b")
_LEFT_OUT = ("skip", "deny", "unsure")
# What is shown at a glance: a weekend's worth of nights, the smallest usual stay.
_GLANCE_NIGHTS = 2


class ValidateReferrerForm(TurnAction):
    """Reads role and region; both may be skipped, and neither says anything of a patient."""

    def __init__(self, journey: Journey, content: Content) -> None:
        self._journey = journey
        self._region = content.region

    def name(self) -> str:
        return f"validate_{FORM}"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if turn.form is not None and alarms(turn):
            return []
        requested = asked_in(FORM, _SLOTS, turn)
        if requested is None:
            dispatcher.utter_message(response="utter_referrer_welcome")
            return await self._begun(turn)
        if wants_to_stop(turn.text):
            return [SlotSet("form_stopped", True), SlotSet("requested_slot", None)]
        if goes_back(turn):
            return [SlotSet("referrer_role", None), SlotSet("referrer_region", None)]
        if turn.intent in _LEFT_OUT:
            return _skip(requested)
        read = self._role if requested == "referrer_role" else self._municipality
        return help_out(dispatcher, turn, requested, read(dispatcher, turn))

    async def _begun(self, turn: Turn) -> Events:
        """What the first words say already is not asked again."""
        await self._journey.is_a(turn.conversation_id, Role.REFERRER)
        role, place = role_in(turn.text), municipality_in(turn.text, self._region)
        found: dict[str, str | bool | None] = {
            "role": str(Role.REFERRER),
            "form_stopped": None,
            COUNT: None,
            "referrer_place": bool(_PLACE.search(" ".join(words(turn.text)))),
        }
        if role and not turn.is_choice:
            found["referrer_role"] = role
        if place:
            found["referrer_region"] = place
        return [SlotSet(slot, value) for slot, value in found.items()]

    def _role(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        role = turn.entities.get("referrer") or role_in(turn.text)
        if role is not None:
            return [SlotSet("referrer_role", role)]
        if interrupts(turn) and turn.intent != "i_am_referrer":
            return []
        dispatcher.utter_message(response="utter_role_not_understood")
        return [SlotSet("referrer_role", None)]

    def _municipality(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        named = turn.entities.get("municipality") or municipality_in(turn.text, self._region)
        if named is not None:
            return [SlotSet("referrer_region", named)]
        if interrupts(turn) and turn.intent not in ("i_am_referrer", "ask_location"):
            return []
        dispatcher.utter_message(response="utter_region_not_known", region=self._region.name)
        return _skip("referrer_region")


def _skip(slot: str) -> Events:
    return [SlotSet(slot, SKIPPED)]


def role_in(text: str) -> str | None:
    """The kind of referrer that is named: "gp", "casemanager", "nurse" or "other"."""
    said = " ".join(words(text))
    return next((role for role, signs in _ROLES.items() if re.search(signs, said)), None)


def municipality_in(text: str, region: Region) -> str | None:
    """The municipality of the region that is named in the words, or by its postcode alone."""
    said = set(words(text))
    named = (one.name for one in region.municipalities if set(words(one.name)) <= said)
    return next(named, None) or getattr(region.municipality_at(text), "name", None)


class AskReferrerRegion(TurnAction):
    """Ask for which municipality it is, with those of the region as choices."""

    def __init__(self, content: Content) -> None:
        self._region = content.region

    def name(self) -> str:
        return "action_ask_referrer_region"

    async def answer(
        self,
        dispatcher: CollectingDispatcher,
        turn: Turn,  # noqa: ARG002  # the same for everybody
    ) -> Events:
        dispatcher.utter_message(
            response="utter_ask_municipality",
            buttons=[
                {
                    "title": one.title,
                    "payload": one.payload.replace("choose_municipality", "inform"),
                }
                for one in municipality_choices(self._region.municipalities)[:9]
            ],
        )
        return []


class FreeAtAGlance:
    """What is free soonest in each house, near first: one message, nothing to fill in."""

    def __init__(
        self, availability: Availability, content: Content, clock: Clock, link: str
    ) -> None:
        self._availability = availability
        self._content = content
        self._clock = clock
        self._link = link

    async def tell(self, dispatcher: CollectingDispatcher, turn: Turn) -> None:
        """Utter it, and that the person themselves may write."""
        now = self._clock()
        today = now.astimezone(AMSTERDAM).date()
        found = await self._availability.within(
            today + timedelta(days=1), today + timedelta(days=HORIZON), _GLANCE_NIGHTS
        )
        here = turn.word("referrer_region")
        nearest = sorted(
            found, key=lambda one: self._content.locations[one.location].municipality != here
        )
        lines = [openings.in_short(one, self._content, now) for one in nearest]
        dispatcher.utter_message(response="utter_glance" if lines else "utter_glance_nothing")
        if lines:
            say(dispatcher, OutgoingMessage("\n".join(f"• {line}" for line in lines)))
        dispatcher.utter_message(response="utter_referrer_hand_on", link=self._link)


class Glance(TurnAction):
    """Show it on request."""

    def __init__(self, free: FreeAtAGlance, more: Ask) -> None:
        self._free = free
        self._more = more

    def name(self) -> str:
        return "action_glance"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        await self._free.tell(dispatcher, turn)
        return await self._more.answer(dispatcher, turn)


class AskReferrer(TurnAction):
    """Ask what somebody came for; who asked for a place in the same breath sees that first."""

    def __init__(self, free: FreeAtAGlance, ask: Ask) -> None:
        self._free = free
        self._ask = ask

    def name(self) -> str:
        return "action_ask_referrer"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if turn.slots.get("form_stopped"):
            dispatcher.utter_message(response="utter_no_pressure")
        if turn.slots.get("referrer_place") and not turn.slots.get("form_stopped"):
            await self._free.tell(dispatcher, turn)
            dispatcher.utter_message(response="utter_ask_more")
            events: Events = [SlotSet("asked", "referrer")]
        else:
            events = await self._ask.answer(dispatcher, turn)
        return [*events, SlotSet("form_stopped", None), SlotSet("referrer_place", None)]
