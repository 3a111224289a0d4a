"""What a person said yes or no to, per purpose. The latest answer counts; none is no yes."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.content import Text
from bot.store.database import Database
from bot.store.tables import Consent, Purpose


class Consents:
    """The yes and no of every person, each with the version of the text that was answered."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(
        self,
        conversation_id: uuid.UUID,
        inbound_id: int,
        purpose: Purpose,
        text: Text,
        now: datetime,
        *,
        given: bool,
    ) -> None:
        """Write an answer down; the same message twice is one answer."""
        async with self._database.transaction() as session:
            await note(session, conversation_id, inbound_id, purpose, text, now, given=given)


async def note(
    session: AsyncSession,
    conversation_id: uuid.UUID,
    inbound_id: int,
    purpose: Purpose,
    text: Text,
    now: datetime,
    *,
    given: bool,
) -> None:
    """As `Consents.record`, in the caller's transaction."""
    await session.execute(
        insert(Consent)
        .values(
            conversation_id=conversation_id,
            purpose=purpose,
            given=given,
            version=text.version,
            inbound_id=inbound_id,
            at=now,
        )
        .on_conflict_do_nothing(index_elements=["inbound_id", "purpose"])
    )


async def latest(session: AsyncSession, conversation_id: uuid.UUID) -> dict[Purpose, Consent]:
    """The answer that counts now, for each purpose that was ever asked about."""
    query = select(Consent).where(Consent.conversation_id == conversation_id).order_by(Consent.id)
    return {Purpose(row.purpose): row for row in await session.scalars(query)}
