"""who blocked us, edited messages, albums and the codes of links"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None

# A trigger "OF" a column fires when it is named in a statement, also without a change of it.
_NOTIFY = """
CREATE TRIGGER blocking_changed AFTER UPDATE OF blocked_at ON conversations
    FOR EACH ROW WHEN (OLD.blocked_at IS DISTINCT FROM NEW.blocked_at)
    EXECUTE FUNCTION conversation_changed();
CREATE TRIGGER words_changed AFTER UPDATE OF text ON inbound
    FOR EACH ROW WHEN (OLD.text IS DISTINCT FROM NEW.text)
    EXECUTE FUNCTION conversation_changed();
"""


def upgrade() -> None:
    """Add them."""
    op.add_column("conversations", sa.Column("blocked_at", sa.DateTime(timezone=True)))
    for name in ("reference", "album", "start_code"):
        op.add_column("inbound", sa.Column(name, sa.Text()))
    op.add_column("inbound", sa.Column("corrected_sequence", sa.BigInteger()))
    op.get_bind().connection.cursor().execute(_NOTIFY)


def downgrade() -> None:
    """There is no way back: a backup is."""
    raise RuntimeError("restore a backup instead of downgrading")
