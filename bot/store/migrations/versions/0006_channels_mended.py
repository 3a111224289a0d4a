"""channels mended: what a coordinator has to do about a message that did not arrive, who lets us
in, what was not delivered of late, any word for an approval"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_REASONS = "'asked', 'crisis', 'turn_failed', 'stay_request', 'callback', 'not_delivered'"


def upgrade() -> None:
    """Mend them."""
    _reasons()
    _membership()
    _lost()
    _approvals()


def _reasons() -> None:
    """Not only a reminder can fail to arrive."""
    op.drop_constraint("reason_known", "handoffs")
    op.execute("UPDATE handoffs SET reason = 'not_delivered' WHERE reason = 'reminder'")
    op.create_check_constraint("reason_known", "handoffs", f"reason IN ({_REASONS})")


def _membership() -> None:
    """What a person did last, by the channel's clock, decides whether they let us in."""
    op.add_column("conversations", sa.Column("membership_at", sa.DateTime(timezone=True)))
    op.add_column(
        "conversations",
        sa.Column("membership_sequence", sa.BigInteger(), nullable=False, server_default="0"),
    )


def _lost() -> None:
    """The console lists what went wrong of late."""
    lost = sa.text("state IN ('failed', 'unknown')")
    op.create_index("outbound_lost", "outbound", ["state_at"], postgresql_where=lost)


def _approvals() -> None:
    """A vendor may find a new word for how an approval stands."""
    op.drop_constraint("approval_known", "channel_templates")


def downgrade() -> None:
    """There is no way back: a backup is."""
    raise RuntimeError("restore a backup instead of downgrading")
