"""Words that wait because the vendor takes free words only for a while after a person wrote.

They are held, the person is asked once for a sign, and with that sign they go out.
"""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Executable, Text, Uuid, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.messages import OutgoingMessage, Template
from bot.nlu.text import fold, words
from bot.services.ports import Outbox
from bot.store.tables import Author, Conversation, Outbound, State

# Who says no more than this lets the words go that were announced, and they are the answer.
_SIGNS = frozenset(
    (
        *("ja", "jawel", "jazeker", "graag", "heel", "ok", "oke", "okay", "prima", "goed", "dan"),
        *("hallo", "hoi", "hai", "dag", "goedemorgen", "goedemiddag", "goedenavond"),
        *("vertel", "maar", "laat", "weten", "zeg", "het", "hier", "ben", "ik", "er"),
        *("dank", "u", "je", "wel", "bedankt", "dankuwel", "dankjewel"),
    )
)
STOPPED = "stopped"


async def hold(
    session: AsyncSession, row: Outbound, outbox: Outbox, announcement: str, since: datetime
) -> None:
    """Hold a message; the first of its kind since the person last wrote is announced.

    A line of our own beside a coordinator's answer waits with it and is no reason to announce.
    When the person wrote just now, nothing is held: the message waits for its turn again. The
    conversation's lock decides, which the inbox takes too before it lets go what is held.

    Args:
        session: the transaction that does both.
        row: what may not be sent now.
        outbox: takes the announcement.
        announcement: the approved text that asks the person for a sign.
        since: when the person last wrote, as far as the caller knows.
    """
    values = {
        "message": row.id,
        "conversation": row.conversation_id,
        "since": since,
        "announcement": announcement,
    }
    wrote_at = (await session.execute(_WROTE_AT, values)).scalar_one_or_none()
    state = State.HELD if wrote_at == since else State.QUEUED
    await session.execute(_MOVE, {**values, "to": state})
    is_reason = row.author == Author.COORDINATOR or row.template == Template.PLACE_OFFERED
    if state is not State.HELD or not is_reason:
        return
    if (await session.execute(_ANNOUNCED, values)).first() is None:
        message = OutgoingMessage(announcement, template=Template(str(row.template)))
        await outbox.put(session, row.conversation_id, message, author=Author.SYSTEM)


async def release(session: AsyncSession, conversation_id: uuid.UUID) -> bool:
    """Let what is held go out, now that the person wrote; whether there was anything."""
    found = await session.execute(_RELEASE, {"conversation": conversation_id})
    return found.first() is not None


async def drop_offers(session: AsyncSession, conversation_id: uuid.UUID) -> None:
    """A place that is held back is not offered any more: the person wants no messages."""
    await session.execute(_DROP_OFFERS, {"conversation": conversation_id})


def is_sign(text: str) -> bool:
    """Whether somebody says no more than that they are there.

    >>> is_sign("Ja, graag 👍"), is_sign("Ja, maar wat kost het?"), is_sign("Mijn man is dood")
    (True, False, False)
    """
    others = any(letter.isalpha() and not letter.isascii() for letter in fold(text))
    return "?" not in text and not others and _SIGNS.issuperset(words(text))


def _wrote_at() -> Executable:
    return (
        select(Conversation.last_inbound_at)
        .where(Conversation.id == bindparam("conversation", type_=Uuid()))
        .with_for_update()
    )


def _move() -> Executable:
    return (
        update(Outbound)
        .where(
            Outbound.id == bindparam("message", type_=BigInteger()),
            Outbound.state == State.SENDING,
        )
        .values(state=bindparam("to", type_=Text()))
        .execution_options(synchronize_session=False)
    )


def _announced() -> Executable:
    return select(Outbound.id).where(
        Outbound.conversation_id == bindparam("conversation", type_=Uuid()),
        Outbound.author == Author.SYSTEM,
        Outbound.text == bindparam("announcement", type_=Text()),
        Outbound.created_at > bindparam("since", type_=DateTime(timezone=True)),
        Outbound.state.not_in((State.HELD, State.FAILED)),
    )


def _release() -> Executable:
    return (
        update(Outbound)
        .where(
            Outbound.conversation_id == bindparam("conversation", type_=Uuid()),
            Outbound.state == State.HELD,
        )
        .values(state=State.QUEUED, template=None)
        .returning(Outbound.id)
        .execution_options(synchronize_session=False)
    )


def _drop_offers() -> Executable:
    return (
        update(Outbound)
        .where(
            Outbound.conversation_id == bindparam("conversation", type_=Uuid()),
            Outbound.state == State.HELD,
            Outbound.template == Template.PLACE_OFFERED,
        )
        .values(state=State.FAILED, error=STOPPED)
        .execution_options(synchronize_session=False)
    )


# Built once: building a statement takes as long as running it.
_WROTE_AT, _MOVE, _ANNOUNCED = _wrote_at(), _move(), _announced()
_RELEASE, _DROP_OFFERS = _release(), _drop_offers()
