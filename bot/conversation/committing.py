"""What must hold at the moment a message is dealt with, looked at under the conversation's lock."""

from sqlalchemy import BigInteger, Executable, Uuid, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import AdempauzeError, NotFound, TurnFailed
from bot.store.tables import ActionFailure, Conversation, Handoff, Inbound, Mode, Outcome


class Corrected(AdempauzeError):
    """The message got other words while it was dealt with: begin again with those."""


async def locked_after(session: AsyncSession, message: Inbound) -> Conversation:
    """The conversation, locked, when every action that the message called did its work.

    Raises:
        NotFound: the conversation does not exist any more.
        TurnFailed: an action failed. Rasa goes on as if it had worked, so its answer must not
            be believed.
        Corrected: the message has other words now than those that were dealt with.
    """
    values = {"message": message.id, "conversation": message.conversation_id}
    found = (await session.execute(_LOCK_AFTER, values)).one_or_none()
    if found is None:
        raise NotFound("This conversation does not exist any more.")
    conversation: Conversation = found[0]
    if found[1] != message.corrected_sequence:
        raise Corrected
    if found[2] is not None:
        raise TurnFailed(f"the action {found[2]} failed")
    return conversation


def _lock_after() -> Executable:
    failed = (
        select(ActionFailure.action)
        .where(ActionFailure.inbound_id == bindparam("message", type_=BigInteger()))
        .limit(1)
    )
    return (
        select(Conversation, Inbound.corrected_sequence, failed.scalar_subquery())
        .join(Inbound, Inbound.conversation_id == Conversation.id)
        .where(
            Conversation.id == bindparam("conversation", type_=Uuid()),
            Inbound.id == bindparam("message", type_=BigInteger()),
        )
        # Both rows are locked, so that both are read as they are once the lock is had.
        .with_for_update(of=(Conversation, Inbound))
    )


async def album_answered(session: AsyncSession, message: Inbound) -> bool:
    """Whether another photo of the same album had its answer; the rest needs none."""
    if message.album is None:
        return False
    others = select(Inbound.id).where(
        Inbound.conversation_id == message.conversation_id,
        Inbound.album == message.album,
        Inbound.outcome == Outcome.ANSWERED,
    )
    return (await session.execute(others.limit(1))).scalar_one_or_none() is not None


async def may_answer(session: AsyncSession, conversation: Conversation, inbound_id: int) -> bool:
    """Whether the mode is still `bot`, or this very message made it `waiting`."""
    if conversation.mode == Mode.BOT:
        return True
    own = select(Handoff.id).where(
        Handoff.conversation_id == conversation.id, Handoff.inbound_id == inbound_id
    )
    return (await session.execute(own.limit(1))).scalar_one_or_none() is not None


# Built once: building a statement takes as long as running it.
_LOCK_AFTER = _lock_after()
