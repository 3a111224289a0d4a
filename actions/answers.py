"""Answers questions from the region's content. A fact past its date is never told."""

from collections.abc import Callable, Iterable
from datetime import datetime

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import TurnAction
from actions.consent import KEEP
from actions.context import Events, Turn, say
from actions.hurdles import in_a_line, photos
from bot.messages import Choice, OutgoingMessage, Request
from bot.services.content import Answer, Content, Municipality
from bot.services.fixed_texts import municipality_payload
from bot.services.fixed_texts import say as fixed
from bot.services.journey import Role
from bot.services.office import AMSTERDAM

# Under an answer that offers nothing of its own. One of them is always a human.
_NEXT = (
    Choice("Is er plek?", "/check_availability"),
    Choice("Een verhaal lezen", "/ask_story"),
    Choice("Een mens spreken", "/ask_human"),
)
_MOST_CHOICES = 4


class AnswerQuestion(TurnAction):
    """Answer the question that the latest intent asks, or the one that was chosen."""

    def __init__(self, content: Content, clock: Callable[[], datetime]) -> None:
        self._content = content
        self._clock = clock

    def name(self) -> str:
        return "action_answer"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        answer = self._content.answers[turn.entities.get("topic") or turn.intent]
        if not answer.shown_on(self._clock().astimezone(AMSTERDAM).date()):
            say(dispatcher, fixed(self._content.texts.ask_coordinator))
            dispatcher.utter_message(response="utter_yes_or_no")
            return [SlotSet("asked", "human")]
        recipient = turn.word("role") == Role.RECIPIENT
        text = answer.recipient if recipient and answer.recipient else answer.text
        say(dispatcher, self._told(text, turn, answer))
        if turn.asked in KEEP and turn.form is None:
            # The question that was open comes back, or its answer would be for nothing.
            say(dispatcher, fixed(self._content.texts.consent_keep))
            return []
        return [SlotSet("asked", "municipality" if turn.intent == "ask_location" else "more")]

    def _told(self, text: str, turn: Turn, answer: Answer) -> OutgoingMessage:
        choices = self._choices(turn, answer)
        where = Request.LOCATION if choices and answer.topic == "ask_location" else None
        return OutgoingMessage(text, choices, request=where)

    def _choices(self, turn: Turn, answer: Answer) -> tuple[Choice, ...]:
        if turn.form is not None or turn.asked in KEEP:
            return ()
        if answer.topic == "ask_location":
            return municipality_choices(self._content.region.municipalities)
        if answer.topic == "ask_other_support":
            return ()
        more = [self._content.answers[topic] for topic in answer.more]
        choices = [
            Choice(str(one.label), f'/choose_topic{{"topic": "{one.topic}"}}') for one in more
        ]
        return tuple([*choices[:3], *_NEXT][:_MOST_CHOICES] if choices else _NEXT)


def municipality_choices(municipalities: Iterable[Municipality]) -> tuple[Choice, ...]:
    """A choice for each municipality of the region."""
    return tuple(Choice(one.name, municipality_payload(one.name)) for one in municipalities)[:10]


class ShowNearby(TurnAction):
    """The houses of a municipality, or those of the region when it has none."""

    def __init__(self, content: Content) -> None:
        self._content = content

    def name(self) -> str:
        return "action_show_nearby"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        show_nearby(dispatcher, self._content, turn.entities.get("municipality", ""))
        return []


def show_nearby(dispatcher: CollectingDispatcher, content: Content, municipality: str) -> None:
    """Utter the houses there first; the others follow, so that there is always a choice."""
    found = content.region.municipality_named(municipality)
    name = found.name if found else ""
    houses = sorted(content.locations.values(), key=lambda house: house.municipality != name)
    if houses[0].municipality != name:
        dispatcher.utter_message(response="utter_no_house_there")
    for house in houses[:2]:
        say(dispatcher, OutgoingMessage(in_a_line(house), images=photos(house)))
