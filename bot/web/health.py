"""`/healthz`: the process lives. `/readyz`: a message sent now would be answered."""

from collections.abc import Awaitable, Callable

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.store.database import Database

# A worker whose heartbeat is older than this is taken for dead, in seconds.
_HEARTBEAT = 30
_WORKERS = text(
    "SELECT count(*) FROM procrastinate_workers "
    "WHERE last_heartbeat > now() - make_interval(secs => :seconds)"
)


def routes(database: Database, assistant_ready: Callable[[], Awaitable[bool]]) -> list[Route]:
    """The two routes."""

    async def alive(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_: Request) -> Response:
        workers = await _workers(database)
        parts = {
            "database": workers is not None,
            "worker": bool(workers),
            "rasa": await assistant_ready(),
        }
        return JSONResponse(parts, status_code=200 if all(parts.values()) else 503)

    return [Route("/healthz", alive), Route("/readyz", ready)]


async def _workers(database: Database) -> int | None:
    """How many workers live; None when the database does not answer."""
    try:
        async with database.transaction() as session:
            found = await session.execute(_WORKERS, {"seconds": _HEARTBEAT})
            return int(found.scalar_one())
    except (SQLAlchemyError, OSError):
        return None
