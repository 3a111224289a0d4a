"""The stay request's questions that need content or the calendar; the others are in domain.yml."""

from collections.abc import Callable
from datetime import datetime

from rasa_sdk.executor import CollectingDispatcher

from actions import openings
from actions.base import TurnAction
from actions.context import Events, Turn, say
from actions.slots import period_of
from bot.services.availability import Availability
from bot.services.content import Content
from bot.services.fixed_texts import say as fixed
from bot.services.office import AMSTERDAM
from bot.services.periods import Period, read_back

Clock = Callable[[], datetime]


class AskConfirmed(TurnAction):
    """Read the period back before it is used."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def name(self) -> str:
        return "action_ask_stay_confirmed"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        period = period_of(turn)
        today = self._clock().astimezone(AMSTERDAM).date()
        words = read_back(period, today) if period else ""
        dispatcher.utter_message(response="utter_confirm_period", period=words)
        return []


class AskLocation(TurnAction):
    """Offer the locations that have a bed free, or other dates near."""

    def __init__(self, availability: Availability, content: Content, clock: Clock) -> None:
        self._availability = availability
        self._content = content
        self._clock = clock

    def name(self) -> str:
        return "action_ask_stay_location"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        now = self._clock()
        period = period_of(turn) or Period(None, None, 1, flexible=True)
        today = now.astimezone(AMSTERDAM).date()
        found = await openings.find(self._availability, self._content, turn, period, today)
        if not found.openings:
            say(dispatcher, fixed(self._content.texts.nothing_free))
            return []
        response = "utter_choose_location" if found.exact else "utter_other_openings"
        dispatcher.utter_message(response=response, period=read_back(period, today))
        for bubble in openings.bubbles(found.openings, self._content, now):
            say(dispatcher, bubble)
        return []


class AskConsent(TurnAction):
    """Ask for the yes without which nothing is passed on or written down."""

    def __init__(self, content: Content) -> None:
        self._text = content.texts.consent_pass_on

    def name(self) -> str:
        return "action_ask_stay_consent"

    async def answer(
        self,
        dispatcher: CollectingDispatcher,
        turn: Turn,  # noqa: ARG002  # the same for everybody
    ) -> Events:
        say(dispatcher, fixed(self._text))
        return []
