"""The edge where Rasa's tracker becomes a frozen Turn, and messages become its bubbles again."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile
from types import MappingProxyType
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.messages import OutgoingMessage, extras_of

# What an action gives back to Rasa: events in the form of rasa_sdk.events.
Events = list[dict[str, Any]]

FALLBACK = "nlu_fallback"
# Who comes back to a form after so long is welcomed and told where it was.
AWAY = timedelta(hours=12)


@dataclass(frozen=True)
class Turn:
    """One message of a person, as far as Rasa understood it.

    Args:
        conversation_id: also Rasa's sender id.
        inbound_id: the message's id in the database; what a service is idempotent by.
        text: what was typed; a payload when a button was chosen.
        intent: what it was taken for, `nlu_fallback` when unsure.
        confidence: how sure that is, 0 to 1.
        ranking: the likely intents with their confidence, the likeliest first.
        entities: what a button's payload carries, by name.
        slots: what is remembered.
        form: the running form, None outside one.
        misses: how many messages just before this one were not understood either.
        away: how long ago the person was last heard, as far as this session remembers.
    """

    conversation_id: uuid.UUID
    inbound_id: int
    text: str
    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    entities: Mapping[str, str]
    slots: Mapping[str, Any]
    form: str | None
    misses: int
    away: timedelta

    @property
    def is_choice(self) -> bool:
        """Whether a button was chosen, so that there are no words of the person."""
        return self.text.startswith("/")

    @property
    def asked(self) -> str | None:
        """The question that was asked last, outside a form."""
        return self.word("asked")

    def word(self, slot: str) -> str | None:
        """The value of a text slot, None when it is empty."""
        value = self.slots.get(slot)
        return str(value) if value not in (None, "") else None


def turn_of(tracker: Tracker) -> Turn:
    """The turn that a tracker is in."""
    message = tracker.latest_message
    intent = message.get("intent") or {}
    return Turn(
        conversation_id=uuid.UUID(tracker.sender_id),
        inbound_id=int(message["metadata"]["inbound_id"]),
        text=str(message.get("text") or ""),
        intent=str(intent.get("name") or FALLBACK),
        confidence=float(intent.get("confidence") or 0.0),
        ranking=_ranking(message.get("intent_ranking") or []),
        entities=MappingProxyType(
            {str(e["entity"]): str(e["value"]) for e in message.get("entities") or []}
        ),
        slots=MappingProxyType(dict(tracker.slots)),
        form=(tracker.active_loop or {}).get("name"),
        misses=_misses(tracker),
        away=_away(tracker),
    )


def _ranking(found: list[dict[str, Any]]) -> tuple[tuple[str, float], ...]:
    return tuple(
        (str(one["name"]), float(one["confidence"])) for one in found if one["name"] != FALLBACK
    )


def _misses(tracker: Tracker) -> int:
    users = [event for event in tracker.events if event.get("event") == "user"]
    names = [((user.get("parse_data") or {}).get("intent") or {}).get("name") for user in users]
    earlier = list(reversed(names[:-1]))
    return len(list(takewhile(lambda name: name == FALLBACK, earlier)))


def _away(tracker: Tracker) -> timedelta:
    """Between this message and what was last said before it, or the session's beginning."""
    kinds = ("user", "session_started")
    moments = [e["timestamp"] for e in tracker.events if e["event"] in kinds and "timestamp" in e]
    return timedelta(seconds=moments[-1] - moments[-2]) if len(moments) > 1 else timedelta()


def say(dispatcher: CollectingDispatcher, message: OutgoingMessage) -> None:
    """Utter a message that is ready to send."""
    dispatcher.utter_message(
        text=message.text,
        buttons=[{"title": c.title, "payload": c.payload} for c in message.choices],
        json_message=extras_of(message) or None,
    )
