"""The tables. The database is the truth; every state that matters is a row here.

Columns named `*_sealed` are encrypted (bot/store/vault.py); times are aware UTC. Message bodies
are not encrypted but limited by retention.
"""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bot.messages import Form, Request, Template


class Mode(StrEnum):
    """Who answers a conversation: bot → waiting → human → bot, and waiting → bot."""

    BOT = "bot"
    WAITING = "waiting"
    HUMAN = "human"


class Outcome(StrEnum):
    """What became of an inbound message."""

    ANSWERED = "answered"  # the assistant or a fixed text answered it
    SAFETY = "safety"  # the fixed answer of its tier went out
    COORDINATOR = "coordinator"  # left to the coordinator
    ERASED = "erased"  # its sender asked to be forgotten


class Author(StrEnum):
    """Who wrote an outbound message."""

    BOT = "bot"
    SYSTEM = "system"
    SAFETY = "safety"
    COORDINATOR = "coordinator"


class State(StrEnum):
    """How far an outbound message is. What a vendor reports only moves it forward."""

    QUEUED = "queued"
    HELD = "held"  # free words may not be sent now; goes out once the person writes
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a coordinator is needed."""

    ASKED = "asked"
    CRISIS = "crisis"
    TURN_FAILED = "turn_failed"
    STAY_REQUEST = "stay_request"
    CALLBACK = "callback"
    NOT_DELIVERED = "not_delivered"  # a reminder, an answer or an offer did not arrive


class Purpose(StrEnum):
    """What a person says yes or no to, each on its own."""

    KEEP = "keep"
    PASS_ON = "pass_on"  # noqa: S105  # no password
    REMINDERS = "reminders"
    TESTIMONIAL = "testimonial"


class PlanState(StrEnum):
    """What became of a promise to come back to somebody."""

    PLANNED = "planned"
    SENT = "sent"
    DROPPED = "dropped"


class StayState(StrEnum):
    """How far a stay request is."""

    HELD = "held"
    WITHDRAWN = "withdrawn"


def _one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    names = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({names})", name=f"{column}_known")


class Base(DeclarativeBase):
    """Declares every column's type once."""

    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads it as a plain class attribute
        datetime: DateTime(timezone=True),
        date: Date,
        str: Text,
        bytes: LargeBinary,
        dict[str, Any]: JSONB,
        list[dict[str, str]]: JSONB,
    }


class Conversation(Base):
    """One person on one channel. Its id is opaque and is also Rasa's sender id.

    `membership_at` is when the person last did what lets us in or shuts us out, by the channel's
    clock, and `membership_sequence` the channel's own order within that moment.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("channel", "address_hash"),
        _one_of("mode", Mode),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    channel: Mapped[str]
    address_hash: Mapped[bytes]
    address_sealed: Mapped[bytes]
    mode: Mapped[str] = mapped_column(default=Mode.BOT)
    stage: Mapped[str] = mapped_column(default="contact")
    role: Mapped[str | None]
    perseverance: Mapped[str | None]
    created_at: Mapped[datetime]
    last_inbound_at: Mapped[datetime]
    introduced_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    crisis_at: Mapped[datetime | None]
    bereaved_at: Mapped[datetime | None]
    outage_told_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    blocked_at: Mapped[datetime | None]
    membership_at: Mapped[datetime | None]
    membership_sequence: Mapped[int] = mapped_column(BigInteger, server_default="0", default=0)
    turns_in_session: Mapped[int] = mapped_column(default=0)
    coordinator_id: Mapped[int | None] = mapped_column(ForeignKey("coordinators.id"))


class Inbound(Base):
    """One message of a person. Answered in order of (sequence, id) within a conversation.

    `reference` is what the channel calls it when its words are edited; `corrected_sequence` is
    the place of the latest edit.
    """

    __tablename__ = "inbound"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        Index(
            "inbound_pending",
            "conversation_id",
            "sequence",
            "id",
            postgresql_where=text("done_at IS NULL"),
        ),
        Index("inbound_timeline", "conversation_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE")
    )
    channel: Mapped[str]
    external_id: Mapped[str]
    sequence: Mapped[int] = mapped_column(BigInteger, default=0)
    kind: Mapped[str]
    text: Mapped[str]
    choice_message_id: Mapped[int | None] = mapped_column(BigInteger)
    choice_index: Mapped[int | None]
    tier: Mapped[str]
    received_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    reference: Mapped[str | None]
    corrected_sequence: Mapped[int | None] = mapped_column(BigInteger)
    album: Mapped[str | None]
    start_code: Mapped[str | None]


class Outbound(Base):
    """One message to a person, and how its delivery stands."""

    __tablename__ = "outbound"
    __table_args__ = (
        UniqueConstraint("in_reply_to", "part"),
        _one_of("state", State),
        _one_of("author", Author),
        _one_of("request", Request),
        _one_of("template", Template),
        _one_of("form", Form),
        Index(
            "outbound_open",
            "conversation_id",
            "id",
            postgresql_where=text("state IN ('queued', 'sending')"),
        ),
        Index("outbound_held", "conversation_id", postgresql_where=text("state = 'held'")),
        Index("outbound_timeline", "conversation_id", "id"),
        Index("outbound_of_vendor", "external_id"),
        Index("outbound_lost", "state_at", postgresql_where=text("state IN ('failed', 'unknown')")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE")
    )
    author: Mapped[str]
    coordinator_id: Mapped[int | None] = mapped_column(ForeignKey("coordinators.id"))
    text: Mapped[str]
    choices: Mapped[list[dict[str, str]]]
    images: Mapped[list[dict[str, str]]] = mapped_column(default=list)
    request: Mapped[str | None]
    template: Mapped[str | None]
    form: Mapped[str | None]
    in_reply_to: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("inbound.id", ondelete="CASCADE")
    )
    part: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default=State.QUEUED)
    created_at: Mapped[datetime]
    state_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    external_id: Mapped[str | None]
    error: Mapped[str | None]


class ChannelTemplate(Base):
    """A template that exists at a vendor, by the name and the content that it was made from.

    `approval` is the vendor's word, also one that is new to us; None where none is needed.
    https://www.twilio.com/docs/whatsapp/tutorial/message-template-approvals-statuses
    """

    __tablename__ = "channel_templates"

    channel: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    sid: Mapped[str]
    approval: Mapped[str | None]
    rejection: Mapped[str | None]
    checked_at: Mapped[datetime]


class ChannelPace(Base):
    """When a channel may send again, kept by the functions of migration 0005.

    `free_at` runs ahead of the clock by what was sent; `refusals` are those without a success.
    """

    __tablename__ = "channel_paces"

    channel: Mapped[str] = mapped_column(primary_key=True)
    free_at: Mapped[datetime]
    paused_until: Mapped[datetime]
    refusals: Mapped[int]


class ConversationPace(Base):
    """When one person may be sent to again, kept by the functions of migration 0005."""

    __tablename__ = "conversation_paces"

    conversation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    free_at: Mapped[datetime]
    paused_until: Mapped[datetime]


class Handoff(Base):
    """A coordinator's task. At most one is open per conversation."""

    __tablename__ = "handoffs"
    __table_args__ = (
        _one_of("reason", Reason),
        Index(
            "handoffs_one_open",
            "conversation_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE")
    )
    reason: Mapped[str]
    tier: Mapped[str]
    inbound_id: Mapped[int | None] = mapped_column(BigInteger)
    opened_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("coordinators.id"))
    closed_at: Mapped[datetime | None]


class Coordinator(Base):
    """Somebody who may log in to the console."""

    __tablename__ = "coordinators"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class ConsoleSession(Base):
    """A login in the console; only the hash of its token is kept."""

    __tablename__ = "console_sessions"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinators.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class LoginAttempt(Base):
    """A failed login, kept as keyed hashes to slow down guessing."""

    __tablename__ = "login_attempts"
    __table_args__ = (Index("login_attempts_recent", "subject_hash", "at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    subject_hash: Mapped[bytes]
    at: Mapped[datetime]


class Location(Base):
    """A place where guests stay; its words are content, its beds and nights are here."""

    __tablename__ = "locations"

    slug: Mapped[str] = mapped_column(primary_key=True)
    updated_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Bed(Base):
    """One bed of a location."""

    __tablename__ = "beds"
    __table_args__ = (UniqueConstraint("location_slug", "name"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    location_slug: Mapped[str] = mapped_column(ForeignKey("locations.slug"))
    name: Mapped[str]
    retired_at: Mapped[datetime | None]


class BedNight(Base):
    """A night that a bed is taken. The primary key makes double booking impossible."""

    __tablename__ = "bed_nights"

    bed_id: Mapped[int] = mapped_column(ForeignKey("beds.id"), primary_key=True)
    night: Mapped[date] = mapped_column(primary_key=True)
    stay_request_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("stay_requests.id", ondelete="CASCADE"), index=True
    )


class StayRequest(Base):
    """A request for a stay. `inbound_id` makes the same call twice one request."""

    __tablename__ = "stay_requests"
    __table_args__ = (
        _one_of("state", StayState),
        CheckConstraint("end_on > start_on", name="end_after_start"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    conversation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    inbound_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    location_slug: Mapped[str] = mapped_column(ForeignKey("locations.slug"))
    start_on: Mapped[date]
    end_on: Mapped[date]
    state: Mapped[str] = mapped_column(default=StayState.HELD)
    needs: Mapped[str | None]
    first_name_sealed: Mapped[bytes | None]
    callback_sealed: Mapped[bytes | None]
    consented_at: Mapped[datetime]
    consent_version: Mapped[str]
    created_at: Mapped[datetime]


class CallbackRequest(Base):
    """A request to be called. `inbound_id` makes the same call twice one request."""

    __tablename__ = "callback_requests"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    inbound_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    number_sealed: Mapped[bytes]
    moment: Mapped[str | None]
    created_at: Mapped[datetime]


class Consent(Base):
    """A yes or a no to one purpose; the latest one counts."""

    __tablename__ = "consents"
    __table_args__ = (
        UniqueConstraint("inbound_id", "purpose"),
        _one_of("purpose", Purpose),
        Index("consents_latest", "conversation_id", "purpose", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE")
    )
    purpose: Mapped[str]
    given: Mapped[bool]
    version: Mapped[str]
    inbound_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


class Plan(Base):
    """A promise to come back to somebody once, on a day. At most one is open per conversation."""

    __tablename__ = "plans"
    __table_args__ = (
        _one_of("state", PlanState),
        Index(
            "plans_one_open",
            "conversation_id",
            unique=True,
            postgresql_where=text("state = 'planned'"),
        ),
        Index("plans_due", "due_on", postgresql_where=text("state = 'planned'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    inbound_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(default=PlanState.PLANNED)
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    reason: Mapped[str | None]


class HurdleNamed(Base):
    """A hurdle that a caregiver named, so that it is not repeated."""

    __tablename__ = "hurdles_named"

    conversation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    hurdle: Mapped[str] = mapped_column(primary_key=True)
    named_at: Mapped[datetime]


class TestimonialShown(Base):
    """Which testimonial a person saw, so that none is shown twice in a row."""

    __tablename__ = "testimonials_shown"
    __table_args__ = (UniqueConstraint("inbound_id"),)
    __test__ = False

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    slug: Mapped[str]
    inbound_id: Mapped[int] = mapped_column(BigInteger)
    shown_at: Mapped[datetime]


class ActionFailure(Base):
    """A custom action that failed while an inbound message was handled."""

    __tablename__ = "action_failures"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    inbound_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("inbound.id", ondelete="CASCADE"), index=True
    )
    action: Mapped[str]
    error: Mapped[str]
    at: Mapped[datetime]
