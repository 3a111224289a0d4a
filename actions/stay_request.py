"""Writes the stay request and confirms it in the same action: no confirmation without the row."""

from collections.abc import Callable
from datetime import date, datetime

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import openings
from actions.base import TurnAction
from actions.context import Events, Turn, say
from actions.misses import COUNT, gives_up
from actions.openings import stay_in_words
from actions.slots import CHAT, FORGET_PLACE, FORGET_STAY, NEEDS, given
from bot.errors import NotFound
from bot.services.availability import Availability
from bot.services.content import Content
from bot.services.fixed_texts import say as fixed
from bot.services.journey import Journey, Role, Stage
from bot.services.office import AMSTERDAM
from bot.services.stays import Held, NoBed, Stays, Wish

Clock = Callable[[], datetime]


class SubmitStay(TurnAction):
    """Hold the bed and say so; or say kindly that nothing was passed on."""

    def __init__(
        self,
        stays: Stays,
        availability: Availability,
        journey: Journey,
        content: Content,
        clock: Clock,
    ) -> None:
        self._stays = stays
        self._availability = availability
        self._journey = journey
        self._content = content
        self._clock = clock

    def name(self) -> str:
        return "action_submit_stay"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if gives_up(turn):
            dispatcher.utter_message(response="utter_offer_human")
            return [SlotSet("form_stopped", None), SlotSet(COUNT, None), SlotSet("asked", "human")]
        if turn.word("role") == Role.REFERRER:
            dispatcher.utter_message(response="utter_stay_for_caregiver")
            return [*FORGET_STAY, SlotSet("asked", "nothing")]
        if turn.slots.get("form_stopped"):
            dispatcher.utter_message(response="utter_stay_stopped")
            return [SlotSet("form_stopped", None), SlotSet("asked", "nothing")]
        if turn.slots.get("stay_consent") is not True:
            dispatcher.utter_message(response="utter_stay_no_consent")
            return [SlotSet("stay_consent", None), SlotSet("asked", "nothing")]
        return await self._submit(dispatcher, turn)

    async def _submit(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        now = self._clock()
        try:
            held = await self._stays.request(
                turn.conversation_id, turn.inbound_id, self._wish(turn), now
            )
        except (NoBed, NotFound):
            await self._offer_others(dispatcher, turn, now)
            return [*FORGET_PLACE, SlotSet("stay_consent", None), SlotSet("asked", "openings")]
        await self._journey.reach(turn.conversation_id, Stage.REQUEST)
        self._confirm(dispatcher, held, now)
        return [*FORGET_STAY, SlotSet("asked", "nothing")]

    async def _offer_others(
        self, dispatcher: CollectingDispatcher, turn: Turn, now: datetime
    ) -> None:
        """Somebody else was first, or the house closed: say so, and what is free nearby.

        The answers are kept.
        """
        wish, today = self._wish(turn), now.astimezone(AMSTERDAM).date()
        others = await self._availability.near(wish.start, (wish.end - wish.start).days, today)
        say(dispatcher, fixed(self._content.texts.bed_taken))
        if others:
            for bubble in openings.bubbles(tuple(others), self._content, now):
                say(dispatcher, bubble)

    def _wish(self, turn: Turn) -> Wish:
        callback = given(turn, "stay_callback")
        return Wish(
            location=str(turn.slots["stay_location"]),
            start=date.fromisoformat(str(turn.slots["stay_start"])),
            end=date.fromisoformat(str(turn.slots["stay_end"])),
            consent_version=self._content.texts.consent_pass_on.version,
            needs=NEEDS.get(given(turn, "stay_needs") or ""),
            first_name=given(turn, "stay_first_name"),
            callback=None if callback == CHAT else callback,
        )

    def _confirm(self, dispatcher: CollectingDispatcher, held: Held, now: datetime) -> None:
        dispatcher.utter_message(
            response="utter_stay_held",
            location=self._content.locations[held.location].name,
            period=stay_in_words(held.start, held.end, now.astimezone(AMSTERDAM).date()),
            point=self._content.region.point,
        )


class TellRequest(TurnAction):
    """What was asked for before: how it stands, or that a human can change it."""

    def __init__(self, journey: Journey, content: Content, clock: Clock) -> None:
        self._journey = journey
        self._content = content
        self._clock = clock

    def name(self) -> str:
        return "action_request_status"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        held = await self._journey.latest_request(turn.conversation_id)
        if held is None:
            dispatcher.utter_message(response="utter_no_request")
            return [SlotSet("asked", "more")]
        dispatcher.utter_message(
            response="utter_request_status",
            location=self._content.locations[held.location].name,
            period=stay_in_words(held.start, held.end, self._clock().astimezone(AMSTERDAM).date()),
            point=self._content.region.point,
        )
        if turn.form is not None:
            return []
        change = turn.intent == "change_request"
        dispatcher.utter_message(response="utter_ask_change" if change else "utter_ask_human")
        return [SlotSet("asked", "human")]
