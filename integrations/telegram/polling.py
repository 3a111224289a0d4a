"""Fetches updates where there is no public address. An update is never lost: it is confirmed by
asking for the next one, and that happens only after every earlier one was accepted.

https://core.telegram.org/bots/api#getupdates
"""

import asyncio

import structlog

from bot.errors import DeliveryError, Malformed
from bot.messages import Event
from integrations.channel import Accept
from integrations.telegram.api import BotApi
from integrations.telegram.updates import understand, update_id

LONGEST_PAUSE_SECONDS = 60.0
# Telegram answers without updates only after the whole wait. Something else that answers at once
# must not be asked in a tight loop.
_EMPTY_PAUSE_SECONDS = 0.2

log = structlog.get_logger()


async def poll(api: BotApi, accept: Accept, pause: float) -> None:
    """Hand over what happens until cancelled.

    Args:
        api: whose updates.
        accept: deals with one event; when it raises, the update is fetched again.
        pause: seconds to wait after the first failure in a row; doubled after each next one.
    """
    poller = _Poller(api, accept)
    failures = 0
    while True:
        try:
            await poller.round()
            failures = 0
        except Exception as error:
            wait = _wait(error, pause, failures)
            failures += 1
            log.warning("telegram_poll_failed", error=_name(error), row=failures, wait=wait)
            await asyncio.sleep(wait)


class _Poller:
    def __init__(self, api: BotApi, accept: Accept) -> None:
        self._api = api
        self._accept = accept
        self._offset = 0
        self._webhook_gone = False

    async def round(self) -> None:
        """Ask once, hand over what came and move on past each that was accepted."""
        if not self._webhook_gone:
            await self._api.delete_webhook()
            self._webhook_gone = True
        updates = await self._api.updates(self._offset)
        for update in updates:
            await self._hand_over(update)
        if not updates:
            await asyncio.sleep(_EMPTY_PAUSE_SECONDS)

    async def _hand_over(self, update: object) -> None:
        number = update_id(update)
        try:
            events: tuple[Event, ...] = understand(update)
        except Malformed:
            # Asking again would bring the same, and hold up everybody behind it. No traceback, as
            # it may show what was written.
            log.error("telegram_update_unreadable", update_id=number)
            events = ()
        for event in events:
            await self._accept(event)
        self._offset = number + 1


def _wait(error: Exception, pause: float, failures: int) -> float:
    if isinstance(error, DeliveryError) and error.retry_after is not None:
        return error.retry_after
    return float(min(pause * 2.0 ** min(failures, 10), LONGEST_PAUSE_SECONDS))


def _name(error: Exception) -> str:
    return error.code if isinstance(error, DeliveryError) else type(error).__name__
