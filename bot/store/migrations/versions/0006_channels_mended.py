"""what a coordinator has to do about a message that did not arrive"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_REASONS = "'asked', 'crisis', 'turn_failed', 'stay_request', 'callback', 'not_delivered'"


def upgrade() -> None:
    """Add it."""
    _reasons()


def _reasons() -> None:
    """Not only a reminder can fail to arrive."""
    op.drop_constraint("reason_known", "handoffs")
    op.execute("UPDATE handoffs SET reason = 'not_delivered' WHERE reason = 'reminder'")
    op.create_check_constraint("reason_known", "handoffs", f"reason IN ({_REASONS})")


def downgrade() -> None:
    """There is no way back: a backup is."""
    raise RuntimeError("restore a backup instead of downgrading")
