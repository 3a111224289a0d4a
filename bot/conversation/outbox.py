"""Messages on their way out: stored in the pieces they are sent in, delivery deferred."""

import uuid
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.jobs import Jobs
from bot.messages import OutgoingMessage
from bot.services.content.texts import MAX_LINE
from bot.store.tables import Author, Outbound
from integrations.degrade import numbered

# What every vendor takes in one bubble; Twilio takes the least, 1600 characters
# (https://www.twilio.com/docs/messaging/api/message-resource).
LONGEST = 1600
# The rest is room for what a channel says below a text.
LIMIT = 1200
# What a channel may say below a text besides its choices: how to choose, and what to type, each
# with an empty line before it.
MOST_BELOW = 2 * (MAX_LINE + 2) + 2
# Choices that leave less room than this do not fit anywhere; the channel cuts the whole then.
_LEAST = 200


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
        for part, piece in enumerate(pieces(message)):
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


def pieces(message: OutgoingMessage) -> list[OutgoingMessage]:
    """What is sent one after the other: each picture with its description, then the words.

    Each is one bubble at its vendor and has a state of its own, so that a picture that fails takes
    no words with it. The choices go with the last. What an approved text announces is held whole;
    an approved text that says it all stands for the whole, which so stays one piece.
    """
    if message.template and not message.template.announces:
        return [message]
    pictures = [OutgoingMessage(image.description, images=(image,)) for image in message.images]
    *before, last = [*pictures, *_words(message)]
    if message.template:
        before = [replace(piece, template=message.template) for piece in before]
    return [*before, replace(message, text=last.text, images=last.images)]


def _words(message: OutgoingMessage) -> list[OutgoingMessage]:
    """The words in parts, so that the last has room for its choices as lines; none where they are
    said below a picture, or there are only pictures."""
    said = {image.description for image in message.images}
    if said and message.text.strip() in {"", *said}:
        return []
    *first, last = split(message.text)
    room = LONGEST - len(numbered(message.choices)) - MOST_BELOW
    return [*map(OutgoingMessage, [*first, *split(last, max(room, _LEAST))])]


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
