"""The doors of the channels: size, then the channel's own check, the reception, then an answer.

Nothing is acknowledged that is not stored, and nothing is stored that is not signed.
"""

import time
from collections.abc import Awaitable, Callable, Iterable

import structlog
from starlette.background import BackgroundTasks
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot import metrics
from bot.conversation.reception import Reception
from bot.conversation.reports import Reports
from bot.errors import TooLarge, WebhookError
from integrations.channel import (
    Channel,
    FallbackChannel,
    StatusChannel,
    WebhookChannel,
    WebhookRequest,
)

log = structlog.get_logger(__name__)

# Telegram's largest update and Twilio's largest form stay far below this, in bytes.
BODY_LIMIT = 64 * 1024

Handler = Callable[[Request], Awaitable[Response]]


def routes(channels: Iterable[Channel], reception: Reception, reports: Reports) -> list[Route]:
    """`POST /webhooks/<name>` for each channel that is on, its fallback and its status reports.

    The fallback is where a vendor comes with a message after the first address failed. It is the
    same door: what was stored the first time is a duplicate, and acknowledged.
    """
    found = []
    for channel in channels:
        path = f"/webhooks/{channel.name}"
        if isinstance(channel, WebhookChannel):
            found.append(_door(path, _events(channel, reception)))
        if isinstance(channel, FallbackChannel):
            found.append(_door(f"{path}/fallback", _events(channel, reception)))
        if isinstance(channel, StatusChannel):
            found.append(_door(f"{path}/status", _status(channel, reports)))
    return found


def _door(path: str, handler: Handler) -> Route:
    return Route(path, _guarded(handler), methods=["POST"])


def _events(channel: WebhookChannel, reception: Reception) -> Handler:
    async def handle(request: Request) -> Response:
        started = time.perf_counter()
        afterwards = BackgroundTasks()
        for event in channel.receive(await _read(request)):
            courtesy = await reception.take(channel, event)
            if courtesy is not None:
                afterwards.add_task(courtesy)
        metrics.part("webhook", time.perf_counter() - started)
        answer = channel.acknowledgement
        return Response(answer.body, media_type=answer.media_type, background=afterwards)

    return handle


def _status(channel: StatusChannel, reports: Reports) -> Handler:
    async def handle(request: Request) -> Response:
        report = channel.receive_status(await _read(request))
        if report is not None:
            await reports.take(channel.name, report)
        return Response(status_code=204)

    return handle


def _guarded(handler: Handler) -> Handler:
    """Translates a refusal to its status; the vendor learns nothing more."""

    async def handle(request: Request) -> Response:
        try:
            return await handler(request)
        except WebhookError as error:
            log.warning("webhook_refused", path=request.url.path, reason=type(error).__name__)
            return PlainTextResponse(type(error).__name__, status_code=error.status)

    return handle


async def _read(request: Request) -> WebhookRequest:
    """The request with its body, read no further than the limit.

    Raises:
        TooLarge: the body is longer.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise TooLarge("the body is larger than any message")
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    headers = {name.lower(): value for name, value in request.headers.items()}
    return WebhookRequest(path, headers, bytes(body))
