"""How a message in the outbox moves while it is sent: a statement for each step, nothing else."""

from sqlalchemy import (
    BigInteger,
    DateTime,
    Executable,
    Integer,
    Text,
    Uuid,
    bindparam,
    case,
    func,
    update,
)

from bot.store.tables import Conversation, Outbound, State


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
            state_at=bindparam("now", type_=DateTime(timezone=True)),
        )
        .returning(
            Outbound,
            Conversation.channel,
            Conversation.address_sealed,
            Conversation.last_inbound_at,
            Conversation.blocked_at,
        )
        .execution_options(synchronize_session=False)
    )


def _shown() -> Executable:
    """How its choices are about to be shown."""
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
            Outbound.state == State.SENDING,
        )
        .values(
            state=bindparam("to", type_=Text()),
            state_at=bindparam("now", type_=DateTime(timezone=True)),
            error=bindparam("error", type_=Text()),
            attempts=Outbound.attempts + bindparam("attempts", type_=Integer()),
            form=bindparam("form", type_=Text()),
        )
        .execution_options(synchronize_session=False)
    )


def _sent() -> Executable:
    """That a vendor took it. Its report may have been faster, and then the state stays."""
    sending = Outbound.state.in_((State.SENDING, State.UNKNOWN))
    return (
        update(Outbound)
        .where(Outbound.id == bindparam("message", type_=BigInteger()))
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


# Built once: building a statement takes as long as running it.
TAKE, SHOWN, MARK, SENT, SHUT_OUT = _take(), _shown(), _mark(), _sent(), _shut_out()
