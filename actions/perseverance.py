"""How long somebody says to keep it up: written down as it was answered, never as a score."""

import re

from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.asking import Ask
from actions.base import TurnAction
from actions.context import Events, Turn
from actions.handoff import RaiseAlarm
from actions.testimonials import TellStory
from bot.nlu.text import words
from bot.services.journey import Journey

_INTENT = "perseverance_"
_COUNT = r"(\d+|een|twee|drie|vier|vijf|zes|paar|enkele|aantal|hooguit|week|half|halve)"
# The first that is found counts; a shorter time comes first.
_DURATIONS = (
    ("days", rf"\b{_COUNT} (dagen|dag|nachten|nacht)\b|\b(vandaag|morgen|overmorgen)\b"),
    ("days", r"\b(minder dan|geen|nog geen) (een )?week\b|\bdeze week niet\b"),
    ("weeks", rf"\b{_COUNT} (weken|weekjes|week)\b|\b(een )?week\b|\bweken\b"),
    ("months", rf"\b{_COUNT} (maanden|maand|maandjes)\b|\bmaanden?\b|\bhalf ?jaar\b"),
    ("longer", r"\b(jaren|jarenlang|nog lang|heel lang)\b"),
    ("year", r"\bjaar(tje)?\b"),
)


def duration_in(text: str) -> str | None:
    """How long somebody keeps it up, as the buttons say it; None when no time is named.

    >>> duration_in("hooguit nog een paar weken"), duration_in("nog 3 dagen")
    ('weeks', 'days')
    """
    said = " ".join(words(text))
    return next((name for name, signs in _DURATIONS if re.search(signs, said)), None)


class NotePerseverance(TurnAction):
    """Remember the answer, for the coordinator's card."""

    def __init__(self, journey: Journey) -> None:
        self._journey = journey

    def name(self) -> str:
        return "action_note_perseverance"

    async def answer(
        self,
        dispatcher: CollectingDispatcher,  # noqa: ARG002  # the rule says what follows
        turn: Turn,
    ) -> Events:
        answer = turn.entities.get("perseverance") or turn.intent.removeprefix(_INTENT)
        await self._journey.perseveres(turn.conversation_id, answer)
        return []


class HearPerseverance(TurnAction):
    """The answer in somebody's own words: what follows is what the button of it leads to.

    It says itself that it listens, as no rule can know how long was said.
    """

    def __init__(
        self, journey: Journey, alarm: RaiseAlarm, story: TellStory, call: Ask, breather: Ask
    ) -> None:
        self._journey = journey
        self._alarm = alarm
        self._story = story
        self._call = call
        self._breather = breather

    def name(self) -> str:
        return "action_hear_perseverance"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        said = None if turn.is_choice else duration_in(turn.text)
        if said is not None:
            await self._journey.perseveres(turn.conversation_id, said)
        return [*await self._follow(dispatcher, turn, said), FollowupAction("action_listen")]

    async def _follow(
        self, dispatcher: CollectingDispatcher, turn: Turn, said: str | None
    ) -> Events:
        if said == "days":
            return await self._alarm.raise_for(dispatcher, turn, "perseverance_days")
        if said == "weeks":
            dispatcher.utter_message(response="utter_perseverance_weeks")
            return await self._call.answer(dispatcher, turn)
        if said is not None:
            dispatcher.utter_message(response="utter_perseverance_longer")
        told = await self._story.answer(dispatcher, turn)
        return [*told, *await self._breather.answer(dispatcher, turn)]
