"""Takes a conversation's oldest waiting message into hand, with all that decides who answers it.

One statement, because it runs twice a turn.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    BindParameter,
    DateTime,
    Executable,
    Select,
    Uuid,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import choices
from bot.messages import Choice, Kind
from bot.services.fixed_texts import municipality_payload
from bot.store.tables import Conversation, Inbound, Mode

# So long, and for so many answers, somebody who pressed Start or said hello is still beginning.
OPENING, OPENING_TURNS = timedelta(minutes=10), 3


@dataclass(frozen=True)
class Claim:
    """A message that is being dealt with.

    Args:
        message: the message, of no session.
        tried_before: whether the assistant was asked for an answer before.
        mode: who answered the conversation at that moment.
        opening: whether these are a person's first words, or among the first.
        choice: what it picks from what was offered, None when it is ordinary text.
    """

    message: Inbound
    tried_before: bool
    mode: Mode
    opening: bool
    choice: Choice | None

    @property
    def words(self) -> str:
        """What the assistant is asked with: a payload, or the text without a command's sign."""
        if self.choice:
            return self.choice.payload
        text = self.message.text.lstrip("/! ")
        # The name that a shared place stands for (inbox.py) is chosen, as by its button.
        return municipality_payload(text) if self.message.kind == Kind.LOCATION and text else text


def waiting(conversation_id: uuid.UUID | BindParameter[uuid.UUID]) -> Select[Inbound]:
    """The messages that nobody dealt with yet, in the order they are answered in."""
    return (
        select(Inbound)
        .where(Inbound.conversation_id == conversation_id, Inbound.done_at.is_(None))
        .order_by(Inbound.sequence, Inbound.id)
    )


def _statement() -> Executable:
    oldest = waiting(bindparam("conversation", type_=Uuid()))
    before = oldest.with_only_columns(Inbound.id, Inbound.tried_at).limit(1).subquery()
    now = bindparam("now", type_=DateTime(timezone=True))
    of_conversation = Conversation.id == Inbound.conversation_id
    mode = select(Conversation.mode).where(of_conversation)
    opening = select(
        or_(
            Conversation.introduced_at.is_(None),
            and_(
                Conversation.introduced_at > now - OPENING,
                Conversation.turns_in_session <= OPENING_TURNS,
            ),
        )
    ).where(of_conversation)
    return (
        update(Inbound)
        .where(Inbound.id == before.c.id)
        .values(tried_at=func.coalesce(before.c.tried_at, now))
        .returning(
            Inbound,
            before.c.tried_at.is_not(None),
            mode.scalar_subquery(),
            opening.scalar_subquery(),
            choices.offered(),
        )
        .execution_options(synchronize_session=False)
    )


# Built once: building costs as much as running it.
_CLAIM = _statement()


async def claim(session: AsyncSession, conversation_id: uuid.UUID, now: datetime) -> Claim | None:
    """The oldest waiting message, marked as tried; None when nothing waits.

    Args:
        session: for one statement.
        conversation_id: whose message.
        now: the present moment, aware.
    """
    values = {"conversation": conversation_id, "now": now}
    row = (await session.execute(_CLAIM, values)).one_or_none()
    if row is None:
        return None
    message, tried_before, mode, opening, offered = row
    return Claim(message, tried_before, Mode(mode), opening, choices.chosen(message, offered))
