"""Single lines that expect nothing more: goodbye, begin again, a loss, and the rights."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import TurnAction
from actions.consent import SLOT as CONSENT_KEEP
from actions.context import Events, Turn, say
from actions.corrections import back
from actions.handoff import LEAVE_FORM
from actions.slots import FORGET_STAY
from bot.services.content import Content
from bot.services.fixed_texts import say as fixed
from bot.services.journey import Journey
from bot.services.office import AMSTERDAM
from bot.services.periods import understand
from bot.services.plans import Plans


@dataclass(frozen=True)
class Line:
    """What an action says, whether it leaves a form and forgets its answers, and what it asked."""

    response: str
    leaves: bool = False
    forgets: bool = False
    asked: str = "nothing"


# After a loss nothing is asked or offered any more.
MOURNING = "condolence"
LINES = {
    "action_stay_near": Line("utter_stay_near", asked=MOURNING),
    "action_tell_stop": Line("utter_stop"),
    "action_tell_my_data": Line("utter_my_data"),
    "action_tell_erase": Line("utter_delete_my_data"),
}


class Tell(TurnAction):
    """Say one line; a yes or no after it answers no earlier question."""

    def __init__(self, name: str, line: Line) -> None:
        self._name = name
        self._line = line

    def name(self) -> str:
        return self._name

    async def answer(
        self,
        dispatcher: CollectingDispatcher,
        turn: Turn,  # noqa: ARG002  # the same whatever was said
    ) -> Events:
        dispatcher.utter_message(response=self._line.response)
        left = LEAVE_FORM if self._line.leaves else []
        forgotten = FORGET_STAY if self._line.forgets else []
        return [*left, *forgotten, SlotSet("asked", self._line.asked)]


class Goodbye(Tell):
    """Say goodbye, and ask once whether what was told may be kept.

    It says itself that it listens, as no rule can know whether something was asked.
    """

    def __init__(self, content: Content) -> None:
        super().__init__("action_goodbye", Line("utter_goodbye", leaves=True))
        self._text = content.texts.consent_keep

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        events = [*await super().answer(dispatcher, turn), FollowupAction("action_listen")]
        told = turn.word("relation") is not None and turn.form is None
        asked_before = turn.slots.get(CONSENT_KEEP) is not None or turn.slots.get("keep_offered")
        if asked_before or not told:
            return events
        say(dispatcher, fixed(self._text))
        return [*events, SlotSet("keep_offered", True), SlotSet("asked", "keep_after")]


class Condole(Tell):
    """After a loss nothing is asked, and nothing that was planned goes out any more."""

    def __init__(self, plans: Plans, clock: Callable[[], datetime]) -> None:
        line = Line("utter_condolence", leaves=True, forgets=True, asked=MOURNING)
        super().__init__("action_condolence", line)
        self._plans = plans
        self._clock = clock

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        await self._plans.mourn(turn.conversation_id, self._clock())
        return await super().answer(dispatcher, turn)


# What a form asks where "begin maart" is an answer to it.
_WHEN = ("stay_period", "stay_confirmed", "stay_location", "later_on", "later_consent")


class Restart(Tell):
    """Begin again; but in a form "terug" is the question before, and "begin maart" is when.

    Rasa runs this action for the intent itself, before it looks at any form.
    """

    def __init__(
        self, journey: Journey, forms: Sequence[TurnAction], clock: Callable[[], datetime]
    ) -> None:
        super().__init__("action_restart", Line("utter_restart", leaves=True, forgets=True))
        self._journey = journey
        self._forms = {form.name(): form for form in forms}
        self._clock = clock

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        meant = await self._meant(dispatcher, turn)
        if meant is None:
            await self._journey.is_a(turn.conversation_id, None)
            return [*await super().answer(dispatcher, turn), SlotSet("role", None)]
        return [*meant, FollowupAction(turn.form)]

    async def _meant(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events | None:
        """What a form hears in these words; None when somebody does begin again."""
        requested = turn.word("requested_slot")
        if turn.form is None or requested is None:
            return None
        if requested in _WHEN and self._names_a_period(turn):
            form = self._forms[f"validate_{turn.form}"]
            return await form.answer(dispatcher, replace(turn, intent="inform"))
        return back(turn, requested)

    def _names_a_period(self, turn: Turn) -> bool:
        return understand(turn.text, self._clock().astimezone(AMSTERDAM).date()) is not None
