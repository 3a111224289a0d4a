"""Opens PostgreSQL: pooled sessions for the application, migrations at start."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import AsyncAdaptedQueuePool, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

# Any constant does; it must only be ours.
_MIGRATION_LOCK = 7_231_905


def driver_url(database_url: str) -> str:
    """The address with the driver that the application uses (psycopg 3)."""
    return (
        make_url(database_url)
        .set(drivername="postgresql+psycopg")
        .render_as_string(hide_password=False)
    )


class Database:
    """A pool of connections; the only way to a session."""

    def __init__(self, database_url: str, *, pool_size: int = 20) -> None:
        self.url = database_url
        self._engine = create_async_engine(
            driver_url(database_url),
            pool_size=pool_size,
            max_overflow=10,
            pool_pre_ping=False,
            # An error names its statement in the log, and never what somebody wrote.
            hide_parameters=True,
            connect_args={"prepare_threshold": 3},
        )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        self._single = async_sessionmaker(
            self._engine.execution_options(isolation_level="AUTOCOMMIT"), expire_on_commit=False
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session in one transaction: committed at the end, rolled back on any error."""
        async with self._sessions.begin() as session:
            yield session

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[AsyncSession]:
        """A session for exactly one statement, which commits itself: one trip instead of three."""
        async with self._single() as session:
            yield session

    @property
    def connections_in_use(self) -> int:
        """How many connections somebody has at this moment."""
        pool = self._engine.pool
        return pool.checkedout() if isinstance(pool, AsyncAdaptedQueuePool) else 0

    async def close(self) -> None:
        """Give all connections back."""
        await self._engine.dispose()


async def raw_connection(session: AsyncSession) -> Any:
    """The psycopg connection below a session, so that a job is deferred in its transaction."""
    connection = await session.connection()
    return (await connection.get_raw_connection()).driver_connection


def migrate(database_url: str) -> None:
    """Bring the database to the newest version; safe to run by several processes at once."""
    engine = create_engine(driver_url(database_url))
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MIGRATION_LOCK})
        connection.commit()
        try:
            config = Config()
            config.set_main_option("script_location", "bot:store/migrations")
            config.set_main_option("path_separator", "os")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _MIGRATION_LOCK})
            connection.commit()
    engine.dispose()
