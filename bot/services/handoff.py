"""Who answers a conversation: hands it to a coordinator and back. Never sends anything itself.

The mode goes bot → waiting → human → bot, and waiting → bot by the caregiver. A coordinator's
task (a row in `handoffs`) stays open until a coordinator closes it.
"""

import uuid
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Conflict, NotFound
from bot.messages import OutgoingMessage, Template, Tier
from bot.services.content import Content
from bot.services.fixed_texts import say, waiting
from bot.services.ports import Outbox
from bot.store.database import Database
from bot.store.tables import Author, Conversation, Coordinator, Handoff, Mode, Reason

_SEVERITY = [Tier.NONE, Tier.OVERLOAD, Tier.MEDICAL, Tier.VIOLENCE, Tier.SUICIDE, Tier.IMMEDIATE]


# Tasks that any other reason for a human comes before.
_ROUTINE = (Reason.STAY_REQUEST, Reason.CALLBACK, Reason.NOT_DELIVERED)


class Handoffs:
    """The coordinators' tasks and the mode of each conversation."""

    def __init__(self, database: Database, outbox: Outbox, content: Content) -> None:
        self._database = database
        self._outbox = outbox
        self._content = content

    async def request(
        self, conversation_id: uuid.UUID, inbound_id: int, now: datetime
    ) -> OutgoingMessage:
        """A person asked for a human: open a task, fall silent, and say how long it may take."""
        async with self._database.transaction() as session:
            conversation = await locked(session, conversation_id)
            await self.open(session, conversation, Reason.ASKED, Tier.NONE, inbound_id, now)
        return waiting(self._content, now)

    async def open(
        self,
        session: AsyncSession,
        conversation: Conversation,
        reason: Reason,
        tier: Tier,
        inbound_id: int | None,
        now: datetime,
    ) -> None:
        """Open a task in the caller's transaction and let the conversation wait for a human."""
        await self.add_task(session, conversation.id, reason, tier, inbound_id, now)
        if conversation.mode == Mode.BOT:
            conversation.mode = Mode.WAITING

    async def add_task(
        self,
        session: AsyncSession,
        conversation_id: uuid.UUID,
        reason: Reason,
        tier: Tier,
        inbound_id: int | None,
        now: datetime,
    ) -> None:
        """Open a task without silencing the assistant, or make the open one more urgent."""
        task = await _open_task(session, conversation_id)
        if task is None:
            session.add(
                Handoff(
                    conversation_id=conversation_id,
                    reason=reason,
                    tier=tier,
                    inbound_id=inbound_id,
                    opened_at=now,
                )
            )
            return
        task.inbound_id = inbound_id or task.inbound_id
        if _SEVERITY.index(tier) > _SEVERITY.index(Tier(task.tier)):
            task.tier, task.reason = tier, reason
        elif task.reason in _ROUTINE and reason is not Reason.NOT_DELIVERED:
            task.reason = reason

    async def not_delivered(
        self, session: AsyncSession, conversation_id: uuid.UUID, now: datetime
    ) -> None:
        """What somebody waits for did not arrive: a coordinator is to reach them instead."""
        await self.add_task(session, conversation_id, Reason.NOT_DELIVERED, Tier.NONE, None, now)

    async def take_over(
        self, conversation_id: uuid.UUID, coordinator_id: int, now: datetime
    ) -> None:
        """The coordinator answers from now on; the person reads who it is.

        Raises:
            Conflict: another coordinator has it.
        """
        async with self._database.transaction() as session:
            conversation = await locked(session, conversation_id)
            await self._take(session, conversation, coordinator_id, now)

    async def reply(
        self,
        conversation_id: uuid.UUID,
        coordinator_id: int,
        text: str,
        now: datetime,
    ) -> None:
        """Send a coordinator's words; doing so takes the conversation over.

        Raises:
            Conflict: another coordinator has it, or there is no text.
        """
        if not text.strip():
            raise Conflict("There is no text to send: type an answer first.")
        async with self._database.transaction() as session:
            conversation = await locked(session, conversation_id)
            await self._take(session, conversation, coordinator_id, now)
            await self._outbox.put(
                session,
                conversation_id,
                OutgoingMessage(text.strip(), template=Template.ANSWER_WAITING),
                author=Author.COORDINATOR,
                coordinator_id=coordinator_id,
            )

    async def hand_back(
        self, conversation_id: uuid.UUID, coordinator_id: int, now: datetime
    ) -> None:
        """Close the task and let the assistant answer again; the person reads that it does.

        Raises:
            Conflict: this coordinator does not have the conversation.
        """
        async with self._database.transaction() as session:
            conversation = await locked(session, conversation_id)
            if conversation.mode != Mode.HUMAN or conversation.coordinator_id != coordinator_id:
                raise Conflict("You do not have this conversation (any more).")
            conversation.mode = Mode.BOT
            conversation.coordinator_id = None
            await _close_task(session, conversation_id, now)
            await self._say(session, conversation_id, say(self._content.texts.handed_back))

    async def close_task(self, conversation_id: uuid.UUID, now: datetime) -> None:
        """The task is dealt with; a waiting conversation goes back to the assistant."""
        async with self._database.transaction() as session:
            conversation = await locked(session, conversation_id)
            if conversation.mode == Mode.HUMAN:
                raise Conflict("Hand the conversation back to the assistant first.")
            await _close_task(session, conversation_id, now)
            if conversation.mode == Mode.WAITING:
                conversation.mode = Mode.BOT
                await self._say(session, conversation_id, say(self._content.texts.handed_back))

    async def lift_crisis(self, conversation_id: uuid.UUID) -> None:
        """A coordinator saw that the danger is over: what was promised may go out again.

        Raises:
            Conflict: the alarm itself is still a task that is open.
        """
        async with self._database.transaction() as session:
            conversation = await locked(session, conversation_id)
            task = await _open_task(session, conversation_id)
            if task is not None and task.reason == Reason.CRISIS:
                raise Conflict("Deal with the alarm first: its task is still open.")
            conversation.crisis_at = None

    def resume(self, conversation: Conversation) -> OutgoingMessage:
        """The person goes on with the assistant while waiting; the task stays open."""
        if conversation.mode == Mode.WAITING:
            conversation.mode = Mode.BOT
        return say(self._content.texts.resumed)

    async def _take(
        self,
        session: AsyncSession,
        conversation: Conversation,
        coordinator_id: int,
        now: datetime,
    ) -> None:
        if conversation.mode == Mode.HUMAN:
            if conversation.coordinator_id != coordinator_id:
                raise Conflict("A colleague has this conversation already.")
            return
        coordinator = await session.get_one(Coordinator, coordinator_id)
        await self.add_task(session, conversation.id, Reason.ASKED, Tier.NONE, None, now)
        await session.flush()
        task = await _open_task(session, conversation.id)
        if task is not None:
            task.taken_at, task.taken_by = now, coordinator_id
        conversation.mode = Mode.HUMAN
        conversation.coordinator_id = coordinator_id
        line = say(self._content.texts.taken_over, name=coordinator.name)
        # After 24 hours on WhatsApp it waits together with the answer that follows.
        await self._say(session, conversation.id, replace(line, template=Template.ANSWER_WAITING))

    async def _say(
        self, session: AsyncSession, conversation_id: uuid.UUID, line: OutgoingMessage
    ) -> None:
        await self._outbox.put(session, conversation_id, line, author=Author.SYSTEM)


async def locked(session: AsyncSession, conversation_id: uuid.UUID) -> Conversation:
    """The conversation, locked until the transaction ends, so that its mode cannot change.

    Raises:
        NotFound: it does not exist (any more).
    """
    query = select(Conversation).where(Conversation.id == conversation_id).with_for_update()
    conversation = (await session.execute(query)).scalar_one_or_none()
    if conversation is None:
        raise NotFound("This conversation does not exist any more.")
    return conversation


async def _open_task(session: AsyncSession, conversation_id: uuid.UUID) -> Handoff | None:
    query = select(Handoff).where(
        Handoff.conversation_id == conversation_id, Handoff.closed_at.is_(None)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def _close_task(session: AsyncSession, conversation_id: uuid.UUID, now: datetime) -> None:
    task = await _open_task(session, conversation_id)
    if task is not None:
        task.closed_at = now
