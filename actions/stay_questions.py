"""The stay request's questions that need content or the calendar; the others are in domain.yml."""

from collections.abc import Callable
from datetime import date, datetime

from rasa_sdk.executor import CollectingDispatcher

from actions import openings
from actions.base import TurnAction
from actions.context import Events, Turn, say
from actions.slots import CHAT, NEEDS, given, period_of
from bot.services.availability import Availability
from bot.services.content import Content
from bot.services.fixed_texts import say as fixed
from bot.services.office import AMSTERDAM
from bot.services.periods import Period, read_back

Clock = Callable[[], datetime]
_ENDS = ("start", "end")


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
    """Sum the request up and ask for the yes without which nothing is passed on or written."""

    def __init__(self, content: Content, clock: Clock) -> None:
        self._content = content
        self._clock = clock

    def name(self) -> str:
        return "action_ask_stay_consent"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        lines = "\n".join(f"• {line}" for line in self._summary(turn))
        say(dispatcher, fixed(self._content.texts.consent_pass_on, summary=lines))
        return []

    def _summary(self, turn: Turn) -> list[str]:
        start, end = (date.fromisoformat(str(turn.slots[f"stay_{part}"])) for part in _ENDS)
        today = self._clock().astimezone(AMSTERDAM).date()
        callback = given(turn, "stay_callback")
        return [
            f"waar: {self._content.locations[str(turn.slots['stay_location'])].name}",
            f"wanneer: {openings.stay_in_words(start, end, today)}",
            f"hulp: {NEEDS.get(given(turn, 'stay_needs') or '', 'bespreekt u met de medewerker')}",
            f"voornaam: {given(turn, 'stay_first_name') or 'overgeslagen'}",
            f"bellen: {'liever hier in de chat' if callback in (None, CHAT) else callback}",
        ]
