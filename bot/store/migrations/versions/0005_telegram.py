"""who blocked us, edited messages, albums, the codes of links, and the pace of sending"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
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

# The pace at which vendors take messages, for any number of workers. Both rows are locked, the
# channel's first. A place is taken when it is free within `patience` seconds; otherwise none is.
# `message` is the one that the place is for, the oldest that waits: only that may be sent then.
# `rates` is {channel: [seconds and burst to one person, seconds and burst to everyone]}.
_PACE = """
CREATE FUNCTION take_pace(
    of_conversation uuid, at timestamptz, patience double precision, rates jsonb,
    OUT message bigint, OUT granted boolean, OUT wait double precision, OUT refused boolean
) LANGUAGE plpgsql AS $$
DECLARE
    sender text;
    rate jsonb;
    whole channel_paces;
    own conversation_paces;
    sent timestamptz;
    free timestamptz;
BEGIN
    granted := true;
    wait := 0;
    refused := false;
    SELECT o.id, c.channel,
            CASE WHEN o.state = 'queued' AND c.blocked_at IS NULL THEN rates -> c.channel END
        INTO message, sender, rate
        FROM conversations c JOIN outbound o ON o.conversation_id = c.id
        WHERE c.id = of_conversation AND o.state IN ('queued', 'sending')
        ORDER BY o.id LIMIT 1;
    IF rate IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO channel_paces VALUES (sender, '-infinity', '-infinity', 0) ON CONFLICT DO NOTHING;
    INSERT INTO conversation_paces VALUES (of_conversation, '-infinity', '-infinity')
        ON CONFLICT DO NOTHING;
    SELECT * INTO whole FROM channel_paces WHERE channel = sender FOR UPDATE;
    SELECT * INTO own FROM conversation_paces WHERE conversation_id = of_conversation FOR UPDATE;
    -- Without a burst the time counts from the end of the call before: a busy worker may have made
    -- that long after its place.
    IF (rate ->> 1)::int = 1 THEN
        SELECT state_at + make_interval(secs => (rate ->> 0)::float) INTO sent FROM outbound
            WHERE conversation_id = of_conversation AND state NOT IN ('queued', 'sending')
            ORDER BY id DESC LIMIT 1;
    END IF;
    free := greatest(
        sent, at, whole.paused_until, own.paused_until,
        own.free_at - make_interval(secs => (rate ->> 0)::float * ((rate ->> 1)::int - 1)),
        whole.free_at - make_interval(secs => (rate ->> 2)::float * ((rate ->> 3)::int - 1))
    );
    wait := extract(epoch FROM free - at);
    refused := whole.refusals > 0;
    granted := wait <= patience;
    IF granted THEN
        UPDATE channel_paces
            SET free_at = greatest(free_at, at) + make_interval(secs => (rate ->> 2)::float)
            WHERE channel = sender;
        UPDATE conversation_paces
            SET free_at = greatest(free_at, free) + make_interval(secs => (rate ->> 0)::float)
            WHERE conversation_id = of_conversation;
    END IF;
END $$;

CREATE FUNCTION pause_pace(
    of_conversation uuid, until timestamptz, everyone boolean, most_refusals int
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    sender text;
BEGIN
    SELECT channel INTO sender FROM conversations WHERE id = of_conversation;
    UPDATE channel_paces
        SET refusals = refusals + 1,
            paused_until = CASE WHEN everyone OR refusals + 1 >= most_refusals
                THEN greatest(paused_until, until) ELSE paused_until END
        WHERE channel = sender;
    UPDATE conversation_paces SET paused_until = greatest(paused_until, until)
        WHERE conversation_id = of_conversation AND NOT everyone;
END $$;
"""


def upgrade() -> None:
    """Add them."""
    op.add_column("conversations", sa.Column("blocked_at", sa.DateTime(timezone=True)))
    for name in ("reference", "album", "start_code"):
        op.add_column("inbound", sa.Column(name, sa.Text()))
    op.add_column("inbound", sa.Column("corrected_sequence", sa.BigInteger()))
    _paces()
    cursor = op.get_bind().connection.cursor()
    cursor.execute(_NOTIFY)
    cursor.execute(_PACE)


def _paces() -> None:
    op.create_table(
        "channel_paces",
        sa.Column("channel", sa.Text(), nullable=False),
        *_moments(),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel"),
    )
    op.create_table(
        "conversation_paces",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        *_moments(),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("conversation_id"),
    )


def _moments() -> tuple[sa.Column[object], ...]:
    moment = sa.DateTime(timezone=True)
    return tuple(sa.Column(name, moment, nullable=False) for name in ("free_at", "paused_until"))


def downgrade() -> None:
    """There is no way back: a backup is."""
    raise RuntimeError("restore a backup instead of downgrading")
