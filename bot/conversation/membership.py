"""Whether a person lets us in: what they did last counts, in whatever order we are told of it.

Vendors tell late, and tell again what was not acknowledged. Writing to us lets us in as well.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Executable, func, literal_column, tuple_, update

from bot.messages import Blocking
from bot.store.tables import Conversation

_NEVER: ColumnElement[datetime] = literal_column("'-infinity'::timestamptz")


def is_news(at: Any, sequence: Any) -> ColumnElement[bool]:
    """Whether nothing that a conversation's person did later is known; told again, it is as new.

    Args:
        at: when it was done, a time or an expression of one.
        sequence: the channel's own order number, which only counts within the same moment.
    """
    known = tuple_(
        func.coalesce(Conversation.membership_at, _NEVER), Conversation.membership_sequence
    )
    return tuple_(at, sequence) >= known


def noting(event: Blocking, fingerprint: bytes) -> Executable:
    """The statement that notes a blocking, or its end, in the conversation of that address."""
    return (
        update(Conversation)
        .where(
            Conversation.channel == event.channel,
            Conversation.address_hash == fingerprint,
            is_news(event.at, event.sequence),
        )
        .values(
            blocked_at=event.at if event.blocked else None,
            membership_at=event.at,
            membership_sequence=event.sequence,
        )
        .returning(Conversation.id)
    )
