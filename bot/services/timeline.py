"""What was said in a conversation, by both sides, as the chat page and the console show it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.messages import Choice, Image, Kind, Request, Template, Tier
from bot.store.database import Database
from bot.store.tables import Author, Coordinator, Inbound, Outbound, State


@dataclass(frozen=True)
class Entry:
    """One message of the timeline.

    Args:
        key: unique within the conversation and stable: "in-12" or "out-7".
        author: who wrote it; None is the caregiver.
        name: the coordinator's name, None for all others.
        text: what was written; empty for a photo and the like.
        kind: what a caregiver sent.
        choices: the answers that were offered with it.
        state: how far its delivery is; None for a caregiver's message.
        error: a vendor's code when it was not delivered.
        tier: how urgent a caregiver's message was.
        waiting: a caregiver's message that nobody answered yet.
        at: when it was received or written, aware UTC.
        images: the pictures that went with it.
        request: what the caregiver was asked to share.
        template: the approved text that may go instead of these words.
    """

    key: str
    message_id: int
    author: Author | None
    name: str | None
    text: str
    kind: Kind
    choices: tuple[Choice, ...]
    state: State | None
    error: str | None
    tier: Tier
    waiting: bool
    at: datetime
    images: tuple[Image, ...] = ()
    request: Request | None = None
    template: Template | None = None


class Timeline:
    """Reads conversations; changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, conversation_id: uuid.UUID, *, latest: int = 200) -> Sequence[Entry]:
        """The latest messages of both sides, oldest first."""
        inbound = (
            select(Inbound)
            .where(Inbound.conversation_id == conversation_id)
            .order_by(Inbound.id.desc())
            .limit(latest)
        )
        outbound = (
            select(Outbound, Coordinator.name)
            .outerjoin(Coordinator, Coordinator.id == Outbound.coordinator_id)
            .where(Outbound.conversation_id == conversation_id)
            .order_by(Outbound.id.desc())
            .limit(latest)
        )
        async with self._database.transaction() as session:
            entries = [_of_caregiver(row) for row in await session.scalars(inbound)]
            for row, name in await session.execute(outbound):
                entries.append(_to_caregiver(row, name))
        entries.sort(key=lambda entry: (entry.at, entry.author is not None, entry.message_id))
        return entries[-latest:]


def _of_caregiver(row: Inbound) -> Entry:
    return Entry(
        key=f"in-{row.id}",
        message_id=row.id,
        author=None,
        name=None,
        text=row.text,
        kind=Kind(row.kind),
        choices=(),
        state=None,
        error=None,
        tier=Tier(row.tier),
        waiting=row.done_at is None,
        at=row.received_at,
    )


def _to_caregiver(row: Outbound, name: str | None) -> Entry:
    return Entry(
        key=f"out-{row.id}",
        message_id=row.id,
        author=Author(row.author),
        name=name,
        text=row.text,
        kind=Kind.TEXT,
        choices=tuple(Choice(**choice) for choice in row.choices),
        images=tuple(Image(**image) for image in row.images),
        request=Request(row.request) if row.request else None,
        template=Template(row.template) if row.template else None,
        state=State(row.state),
        error=row.error,
        tier=Tier.NONE,
        waiting=False,
        at=row.created_at,
    )
