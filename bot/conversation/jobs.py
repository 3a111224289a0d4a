"""The job queue: which jobs there are, their locks and when a failed one is tried again.

Job arguments are ids, never content. Two locks per conversation keep order: `in:` for turns,
`out:` for deliveries.
"""

import asyncio
import random
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import procrastinate
import structlog
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import AdempauzeError
from bot.store.database import raw_connection

log = structlog.get_logger(__name__)

TURN = "turn"
DELIVERY = "delivery"
# A killed worker's jobs are taken over when it has been silent for this long, in seconds.
SILENCE = 15.0
_HEARTBEAT = 3.0
# Behind a held lock only the poll sees a job (docs/performance.md), in seconds.
_POLL = 0.1
_UNEXPECTED_PAUSE = 5.0
# In a rush, what is answered goes out before more is answered; the queue takes higher ones first.
_PRIORITY = {TURN: 0, DELIVERY: 1}
# What waits with a crowd goes behind turns: after a pause of a whole channel all its deliveries are
# due at once. The same rank would not do, as among equals the queue takes the oldest job first.
_BEHIND_TURNS = -1
# And it comes back spread out: up to a tenth later than asked, and a minute at most.
_SPREAD = 0.1
_MOST_SPREAD = 60.0

Work = Callable[[uuid.UUID], Awaitable[None]]


class Later(AdempauzeError):
    """Not now: run the same job again after `seconds`; its conversation waits, others go on.

    Args:
        seconds: how long.
        crowd: whether many others are likely to wait for the same, such as a whole channel.
    """

    def __init__(self, seconds: float, *, crowd: bool = False) -> None:
        super().__init__(f"again in {seconds:.1f} s")
        self.seconds = seconds
        self.crowd = crowd


class _Again(BaseRetryStrategy):
    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, Later):
            return _in(exception.seconds, _BEHIND_TURNS if exception.crowd else None)
        log.error("job_failed", task=job.task_name, job=job.id, error=type(exception).__name__)
        return _in(_UNEXPECTED_PAUSE, None)


def _in(seconds: float, priority: int | None) -> RetryDecision:
    later = random.uniform(0.0, min(seconds * _SPREAD, _MOST_SPREAD))  # noqa: S311  # no secret
    moment = datetime.now(UTC) + timedelta(seconds=seconds + later)
    return RetryDecision(retry_at=moment, priority=priority)


class Jobs:
    """Defers jobs in the caller's transaction, and runs them."""

    def __init__(self, database_url: str) -> None:
        self._connector = procrastinate.PsycopgConnector(
            conninfo=database_url, min_size=2, max_size=6
        )
        self.app = procrastinate.App(connector=self._connector)

    def register(self, turn: Work, delivery: Work) -> None:
        """Name the two functions that do the work."""
        for name, work in ((TURN, turn), (DELIVERY, delivery)):
            self.app.task(name=name, retry=_Again())(_by_id(work))

    async def defer_turn(self, session: AsyncSession, conversation_id: uuid.UUID) -> None:
        """Let the conversation's waiting messages be handled once the caller commits."""
        await self._defer(session, TURN, f"in:{conversation_id}", conversation_id)

    async def defer_delivery(self, session: AsyncSession, conversation_id: uuid.UUID) -> None:
        """Let the conversation's waiting answers be delivered once the caller commits."""
        await self._defer(session, DELIVERY, f"out:{conversation_id}", conversation_id)

    async def _defer(
        self, session: AsyncSession, task: str, lock: str, conversation_id: uuid.UUID
    ) -> None:
        deferrer = self.app.configure_task(
            name=task,
            lock=lock,
            priority=_PRIORITY[task],
            connection=await raw_connection(session),
        )
        await deferrer.defer_async(conversation_id=str(conversation_id))

    async def work(self, concurrency: int) -> None:
        """Run jobs until cancelled; a lost database is waited for, not died of."""
        async with asyncio.TaskGroup() as group:
            group.create_task(_for_ever(lambda: self._run_worker(concurrency)))
            group.create_task(_for_ever(self._recover))

    async def _run_worker(self, concurrency: int) -> None:
        await self.app.run_worker_async(
            concurrency=concurrency,
            fetch_job_polling_interval=_POLL,
            update_heartbeat_interval=_HEARTBEAT,
            stalled_worker_timeout=SILENCE,
            shutdown_graceful_timeout=10,
            delete_jobs="successful",
            install_signal_handlers=False,
        )

    async def _recover(self) -> None:
        """Give the jobs of killed workers to the living."""
        while True:
            for job in await self.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENCE):
                log.warning("job_recovered", task=job.task_name, job=job.id)
                await self.app.job_manager.retry_job(job)
            await asyncio.sleep(_HEARTBEAT)

    async def open(self) -> None:
        """Open the queue's own connections."""
        await self.app.open_async()

    async def close(self) -> None:
        """Close the queue's own connections."""
        await self.app.close_async()


def _by_id(work: Work) -> Callable[[str], Awaitable[None]]:
    async def run(conversation_id: str) -> None:
        await work(uuid.UUID(conversation_id))

    return run


async def _for_ever(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await work()
        except (procrastinate.exceptions.ProcrastinateException, OSError) as error:
            log.error("worker_lost_database", error=type(error).__name__)
        await asyncio.sleep(1)
