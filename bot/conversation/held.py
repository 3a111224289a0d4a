"""Words that wait because the vendor takes free words only for a while after a person wrote.

They are held, the person is asked once for a sign, and with that sign they go out.
"""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Executable, Uuid, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.messages import OutgoingMessage, Template
from bot.services.ports import Outbox
from bot.store.tables import Author, Outbound, State


async def hold(
    session: AsyncSession, row: Outbound, outbox: Outbox, announcement: str, since: datetime
) -> None:
    """Hold a message; the first of a coordinator's since the person last wrote is announced.

    Args:
        session: the transaction that does both.
        row: what may not be sent now.
        outbox: takes the announcement.
        announcement: the approved text that asks the person for a sign.
        since: when the person last wrote.
    """
    now = {"message": row.id, "conversation": row.conversation_id, "since": since}
    await session.execute(_HOLD, now)
    if row.author != Author.COORDINATOR:
        return
    if (await session.execute(_ANNOUNCED, now)).first() is None:
        message = OutgoingMessage(announcement, template=Template.ANSWER_WAITING)
        await outbox.put(session, row.conversation_id, message, author=Author.SYSTEM)


async def release(session: AsyncSession, conversation_id: uuid.UUID) -> bool:
    """Let what is held go out, now that the person wrote; whether there was anything."""
    found = await session.execute(_RELEASE, {"conversation": conversation_id})
    return found.first() is not None


def _hold() -> Executable:
    return (
        update(Outbound)
        .where(
            Outbound.id == bindparam("message", type_=BigInteger()),
            Outbound.state == State.SENDING,
        )
        .values(state=State.HELD)
        .execution_options(synchronize_session=False)
    )


def _announced() -> Executable:
    return select(Outbound.id).where(
        Outbound.conversation_id == bindparam("conversation", type_=Uuid()),
        Outbound.author == Author.SYSTEM,
        Outbound.template == Template.ANSWER_WAITING,
        Outbound.created_at > bindparam("since", type_=DateTime(timezone=True)),
        Outbound.state != State.HELD,
    )


def _release() -> Executable:
    return (
        update(Outbound)
        .where(
            Outbound.conversation_id == bindparam("conversation", type_=Uuid()),
            Outbound.state == State.HELD,
        )
        .values(state=State.QUEUED, template=None)
        .returning(Outbound.id)
        .execution_options(synchronize_session=False)
    )


# Built once: building a statement takes as long as running it.
_HOLD, _ANNOUNCED, _RELEASE = _hold(), _announced(), _release()
