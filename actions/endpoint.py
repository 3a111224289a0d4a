"""The door for Rasa's calls of custom actions: runs one and records it when it fails.

Rasa goes on as if a failed action had worked, so the failure is written down under the inbound
message's id; the turn is then not believed (bot/conversation/turns.py).
"""

import hmac
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Protocol

import structlog
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import metrics

log = structlog.get_logger(__name__)


class Failures(Protocol):
    """Where failed actions are written down."""

    async def record(self, inbound_id: int, action: str, error: str, now: datetime) -> None:
        """Note that an action failed while this message was handled."""
        ...


class Actions:
    """Runs the actions that were registered with it."""

    def __init__(
        self,
        actions: Iterable[Action],
        failures: Failures,
        token: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._executor = ActionExecutor()
        for action in actions:
            self._executor.register_action(action)
        self._failures = failures
        self._token = token
        self._clock = clock

    async def handle(self, request: Request) -> Response:
        """`POST /webhook?token=…` in the protocol of rasa_sdk."""
        if not hmac.compare_digest(request.query_params.get("token", ""), self._token):
            return JSONResponse({"error": "wrong token"}, status_code=403)
        call = await request.json()
        started = time.perf_counter()
        try:
            result = await self._executor.run(call)
        except ActionExecutionRejection as rejection:
            # Not a failure: a form says that the message is no answer to its question.
            body = {"error": str(rejection), "action_name": rejection.action_name}
            return JSONResponse(body, status_code=400)
        except Exception as error:
            return await self._failed(call, error)
        metrics.part("action", time.perf_counter() - started)
        return JSONResponse(result.model_dump() if result is not None else {})

    async def _failed(self, call: dict[str, Any], error: Exception) -> Response:
        action = str(call.get("next_action"))
        inbound_id = inbound_of(call)
        # The class only: an exception's text can hold somebody's words.
        log.error("action_failed", action=action, inbound=inbound_id, error=type(error).__name__)
        if inbound_id is not None:
            await self._failures.record(inbound_id, action, type(error).__name__, self._clock())
        return JSONResponse({"error": type(error).__name__, "action_name": action}, status_code=500)


def inbound_of(call: dict[str, Any]) -> int | None:
    """The id of the inbound message that a call belongs to, from the message's metadata."""
    message = (call.get("tracker") or {}).get("latest_message") or {}
    found = (message.get("metadata") or {}).get("inbound_id")
    return found if isinstance(found, int) else None
