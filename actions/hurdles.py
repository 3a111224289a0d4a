"""The third hurdle, using the help: one acknowledgement, one fact, one story, one small yes."""

from collections.abc import Callable
from datetime import datetime

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import TurnAction
from actions.context import Events, Turn, say
from actions.testimonials import Storyteller
from bot.messages import Image, OutgoingMessage
from bot.services.content import Content, Hurdle, HurdleAnswer, Location
from bot.services.journey import Journey, Role, Stage

# The question that asks for a small yes remembers which step follows it.
SMALL_YES = "small_yes_"


class AnswerHurdle(TurnAction):
    """Answer a named hurdle in full the first time and briefly after that."""

    def __init__(
        self,
        content: Content,
        storyteller: Storyteller,
        journey: Journey,
        clock: Callable[[], datetime],
    ) -> None:
        self._hurdles = content.hurdles
        self._storyteller = storyteller
        self._journey = journey
        self._clock = clock

    def name(self) -> str:
        return "action_hurdle"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        answer = self._hurdles[Hurdle(turn.intent)]
        first = await self._journey.name_hurdle(
            turn.conversation_id, turn.inbound_id, answer.hurdle
        )
        await self._journey.reach(turn.conversation_id, Stage.CONSIDERATION)
        if turn.word("role") == Role.RECIPIENT and turn.form is None:
            dispatcher.utter_message(response="utter_recipient_hurdle")
            dispatcher.utter_message(response="utter_ask_human")
            return [SlotSet("asked", "human")]
        if turn.form is not None:
            # A form is running and its question comes back after this.
            dispatcher.utter_message(text=f"{answer.acknowledgement} {answer.fact}")
            return []
        if first:
            dispatcher.utter_message(text=f"{answer.acknowledgement} {answer.fact}")
            await self._storyteller.tell(dispatcher, turn, answer.hurdle, self._clock())
        else:
            dispatcher.utter_message(response="utter_hurdle_again")
        _ask_small_yes(dispatcher, answer)
        return [SlotSet("asked", f"{SMALL_YES}{answer.step}")]


def _ask_small_yes(dispatcher: CollectingDispatcher, answer: HurdleAnswer) -> None:
    dispatcher.utter_message(response="utter_small_yes", question=answer.small_yes)


class ShowHouses(TurnAction):
    """Look first: the houses in a sentence each, before anything is decided."""

    def __init__(self, content: Content) -> None:
        self._locations = content.locations

    def name(self) -> str:
        return "action_show_houses"

    async def answer(
        self,
        dispatcher: CollectingDispatcher,
        turn: Turn,  # noqa: ARG002  # the same for everybody
    ) -> Events:
        for location in list(self._locations.values())[:3]:
            say(dispatcher, OutgoingMessage(in_a_line(location), images=photos(location)))
        return []


def photos(location: Location) -> tuple[Image, ...]:
    """The picture of a house, where there is one."""
    return (location.photo,) if location.photo else ()


def in_a_line(location: Location) -> str:
    """A house as it is introduced: its name, its place and one warm sentence."""
    return f"{location.name}, in {location.municipality}. {location.description}"
