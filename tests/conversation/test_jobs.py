"""What had to wait comes back spread out, never early, and not before what was asked meanwhile."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import psycopg

from bot.conversation.jobs import Jobs, Later
from bot.store.database import Database
from tests.conversation.conftest import until

MANY = 30


async def nothing(_: uuid.UUID) -> None:
    return None


@contextlib.asynccontextmanager
async def one_worker(jobs: Jobs) -> AsyncIterator[None]:
    task = asyncio.create_task(jobs.work(1))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def deliveries_wait(database: Database, jobs: Jobs, count: int = MANY) -> None:
    async with database.transaction() as session:
        for _ in range(count):
            await jobs.defer_delivery(session, uuid.uuid4())


async def test_a_turn_is_not_behind_all_that_waited_for_the_end_of_a_pause(
    database: Database, jobs: Jobs
) -> None:
    ends = datetime.now(UTC) + timedelta(seconds=1)
    ran: list[str] = []

    async def deliver(_: uuid.UUID) -> None:
        left = (ends - datetime.now(UTC)).total_seconds()
        if left > 0:
            raise Later(left, crowd=True)
        ran.append("delivery")
        if len(ran) == 1:
            async with database.transaction() as session:
                await jobs.defer_turn(session, uuid.uuid4())

    async def turn(_: uuid.UUID) -> None:
        ran.append("turn")

    jobs.register(turn, deliver)
    await deliveries_wait(database, jobs)
    async with one_worker(jobs):
        await until(lambda: len(ran) > MANY)
    assert ran.index("turn") <= 2


async def test_in_a_rush_what_was_answered_goes_out_before_more_is_answered(
    database: Database, jobs: Jobs
) -> None:
    ran: list[str] = []

    async def deliver(_: uuid.UUID) -> None:
        ran.append("delivery")

    async def turn(_: uuid.UUID) -> None:
        ran.append("turn")

    jobs.register(turn, deliver)
    async with database.transaction() as session:
        await jobs.defer_turn(session, uuid.uuid4())
    await deliveries_wait(database, jobs, 2)
    async with one_worker(jobs):
        await until(lambda: len(ran) == 3)
    assert ran == ["delivery", "delivery", "turn"]


async def test_what_waits_for_the_same_moment_comes_back_spread_and_never_early(
    database: Database, jobs: Jobs, database_url: str
) -> None:
    moment = datetime.now(UTC) + timedelta(minutes=5)
    waiting = 0

    async def deliver(_: uuid.UUID) -> None:
        nonlocal waiting
        waiting += 1
        raise Later((moment - datetime.now(UTC)).total_seconds())

    jobs.register(nothing, deliver)
    await deliveries_wait(database, jobs)
    async with one_worker(jobs):
        await until(lambda: waiting == MANY)
    with psycopg.connect(database_url) as connection:
        query = "SELECT scheduled_at FROM procrastinate_jobs WHERE scheduled_at IS NOT NULL"
        late = [(when - moment).total_seconds() for (when,) in connection.execute(query)]
    assert len(late) >= MANY - 1  # the last one may not be put back yet
    assert min(late) >= 0
    assert 5 < max(late) <= 30
    assert len(set(late)) == len(late)
