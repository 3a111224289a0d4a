"""what a message has besides words, how it was shown and read, and the templates of a vendor"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_STATES = "'queued', 'held', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown'"
_APPROVALS = "'unsubmitted', 'received', 'pending', 'approved', 'rejected', 'paused', 'disabled'"


def upgrade() -> None:
    """Create them. What was sent on WhatsApp until now had its choices numbered."""
    op.add_column(
        "outbound", sa.Column("images", JSONB(), nullable=False, server_default=sa.text("'[]'"))
    )
    op.alter_column("outbound", "images", server_default=None)
    for name in ("request", "template", "form"):
        op.add_column("outbound", sa.Column(name, sa.Text(), nullable=True))
    for name, values in (
        ("request", "'contact', 'location'"),
        ("template", "'reminder', 'answer_waiting', 'place_offered'"),
        ("form", "'plain', 'buttons', 'list', 'numbered'"),
    ):
        op.create_check_constraint(f"{name}_known", "outbound", f"{name} IN ({values})")
    op.drop_constraint("state_known", "outbound")
    op.create_check_constraint("state_known", "outbound", f"state IN ({_STATES})")
    op.execute(
        "UPDATE outbound SET form = 'numbered' FROM conversations "
        "WHERE conversations.id = outbound.conversation_id AND channel = 'whatsapp' "
        "AND choices <> '[]'"
    )
    held = sa.text("state = 'held'")
    op.create_index("outbound_held", "outbound", ["conversation_id"], postgresql_where=held)
    op.create_table(
        "channel_templates",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("approval", sa.Text(), nullable=True),
        sa.Column("rejection", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"approval IN ({_APPROVALS})", name="approval_known"),
        sa.PrimaryKeyConstraint("channel", "name"),
    )


def downgrade() -> None:
    """There is no way back: a backup is."""
    raise RuntimeError("restore a backup instead of downgrading")
