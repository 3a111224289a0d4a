"""Words that wait because the vendor takes free words only for a while after a person wrote.

They are held, the person is asked for a sign, and with that sign they go out (release.py).
"""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, DateTime, Executable, Text, Uuid, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.messages import OutgoingMessage, Template
from bot.services.ports import Outbox
from bot.store.tables import Author, Conversation, Outbound, State

# Who gave no sign for so long is asked again when there is something new. Our choice.
ASKED_FOR = timedelta(days=7)
REPLACED = "replaced"


def is_awaited(row: Outbound) -> bool:
    """Whether somebody waits for a message: not for a line of our own beside an answer."""
    ours = row.author == Author.SYSTEM and row.template == Template.ANSWER_WAITING
    return row.template is not None and (row.announcement or not ours)


async def hold(
    session: AsyncSession,
    row: Outbound,
    outbox: Outbox,
    announcement: str,
    since: datetime,
    now: datetime,
) -> None:
    """Hold a message, and ask for a sign unless that was done of late.

    A line of our own beside a coordinator's answer waits with it and is no reason to ask. Of the
    places that are offered the newest counts. When the person wrote just now, nothing is held: the
    message waits for its turn again. The conversation's lock decides, which the inbox takes too
    before it lets go what is held.

    Args:
        session: the transaction that does all of it.
        row: what may not be sent now.
        outbox: takes the announcement.
        announcement: the approved text that asks the person for a sign.
        since: when the person last wrote, as far as the caller knows.
        now: the present moment, aware.
    """
    values = {
        "message": row.id,
        "conversation": row.conversation_id,
        "template": row.template,
        "made": row.created_at,
        "since": max(since, now - ASKED_FOR),
        "now": now,
    }
    wrote_at = (await session.execute(_WROTE_AT, values)).scalar_one_or_none()
    state = State.HELD if wrote_at == since else State.QUEUED
    await session.execute(_MOVE, {**values, "to": state})
    if state is not State.HELD or not is_awaited(row):
        return
    if row.template == Template.PLACE_OFFERED:
        await session.execute(_REPLACE, values)
    if (await session.execute(_ANNOUNCED, values)).first() is None:
        message = OutgoingMessage(
            announcement, template=Template(str(row.template)), announcement=True
        )
        await outbox.put(session, row.conversation_id, message, author=Author.SYSTEM)


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
        .values(
            state=bindparam("to", type_=Text()),
            state_at=bindparam("now", type_=DateTime(timezone=True)),
        )
        .execution_options(synchronize_session=False)
    )


def _replace() -> Executable:
    """A place that was offered before and not told makes way."""
    return (
        update(Outbound)
        .where(
            Outbound.conversation_id == bindparam("conversation", type_=Uuid()),
            # The pieces of one message are made at one moment.
            Outbound.created_at < bindparam("made", type_=DateTime(timezone=True)),
            Outbound.state == State.HELD,
            Outbound.template == Template.PLACE_OFFERED,
        )
        .values(
            state=State.FAILED,
            error=REPLACED,
            state_at=bindparam("now", type_=DateTime(timezone=True)),
        )
        .execution_options(synchronize_session=False)
    )


def _announced() -> Executable:
    lost = (State.HELD, State.FAILED, State.UNKNOWN)
    return select(Outbound.id).where(
        Outbound.conversation_id == bindparam("conversation", type_=Uuid()),
        Outbound.announcement,
        Outbound.template == bindparam("template", type_=Text()),
        Outbound.created_at > bindparam("since", type_=DateTime(timezone=True)),
        Outbound.state.not_in(lost),
    )


# Built once: building a statement takes as long as running it.
_WROTE_AT, _MOVE, _REPLACE, _ANNOUNCED = _wrote_at(), _move(), _replace(), _announced()
