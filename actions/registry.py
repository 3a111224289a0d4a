"""The one list of all actions, made from the services that they call."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from rasa_sdk import Action

from actions.answers import AnswerQuestion, ShowNearby
from actions.asking import QUESTIONS, Ask, Explain
from actions.availability import CheckAvailability, ValidateAvailabilityForm
from actions.closing import LINES, Restart, Tell
from actions.fallback import Fallback
from actions.handoff import HandOver, HelpYoung, PassOn, RaiseAlarm
from actions.hurdles import AnswerHurdle, ShowHouses
from actions.palette import ShowPalette
from actions.recognition import Recognise
from actions.session import StartSession
from actions.stay import ValidateStayForm
from actions.stay_questions import AskConfirmed, AskConsent, AskLocation
from actions.stay_request import SubmitStay, TellRequest
from actions.testimonials import Storyteller, TellStory
from bot.services.availability import Availability
from bot.services.content import Content
from bot.services.handoff import Handoffs
from bot.services.journey import Journey
from bot.services.stays import Stays
from bot.services.testimonials import Testimonials
from bot.store.database import Database


@dataclass(frozen=True)
class ActionServices:
    """What the actions call. `clock` gives the present moment, aware."""

    database: Database
    content: Content
    availability: Availability
    stays: Stays
    handoffs: Handoffs
    testimonials: Testimonials
    clock: Callable[[], datetime]


def build(services: ActionServices) -> list[Action]:
    """Every custom action that domain.yml names."""
    return [*_dialogue(services), *_respite(services), *_people(services)]


def _dialogue(services: ActionServices) -> list[Action]:
    journey = Journey(services.database)
    content, clock = services.content, services.clock
    storyteller = Storyteller(services.testimonials, content)
    return [
        *(Ask(question, stage, journey) for question, stage in QUESTIONS.items()),
        *(Tell(name, line) for name, line in LINES.items()),
        Restart(),
        Explain(),
        Recognise(),
        TellStory(storyteller, journey, clock),
        AnswerHurdle(content, storyteller, journey, clock),
        Fallback(content, clock),
        StartSession(),
    ]


def _respite(services: ActionServices) -> list[Action]:
    journey = Journey(services.database)
    content, clock, availability = services.content, services.clock, services.availability
    return [
        AnswerQuestion(content, clock),
        ShowPalette(content, clock),
        ShowHouses(content),
        ShowNearby(content),
        ValidateAvailabilityForm(clock),
        CheckAvailability(availability, content, clock),
        ValidateStayForm(availability, content, clock),
        AskConfirmed(clock),
        AskLocation(availability, content, clock),
        AskConsent(content),
        SubmitStay(services.stays, services.availability, journey, content, clock),
        TellRequest(journey, content, clock),
    ]


def _people(services: ActionServices) -> list[Action]:
    database, handoffs = services.database, services.handoffs
    content, clock = services.content, services.clock
    return [
        HandOver(handoffs, clock),
        PassOn(database, handoffs, content, clock),
        RaiseAlarm(database, handoffs, content, clock),
        HelpYoung(handoffs, content, clock),
    ]
