"""Takes a message in: safety first, then one durable transaction; only then it is acknowledged.

The conversation's row is locked meanwhile, so that the order of ids is the order of
acknowledgement. The database's unique constraint decides what is a duplicate.
"""

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    DateTime,
    Executable,
    LargeBinary,
    Text,
    bindparam,
    case,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.corrections import Nothing, correct
from bot.conversation.held import drop_offers, is_sign, release
from bot.conversation.jobs import Jobs
from bot.conversation.masking import mask, mask_patient, speaks_of_a_patient
from bot.conversation.membership import is_news
from bot.conversation.rights import Right, right_in
from bot.conversation.safety import Safety
from bot.messages import IncomingMessage, Kind, Tier
from bot.services.content import Content
from bot.services.fixed_texts import safety as safety_answer
from bot.services.handoff import Handoffs
from bot.services.journey import Role
from bot.services.ports import Outbox
from bot.store.database import Database
from bot.store.tables import Author, Conversation, Inbound, Mode, Outcome, Reason
from bot.store.vault import Vault

# Longer than any vendor lets a person type; the rest says nothing new.
TEXT_LIMIT = 5000
# Messages of one breath are read together for safety.
_ONE_BREATH = timedelta(minutes=10)
_RECENT = 4


class Inbox:
    """Where every channel's messages come in."""

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        outbox: Outbox,
        handoffs: Handoffs,
        vault: Vault,
        safety: Safety,
        content: Content,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._outbox = outbox
        self._handoffs = handoffs
        self._vault = vault
        self._safety = safety
        self._content = content
        self._clock = clock

    async def receive(self, message: IncomingMessage) -> bool:
        """Store a message, or an earlier one's new words, and let it be answered; False when it
        was here already.

        Whoever calls this may acknowledge the message to its vendor once it returns.
        """
        message = self._placed(message)
        message = replace(message, text=mask(message.text.replace("\0", ""))[:TEXT_LIMIT])
        words = _words(message)
        alone = self._safety.assess(words) if words else Tier.NONE
        now = self._clock()
        async with self._database.transaction() as session:
            conversation, earlier = await self._conversation(session, message, now)
            tier = self._tier(message, alone, earlier)
            if conversation.role == Role.REFERRER or speaks_of_a_patient(message.text):
                message = replace(message, text=mask_patient(message.text))
            inbound_id = await _keep(session, conversation.id, message, tier, now)
            if inbound_id is None:
                await session.rollback()
                return False
            let_go = await self._let_go(session, conversation, message)
            if tier != Tier.NONE:
                await self._alarm(session, conversation, inbound_id, tier, now)
            elif let_go and conversation.mode == Mode.BOT and is_sign(message.text):
                await _answered(session, inbound_id, now)
            else:
                await self._jobs.defer_turn(session, conversation.id)
        return True

    async def _let_go(
        self, session: AsyncSession, conversation: Conversation, message: IncomingMessage
    ) -> bool:
        """Let what is held go out; whether there was anything. After STOP no place is offered,
        and who wants to be forgotten gets nothing more."""
        right = right_in(message.text)
        if right is Right.FORGET_ME:
            return False
        if right is Right.STOP:
            await drop_offers(session, conversation.id)
        found = await release(session, conversation.id)
        if found:
            await self._jobs.defer_delivery(session, conversation.id)
        return found

    def _placed(self, message: IncomingMessage) -> IncomingMessage:
        """A place on the map as the name of its municipality; empty when it is in none of ours.

        The point itself goes no further than this: neither stored nor logged. With words of the
        person's own it is those words, so that the text of a place is never somebody's.
        """
        if message.kind is not Kind.LOCATION:
            return message
        if message.text.strip():
            return replace(message, kind=Kind.TEXT, place=None)
        near = self._content.region.municipality_near(message.place) if message.place else None
        return replace(message, text=near.name if near else "", place=None)

    async def conversation_of(self, channel: str, address: str) -> uuid.UUID | None:
        """The conversation of an address, if there is one."""
        query = select(Conversation.id).where(
            Conversation.channel == channel,
            Conversation.address_hash == self._vault.fingerprint(channel, address),
        )
        async with self._database.transaction() as session:
            return (await session.execute(query)).scalar_one_or_none()

    async def _conversation(
        self, session: AsyncSession, message: IncomingMessage, now: datetime
    ) -> tuple[Conversation, list[str]]:
        """The person's conversation, made when it is the first message, and locked.

        Returns:
            Also what was said just before, the oldest first, that alarmed nobody.
        """
        fingerprint = self._vault.fingerprint(message.channel, message.address)
        values = {
            "of_channel": message.channel,
            "fingerprint": fingerprint,
            "now": now,
            "since": now - _ONE_BREATH,
            "written": message.written_at or now,
            "place": message.sequence,
        }
        found = (await session.execute(_MEET, values)).one_or_none()
        if found is None:
            await session.execute(
                insert(Conversation)
                .values(
                    id=uuid.uuid4(),
                    channel=message.channel,
                    address_hash=fingerprint,
                    address_sealed=self._vault.encrypt(message.address),
                    created_at=now,
                    last_inbound_at=now,
                    mode=Mode.BOT,
                    stage="contact",
                    turns_in_session=0,
                )
                .on_conflict_do_nothing()
            )
            found = (await session.execute(_MEET, values)).one()
        conversation, newest_first = found
        return conversation, newest_first[::-1]

    def _tier(self, message: IncomingMessage, alone: Tier, earlier: list[str]) -> Tier:
        """The tier of the message itself, or of what was said in one breath with it."""
        if alone != Tier.NONE or not message.text or message.kind != Kind.TEXT or not earlier:
            return alone
        return self._safety.assess_recent([*earlier, message.text])

    async def _alarm(
        self,
        session: AsyncSession,
        conversation: Conversation,
        inbound_id: int,
        tier: Tier,
        now: datetime,
    ) -> None:
        """The fixed answer, the coordinator's alert and the change of mode, all in one."""
        conversation.crisis_at = now
        await self._handoffs.open(session, conversation, Reason.CRISIS, tier, inbound_id, now)
        await self._outbox.put(
            session,
            conversation.id,
            safety_answer(self._content, tier, now, resumable=conversation.mode != Mode.HUMAN),
            author=Author.SAFETY,
            in_reply_to=inbound_id,
        )


def _words(message: IncomingMessage) -> str:
    """All that may be a person's word, for safety. A link's code is none, unless somebody typed
    a word in its place; codes with digits alarm by chance (5 of 4,000 random ones did)."""
    code = re.sub(r"[-_]", " ", message.start_code or "").strip()
    return f"{message.text} {code}" if code.replace(" ", "").isalpha() else message.text


async def _keep(
    session: AsyncSession,
    conversation_id: uuid.UUID,
    message: IncomingMessage,
    tier: Tier,
    now: datetime,
) -> int | None:
    """The id of the row that holds the message now, None when it was here before."""
    if message.replaces:
        found = await correct(session, conversation_id, message, tier)
        if found is Nothing.KNOWN:
            return None
        if isinstance(found, Inbound):
            if tier != Tier.NONE:
                found.done_at, found.outcome = now, Outcome.SAFETY
            return found.id
    return await _store(session, conversation_id, message, tier, now)


async def _store(
    session: AsyncSession,
    conversation_id: uuid.UUID,
    message: IncomingMessage,
    tier: Tier,
    now: datetime,
) -> int | None:
    """The new row's id, or None when the channel sent this message before."""
    alarming = tier != Tier.NONE
    values = {
        "conversation_id": conversation_id,
        "channel": message.channel,
        "external_id": message.external_id,
        "sequence": message.sequence,
        "kind": message.kind,
        "text": message.text,
        "choice_message_id": message.choice.message_id if message.choice else None,
        "choice_index": message.choice.index if message.choice else None,
        "tier": tier,
        "received_at": now,
        "done_at": now if alarming else None,
        "outcome": Outcome.SAFETY if alarming else None,
        "reference": message.reference,
        "album": message.album,
        "start_code": message.start_code,
    }
    found: int | None = (await session.execute(_STORE, values)).scalar_one_or_none()
    return found


async def _answered(session: AsyncSession, inbound_id: int, now: datetime) -> None:
    """What was held is the answer to a message that only said: I am here."""
    await session.execute(
        update(Inbound)
        .where(Inbound.id == inbound_id)
        .values(done_at=now, outcome=Outcome.ANSWERED)
        .execution_options(synchronize_session=False)
    )


def _meet() -> Executable:
    """Find and lock a person's conversation, with what was said last that alarmed nobody."""
    moment = DateTime(timezone=True)
    written, place = bindparam("written", type_=moment), bindparam("place", type_=BigInteger())
    news = is_news(written, place)
    recent = (
        select(Inbound.text)
        .where(
            Inbound.conversation_id == Conversation.id,
            Inbound.received_at > bindparam("since", type_=moment),
            Inbound.tier == Tier.NONE,
            Inbound.kind == Kind.TEXT,
        )
        .order_by(Inbound.id.desc())
        .limit(_RECENT - 1)
        .correlate(Conversation)
    )
    return (
        update(Conversation)
        .where(
            Conversation.channel == bindparam("of_channel", type_=Text()),
            Conversation.address_hash == bindparam("fingerprint", type_=LargeBinary()),
        )
        # Who writes to us has let us in again.
        .values(
            last_inbound_at=bindparam("now", type_=moment),
            blocked_at=case((news, None), else_=Conversation.blocked_at),
            membership_at=case((news, written), else_=Conversation.membership_at),
            membership_sequence=case((news, place), else_=Conversation.membership_sequence),
        )
        .returning(Conversation, func.array(recent.scalar_subquery(), type_=ARRAY(Text)))
        .execution_options(synchronize_session=False)
    )


# Built once: building a statement takes as long as running it.
_MEET = _meet()
_STORE = (
    insert(Inbound)
    .on_conflict_do_nothing(index_elements=["channel", "external_id"])
    .returning(Inbound.id)
)
