"""What becomes of held words when the person writes: they go out, or there is no point any more.

Nothing is told that is not so at this moment, and no place is offered to who says no, wants no
messages, or has something else on their mind.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Executable, Uuid, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.rights import Right, right_in
from bot.conversation.signs import is_no, is_question, is_sign
from bot.messages import IncomingMessage, Kind, Template
from bot.services.availability import openings
from bot.services.offers import hindrance_of, place_in
from bot.services.office import AMSTERDAM
from bot.store.tables import Author, Conversation, Mode, Outbound, State

# Why a place that was offered is not told after all.
STOPPED, DECLINED, OTHERWISE, GONE = "stopped", "declined", "otherwise", "place_gone"


class Release:
    """Decides about all that is held in one conversation, in the caller's transaction.

    Args:
        session: which holds the conversation's lock.
        conversation: whose words are held.
        message: what the person wrote or tapped.
        inbound_id: the message's id.
        now: the present moment, aware.
    """

    def __init__(
        self,
        session: AsyncSession,
        conversation: Conversation,
        message: IncomingMessage,
        inbound_id: int,
        now: datetime,
    ) -> None:
        self._session = session
        self._conversation = conversation
        self._message = message
        self._text = message.text if message.kind is Kind.TEXT else ""
        self._inbound_id = inbound_id
        self._now = now
        # Why the offers were dropped, and whether there was anything that goes out.
        self.dropped: str | None = None
        self.went = False

    @property
    def is_answer(self) -> bool:
        """Whether what goes out is all that the message asks for, or its place is gone."""
        answered = self.went or self.dropped == GONE
        return answered and self._conversation.mode == Mode.BOT and is_sign(self._text)

    async def carry_out(self) -> None:
        """Let go what may go, and drop the rest."""
        held = list(await self._session.scalars(_HELD, {"conversation": self._conversation.id}))
        if not held:
            return
        right = right_in(await self._said())
        if right is Right.FORGET_ME:
            return
        offers = [row for row in held if row.template == Template.PLACE_OFFERED]
        if offers:
            self.dropped = STOPPED if right is Right.STOP else await self._why_not(offers)
        for row in offers if self.dropped else ():
            row.state, row.error, row.state_at = State.FAILED, self.dropped, self._now
        await self._drop_idle_lines(held)
        await self._session.flush()
        values = {
            "conversation": self._conversation.id,
            "inbound": self._inbound_id,
            "now": self._now,
        }
        self.went = (await self._session.execute(_LET_GO, values)).first() is not None

    async def _why_not(self, offers: Sequence[Outbound]) -> str | None:
        """Why the offers are not told; None when they are."""
        if is_no(self._text):
            return DECLINED
        if hindrance := hindrance_of(self._conversation):
            return hindrance.value
        if self._is_another_matter():
            return OTHERWISE
        return None if await self._is_free(offers[-1]) else GONE

    def _is_another_matter(self) -> bool:
        plain = is_sign(self._text) or is_question(self._text)
        return self._message.kind is Kind.TEXT and not plain

    async def _said(self) -> str:
        """The words of the message, or what its choice means."""
        choice = self._message.choice
        if choice is None:
            return self._message.text
        values = {"conversation": self._conversation.id, "message": choice.message_id}
        offered = (await self._session.execute(_OFFERED, values)).scalar_one_or_none() or []
        return offered[choice.index]["payload"] if choice.index < len(offered) else ""

    async def _is_free(self, offer: Outbound) -> bool:
        place = next(filter(None, (place_in(one["payload"]) for one in offer.choices)), None)
        if place is None:
            # A picture of the house, or the first part of a long text.
            return True
        if place.start < self._now.astimezone(AMSTERDAM).date():
            return False
        found = await openings(self._session, place.start, place.end, place.nights, place.location)
        return bool(found)

    async def _drop_idle_lines(self, held: Sequence[Outbound]) -> None:
        """That a human reads along, where none does any more and none wrote, is not told."""
        answered = any(row.author == Author.COORDINATOR for row in held)
        if answered or self._conversation.mode == Mode.HUMAN:
            return
        for row in held:
            if row.template == Template.ANSWER_WAITING:
                await self._session.delete(row)


def _offered() -> Executable:
    return select(Outbound.choices).where(
        Outbound.conversation_id == bindparam("conversation", type_=Uuid()),
        Outbound.id == bindparam("message", type_=BigInteger()),
    )


def _held() -> Executable:
    return (
        select(Outbound)
        .where(
            Outbound.conversation_id == bindparam("conversation", type_=Uuid()),
            Outbound.state == State.HELD,
        )
        .order_by(Outbound.id)
    )


def _let_go() -> Executable:
    """They go out after all that was said meanwhile, so they are numbered and dated anew."""
    held = (
        select(Outbound.id)
        .where(
            Outbound.conversation_id == bindparam("conversation", type_=Uuid()),
            Outbound.state == State.HELD,
        )
        .order_by(Outbound.id)
        .subquery()
    )
    sequence = func.pg_get_serial_sequence("outbound", "id")
    renumbered = select(held.c.id.label("old"), func.nextval(sequence).label("new")).subquery()
    return (
        update(Outbound)
        .where(Outbound.id == renumbered.c.old)
        .values(
            id=renumbered.c.new,
            state=State.QUEUED,
            created_at=bindparam("now", type_=DateTime(timezone=True)),
            state_at=bindparam("now", type_=DateTime(timezone=True)),
            released_by=bindparam("inbound", type_=BigInteger()),
        )
        .returning(Outbound.id)
        .execution_options(synchronize_session=False)
    )


# Built once: building a statement takes as long as running it.
_OFFERED, _HELD, _LET_GO = _offered(), _held(), _let_go()
