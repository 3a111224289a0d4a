"""The migrations and the tables say the same, and any number of processes may start at once."""

from concurrent.futures import ThreadPoolExecutor

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from bot.store.database import driver_url, migrate
from bot.store.tables import Base
from tests.conftest import create_database


def test_the_migrations_make_exactly_the_tables(database_url: str) -> None:
    engine = create_engine(driver_url(database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, *_: not str(name).startswith("procrastinate")},
        )
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()

    assert differences == []


def test_migrating_twice_at_once_is_safe(postgres_url: str) -> None:
    url = create_database(postgres_url, "migrated_at_once")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, [url] * 4))

    engine = create_engine(driver_url(url))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
    engine.dispose()


def test_what_is_on_its_way_when_attempts_are_counted_is_in_its_first(postgres_url: str) -> None:
    url = create_database(postgres_url, "migrated_from_0005")
    config = Config()
    config.set_main_option("script_location", "bot:store/migrations")
    config.set_main_option("path_separator", "os")
    engine = create_engine(driver_url(url))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        connection.execute(text(_A_CONVERSATION))
        connection.commit()
    migrate(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT state, attempts, waited FROM outbound ORDER BY id"))
        assert [tuple(row) for row in found] == [
            ("queued", 0, 0), ("held", 0, 0), ("sending", 1, 0), ("sent", 1, 0), ("unknown", 1, 0),
        ]  # fmt: skip
        refused = connection.execute(text("SELECT refused FROM channel_paces"))
        assert refused.scalar_one() == []
    engine.dispose()


_A_CONVERSATION = """
WITH riet AS (
    INSERT INTO conversations (id, channel, address_hash, address_sealed, mode, stage, created_at,
        last_inbound_at, turns_in_session)
    VALUES (gen_random_uuid(), 'whatsapp', 'r', 'r', 'bot', 'contact', now(), now(), 0)
    RETURNING id
)
INSERT INTO outbound (conversation_id, author, text, choices, images, part, state, created_at,
    state_at, attempts)
SELECT riet.id, 'bot', '', '[]', '[]', 0, state, now(), now(), 3
FROM riet, unnest(ARRAY['queued', 'held', 'sending', 'sent', 'unknown']) AS state;
INSERT INTO channel_paces VALUES ('whatsapp', now(), now(), 7);
"""
