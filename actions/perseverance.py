"""How long somebody says to keep it up: written down as it was answered, never as a score."""

from rasa_sdk.executor import CollectingDispatcher

from actions.base import TurnAction
from actions.context import Events, Turn
from bot.services.journey import Journey

_INTENT = "perseverance_"


class NotePerseverance(TurnAction):
    """Remember the answer, for the coordinator's card."""

    def __init__(self, journey: Journey) -> None:
        self._journey = journey

    def name(self) -> str:
        return "action_note_perseverance"

    async def answer(
        self,
        dispatcher: CollectingDispatcher,  # noqa: ARG002  # the rule says what follows
        turn: Turn,
    ) -> Events:
        answer = turn.entities.get("perseverance") or turn.intent.removeprefix(_INTENT)
        await self._journey.perseveres(turn.conversation_id, answer)
        return []
