"""Speaks with Rasa over its private HTTP interface. Knows nothing of channels or the store.

Rasa answers 200 with an empty list when anything went wrong inside it, and goes on as if a
custom action that failed had worked. So an empty answer is a failed turn here, and the caller
asks the database whether an action failed.
"""

import uuid
from dataclasses import dataclass
from typing import Any, Self

import httpx

from bot.errors import TurnFailed
from bot.messages import OutgoingMessage, bubble_of

# Below the ten seconds after which a person is told that it takes longer.
TIMEOUT = 8.0
_SESSION_TIMEOUT = 20.0


@dataclass(frozen=True)
class RasaState:
    """Where a conversation stands in Rasa: the latest intent and the slots that hold something."""

    intent: str | None
    confidence: float
    slots: dict[str, Any]


class Rasa:
    """One Rasa server.

    Args:
        address: its web address, without a slash at the end.
        token: what guards its HTTP interface; sent as the query parameter `token`, the only
            form it takes.
    """

    def __init__(self, address: str, token: str) -> None:
        self._token = {"token": token}
        self._http = httpx.AsyncClient(
            base_url=address,
            timeout=TIMEOUT,
            limits=httpx.Limits(max_connections=50, max_keepalive_connections=20),
        )

    async def answer(
        self, conversation_id: uuid.UUID, text: str, inbound_id: int
    ) -> list[OutgoingMessage]:
        """The assistant's bubbles for one message.

        Raises:
            TurnFailed: Rasa could not be reached, failed, or said nothing.
        """
        body = {
            "sender": str(conversation_id),
            "message": text,
            "metadata": {"inbound_id": inbound_id},
        }
        found = await self._call("POST", "/webhooks/rest/webhook", json=body)
        bubbles = [_bubble(item) for item in found] if isinstance(found, list) else []
        if not any(bubble.text.strip() for bubble in bubbles):
            raise TurnFailed("rasa said nothing")
        return bubbles

    async def renew_session(self, conversation_id: uuid.UUID) -> None:
        """Begin a new session; our own `action_session_start` carries the running form over.

        Raises:
            TurnFailed: Rasa could not be reached.
        """
        await self._call(
            "POST",
            f"/conversations/{conversation_id}/execute",
            json={"name": "action_session_start"},
            timeout=_SESSION_TIMEOUT,
        )

    async def state(self, conversation_id: uuid.UUID) -> RasaState:
        """What Rasa made of the latest message, and what it remembers.

        Raises:
            TurnFailed: Rasa could not be reached.
        """
        tracker = await self._call(
            "GET", f"/conversations/{conversation_id}/tracker", params={"include_events": "NONE"}
        )
        intent = (tracker.get("latest_message") or {}).get("intent") or {}
        slots = {name: value for name, value in (tracker.get("slots") or {}).items() if value}
        return RasaState(intent.get("name"), float(intent.get("confidence") or 0.0), slots)

    async def ready(self) -> bool:
        """Whether a model is loaded, so that a message would be answered."""
        try:
            status = await self._call("GET", "/status", timeout=3.0)
        except TurnFailed:
            return False
        return bool(status.get("model_file"))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _call(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: dict[str, str] | None = None,
        timeout: float = TIMEOUT,  # noqa: ASYNC109  # handed to httpx, which knows its phases
    ) -> Any:
        try:
            response = await self._http.request(
                method, path, json=json, params=self._token | (params or {}), timeout=timeout
            )
            response.raise_for_status()
            return response.json()
        except httpx.HTTPStatusError as error:
            raise TurnFailed(f"rasa answered {error.response.status_code}") from error
        except (httpx.HTTPError, ValueError) as error:
            raise TurnFailed(f"rasa: {type(error).__name__}") from error


_Event = dict[str, Any]


def _bubble(item: _Event) -> OutgoingMessage:
    # What a bubble has besides words and buttons comes as an item of its own.
    return bubble_of(item.get("text"), item.get("buttons"), item.get("custom"))
