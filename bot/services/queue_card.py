"""A conversation as coordinators see it in a list, and the card beside it."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.messages import Kind, Tier
from bot.services.consents import latest
from bot.services.content import Location
from bot.services.plans import planned
from bot.store.tables import (
    Author,
    CallbackRequest,
    Conversation,
    HurdleNamed,
    Mode,
    Outbound,
    Purpose,
    Reason,
    StayRequest,
    StayState,
)
from bot.store.vault import Vault

# WhatsApp lets a business write freely until so long after a person's last message:
# https://www.twilio.com/docs/whatsapp/key-concepts
_WHATSAPP_WINDOW = timedelta(hours=24)
_QUESTION = re.compile(r"[^.!?\n]+\?")


@dataclass(frozen=True)
class StayDates:
    """A stay that is asked for, from `start` up to `end` (the day of going home)."""

    location: str
    start: date
    end: date

    @property
    def nights(self) -> int:
        """How many nights that is."""
        return (self.end - self.start).days


@dataclass(frozen=True)
class QueueRow:
    """One conversation in a list.

    Args:
        conversation_id: opaque.
        label: what coordinators call it, such as "Gesprek 7F3A".
        channel: the channel's name.
        mode: who answers.
        reason: why a coordinator is needed; None without an open task.
        tier: how urgent the task is.
        coordinator: the name of who has it; None while nobody does.
        coordinator_id: whose it is.
        waiting_since: since when the person waits for a coordinator's words, None if not.
        waited: how long that is.
        last_inbound_at: when the person last wrote.
        said: the first words of what the person wrote last; empty for a photo and the like.
        kind: what the person sent last.
        unanswered: messages of the person that nobody answered since the task was opened.
        unanswered_since: when the first of those came; None without any.
        failed: messages to the person that did not arrive.
        unknown: messages to the person that perhaps arrived.
        stay: the newest stay that is asked for.
    """

    conversation_id: uuid.UUID
    label: str
    channel: str
    mode: Mode
    reason: Reason | None
    tier: Tier
    coordinator: str | None
    coordinator_id: int | None
    waiting_since: datetime | None
    waited: timedelta | None
    last_inbound_at: datetime
    said: str
    kind: Kind
    unanswered: int
    unanswered_since: datetime | None
    failed: int
    unknown: int
    stay: StayDates | None

    @property
    def crisis(self) -> bool:
        """Whether somebody's safety is at stake."""
        return self.reason is Reason.CRISIS or self.tier is not Tier.NONE


@dataclass(frozen=True)
class StayCard:
    """A stay request, with what identifies a person made readable for this view."""

    dates: StayDates
    state: StayState
    needs: str | None
    first_name: str | None
    callback: str | None
    consented_at: datetime
    consent_version: str


@dataclass(frozen=True)
class CallCard:
    """A request to be called, with the number made readable for this view."""

    number: str
    moment: str | None
    asked_at: datetime


@dataclass(frozen=True)
class ConsentCard:
    """What somebody answered last when they were asked whether something may."""

    purpose: Purpose
    given: bool
    at: datetime


@dataclass(frozen=True)
class Card:
    """What a coordinator sees beside a conversation.

    Args:
        row: the conversation as the lists show it.
        stage: how far the caregiver is: contact, recognition, need …
        role: who the person is where that is not a caregiver: referrer, recipient, young.
        perseverance: how long they said to keep it up: days, weeks, months, year, longer.
        hurdles: the names of the hurdles that were named, in that order.
        stays: the stay requests, the newest first.
        calls: the requests to be called, the newest first.
        consents: the answers that count now.
        reminder_on: the day on which the assistant promised to come back.
        last_question: what the assistant asked last.
        created_at: the first message.
        crisis_at: the last alarm, which stops reminders; None if there was none.
        bereaved_at: since when the assistant knows of a loss and asks nothing.
        stopped_at: since when the person wants no reminders.
        writable_until: WhatsApp takes free text until then; None on other channels.
        blocked_at: since when the person shut us out on the channel.
    """

    row: QueueRow
    stage: str
    role: str | None
    perseverance: str | None
    hurdles: Sequence[str]
    stays: Sequence[StayCard]
    calls: Sequence[CallCard]
    consents: Sequence[ConsentCard]
    reminder_on: date | None
    last_question: str | None
    created_at: datetime
    crisis_at: datetime | None
    bereaved_at: datetime | None
    stopped_at: datetime | None
    writable_until: datetime | None
    blocked_at: datetime | None


class Cards:
    """Makes cards; the only place where the console reads what is encrypted."""

    def __init__(self, vault: Vault, locations: Mapping[str, Location]) -> None:
        self._vault = vault
        self._locations = locations

    async def make(self, session: AsyncSession, conversation: Conversation, row: QueueRow) -> Card:
        """The card of a conversation, read in the caller's transaction."""
        return Card(
            row=row,
            stage=conversation.stage,
            role=conversation.role,
            perseverance=conversation.perseverance,
            hurdles=list(await session.scalars(_hurdles(conversation.id))),
            stays=[self._stay(stay) for stay in await session.scalars(_stays(conversation.id))],
            calls=[self._call(call) for call in await session.scalars(_calls(conversation.id))],
            consents=[
                ConsentCard(purpose, row.given, row.at)
                for purpose, row in (await latest(session, conversation.id)).items()
            ],
            reminder_on=await planned(session, conversation.id),
            last_question=_question(await session.scalar(_last_words(conversation.id))),
            created_at=conversation.created_at,
            crisis_at=conversation.crisis_at,
            bereaved_at=conversation.bereaved_at,
            stopped_at=conversation.stopped_at,
            writable_until=_writable_until(conversation),
            blocked_at=conversation.blocked_at,
        )

    def _stay(self, row: StayRequest) -> StayCard:
        return StayCard(
            dates=stay_dates(self._locations, row.location_slug, row.start_on, row.end_on),
            state=StayState(row.state),
            needs=row.needs,
            first_name=self._open(row.first_name_sealed),
            callback=self._open(row.callback_sealed),
            consented_at=row.consented_at,
            consent_version=row.consent_version,
        )

    def _call(self, row: CallbackRequest) -> CallCard:
        return CallCard(self._vault.decrypt(row.number_sealed), row.moment, row.created_at)

    def _open(self, sealed: bytes | None) -> str | None:
        return self._vault.decrypt(sealed) if sealed else None


def stay_dates(locations: Mapping[str, Location], slug: str, start: date, end: date) -> StayDates:
    """The dates with the house's name; one that left the content is known by its short name."""
    location = locations.get(slug)
    return StayDates(location.name if location else slug, start, end)


def _writable_until(conversation: Conversation) -> datetime | None:
    """By our clock, unless WhatsApp's own found that the window was shut before."""
    if conversation.channel != "whatsapp":
        return None
    wrote_at, closed_at = conversation.last_inbound_at, conversation.window_closed_at
    if closed_at is not None and closed_at >= wrote_at:
        return closed_at
    return wrote_at + _WHATSAPP_WINDOW


def _hurdles(conversation_id: uuid.UUID) -> Select[str]:
    return (
        select(HurdleNamed.hurdle)
        .where(HurdleNamed.conversation_id == conversation_id)
        .order_by(HurdleNamed.named_at)
    )


def _stays(conversation_id: uuid.UUID) -> Select[StayRequest]:
    return (
        select(StayRequest)
        .where(StayRequest.conversation_id == conversation_id)
        .order_by(StayRequest.created_at.desc())
    )


def _calls(conversation_id: uuid.UUID) -> Select[CallbackRequest]:
    return (
        select(CallbackRequest)
        .where(CallbackRequest.conversation_id == conversation_id)
        .order_by(CallbackRequest.id.desc())
    )


def _last_words(conversation_id: uuid.UUID) -> Select[str]:
    """What the assistant said last."""
    return (
        select(Outbound.text)
        .where(Outbound.conversation_id == conversation_id, Outbound.author == Author.BOT)
        .order_by(Outbound.id.desc())
        .limit(1)
    )


def _question(words: str | None) -> str | None:
    """The last question in what was said."""
    questions = _QUESTION.findall(words or "")
    return questions[-1].strip() if questions else None
