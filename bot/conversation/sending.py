"""How a message in the outbox moves while it is sent: a statement for each step, nothing else."""

import uuid
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Double,
    Executable,
    Integer,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from bot.messages import Form
from bot.store.database import Database
from bot.store.tables import Conversation, Outbound, State

# A message with its channel and sealed address, when its person last wrote, blocked us, and wrote
# too long ago by the vendor's clock, and whether buttons may stand in place of the letters.
Taken = tuple[Outbound, str, bytes, datetime, datetime | None, datetime | None, bool]


class Steps:
    """Moves a message on; each step commits itself.

    A step names the attempt that it is about. When another one has begun meanwhile, it changes
    nothing.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def take(self, message_id: int) -> Taken | None:
        """Move an open message on: a queued one to `sending`, that one to `unknown`."""
        values = {"message": message_id, "now": self._clock()}
        async with self._database.statement() as session:
            row = (await session.execute(_TAKE, values)).one_or_none()
        return None if row is None else (row[0], row[1], row[2], row[3], row[4], row[5], row[6])

    async def shown(self, row: Outbound) -> None:
        """Note how what is asked is shown before it is: a number may answer it, and buttons stand
        in place of the letters, while nobody knows whether it arrived, also when this worker dies
        now."""
        async with self._database.statement() as session:
            await session.execute(_SHOWN, {"message": row.id, "form": row.form})

    async def sent(self, row: Outbound, external_id: str | None, text: str | None) -> None:
        """The vendor took it, in the row's form and words, or in others where there is `text`."""
        values = {
            "message": row.id,
            "attempt": row.attempts,
            "now": self._clock(),
            "external_id": external_id,
            "form": row.form,
            "text": text,
        }
        async with self._database.statement() as session:
            await session.execute(_SENT, values)

    async def mark(
        self,
        row: Outbound,
        state: State,
        *,
        error: str,
        waited: float = 0.0,
        text: str | None = None,
    ) -> None:
        """It went wrong.

        Args:
            row: the message.
            state: what becomes of it.
            error: why.
            waited: the seconds that we choose to wait for the next attempt.
            text: the words that perhaps arrived, where they are others than the row's.
        """
        values = {
            "message": row.id,
            "attempt": row.attempts,
            "to": state,
            "now": self._clock(),
            "error": error,
            "form": row.form,
            "waited": waited,
            "text": text,
        }
        async with self._database.statement() as session:
            await session.execute(_MARK, values)

    async def shut_out(self, conversation_id: uuid.UUID) -> None:
        """This person blocked us: nothing is tried until they let us in again."""
        values = {"conversation": conversation_id, "now": self._clock()}
        async with self._database.statement() as session:
            await session.execute(_SHUT_OUT, values)

    async def close_window(self, conversation_id: uuid.UUID, at: datetime) -> None:
        """Free words were refused: what the person wrote until then opens no window."""
        async with self._database.statement() as session:
            await session.execute(_CLOSE, {"conversation": conversation_id, "at": at})


def _take() -> Executable:
    queued = Outbound.state == State.QUEUED
    return (
        update(Outbound)
        .where(
            Outbound.id == bindparam("message", type_=BigInteger()),
            Outbound.state.in_((State.QUEUED, State.SENDING)),
            Conversation.id == Outbound.conversation_id,
        )
        .values(
            state=case((queued, State.SENDING), else_=State.UNKNOWN),
            error=case((queued, Outbound.error), else_="interrupted"),
            attempts=Outbound.attempts + case((queued, 1), else_=0),
            state_at=bindparam("now", type_=DateTime(timezone=True)),
        )
        .returning(
            Outbound,
            Conversation.channel,
            Conversation.address_sealed,
            Conversation.last_inbound_at,
            Conversation.blocked_at,
            Conversation.window_closed_at,
            _keyboard_open(),
        )
        .execution_options(synchronize_session=False)
    )


def _keyboard_open() -> ColumnElement[bool]:
    """Whether earlier buttons may stand in place of the letters: perhaps an unknown message put
    them there, and only one that certainly went out took them away."""
    earlier = aliased(Outbound)
    opens = earlier.form == Form.KEYBOARD
    went_out = earlier.state.in_((State.SENT, State.DELIVERED, State.READ))
    last = (
        select(opens)
        .where(
            earlier.conversation_id == Outbound.conversation_id,
            earlier.id < Outbound.id,
            or_(went_out, and_(earlier.state == State.UNKNOWN, opens)),
        )
        .order_by(earlier.id.desc())
        .limit(1)
        .correlate(Outbound)
    )
    return func.coalesce(last.scalar_subquery(), False)


def _shown() -> Executable:
    """How what it asks is about to be shown."""
    return (
        update(Outbound)
        .where(Outbound.id == bindparam("message", type_=BigInteger()))
        .values(form=bindparam("form", type_=Text()))
        .execution_options(synchronize_session=False)
    )


def _mark() -> Executable:
    """What went wrong. A vendor's report may have been faster, and knows more."""
    return (
        update(Outbound)
        .where(
            Outbound.id == bindparam("message", type_=BigInteger()),
            Outbound.attempts == bindparam("attempt", type_=Integer()),
            Outbound.state == State.SENDING,
        )
        .values(
            state=bindparam("to", type_=Text()),
            state_at=bindparam("now", type_=DateTime(timezone=True)),
            error=bindparam("error", type_=Text()),
            waited=Outbound.waited + bindparam("waited", type_=Double()),
            form=bindparam("form", type_=Text()),
            text=func.coalesce(bindparam("text", type_=Text()), Outbound.text),
        )
        .execution_options(synchronize_session=False)
    )


def _sent() -> Executable:
    """That a vendor took it. Its report may have been faster, and then the state stays."""
    sending = Outbound.state.in_((State.SENDING, State.UNKNOWN))
    return (
        update(Outbound)
        .where(
            Outbound.id == bindparam("message", type_=BigInteger()),
            Outbound.attempts == bindparam("attempt", type_=Integer()),
        )
        .values(
            state=case((sending, State.SENT), else_=Outbound.state),
            state_at=bindparam("now", type_=DateTime(timezone=True)),
            error=case((sending, None), else_=Outbound.error),
            external_id=bindparam("external_id", type_=Text()),
            form=bindparam("form", type_=Text()),
            text=func.coalesce(bindparam("text", type_=Text()), Outbound.text),
        )
        .execution_options(synchronize_session=False)
    )


def _shut_out() -> Executable:
    """That somebody blocked us, unless that is known already."""
    return (
        update(Conversation)
        .where(
            Conversation.id == bindparam("conversation", type_=Uuid()),
            Conversation.blocked_at.is_(None),
        )
        .values(blocked_at=bindparam("now", type_=DateTime(timezone=True)))
        .execution_options(synchronize_session=False)
    )


def _close() -> Executable:
    """That the vendor takes no free words any more for what the person wrote until then."""
    at = bindparam("at", type_=DateTime(timezone=True))
    return (
        update(Conversation)
        .where(Conversation.id == bindparam("conversation", type_=Uuid()))
        .values(window_closed_at=func.greatest(Conversation.window_closed_at, at))
        .execution_options(synchronize_session=False)
    )


# Built once: building a statement takes as long as running it.
_TAKE, _SHOWN, _MARK, _SENT = _take(), _shown(), _mark(), _sent()
_SHUT_OUT, _CLOSE = _shut_out(), _close()
