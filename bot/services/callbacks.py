"""Requests to be called by a coordinator."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.messages import Tier
from bot.services.consents import note
from bot.services.content import Content
from bot.services.handoff import Handoffs, locked
from bot.store.database import Database
from bot.store.tables import CallbackRequest, Conversation, Purpose, Reason
from bot.store.vault import Vault


@dataclass(frozen=True)
class Call:
    """Whom to call: the number as it was typed, and the part of the day, None for any."""

    number: str
    moment: str | None


class Callbacks:
    """Writes the requests down and gives a coordinator the task."""

    def __init__(
        self, database: Database, vault: Vault, handoffs: Handoffs, content: Content
    ) -> None:
        self._database = database
        self._vault = vault
        self._handoffs = handoffs
        self._text = content.texts.consent_callback

    async def own_number(self, conversation_id: uuid.UUID) -> str | None:
        """The number that somebody writes from, where the channel's address is one."""
        query = select(Conversation.address_sealed).where(Conversation.id == conversation_id)
        async with self._database.transaction() as session:
            sealed = await session.scalar(query)
        address = self._vault.decrypt(sealed) if sealed else ""
        number = address.rpartition(":")[2]
        return number if number.startswith("+") and number[1:].isdigit() else None

    async def request(
        self, conversation_id: uuid.UUID, inbound_id: int, call: Call, now: datetime
    ) -> None:
        """Ask a coordinator to call, after a yes to passing the number on.

        The same inbound message twice is one request.
        """
        async with self._database.transaction() as session:
            await locked(session, conversation_id)
            made = select(CallbackRequest.id).where(CallbackRequest.inbound_id == inbound_id)
            if (await session.execute(made)).first():
                return
            await note(
                session, conversation_id, inbound_id, Purpose.PASS_ON, self._text, now, given=True
            )
            session.add(
                CallbackRequest(
                    conversation_id=conversation_id,
                    inbound_id=inbound_id,
                    number_sealed=self._vault.encrypt(call.number),
                    moment=call.moment,
                    created_at=now,
                )
            )
            task = (Reason.CALLBACK, Tier.NONE, inbound_id, now)
            await self._handoffs.add_task(session, conversation_id, *task)
