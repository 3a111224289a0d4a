"""What is not understood: first the likely meanings, then choices; a human both times."""

from collections.abc import Callable
from datetime import datetime

from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import show_nearby
from actions.base import TurnAction
from actions.context import Events, Turn, say
from actions.reading import location_in
from actions.slots import AVAILABILITY_FORM, STAY_FORM
from bot.messages import Choice
from bot.nlu.decision import decide
from bot.services.content import Content
from bot.services.fixed_texts import say as fixed
from bot.services.office import AMSTERDAM
from bot.services.periods import understand

# How a meaning is offered as a choice; bot/nlu/decision.py says which ones may be offered.
TITLES = {
    "ask_help": "Wat kunt u?",
    "ask_identity": "Wie bent u?",
    "ask_human": "Een mens spreken",
    "ask_privacy": "Wie leest dit?",
    "describe_care": "Ik zorg voor iemand",
    "i_am_referrer": "Ik verwijs door",
    "hurdle_guilt": "Ik voel me schuldig",
    "hurdle_refuses": "Hij of zij wil niet",
    "hurdle_quality": "Is het daar goed?",
    "hurdle_control": "Niemand kent hem zo",
    "hurdle_too_big": "Een grote stap",
    "hurdle_paperwork": "Veel regelwerk",
    "ask_what_is_respite": "Wat is logeerzorg?",
    "ask_cost": "Wat kost het?",
    "ask_eligibility": "Voor wie is het?",
    "ask_procedure": "Hoe aanvragen?",
    "ask_duration": "Hoe lang kan het?",
    "ask_trial": "Eerst gaan kijken",
    "ask_stay_together": "Samen logeren",
    "ask_dementia": "Bij dementie",
    "ask_medication": "Medicijnen",
    "ask_packing": "Wat gaat er mee?",
    "ask_pets": "Huisdier mee?",
    "ask_transport": "Vervoer",
    "ask_contact_during_stay": "Bellen en bezoek",
    "ask_daycare_continues": "Dagbesteding",
    "ask_location": "Waar is het?",
    "ask_other_support": "Andere hulp",
    "ask_story": "Een verhaal lezen",
    "check_availability": "Is er plek?",
    "request_stay": "Logeren aanvragen",
    "change_request": "Aanvraag veranderen",
    "ask_request_status": "Mijn aanvraag",
    "share_story": "Mijn verhaal delen",
}
HUMAN = Choice("Een mens spreken", "/ask_human")
# Three paragraphs: so much in one message is rarely about one thing.
_LONG = 600


class Fallback(TurnAction):
    """Never "I do not understand" alone; the third time only a human is offered."""

    def __init__(self, content: Content, clock: Callable[[], datetime]) -> None:
        self._content = content
        self._locations = tuple(content.locations.values())
        self._clock = clock

    def name(self) -> str:
        return "action_fallback"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        today = self._clock().astimezone(AMSTERDAM).date()
        if not turn.is_choice and understand(turn.text, today) is not None:
            return [FollowupAction(AVAILABILITY_FORM)]
        if turn.asked == "municipality" and self._nearby(dispatcher, turn):
            return [SlotSet("asked", "more"), FollowupAction("action_listen")]
        if turn.asked == "openings" and location_in(turn.text, self._locations):
            return [FollowupAction(STAY_FORM)]
        # Said at once, because this is also for what no rule knows how to go on from.
        return [*self._miss(dispatcher, turn), FollowupAction("action_listen")]

    def _miss(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        likely = likely_choices(turn)
        if len(turn.text) > _LONG and turn.misses == 0:
            say(dispatcher, fixed(self._content.texts.too_long))
            return [SlotSet("asked", "nothing")]
        if turn.misses > 1:
            dispatcher.utter_message(response="utter_offer_human")
            return [SlotSet("asked", "human")]
        if turn.misses == 1:
            say(dispatcher, fixed(self._content.texts.no_answer_choices))
            dispatcher.utter_message(response="utter_choices")
        elif likely:
            dispatcher.utter_message(response="utter_did_you_mean", buttons=_buttons(likely))
        else:
            dispatcher.utter_message(response="utter_not_clear")
        return [SlotSet("asked", "nothing")]

    def _nearby(self, dispatcher: CollectingDispatcher, turn: Turn) -> bool:
        region = self._content.region
        found = region.municipality_named(turn.text) or region.municipality_at(turn.text)
        if found is None:
            return False
        show_nearby(dispatcher, self._content, found.name)
        dispatcher.utter_message(response="utter_ask_more")
        return True


def likely_choices(turn: Turn) -> tuple[Choice, ...]:
    """At most three meanings that a message may have, the likeliest first, then a human."""
    _, names = decide(turn.ranking)
    likely = [Choice(TITLES[name], f"/{name}") for name in names if name != "ask_human"]
    return (*likely, HUMAN) if names else ()


def _buttons(choices: tuple[Choice, ...]) -> list[dict[str, str]]:
    return [{"title": choice.title, "payload": choice.payload} for choice in choices]
