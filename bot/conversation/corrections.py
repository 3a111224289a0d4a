"""New words for an earlier message: they take its place while nobody has answered it yet.

An edit that comes later is a message of its own, so that no word of a person is ever lost.
"""

import uuid
from enum import StrEnum

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.messages import IncomingMessage, Tier
from bot.store.tables import CallbackRequest, Consent, Handoff, Inbound, Plan, StayRequest

# What the assistant may have done with the old words, which new words do not undo.
_DEEDS = (CallbackRequest, Consent, Handoff, Plan, StayRequest)


class Nothing(StrEnum):
    """Why no message got the new words."""

    NEW = "new"  # too late, or unknown: to be handled as a message of its own
    KNOWN = "known"  # these words were here already


async def correct(
    session: AsyncSession, conversation_id: uuid.UUID, edit: IncomingMessage, tier: Tier
) -> Inbound | Nothing:
    """Give the edited message its new words.

    Args:
        session: a transaction that holds the conversation's lock.
        conversation_id: whose message.
        edit: the new words, masked.
        tier: how urgent they are.

    Returns:
        The message with its new words, or why there is none.
    """
    found = await _edited(session, conversation_id, edit)
    if found is None:
        return Nothing.NEW
    if (found.corrected_sequence or found.sequence) >= edit.sequence or found.text == edit.text:
        return Nothing.KNOWN
    if found.done_at is not None or await _acted_on(session, found.id):
        return Nothing.NEW
    found.text, found.kind, found.tier = edit.text, edit.kind, tier
    found.corrected_sequence = edit.sequence
    return found


async def _edited(
    session: AsyncSession, conversation_id: uuid.UUID, edit: IncomingMessage
) -> Inbound | None:
    """What the edit is about, as it stands: the message itself, or an edit that came too late."""
    query = (
        select(Inbound)
        .where(Inbound.conversation_id == conversation_id, Inbound.reference == edit.reference)
        .order_by(Inbound.sequence.desc(), Inbound.id.desc())
        .limit(1)
        .with_for_update()
    )
    return (await session.scalars(query)).one_or_none()


async def _acted_on(session: AsyncSession, inbound_id: int) -> bool:
    deeds = (exists().where(table.inbound_id == inbound_id) for table in _DEEDS)
    return bool((await session.execute(select(or_(*deeds)))).scalar_one())
