"""How far a caregiver is on the way to a stay, and which hurdles they named.

The stage only ever goes forward; who stepped back is not pushed back in the figures.
"""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import NotFound
from bot.services.content import Hurdle
from bot.services.stays import Held
from bot.store.database import Database
from bot.store.tables import Conversation, HurdleNamed, Inbound, StayRequest, StayState


class Stage(StrEnum):
    """The stages that a talk leads through, in order; `stay` and `return` come after it."""

    CONTACT = "contact"
    RECOGNITION = "recognition"
    NEED = "need"
    CONSIDERATION = "consideration"
    REQUEST = "request"


class Role(StrEnum):
    """Who somebody is, where that changes what is said; a caregiver otherwise."""

    REFERRER = "referrer"
    RECIPIENT = "recipient"
    YOUNG = "young"


class Journey:
    """The journey of each caregiver."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reach(self, conversation_id: uuid.UUID, stage: Stage) -> None:
        """Note that somebody got to `stage`; nothing when they were there or further already."""
        stages = list(Stage)
        earlier = [str(before) for before in stages[: stages.index(stage)]]
        if not earlier:
            return
        async with self._database.transaction() as session:
            await session.execute(
                update(Conversation)
                .where(Conversation.id == conversation_id, Conversation.stage.in_(earlier))
                .values(stage=str(stage))
            )

    async def is_a(self, conversation_id: uuid.UUID, role: Role | None) -> None:
        """Note who somebody is; None for a caregiver."""
        await self._note(conversation_id, role=str(role) if role else None)

    async def perseveres(self, conversation_id: uuid.UUID, answer: str) -> None:
        """Note how long somebody says to keep it up: "days", "weeks", "months", "year", "longer".

        The answer to one question (after Kraijo), never a score.
        """
        await self._note(conversation_id, perseverance=answer)

    async def _note(self, conversation_id: uuid.UUID, **values: str | None) -> None:
        async with self._database.transaction() as session:
            await session.execute(
                update(Conversation).where(Conversation.id == conversation_id).values(**values)
            )

    async def name_hurdle(
        self, conversation_id: uuid.UUID, inbound_id: int, hurdle: Hurdle
    ) -> bool:
        """Note a hurdle; whether this message is the first to name it.

        The same message twice gets the same answer.

        Raises:
            NotFound: the message was erased.
        """
        async with self._database.transaction() as session:
            said_at = await _received_at(session, inbound_id)
            await session.execute(
                insert(HurdleNamed)
                .values(conversation_id=conversation_id, hurdle=str(hurdle), named_at=said_at)
                .on_conflict_do_nothing()
            )
            named_at = await session.scalar(
                select(HurdleNamed.named_at).where(
                    HurdleNamed.conversation_id == conversation_id,
                    HurdleNamed.hurdle == str(hurdle),
                )
            )
        return named_at == said_at

    async def hurdles(self, conversation_id: uuid.UUID) -> list[Hurdle]:
        """The hurdles that somebody named, the latest first."""
        query = (
            select(HurdleNamed.hurdle)
            .where(HurdleNamed.conversation_id == conversation_id)
            .order_by(HurdleNamed.named_at.desc(), HurdleNamed.hurdle)
        )
        async with self._database.transaction() as session:
            return [Hurdle(name) for name in await session.scalars(query)]

    async def latest_request(self, conversation_id: uuid.UUID) -> Held | None:
        """The bed that is kept for somebody, the one asked for last."""
        query = (
            select(StayRequest)
            .where(
                StayRequest.conversation_id == conversation_id,
                StayRequest.state == StayState.HELD,
            )
            .order_by(StayRequest.created_at.desc())
            .limit(1)
        )
        async with self._database.transaction() as session:
            row = (await session.scalars(query)).first()
        return Held(row.id, row.location_slug, row.start_on, row.end_on) if row else None


async def _received_at(session: AsyncSession, inbound_id: int) -> datetime:
    found = await session.scalar(select(Inbound.received_at).where(Inbound.id == inbound_id))
    if found is None:
        raise NotFound("This message does not exist any more.")
    return found
