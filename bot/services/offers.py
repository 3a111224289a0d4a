"""A coordinator offers a free place to somebody who waits for one. The yes is an ordinary request.

No bed is held for an offer, which says so: the first whose request is passed on has it.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import AdempauzeError
from bot.messages import OutgoingMessage, Template
from bot.services.availability import Availability, Opening, openings
from bot.services.content import Content
from bot.services.fixed_texts import place_of, say, stay_payload
from bot.services.handoff import locked
from bot.services.office import AMSTERDAM
from bot.services.periods import Period, read_back
from bot.services.ports import Outbox
from bot.services.stays import NoBed
from bot.store.database import Database
from bot.store.tables import Author, Conversation, Inbound, Mode, Outbound

# The longest stay that is offered, and how far ahead, in days.
MOST_NIGHTS = 28
HORIZON = 400


class Hindrance(StrEnum):
    """Why nobody may be offered anything now."""

    HUMAN = "human"  # who answers there is a human, and would get the yes
    BLOCKED = "blocked"
    STOPPED = "stopped"
    BEREAVED = "bereaved"
    CRISIS = "crisis"
    TALKING = "talking"  # the assistant is answering; a yes just now is for something else
    OFFERED = "offered"  # another place, a moment ago


class NotNow(AdempauzeError):
    """This person may not be offered a place as things are."""

    def __init__(self, hindrance: Hindrance) -> None:
        super().__init__(f"no place may be offered: {hindrance}")
        self.hindrance = hindrance


@dataclass(frozen=True)
class Place:
    """A stay at a house, from `start` up to `end` (the day of going home)."""

    location: str
    start: date
    end: date

    @property
    def nights(self) -> int:
        """How many nights that is."""
        return (self.end - self.start).days


@dataclass(frozen=True)
class Free:
    """What can be offered; `exact` when it is the asked days themselves and not others near."""

    openings: Sequence[Opening]
    exact: bool


class Offers:
    """Finds what can be offered, and offers it."""

    def __init__(self, database: Database, outbox: Outbox, content: Content) -> None:
        self._database = database
        self._availability = Availability(database)
        self._outbox = outbox
        self._content = content

    async def free(self, start: date, nights: int, now: datetime) -> Free:
        """The houses with a bed free on all of these nights, else the nearest days of each."""
        found = await self._availability.free(start, start + timedelta(days=nights))
        if found:
            return Free(found, exact=True)
        today = now.astimezone(AMSTERDAM).date()
        return Free(await self._availability.near(start, nights, today), exact=False)

    async def make(
        self,
        conversation_id: uuid.UUID,
        coordinator_id: int,
        place: Place,
        seen: int,
        now: datetime,
    ) -> None:
        """Offer a place. What was said in a form that stands open is kept.

        Args:
            conversation_id: to whom.
            coordinator_id: who offers it.
            place: house and days.
            seen: the newest message to the caregiver that the coordinator saw. The same offer
                after it is this very one: a double click, a repeated request.
            now: the present moment, aware.

        Raises:
            NoBed: no bed is free there on all of these nights (any more).
            NotNow: this person may not be offered anything as things are.
            NotFound: the conversation does not exist (any more).
        """
        offer = self.words(place, now)
        async with self._database.transaction() as session:
            conversation = await locked(session, conversation_id)
            made = await _made(session, conversation_id, seen)
            if offer.choices[0].payload in made:
                return
            if hindrance := await _hindrance(session, conversation):
                raise NotNow(hindrance)
            if made:
                raise NotNow(Hindrance.OFFERED)
            if not await openings(session, place.start, place.end, place.nights, place.location):
                raise NoBed(f"no bed at {place.location} is free on all of these nights")
            await self._outbox.put(
                session,
                conversation_id,
                offer,
                author=Author.SYSTEM,
                coordinator_id=coordinator_id,
            )

    async def hindrance(self, conversation_id: uuid.UUID) -> Hindrance | None:
        """Why nothing may be offered there now; None when it may.

        Raises:
            NotFound: the conversation does not exist (any more).
        """
        async with self._database.transaction() as session:
            return await _hindrance(session, await locked(session, conversation_id))

    def words(self, place: Place, now: datetime) -> OutgoingMessage:
        """The offer as the person reads it; the yes carries the place."""
        house = self._content.locations[place.location]
        stay = Period(place.start, place.end, place.nights, flexible=False)
        message = say(
            self._content.texts.place_offered,
            location=house.name,
            municipality=house.municipality,
            period=read_back(stay, now.astimezone(AMSTERDAM).date()),
        )
        yes, *others = message.choices
        payload = stay_payload(place.location, place.start, place.end)
        choices = (replace(yes, payload=payload), *others)
        return replace(message, choices=choices, template=Template.PLACE_OFFERED)


def place_in(payload: str) -> Place | None:
    """The place that an offer's yes is for; None of any other choice."""
    found = place_of(payload)
    return Place(*found) if found else None


def hindrance_of(conversation: Conversation) -> Hindrance | None:
    """Why nobody may be offered anything by what is known of them; None when they may."""
    hindrances = {
        Hindrance.HUMAN: conversation.mode != Mode.BOT,
        Hindrance.BLOCKED: conversation.blocked_at is not None,
        Hindrance.STOPPED: conversation.stopped_at is not None or _erased(conversation),
        Hindrance.BEREAVED: conversation.bereaved_at is not None,
        Hindrance.CRISIS: conversation.crisis_at is not None,
    }
    return next((one for one, holds in hindrances.items() if holds), None)


def _erased(conversation: Conversation) -> bool:
    """Whether somebody asked to be forgotten and did not write again."""
    erased_at = conversation.erased_at
    return erased_at is not None and conversation.last_inbound_at <= erased_at


async def _hindrance(session: AsyncSession, conversation: Conversation) -> Hindrance | None:
    """Also while somebody's words are not answered: a yes among them is for something else."""
    if found := hindrance_of(conversation):
        return found
    waiting = select(Inbound.id).where(
        Inbound.conversation_id == conversation.id, Inbound.done_at.is_(None)
    )
    is_talking = (await session.execute(waiting.limit(1))).first() is not None
    return Hindrance.TALKING if is_talking else None


async def _made(session: AsyncSession, conversation_id: uuid.UUID, seen: int) -> set[str]:
    """What was offered since then, as the yes means it."""
    query = select(Outbound.choices).where(
        Outbound.conversation_id == conversation_id,
        Outbound.id > seen,
        Outbound.template == Template.PLACE_OFFERED,
    )
    return {one["payload"] for choices in await session.scalars(query) for one in choices[:1]}
