"""The turn job: answers a conversation's waiting messages, one after the other, in order.

Rights first, then who answers: a human's matter is left alone, the assistant's goes to Rasa with
no transaction open. Each message gets at most one answer; none is lost.
"""

import time
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from bot import metrics
from bot.conversation.claims import Claim, claim, waiting
from bot.conversation.committing import Corrected, album_answered, locked_after, may_answer
from bot.conversation.jobs import Later
from bot.conversation.languages import foreign_language
from bot.conversation.masking import MASK, PATIENT_MASK, without_masks
from bot.conversation.patience import Patience
from bot.conversation.presence import Presence
from bot.conversation.rights import Right, Rights, right_in
from bot.errors import NotFound, TurnFailed
from bot.messages import Kind, OutgoingMessage, Tier, joined
from bot.services.content import Content, Text
from bot.services.fixed_texts import say
from bot.services.handoff import Handoffs, locked
from bot.services.ports import Memory, Outbox
from bot.store.database import Database
from bot.store.tables import (
    ActionFailure,
    Author,
    Conversation,
    Inbound,
    Mode,
    Outcome,
    Reason,
)

log = structlog.get_logger(__name__)

# What the assistant reads of one message, in characters; a longer one says nothing new to it.
ASSISTANT_LIMIT = 1000


class Assistant(Protocol):
    """What answers while the mode is `bot`."""

    async def answer(
        self, conversation_id: uuid.UUID, text: str, inbound_id: int
    ) -> list[OutgoingMessage]:
        """The assistant's bubbles. Raises TurnFailed when there are none."""
        ...

    async def renew_session(self, conversation_id: uuid.UUID) -> None:
        """Begin a new session that remembers the running form."""
        ...


class Turns:
    """The turn job."""

    def __init__(  # noqa: PLR0913  # a turn has that many parts
        self,
        database: Database,
        assistant: Assistant,
        outbox: Outbox,
        handoffs: Handoffs,
        rights: Rights,
        memory: Memory,
        content: Content,
        clock: Callable[[], datetime],
        patience: Patience,
        presence: Presence,
    ) -> None:
        self._database = database
        self._presence = presence
        self._assistant = assistant
        self._outbox = outbox
        self._handoffs = handoffs
        self._rights = rights
        self._memory = memory
        self._texts = content.texts
        self._clock = clock
        self._patience = patience

    async def run(self, conversation_id: uuid.UUID) -> None:
        """Handle all waiting messages of a conversation.

        Raises:
            Later: the assistant gave no answer; the same message comes first again.
        """
        try:
            more = True
            while more:
                more = await self._one(conversation_id)
        except NotFound:
            log.info("conversation_erased")

    async def _one(self, conversation_id: uuid.UUID) -> bool:
        """Handle the oldest waiting message; False when there is none."""
        async with self._database.statement() as session:
            claimed = await claim(session, conversation_id, self._clock())
        if claimed is None:
            return False
        if self._needs_assistant(claimed):
            await self._with_assistant(claimed)
        else:
            try:
                async with self._database.transaction() as session:
                    await self._without_assistant(session, claimed)
            except Corrected:
                log.info("turn_corrected", inbound=claimed.message.id)
        return True

    def _needs_assistant(self, claimed: Claim) -> bool:
        return (
            claimed.mode == Mode.BOT
            and _right(claimed) is None
            and claimed.message.kind in (Kind.TEXT, Kind.CHOICE, Kind.LOCATION)
            and bool(without_masks(claimed.words).strip())
            and _foreign(claimed) is None
        )

    async def _with_assistant(self, claimed: Claim) -> None:
        message = claimed.message
        metrics.part("wait", (self._clock() - message.received_at).total_seconds())
        try:
            async with self._presence.working(message.conversation_id):
                answer = await self._ask(claimed)
            await self._commit(message, answer)
        except TurnFailed as error:
            await self._not_answered(message.id, error)
        except Corrected:
            log.info("turn_corrected", inbound=message.id)

    async def _without_assistant(self, session: AsyncSession, claimed: Claim) -> None:
        message = claimed.message
        await locked_after(session, message)
        session.add(message)
        right = _right(claimed)
        if right is not None:
            await self._carry_out(session, right, message)
        elif claimed.mode != Mode.BOT:
            self._done(message, Outcome.COORDINATOR)
        elif language := _foreign(claimed):
            await self._fixed(session, message, self._texts.foreign[language])
        elif message.kind in (Kind.TEXT, Kind.CHOICE):
            await self._fixed(session, message, self._wordless(message))
        elif await album_answered(session, message):
            self._done(message, Outcome.ANSWERED)
        else:
            await self._fixed(session, message, self._texts.unsupported[Kind(message.kind)])

    def _wordless(self, message: Inbound) -> Text:
        """What is said to a message without a word in it, or with nothing but what was masked."""
        if MASK in message.text:
            return self._texts.bsn_masked
        return self._texts.patient_masked if message.text.strip() else self._texts.empty_message

    async def _carry_out(self, session: AsyncSession, right: Right, message: Inbound) -> None:
        conversation = await locked(session, message.conversation_id)
        answer = await self._rights.carry_out(session, right, conversation, message, self._clock())
        await self._reply(session, message, answer, Author.SYSTEM)

    async def _fixed(self, session: AsyncSession, message: Inbound, text: Text) -> None:
        await self._reply(session, message, say(text), Author.SYSTEM)

    async def _ask(self, claimed: Claim) -> list[OutgoingMessage]:
        message = claimed.message
        if claimed.tried_before and (earlier := await self._earlier_answer(message)):
            return earlier
        started = time.perf_counter()
        words = without_masks(claimed.words)[:ASSISTANT_LIMIT]
        answer = await self._assistant.answer(message.conversation_id, words, message.id)
        metrics.part("rasa", time.perf_counter() - started)
        return answer

    async def _earlier_answer(self, message: Inbound) -> list[OutgoingMessage]:
        """The answer of an earlier attempt that got lost; a half attempt is undone, as is one
        at words that were corrected since."""
        async with self._database.transaction() as session:
            failed = await session.scalars(
                delete(ActionFailure)
                .where(ActionFailure.inbound_id == message.id)
                .returning(ActionFailure.id)
            )
            if not (failed.all() or message.corrected_sequence) and (
                answer := await self._memory.answer_to(session, message.conversation_id, message.id)
            ):
                return answer
            await self._memory.undo(session, message.conversation_id, message.id)
            return []

    async def _commit(self, message: Inbound, answer: list[OutgoingMessage]) -> None:
        """Store the answer and the *done* mark together, if the assistant may still answer."""
        started = time.perf_counter()
        async with self._database.transaction() as session:
            conversation = await locked_after(session, message)
            session.add(message)
            if await may_answer(session, conversation, message.id):
                await self._answer(session, conversation, message, answer)
            else:
                self._done(message, Outcome.COORDINATOR)
            session_is_long = conversation.turns_in_session >= self._patience.session_turns
            if session_is_long:
                conversation.turns_in_session = 0
        metrics.part("commit", time.perf_counter() - started)
        if session_is_long:
            await self._assistant.renew_session(message.conversation_id)

    async def _answer(
        self,
        session: AsyncSession,
        conversation: Conversation,
        message: Inbound,
        answer: list[OutgoingMessage],
    ) -> None:
        if MASK in message.text:
            answer = [say(self._texts.bsn_masked), *answer]
        if PATIENT_MASK in message.text:
            answer = [say(self._texts.patient_masked), *answer]
        if conversation.introduced_at is None:
            answer = [say(self._texts.introduction), *answer]
            conversation.introduced_at = self._clock()
        conversation.outage_told_at = None
        conversation.turns_in_session += 1
        await self._reply(session, message, joined(answer), Author.BOT)

    async def _reply(
        self, session: AsyncSession, message: Inbound, answer: OutgoingMessage, author: Author
    ) -> None:
        self._done(message, Outcome.ANSWERED)
        await self._outbox.put(
            session, message.conversation_id, answer, author=author, in_reply_to=message.id
        )

    def _done(self, message: Inbound, outcome: Outcome) -> None:
        message.done_at = self._clock()
        message.outcome = outcome
        metrics.outcome(outcome)

    async def _not_answered(self, message_id: int, error: TurnFailed) -> None:
        """Say once that it takes longer; after ten minutes a coordinator gets the message."""
        log.warning("turn_failed", inbound=message_id, reason=str(error))
        async with self._database.transaction() as session:
            message = await session.get_one(Inbound, message_id)
            conversation = await locked(session, message.conversation_id)
            waited = self._clock() - message.received_at
            if waited >= self._patience.given_up_after:
                await self._give_up(session, conversation, message)
                return
            if waited >= self._patience.told_after and conversation.outage_told_at is None:
                conversation.outage_told_at = self._clock()
                await self._say(session, conversation.id, say(self._texts.outage))
            await self._rights_meanwhile(session, conversation.id)
        raise Later(self._patience.pause(waited)) from error

    async def _rights_meanwhile(self, session: AsyncSession, conversation_id: uuid.UUID) -> None:
        """STOP and its like do not wait behind a message that the assistant cannot answer."""
        for message in await session.scalars(waiting(conversation_id)):
            right = right_in(message.text)
            if right is not None:
                await self._carry_out(session, right, message)

    async def _give_up(
        self, session: AsyncSession, conversation: Conversation, message: Inbound
    ) -> None:
        now = self._clock()
        await self._handoffs.open(
            session, conversation, Reason.TURN_FAILED, Tier.NONE, message.id, now
        )
        self._done(message, Outcome.COORDINATOR)
        await self._say(session, conversation.id, say(self._texts.failed))

    async def _say(
        self, session: AsyncSession, conversation_id: uuid.UUID, line: OutgoingMessage
    ) -> None:
        await self._outbox.put(session, conversation_id, line, author=Author.SYSTEM)


def _right(claimed: Claim) -> Right | None:
    return right_in(claimed.choice.payload if claimed.choice else claimed.message.text)


def _foreign(claimed: Claim) -> str | None:
    """The language of somebody's first words, when it is one that the assistant does not speak."""
    if not claimed.opening or claimed.choice or claimed.message.kind != Kind.TEXT:
        return None
    return foreign_language(claimed.message.text)
