"""Begins a session anew and carries over what is remembered, so that sessions stay short."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, ActiveLoop, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Events

# Rasa fills it for each session itself.
_NOT_CARRIED = {"session_started_metadata"}


class StartSession(Action):
    """One SlotSet per filled slot and the running form; the rest is in the database."""

    def name(self) -> str:
        return "action_session_start"

    async def run(
        self,
        dispatcher: CollectingDispatcher,  # noqa: ARG002  # rasa_sdk's signature
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> Events:
        slots = [
            SlotSet(name, value)
            for name, value in tracker.slots.items()
            if value is not None and name not in _NOT_CARRIED
        ]
        form = (tracker.active_loop or {}).get("name")
        loop = [ActiveLoop(form)] if form else []
        return [SessionStarted(), *slots, *loop, ActionExecuted("action_listen")]
