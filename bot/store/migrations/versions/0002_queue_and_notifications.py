"""the job queue, Rasa's own schema, and a notification for every change of a conversation"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The notification carries the conversation's id only; listeners read what they may see.
_NOTIFY = """
CREATE FUNCTION conversation_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'conversations' THEN
        PERFORM pg_notify('conversation', NEW.id::text);
    ELSE
        PERFORM pg_notify('conversation', NEW.conversation_id::text);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER inbound_changed AFTER INSERT OR UPDATE OF done_at ON inbound
    FOR EACH ROW EXECUTE FUNCTION conversation_changed();
CREATE TRIGGER outbound_changed AFTER INSERT OR UPDATE OF state ON outbound
    FOR EACH ROW EXECUTE FUNCTION conversation_changed();
CREATE TRIGGER handoffs_changed AFTER INSERT OR UPDATE ON handoffs
    FOR EACH ROW EXECUTE FUNCTION conversation_changed();
CREATE TRIGGER mode_changed AFTER UPDATE OF mode ON conversations
    FOR EACH ROW EXECUTE FUNCTION conversation_changed();
"""


def upgrade() -> None:
    """Create them. The queue's tables are exactly what the library of this version wants."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute(SchemaManager.get_schema())
    cursor.execute("CREATE SCHEMA IF NOT EXISTS rasa")
    cursor.execute(_NOTIFY)


def downgrade() -> None:
    """There is no way back: a backup is."""
    raise RuntimeError("restore a backup instead of downgrading")
