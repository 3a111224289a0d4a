"""channels mended: who lets us in, what was not delivered of late, any word for an approval"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    _membership()
    _lost()
    _approvals()


def _membership() -> None:
    op.add_column("conversations", sa.Column("membership_at", sa.DateTime(timezone=True)))
    op.add_column(
        "conversations",
        sa.Column("membership_sequence", sa.BigInteger(), nullable=False, server_default="0"),
    )


def _lost() -> None:
    lost = sa.text("state IN ('failed', 'unknown')")
    op.create_index("outbound_lost", "outbound", ["state_at"], postgresql_where=lost)


def _approvals() -> None:
    # A vendor may find a new word for how an approval stands.
    op.drop_constraint("approval_known", "channel_templates")


def downgrade() -> None:
    """There is no way back: a backup is."""
    raise RuntimeError("restore a backup instead of downgrading")
