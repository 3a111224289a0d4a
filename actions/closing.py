"""Single lines that expect nothing more: goodbye, later, begin again, a loss, and the rights."""

from dataclasses import dataclass

from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import TurnAction
from actions.context import Events, Turn
from actions.corrections import back
from actions.handoff import LEAVE_FORM
from actions.slots import FORGET_STAY


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
    "action_goodbye": Line("utter_goodbye", leaves=True),
    "action_later": Line("utter_later", leaves=True),
    "action_condolence": Line("utter_condolence", leaves=True, forgets=True, asked=MOURNING),
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


class Restart(Tell):
    """Begin again; but who says "terug" in a form wants the question before this one.

    Rasa runs this action for the intent itself, before it looks at any form.
    """

    def __init__(self) -> None:
        super().__init__("action_restart", Line("utter_restart", leaves=True, forgets=True))

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        requested = turn.word("requested_slot")
        earlier = back(turn, requested) if turn.form and requested else None
        if earlier is None:
            return await super().answer(dispatcher, turn)
        return [*earlier, FollowupAction(turn.form)]
