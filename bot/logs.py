"""Logging: one line of JSON an event, without message text, numbers or names of people."""

import logging

import structlog

# These log at INFO what they handle; at WARNING they only tell what went wrong.
_QUIET = (
    "httpx",
    "httpcore",
    "procrastinate",
    "telegram",
    "twilio",
    "psycopg",
    "alembic",
    "rasa_sdk",
    "coloredlogs",
    "sse_starlette",
)


def configure(level: str) -> None:
    """Set up structlog and the standard library's logging for this process."""
    number = logging.getLevelNamesMapping()[level]
    logging.basicConfig(level=number, format="%(levelname)s %(name)s %(message)s")
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        cache_logger_on_first_use=False,
    )
