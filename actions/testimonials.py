"""Tells a personal story that is like somebody's own, and says whether it is a composite one."""

from collections.abc import Callable
from datetime import datetime

from rasa_sdk.executor import CollectingDispatcher

from actions.base import TurnAction
from actions.context import Events, Turn
from bot.services.content import Content, Hurdle, Provenance, Relation, Situation, Testimonial
from bot.services.journey import Journey
from bot.services.testimonials import Testimonials


class Storyteller:
    """Finds a person's story by what the talk remembers of them."""

    def __init__(self, testimonials: Testimonials, content: Content) -> None:
        self._testimonials = testimonials
        self._texts = content.texts

    async def tell(
        self, dispatcher: CollectingDispatcher, turn: Turn, hurdle: Hurdle, now: datetime
    ) -> None:
        """Utter the story that fits best, with its provenance first."""
        relation, situation = turn.word("relation"), turn.word("situation")
        story = await self._testimonials.choose(
            turn.conversation_id,
            turn.inbound_id,
            now,
            hurdle=hurdle,
            relation=Relation(relation) if relation else None,
            situation=Situation(situation) if situation else None,
        )
        dispatcher.utter_message(text=self._words(story))

    def _words(self, story: Testimonial) -> str:
        real = story.provenance is Provenance.REAL
        note = self._texts.testimonial_real if real else self._texts.testimonial_composite
        return f"{' '.join(note.fill())}\n\n“{story.text}”"


class TellStory(TurnAction):
    """A story on request, or when somebody has told how they are."""

    def __init__(
        self, storyteller: Storyteller, journey: Journey, clock: Callable[[], datetime]
    ) -> None:
        self._storyteller = storyteller
        self._journey = journey
        self._clock = clock

    def name(self) -> str:
        return "action_tell_story"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        named = await self._journey.hurdles(turn.conversation_id)
        hurdle = named[0] if named else Hurdle.NEED if turn.asked == "perseverance" else None
        await self._storyteller.tell(dispatcher, turn, hurdle or Hurdle.RECOGNITION, self._clock())
        return []
