"""Messages on their way out: stored in the pieces they are sent in, delivery deferred."""

import uuid
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.jobs import Jobs
from bot.messages import OutgoingMessage
from bot.store.tables import Author, Outbound

# Twilio takes 1600 characters (https://www.twilio.com/docs/messaging/api/message-resource);
# the rest is room for the numbered choices below the text.
LIMIT = 1200


class Outbox:
    """Implements `bot.services.ports.Outbox`."""

    def __init__(self, jobs: Jobs, clock: Callable[[], datetime]) -> None:
        self._jobs = jobs
        self._clock = clock

    async def put(
        self,
        session: AsyncSession,
        conversation_id: uuid.UUID,
        message: OutgoingMessage,
        *,
        author: Author,
        in_reply_to: int | None = None,
        coordinator_id: int | None = None,
    ) -> None:
        """Store the message and defer its delivery; both happen when the caller commits."""
        now = self._clock()
        for part, piece in enumerate(_pieces(message)):
            session.add(
                Outbound(
                    conversation_id=conversation_id,
                    author=author,
                    coordinator_id=coordinator_id,
                    text=piece.text,
                    choices=_as_rows(piece),
                    images=[asdict(image) for image in piece.images],
                    request=piece.request,
                    template=piece.template,
                    in_reply_to=in_reply_to,
                    part=part,
                    created_at=now,
                    state_at=now,
                )
            )
            # Ids are given in this order, and delivery follows ids.
            await session.flush()
        await self._jobs.defer_delivery(session, conversation_id)


def _pieces(message: OutgoingMessage) -> list[OutgoingMessage]:
    """What is sent one after the other: each picture with its description, then the words.

    Each has a state of its own, so that a picture that fails takes no words with it. An approved
    text stands for the whole and goes with the last; words that are held are held whole.
    """
    pictures = [OutgoingMessage(image.description, images=(image,)) for image in message.images]
    *first, last = split(message.text)
    before = [*pictures, *map(OutgoingMessage, first)]
    if message.template and message.template.announces:
        before = [replace(piece, template=message.template) for piece in before]
    return [*before, replace(message, text=last, images=())]


def split(text: str, limit: int = LIMIT) -> list[str]:
    """The text in parts of at most `limit` characters, cut between paragraphs or words."""
    parts = []
    rest = text.strip()
    while len(rest) > limit:
        cut = max(rest.rfind("\n\n", 0, limit), 0) or rest.rfind(" ", 0, limit)
        cut = cut if cut > 0 else limit
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest]


def _as_rows(message: OutgoingMessage) -> list[dict[str, str]]:
    rows = [{"title": choice.title, "payload": choice.payload} for choice in message.choices]
    for row, choice in zip(rows, message.choices, strict=True):
        if choice.description:
            row["description"] = choice.description
    return rows
