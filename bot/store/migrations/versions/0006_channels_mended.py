"""channels mended: what a coordinator has to do about a message that did not arrive, who lets us
in, what was not delivered of late, any word for an approval; what a refusal means later: whom it
was about, how long a message waited, whose window is shut"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_REASONS = "'asked', 'crisis', 'turn_failed', 'stay_request', 'callback', 'not_delivered'"
_FORMS = "'plain', 'buttons', 'list', 'numbered', 'keyboard'"
# As in 0005, except that `refused` are the people whom the vendor refused since it last took a
# message, as many refusals of one person say nothing about the others; and that `crowd` tells whether
# it is the channel as a whole that has to wait.
_PACE = """
DROP FUNCTION take_pace;
DROP FUNCTION pause_pace;
CREATE FUNCTION take_pace(
    of_conversation uuid, at timestamptz, patience double precision, rates jsonb,
    OUT message bigint, OUT granted boolean, OUT wait double precision, OUT refused boolean,
    OUT crowd boolean
) LANGUAGE plpgsql AS $$
DECLARE
    sender text;
    rate jsonb;
    whole channel_paces;
    own conversation_paces;
    sent timestamptz;
    all_free timestamptz;
    free timestamptz;
BEGIN
    granted := true;
    wait := 0;
    refused := false;
    crowd := false;
    SELECT o.id, c.channel,
            CASE WHEN o.state = 'queued' AND c.blocked_at IS NULL THEN rates -> c.channel END
        INTO message, sender, rate
        FROM conversations c JOIN outbound o ON o.conversation_id = c.id
        WHERE c.id = of_conversation AND o.state IN ('queued', 'sending')
        ORDER BY o.id LIMIT 1;
    IF rate IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO channel_paces VALUES (sender, '-infinity', '-infinity') ON CONFLICT DO NOTHING;
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
    all_free := greatest(
        whole.paused_until,
        whole.free_at - make_interval(secs => (rate ->> 2)::float * ((rate ->> 3)::int - 1))
    );
    free := greatest(
        sent, at, all_free, own.paused_until,
        own.free_at - make_interval(secs => (rate ->> 0)::float * ((rate ->> 1)::int - 1))
    );
    wait := extract(epoch FROM free - at);
    refused := cardinality(whole.refused) > 0;
    granted := wait <= patience;
    crowd := all_free >= free;
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
    of_conversation uuid, until timestamptz, everyone boolean, most_refused int
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    sender text;
    people uuid[];
BEGIN
    SELECT channel INTO sender FROM conversations WHERE id = of_conversation;
    SELECT refused INTO people FROM channel_paces WHERE channel = sender FOR UPDATE;
    IF of_conversation <> ALL (people) AND cardinality(people) < most_refused THEN
        people := people || of_conversation;
    END IF;
    UPDATE channel_paces
        SET refused = people,
            paused_until = CASE WHEN everyone OR cardinality(people) >= most_refused
                THEN greatest(paused_until, until) ELSE paused_until END
        WHERE channel = sender;
    UPDATE conversation_paces SET paused_until = greatest(paused_until, until)
        WHERE conversation_id = of_conversation AND NOT everyone;
END $$;
"""


def upgrade() -> None:
    """Mend them."""
    _reasons()
    _membership()
    _lost()
    _approvals()
    _held()
    _pacing()
    _forms()


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


def _held() -> None:
    """What asks for a sign, and what let go the words that waited for one."""
    op.add_column(
        "outbound",
        sa.Column("announcement", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("outbound", sa.Column("released_by", sa.BigInteger()))


def _approvals() -> None:
    """A vendor may find a new word for how an approval stands."""
    op.drop_constraint("approval_known", "channel_templates")


def _forms() -> None:
    """Buttons may stand in place of the letters."""
    op.drop_constraint("form_known", "outbound")
    op.create_check_constraint("form_known", "outbound", f"form IN ({_FORMS})")


def _pacing() -> None:
    op.add_column("conversations", sa.Column("window_closed_at", sa.DateTime(timezone=True)))
    op.add_column("outbound", sa.Column("waited", sa.Double, nullable=False, server_default="0"))
    # From now on attempts are counted as they begin, so what is on its way was in its first. The
    # addresses for its reports name no attempt, which means the first.
    op.execute(
        "UPDATE outbound SET attempts = CASE WHEN state IN ('queued', 'held') THEN 0 ELSE 1 END"
    )
    op.drop_column("channel_paces", "refusals")
    people = ARRAY(sa.Uuid())
    op.add_column(
        "channel_paces", sa.Column("refused", people, nullable=False, server_default="{}")
    )
    cursor = op.get_bind().connection.cursor()
    cursor.execute(_PACE)


def downgrade() -> None:
    """There is no way back: a backup is."""
    raise RuntimeError("restore a backup instead of downgrading")
