"""Lets time pass for one person: all that is stored of them becomes so much older."""

import uuid

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_OLDER = (
    "UPDATE conversations SET created_at = created_at - :ago, "
    "introduced_at = introduced_at - :ago, last_inbound_at = last_inbound_at - :ago, "
    "crisis_at = crisis_at - :ago WHERE id = :who",
    "UPDATE inbound SET received_at = received_at - :ago WHERE conversation_id = :who",
    "UPDATE outbound SET created_at = created_at - :ago WHERE conversation_id = :who",
    "UPDATE consents SET at = at - :ago WHERE conversation_id = :who",
    "UPDATE plans SET created_at = created_at - :ago, due_on = due_on - CAST(:days AS integer) "
    "WHERE conversation_id = :who",
    "UPDATE rasa.events SET timestamp = timestamp - :seconds, data = jsonb_set(data::jsonb, "
    "'{timestamp}', to_jsonb((data::jsonb ->> 'timestamp')::float - :seconds))::text "
    "WHERE sender_id = CAST(:who AS text)",
)


async def longer_ago(session: AsyncSession, conversation_id: uuid.UUID, days: int) -> None:
    """Move everything of a conversation `days` days back, also what the assistant remembers."""
    values = {"who": conversation_id, "days": days, "seconds": days * 86400.0}
    for statement in _OLDER:
        query = statement.replace(":ago", "make_interval(days => :days)")
        wanted = {name: values[name] for name in values if f":{name}" in query}
        await session.execute(text(query), wanted)
