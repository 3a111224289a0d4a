"""The one list of all actions, made from the services that they call."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from rasa_sdk import Action

from actions.answers import AnswerQuestion, ShowNearby
from actions.asking import QUESTIONS, Ask, Explain
from actions.availability import CheckAvailability, ValidateAvailabilityForm
from actions.base import TurnAction
from actions.callback import AskCallbackConsent, SubmitCallback, ValidateCallbackForm
from actions.closing import LINES, Condole, Goodbye, Restart, Tell
from actions.consent import AskKeep, AskShare, KeepConsent, NoteKeep, NoteShare
from actions.fallback import Fallback
from actions.handoff import HandOver, HelpYoung, PassOn, RaiseAlarm
from actions.hurdles import AnswerHurdle, ShowHouses
from actions.later import AskLaterConsent, PlanLater, ValidateLaterForm
from actions.palette import ShowPalette
from actions.perseverance import HearPerseverance, NotePerseverance
from actions.recognition import Recognise
from actions.referrer import (
    AskReferrer,
    AskReferrerRegion,
    FreeAtAGlance,
    Glance,
    ValidateReferrerForm,
)
from actions.session import StartSession
from actions.stay import ValidateStayForm
from actions.stay_questions import AskConfirmed, AskConsent, AskLocation
from actions.stay_request import SubmitStay, TellRequest
from actions.testimonials import Storyteller, TellStory
from bot.services.availability import Availability
from bot.services.callbacks import Callbacks
from bot.services.consents import Consents
from bot.services.content import Content
from bot.services.handoff import Handoffs
from bot.services.journey import Journey
from bot.services.plans import Plans
from bot.services.stays import Stays
from bot.services.testimonials import Testimonials
from bot.store.database import Database


@dataclass(frozen=True)
class ActionServices:
    """What the actions call.

    Args:
        chat_url: where the web chat is, for who hands it on.
        clock: gives the present moment, aware.
    """

    database: Database
    content: Content
    availability: Availability
    stays: Stays
    handoffs: Handoffs
    testimonials: Testimonials
    plans: Plans
    callbacks: Callbacks
    chat_url: str
    clock: Callable[[], datetime]


def build(services: ActionServices) -> list[Action]:
    """Every custom action that domain.yml names."""
    return [
        *_dialogue(services),
        *_when(services),
        *_kept(services),
        *_respite(services),
        *_people(services),
        *_referrers(services),
    ]


def _dialogue(services: ActionServices) -> list[Action]:
    journey = Journey(services.database)
    content, clock = services.content, services.clock
    storyteller = Storyteller(services.testimonials, content)
    return [
        *(_ask(question, journey) for question in QUESTIONS if question != "referrer"),
        *(Tell(name, line) for name, line in LINES.items()),
        Goodbye(content),
        Condole(services.plans, clock),
        Restart(journey, _when(services), clock),
        Explain(content),
        Recognise(journey),
        TellStory(storyteller, journey, clock),
        AnswerHurdle(content, storyteller, journey, clock),
        Fallback(content, clock),
        StartSession(),
    ]


def _when(services: ActionServices) -> list[TurnAction]:
    """What reads the answers of the forms that ask when."""
    content, clock = services.content, services.clock
    return [
        ValidateAvailabilityForm(clock),
        ValidateStayForm(services.availability, _keep(services), content, clock),
        ValidateLaterForm(services.plans, clock),
    ]


def _kept(services: ActionServices) -> list[Action]:
    """What is asked before something is kept, and the promises that are made."""
    journey, consents = Journey(services.database), Consents(services.database)
    content, clock = services.content, services.clock
    keep = _keep(services)
    return [
        AskKeep(content, _ask("perseverance", journey)),
        NoteKeep("action_note_keep", keep),
        NoteKeep("action_note_keep_after", keep, last=True),
        NotePerseverance(journey),
        HearPerseverance(
            journey,
            RaiseAlarm(services.database, services.handoffs, content, clock),
            TellStory(Storyteller(services.testimonials, content), journey, clock),
            _ask("call", journey),
            _ask("breather", journey),
        ),
        AskShare(content, _ask("more", journey)),
        NoteShare(consents, content, clock),
        AskLaterConsent(content, clock),
        PlanLater(services.plans, content, clock),
    ]


def _keep(services: ActionServices) -> KeepConsent:
    return KeepConsent(Consents(services.database), services.content, services.clock)


def _ask(question: str, journey: Journey) -> Ask:
    return Ask(question, QUESTIONS[question], journey)


def _respite(services: ActionServices) -> list[Action]:
    journey = Journey(services.database)
    content, clock, availability = services.content, services.clock, services.availability
    return [
        AnswerQuestion(content, clock),
        ShowPalette(content, journey, clock),
        ShowHouses(content),
        ShowNearby(content),
        CheckAvailability(availability, content, clock),
        AskConfirmed(clock),
        AskLocation(availability, content, clock),
        AskConsent(content, clock),
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
        HelpYoung(database, handoffs, content, clock),
        ValidateCallbackForm(services.callbacks),
        AskCallbackConsent(content),
        SubmitCallback(services.callbacks, content, clock),
    ]


def _referrers(services: ActionServices) -> list[Action]:
    journey, content = Journey(services.database), services.content
    free = FreeAtAGlance(services.availability, content, services.clock, services.chat_url)
    return [
        ValidateReferrerForm(journey, content),
        AskReferrerRegion(content),
        Glance(free, _ask("more", journey)),
        AskReferrer(free, _ask("referrer", journey)),
    ]
