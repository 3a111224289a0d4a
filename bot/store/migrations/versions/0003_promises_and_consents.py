"""consents per purpose, promises to come back, call-back requests, and what is known of a person"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_REASONS = "'asked', 'crisis', 'turn_failed', 'stay_request', 'callback', 'reminder'"


def upgrade() -> None:
    """Create them."""
    for name, kind in (
        ("role", sa.Text()),
        ("perseverance", sa.Text()),
        ("bereaved_at", sa.DateTime(timezone=True)),
    ):
        op.add_column("conversations", sa.Column(name, kind, nullable=True))
    op.drop_constraint("reason_known", "handoffs")
    op.create_check_constraint("reason_known", "handoffs", f"reason IN ({_REASONS})")
    _consents()
    _plans()
    _callback_requests()


def _consents() -> None:
    op.create_table(
        "consents",
        *_of_conversation(),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("inbound_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('keep', 'pass_on', 'reminders', 'testimonial')", name="purpose_known"
        ),
        sa.UniqueConstraint("inbound_id", "purpose"),
    )
    op.create_index("consents_latest", "consents", ["conversation_id", "purpose", "id"])


def _plans() -> None:
    open_plan = sa.text("state = 'planned'")
    op.create_table(
        "plans",
        *_of_conversation(),
        sa.Column("inbound_id", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('planned', 'sent', 'dropped')", name="state_known"),
        sa.UniqueConstraint("inbound_id"),
    )
    op.create_index(
        "plans_one_open", "plans", ["conversation_id"], unique=True, postgresql_where=open_plan
    )
    op.create_index("plans_due", "plans", ["due_on"], postgresql_where=open_plan)
    op.create_index("ix_plans_conversation_id", "plans", ["conversation_id"])


def _callback_requests() -> None:
    op.create_table(
        "callback_requests",
        *_of_conversation(),
        sa.Column("inbound_id", sa.BigInteger(), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("moment", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("inbound_id"),
    )
    op.create_index(
        "ix_callback_requests_conversation_id", "callback_requests", ["conversation_id"]
    )


def _of_conversation() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """There is no way back: a backup is."""
    raise RuntimeError("restore a backup instead of downgrading")
