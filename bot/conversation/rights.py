"""Exact phrases that always work, on every channel, in every mode and without the assistant.

STOP, MIJN GEGEVENS, VERGEET MIJ, medewerker, and the way back to the assistant while waiting.
"""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.messages import OutgoingMessage, Tier
from bot.nlu.text import words
from bot.services.consents import latest
from bot.services.content import Content
from bot.services.fixed_texts import RESUME, say, waiting
from bot.services.handoff import Handoffs
from bot.services.office import AMSTERDAM, MONTHS, on_day
from bot.services.plans import drop, planned
from bot.services.ports import Memory
from bot.store.tables import (
    CallbackRequest,
    Consent,
    Conversation,
    Coordinator,
    Handoff,
    HurdleNamed,
    Inbound,
    Mode,
    Outbound,
    Plan,
    Purpose,
    Reason,
    StayRequest,
    TestimonialShown,
)

_Counted = Inbound | StayRequest | CallbackRequest | HurdleNamed
_COUNTED: dict[str, type[_Counted]] = {
    "messages": Inbound,
    "requests": StayRequest,
    "calls": CallbackRequest,
    "hurdles": HurdleNamed,
}
_ERASED = (
    *(HurdleNamed, TestimonialShown, StayRequest, Handoff),
    *(CallbackRequest, Plan, Consent),
)
_PERSEVERANCE = {
    "days": "minder dan een week",
    "weeks": "een paar weken",
    "months": "een paar maanden",
    "year": "ongeveer een jaar",
    "longer": "langer",
}
_PURPOSES = {
    Purpose.KEEP: "bewaren van wat u vertelt",
    Purpose.PASS_ON: "doorgeven van uw vraag",
    Purpose.REMINDERS: "een bericht van ons, één keer",
    Purpose.TESTIMONIAL: "gebruik van uw verhaal",
}


class Right(StrEnum):
    """What somebody may always ask for."""

    STOP = "stop"
    MY_DATA = "my_data"
    FORGET_ME = "forget_me"
    HUMAN = "human"
    RESUME = "resume"


_PHRASES = {
    "stop": Right.STOP,
    "mijn gegevens": Right.MY_DATA,
    "vergeet mij": Right.FORGET_ME,
    "vergeet me": Right.FORGET_ME,
    "medewerker": Right.HUMAN,
    "een medewerker": Right.HUMAN,
    "verder met de assistent": Right.RESUME,
}


def right_in(message: str) -> Right | None:
    """The right that a message asks for when it is exactly one of the phrases.

    >>> right_in("Stop!"), right_in("stop de tijd")
    (<Right.STOP: 'stop'>, None)
    """
    if message == RESUME:
        return Right.RESUME
    return _PHRASES.get(" ".join(words(message))) if len(message) < 60 else None


class Rights:
    """Carries them out, each in the caller's transaction, and gives the words to answer with."""

    def __init__(self, handoffs: Handoffs, memory: Memory, content: Content) -> None:
        self._handoffs = handoffs
        self._memory = memory
        self._content = content
        self._texts = content.texts

    async def carry_out(
        self,
        session: AsyncSession,
        right: Right,
        conversation: Conversation,
        message: Inbound,
        now: datetime,
    ) -> OutgoingMessage:
        """Do what was asked and say that it was done.

        Args:
            session: a transaction that holds the conversation's lock.
            right: what was asked.
            conversation: who asked.
            message: the message that asked.
            now: the present moment, aware.
        """
        if right is Right.STOP:
            conversation.stopped_at = now
            await drop(session, conversation.id, "stopped", now)
            return say(self._texts.stop_confirmed)
        if right is Right.MY_DATA:
            return await self._my_data(session, conversation, now)
        if right is Right.FORGET_ME:
            return await self._forget(session, conversation, message, now)
        if right is Right.HUMAN or conversation.mode == Mode.HUMAN:
            return await self._human(session, conversation, message, now)
        return self._handoffs.resume(conversation)

    async def _human(
        self,
        session: AsyncSession,
        conversation: Conversation,
        message: Inbound,
        now: datetime,
    ) -> OutgoingMessage:
        if conversation.mode == Mode.HUMAN and conversation.coordinator_id is not None:
            coordinator = await session.get_one(Coordinator, conversation.coordinator_id)
            return say(self._texts.staff_taken, name=coordinator.name)
        await self._handoffs.open(session, conversation, Reason.ASKED, Tier.NONE, message.id, now)
        return waiting(self._content, now)

    async def _my_data(
        self, session: AsyncSession, conversation: Conversation, now: datetime
    ) -> OutgoingMessage:
        since = conversation.created_at.astimezone(AMSTERDAM).date()
        answered = await latest(session, conversation.id)
        day = await planned(session, conversation.id)
        given = [
            _PURPOSES[purpose]
            for purpose, consent in answered.items()
            if consent.given and (day or purpose is not Purpose.REMINDERS)
        ]
        today = now.astimezone(AMSTERDAM).date()
        counted = {
            name: str(await _count(session, table, conversation.id))
            for name, table in _COUNTED.items()
        }
        return say(
            self._texts.my_data,
            since=f"{since.day} {MONTHS[since.month - 1]} {since.year}",
            reminder=on_day(day, today) if day else "geen",
            consents=", ".join(given) or "nog niets",
            lasts=_PERSEVERANCE.get(conversation.perseverance or "", "niet gevraagd"),
            **counted,
        )

    async def _forget(
        self,
        session: AsyncSession,
        conversation: Conversation,
        message: Inbound,
        now: datetime,
    ) -> OutgoingMessage:
        """Erase all but the address and an empty row, which the goodbye and the vendor's repeats
        still need; retention removes those after a day."""
        for table in _ERASED:
            await session.execute(delete(table).where(table.conversation_id == conversation.id))
        await session.execute(delete(Outbound).where(Outbound.conversation_id == conversation.id))
        await session.execute(
            delete(Inbound).where(
                Inbound.conversation_id == conversation.id, Inbound.id < message.id
            )
        )
        await self._memory.forget(session, conversation.id)
        message.text = ""
        _reset(conversation, now)
        return say(self._texts.erased)


def _reset(conversation: Conversation, now: datetime) -> None:
    conversation.mode = Mode.BOT
    conversation.stage = "contact"
    conversation.coordinator_id = None
    conversation.crisis_at = None
    conversation.bereaved_at = None
    conversation.role = None
    conversation.perseverance = None
    conversation.outage_told_at = None
    conversation.introduced_at = None
    conversation.turns_in_session = 0
    conversation.created_at = now
    conversation.erased_at = now


async def _count(session: AsyncSession, table: type[_Counted], conversation_id: uuid.UUID) -> int:
    query = select(func.count()).where(table.conversation_id == conversation_id)
    return (await session.execute(query)).scalar_one()
