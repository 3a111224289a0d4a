"""The migrations and the tables say the same, and any number of processes may start at once."""

from concurrent.futures import ThreadPoolExecutor

from alembic.autogenerate import compare_metadata
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
