"""What a coordinator does in a conversation: take over, reply, hand back, close."""

import uuid
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.errors import Conflict
from bot.services.queue_card import QueueRow
from bot.store.tables import Mode
from bot.web.console.desk import Desk
from bot.web.console.talk import LONGEST_REPLY, Draft, Talks
from bot.web.console.visits import PATH, Visit

_EMPTY = "Er staat nog geen tekst. Typ eerst uw antwoord."
_ALARM_OPEN = "De spoedmelding staat nog open. Rond die eerst af."
_TOO_LONG = (
    f"Dit antwoord is langer dan {LONGEST_REPLY} tekens. Maak het korter, of knip het in tweeën."
)


class Actions:
    """The forms of a conversation's page."""

    def __init__(self, desk: Desk, talks: Talks) -> None:
        self._desk = desk
        self._talks = talks

    async def take_over(self, request: Request, visit: Visit, _: Mapping[str, str]) -> Response:
        """`POST /console/conversations/{id}/handoff`"""
        found: uuid.UUID = request.path_params["id"]
        try:
            await self._desk.handoffs.take_over(found, visit.coordinator.id, self._desk.clock())
        except Conflict:
            return await self._conflict(found, visit)
        return _back(found, "#antwoord")

    async def hand_back(self, request: Request, visit: Visit, _: Mapping[str, str]) -> Response:
        """`POST /console/conversations/{id}/handoff/return`"""
        found: uuid.UUID = request.path_params["id"]
        try:
            await self._desk.handoffs.hand_back(found, visit.coordinator.id, self._desk.clock())
        except Conflict:
            return await self._conflict(found, visit)
        return _back(found)

    async def close(self, request: Request, visit: Visit, _: Mapping[str, str]) -> Response:
        """`POST /console/conversations/{id}/handoff/close`"""
        found: uuid.UUID = request.path_params["id"]
        try:
            await self._desk.handoffs.close_task(found, self._desk.clock())
        except Conflict:
            return await self._conflict(found, visit)
        return _back(found)

    async def lift(self, request: Request, visit: Visit, _: Mapping[str, str]) -> Response:
        """`POST /console/conversations/{id}/crisis/lift`"""
        found: uuid.UUID = request.path_params["id"]
        try:
            await self._desk.handoffs.lift_crisis(found)
        except Conflict:
            return await self._talks.page(found, visit, Draft("", _ALARM_OPEN), 409)
        return _back(found)

    async def cancel_reminder(self, request: Request, _: Visit, __: Mapping[str, str]) -> Response:
        """`POST /console/conversations/{id}/reminder/cancel`"""
        found: uuid.UUID = request.path_params["id"]
        await self._desk.plans.cancel(found, self._desk.clock())
        return _back(found)

    async def loss(self, request: Request, _: Visit, sent: Mapping[str, str]) -> Response:
        """`POST /console/conversations/{id}/loss`: somebody died, or that is taken back."""
        found: uuid.UUID = request.path_params["id"]
        if sent.get("lift"):
            await self._desk.plans.lift_loss(found)
        else:
            await self._desk.plans.mourn(found, self._desk.clock())
        return _back(found)

    async def reply(self, request: Request, visit: Visit, sent: Mapping[str, str]) -> Response:
        """`POST /console/conversations/{id}/messages`"""
        found: uuid.UUID = request.path_params["id"]
        text = sent.get("text", "").replace("\r\n", "\n").strip()
        if not text or len(text) > LONGEST_REPLY:
            draft = Draft(text, _TOO_LONG if text else _EMPTY)
            return await self._talks.page(found, visit, draft, 422)
        seen = sent.get("seen", "")
        try:
            await self._desk.replies.send(
                found,
                visit.coordinator.id,
                text,
                int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else None,
                self._desk.clock(),
            )
        except Conflict:
            return await self._conflict(found, visit, text)
        return _back(found, "#antwoord")

    async def _conflict(self, found: uuid.UUID, visit: Visit, text: str = "") -> Response:
        """The page as it is now, with what happened in the meantime and the reply kept."""
        row = (await self._desk.queue.card(found, self._desk.clock())).row
        return await self._talks.page(found, visit, Draft(text, _what_happened(row, visit)), 409)


def _what_happened(row: QueueRow, visit: Visit) -> str:
    if row.mode is not Mode.HUMAN:
        return "Dit gesprek is niet (meer) bij u. Er is niets veranderd."
    if row.coordinator_id == visit.coordinator.id:
        return "Dit gesprek is bij u. Geef het eerst terug aan de assistent."
    return (
        f"{row.coordinator} heeft dit gesprek al overgenomen. Er is niets verstuurd of veranderd."
    )


def _back(found: uuid.UUID, place: str = "") -> Response:
    return RedirectResponse(f"{PATH}/conversations/{found}{place}", status_code=303)
