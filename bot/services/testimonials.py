"""Chooses the story that fits a person best, and never the same one twice in a row."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.content import Content, Hurdle, Relation, Situation, Testimonial
from bot.services.handoff import locked
from bot.store.database import Database
from bot.store.tables import TestimonialShown

# What a likeness weighs: the same hurdle says more than the same illness.
_HURDLE, _RELATION, _SITUATION = 4, 2, 1


class Testimonials:
    """The stories of a region and who saw which."""

    def __init__(self, database: Database, content: Content) -> None:
        self._database = database
        self._stories = content.testimonials

    async def choose(
        self,
        conversation_id: uuid.UUID,
        inbound_id: int,
        now: datetime,
        *,
        hurdle: Hurdle | None = None,
        relation: Relation | None = None,
        situation: Situation | None = None,
    ) -> Testimonial:
        """The story that is most like this person's own, the least seen one first.

        The same inbound message twice gets the same story.

        Raises:
            NotFound: the conversation does not exist (any more).
        """
        async with self._database.transaction() as session:
            await locked(session, conversation_id)
            seen = await _seen(session, conversation_id)
            earlier = [slug for slug, by in seen if by == inbound_id and slug in self._stories]
            if earlier:
                return self._stories[earlier[0]]
            story = self._best([slug for slug, _ in seen], hurdle, relation, situation)
            session.add(
                TestimonialShown(
                    conversation_id=conversation_id,
                    slug=story.slug,
                    inbound_id=inbound_id,
                    shown_at=now,
                )
            )
        return story

    def _best(
        self,
        seen: Sequence[str],
        hurdle: Hurdle | None,
        relation: Relation | None,
        situation: Situation | None,
    ) -> Testimonial:
        def rank(story: Testimonial) -> tuple[bool, int, int]:
            likeness = (
                _HURDLE * (hurdle in story.hurdles)
                + _RELATION * (story.relation is relation)
                + _SITUATION * (story.situation is situation)
            )
            return story.slug in seen[-1:], seen.count(story.slug), -likeness

        # sorted() keeps the order of the file among equals, so that a choice can be explained.
        return sorted(self._stories.values(), key=rank)[0]


async def _seen(session: AsyncSession, conversation_id: uuid.UUID) -> list[tuple[str, int]]:
    """The slugs that somebody saw, oldest first, each with the message it answered."""
    query = (
        select(TestimonialShown.slug, TestimonialShown.inbound_id)
        .where(TestimonialShown.conversation_id == conversation_id)
        .order_by(TestimonialShown.id)
    )
    return [(slug, inbound_id) for slug, inbound_id in await session.execute(query)]
