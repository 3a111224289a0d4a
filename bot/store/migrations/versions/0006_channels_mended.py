"""when a person last let us in or shut us out, and what was not delivered of late"""

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


def _membership() -> None:
    op.add_column("conversations", sa.Column("membership_at", sa.DateTime(timezone=True)))
    op.add_column(
        "conversations",
        sa.Column("membership_sequence", sa.BigInteger(), nullable=False, server_default="0"),
    )


def _lost() -> None:
    lost = sa.text("state IN ('failed', 'unknown')")
    op.create_index("outbound_lost", "outbound", ["state_at"], postgresql_where=lost)


def downgrade() -> None:
    """There is no way back: a backup is."""
    raise RuntimeError("restore a backup instead of downgrading")
