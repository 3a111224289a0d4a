"""What all tests share: one embedded PostgreSQL, one content, and a clock that stands still."""

import asyncio
import functools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet
from sqlalchemy.engine import make_url

from bot.conversation import safety as safety_layer
from bot.conversation.jobs import Jobs
from bot.conversation.outbox import Outbox
from bot.conversation.safety import Safety
from bot.services import content as contents
from bot.services import region
from bot.services.availability import Availability
from bot.services.content import Content
from bot.services.handoff import Handoffs
from bot.services.plans import Plans
from bot.services.stays import Stays
from bot.settings import ROOT
from bot.stack import model
from bot.stack import safety as learning
from bot.store import embedded
from bot.store.database import Database, migrate
from bot.store.trackers import Trackers
from bot.store.vault import Vault

# A Tuesday morning in office hours, in Amsterdam 10:00.
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--publish", action="store_true", help="write anew what docs/ shows of the talks"
    )


@dataclass
class Clock:
    """A clock that a test moves by hand."""

    moment: datetime = field(default=MORNING)

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, **duration: float) -> None:
        """Let time pass, such as `pass_by(minutes=11)`."""
        self.moment += timedelta(**duration)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session", autouse=True)
async def last_breath() -> AsyncIterator[None]:
    """What the last tests cut off is closed in the next rounds of the loop: grant it some."""
    yield
    await asyncio.sleep(0.2)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of the test run's own."""
    folder = Path(tempfile.mkdtemp(prefix="adempauze-tests-"))
    url, handle = embedded.start(folder)
    with psycopg.connect(url, autocommit=True) as connection:
        # A power cut may take the tests' database: emptying it takes a tenth of the time so.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    yield url
    handle.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def new_database(postgres_url: str, name: str) -> str:
    """Make an empty, migrated database on the server and return its address."""
    return create_database(postgres_url, name, template=_migrated(postgres_url))


def create_database(postgres_url: str, name: str, *, template: str = "template1") -> str:
    """Make a database on the server and return its address."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return make_url(postgres_url).set(database=name).render_as_string(hide_password=False)


@functools.cache
def _migrated(postgres_url: str) -> str:
    """The name of a migrated database that others are copied from, made once."""
    migrate(create_database(postgres_url, "migrated"))
    return "migrated"


@pytest.fixture(scope="session")
def database_url(postgres_url: str) -> str:
    return new_database(postgres_url, f"tests_{os.getpid()}")


@pytest.fixture(scope="session")
async def open_database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def database(open_database: Database, database_url: str) -> Database:
    """The database, with every table empty."""
    empty(database_url)
    return open_database


def empty(database_url: str) -> None:
    """Delete every row of every table of ours and of the queue."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' "
            "AND tablename <> 'alembic_version'"
        )
        tables = ", ".join(row[0] for row in found)
        connection.execute("SET lock_timeout = '20s'")
        connection.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")


@pytest.fixture(scope="session")
async def safety() -> Safety:
    """The safety layer as it ships; what it learns is learnt once for all runs."""
    learnt = await learning.learnt(ROOT, ROOT / ".data")
    return safety_layer.load(ROOT / "data" / "safety", learnt)


@pytest.fixture(scope="session")
def content() -> Content:
    return contents.load(ROOT / "data" / "content" / "demo")


@pytest.fixture(scope="session")
def vault() -> Vault:
    return Vault(Fernet.generate_key().decode(), "a secret that is long enough for a test run")


@pytest.fixture
async def jobs(database_url: str) -> AsyncIterator[Jobs]:
    jobs = Jobs(database_url)
    await jobs.open()
    yield jobs
    await jobs.close()


@pytest.fixture
def outbox(jobs: Jobs, clock: Clock) -> Outbox:
    return Outbox(jobs, clock)


@pytest.fixture
def handoffs(database: Database, outbox: Outbox, content: Content) -> Handoffs:
    return Handoffs(database, outbox, content)


@pytest.fixture
def plans(database: Database, outbox: Outbox, content: Content) -> Plans:
    return Plans(database, outbox, Trackers(), content)


@pytest.fixture
async def availability(database: Database, content: Content, clock: Clock) -> Availability:
    """Availability, with the demo region's locations and beds in the database."""
    await region.synchronise(database, content, clock())
    return Availability(database)


@pytest.fixture
def stays(
    availability: Availability, database: Database, vault: Vault, handoffs: Handoffs
) -> Stays:
    return Stays(database, vault, handoffs)


@pytest.fixture(scope="session")
async def trained_model() -> Path:
    """The model of today's data, trained once for the whole run (and kept for the next)."""
    return await model.train(ROOT, ROOT / ".data")
