"""What every action shares: it gets a frozen Turn and answers with bubbles and events."""

from abc import abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Events, Turn, turn_of


class TurnAction(Action):
    """An action within a turn. Whatever it raises reaches the endpoint, and the turn is retried."""

    @abstractmethod
    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        """Utter through `dispatcher` and give back what Rasa has to remember."""

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002  # rasa_sdk's signature
    ) -> Events:
        """What rasa_sdk calls."""
        return await self.answer(dispatcher, turn_of(tracker))
