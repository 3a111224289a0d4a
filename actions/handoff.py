"""Brings a human in: because somebody asks, because something is wrong, or as a small step."""

from collections.abc import Callable
from datetime import datetime

from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import TurnAction
from actions.calling import wants_a_call
from actions.context import Events, Turn, say
from bot.messages import OutgoingMessage, Tier
from bot.services.content import Content
from bot.services.fixed_texts import safety, say_resume
from bot.services.fixed_texts import say as fixed
from bot.services.handoff import Handoffs, locked
from bot.services.journey import Journey, Role
from bot.store.database import Database
from bot.store.tables import Reason

TIERS = {
    "crisis_suicide": Tier.SUICIDE,
    "crisis_violence": Tier.VIOLENCE,
    "crisis_medical": Tier.MEDICAL,
    "urgent_breakdown": Tier.OVERLOAD,
    "perseverance_days": Tier.OVERLOAD,
}
# Below this the assistant asks one open question (with the number) before it falls silent.
SURE = 0.5
LEAVE_FORM: Events = [ActiveLoop(None), SlotSet("requested_slot", None)]


class HandOver(TurnAction):
    """Somebody wants a human, or is not content: open the task and say what follows."""

    def __init__(self, handoffs: Handoffs, clock: Callable[[], datetime]) -> None:
        self._handoffs = handoffs
        self._clock = clock

    def name(self) -> str:
        return "action_hand_over"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if turn.intent == "ask_human" and not turn.is_choice and wants_a_call(turn.text):
            # A number and a moment first; nobody has to wait in silence for that.
            return [FollowupAction("callback_form")]
        if turn.intent == "complaint":
            dispatcher.utter_message(response="utter_complaint")
        waiting = await self._handoffs.request(turn.conversation_id, turn.inbound_id, self._clock())
        say(dispatcher, waiting)
        return [*LEAVE_FORM, SlotSet("asked", "nothing")]


class PassOn(TurnAction):
    """A small step for which a coordinator is needed; the assistant itself goes on."""

    def __init__(
        self,
        database: Database,
        handoffs: Handoffs,
        content: Content,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._handoffs = handoffs
        self._point = content.region.point
        self._clock = clock

    def name(self) -> str:
        return "action_pass_on"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        async with self._database.transaction() as session:
            await locked(session, turn.conversation_id)
            await self._handoffs.add_task(
                session,
                turn.conversation_id,
                Reason.ASKED,
                Tier.NONE,
                turn.inbound_id,
                self._clock(),
            )
        dispatcher.utter_message(response="utter_passed_on", point=self._point)
        # With nothing free there is no place to ask for, so the form has no question left.
        return list(LEAVE_FORM) if turn.intent in ("waiting_list", "further_away") else []


class RaiseAlarm(TurnAction):
    """Something is wrong: the fixed safety answer, and a human at once. Never lowers a tier."""

    def __init__(
        self,
        database: Database,
        handoffs: Handoffs,
        content: Content,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._handoffs = handoffs
        self._content = content
        self._clock = clock

    def name(self) -> str:
        return "action_alarm"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        sure = turn.confidence >= SURE
        return await self._raise(dispatcher, turn, TIERS[turn.intent], sure=sure)

    async def raise_for(self, dispatcher: CollectingDispatcher, turn: Turn, meant: str) -> Events:
        """As if the message were surely taken for `meant`."""
        return await self._raise(dispatcher, turn, TIERS[meant], sure=True)

    async def _raise(
        self, dispatcher: CollectingDispatcher, turn: Turn, tier: Tier, *, sure: bool
    ) -> Events:
        now = self._clock()
        await self._warn(turn, tier, now, sure=sure)
        say(dispatcher, self._answer(tier, now, sure=sure))
        return [*LEAVE_FORM, SlotSet("asked", "nothing")]

    async def _warn(self, turn: Turn, tier: Tier, now: datetime, *, sure: bool) -> None:
        async with self._database.transaction() as session:
            conversation = await locked(session, turn.conversation_id)
            conversation.crisis_at = now
            task = (Reason.CRISIS, tier, turn.inbound_id, now)
            if sure:
                await self._handoffs.open(session, conversation, *task)
            else:
                # A human reads along; the assistant stays to hear what was meant.
                await self._handoffs.add_task(session, turn.conversation_id, *task)

    def _answer(self, tier: Tier, now: datetime, *, sure: bool) -> OutgoingMessage:
        if sure:
            return safety(self._content, tier, now)
        return fixed(self._content.texts.safety_unsure[tier])


class HelpYoung(TurnAction):
    """A child or teenager: the Kindertelefoon and a human, and no questions."""

    def __init__(
        self,
        database: Database,
        handoffs: Handoffs,
        content: Content,
        clock: Callable[[], datetime],
    ) -> None:
        self._journey = Journey(database)
        self._handoffs = handoffs
        self._content = content
        self._clock = clock

    def name(self) -> str:
        return "action_young"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        await self._journey.is_a(turn.conversation_id, Role.YOUNG)
        await self._handoffs.request(turn.conversation_id, turn.inbound_id, self._clock())
        text = fixed(self._content.texts.young).text
        say(dispatcher, OutgoingMessage(text, say_resume(self._content)))
        return [*LEAVE_FORM, SlotSet("asked", "nothing")]
