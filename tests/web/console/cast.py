"""The people of the console's tests, written straight into the database.

Riet cares for Jan; Anne and Bilal coordinate; Chris is an outsider.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.messages import Kind, Tier
from bot.store.database import Database
from bot.store.tables import (
    Author,
    Conversation,
    Handoff,
    HurdleNamed,
    Inbound,
    Location,
    Mode,
    Outbound,
    Outcome,
    Reason,
    State,
    StayRequest,
)
from bot.store.vault import Vault

PASSWORD = "vier woorden achter elkaar"
ANNE = "anne@logeerpunt.example"
BILAL = "bilal@logeerpunt.example"
CHRIS = "chris@elsewhere.example"
SECRET = "Jan dwaalt en ik slaap niet meer"  # what nobody outside may read


@dataclass(frozen=True)
class Cast:
    """Writes conversations; each call is one transaction."""

    database: Database
    vault: Vault

    async def caregiver(
        self,
        at: datetime,
        *,
        channel: str = "telegram",
        mode: Mode = Mode.BOT,
        stage: str = "contact",
        start: str = "",
        erased_at: datetime | None = None,
    ) -> uuid.UUID:
        """A new conversation; `start` is what its id begins with, so that a picture is stable."""
        found = uuid.uuid4()
        found = uuid.UUID(hex=start + found.hex[len(start) :])
        await self._add(
            Conversation(
                id=found,
                channel=channel,
                address_hash=found.bytes,
                address_sealed=self.vault.encrypt(found.hex),
                mode=mode,
                stage=stage,
                created_at=at,
                last_inbound_at=at,
                erased_at=erased_at,
            )
        )
        return found

    async def writes(
        self,
        conversation: uuid.UUID,
        text: str,
        at: datetime,
        *,
        tier: Tier = Tier.NONE,
        outcome: Outcome | None = Outcome.ANSWERED,
        kind: Kind = Kind.TEXT,
    ) -> int:
        """The caregiver writes; `outcome` None is a message that still waits for its turn."""
        row = Inbound(
            conversation_id=conversation,
            channel="telegram",
            external_id=uuid.uuid4().hex,
            kind=kind,
            text=text,
            tier=tier,
            received_at=at,
            done_at=at if outcome else None,
            outcome=outcome,
        )
        await self._add(row)
        async with self.database.transaction() as session:
            (await session.get_one(Conversation, conversation)).last_inbound_at = at
        return row.id

    async def reads(
        self,
        conversation: uuid.UUID,
        text: str,
        at: datetime,
        *,
        author: Author = Author.BOT,
        state: State = State.SENT,
        error: str | None = None,
        coordinator_id: int | None = None,
        choices: tuple[str, ...] = (),
    ) -> int:
        """Somebody writes to the caregiver."""
        row = Outbound(
            conversation_id=conversation,
            author=author,
            coordinator_id=coordinator_id,
            text=text,
            choices=[{"title": title, "payload": "/x"} for title in choices],
            state=state,
            error=error,
            created_at=at,
            state_at=at,
        )
        await self._add(row)
        return row.id

    async def task(
        self,
        conversation: uuid.UUID,
        at: datetime,
        reason: Reason = Reason.ASKED,
        tier: Tier = Tier.NONE,
    ) -> None:
        """An open task. The conversation waits, unless it is about a stay only."""
        await self._add(
            Handoff(conversation_id=conversation, reason=reason, tier=tier, opened_at=at)
        )
        async with self.database.transaction() as session:
            row = await session.get_one(Conversation, conversation)
            if reason is not Reason.STAY_REQUEST:
                row.mode = Mode.WAITING
            if reason is Reason.CRISIS:
                row.crisis_at = at

    async def hurdles(self, conversation: uuid.UUID, at: datetime, *names: str) -> None:
        """The caregiver named these hurdles, in this order."""
        for place, name in enumerate(names):
            await self._add(
                HurdleNamed(
                    conversation_id=conversation,
                    hurdle=name,
                    named_at=at + timedelta(seconds=place),
                )
            )

    async def asks_for_stay(
        self, conversation: uuid.UUID, inbound_id: int, at: datetime, *, location: str
    ) -> None:
        """Riet asks for a weekend for Jan."""
        await self._merge(Location(slug=location, updated_at=at))
        await self._add(
            StayRequest(
                conversation_id=conversation,
                inbound_id=inbound_id,
                location_slug=location,
                start_on=date(2026, 12, 11),
                end_on=date(2026, 12, 14),
                needs="hulp bij het opstaan",
                first_name_sealed=self.vault.encrypt("Riet"),
                callback_sealed=self.vault.encrypt("06 12 34 56 78, liefst na twee uur"),
                consented_at=at,
                consent_version="3f2a9c1d77b0",
                created_at=at,
            )
        )

    async def _add(self, row: object) -> None:
        async with self.database.transaction() as session:
            session.add(row)

    async def _merge(self, row: object) -> None:
        async with self.database.transaction() as session:
            await session.merge(row)
