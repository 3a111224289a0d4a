"""Where what happens on a channel goes: a message to the inbox, a blocking to the conversation,
an invitation to a group to a polite no. The same for webhooks and for polling.
"""

from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from bot.conversation.inbox import Inbox
from bot.conversation.membership import noting
from bot.messages import Blocking, Event, GroupInvitation, IncomingMessage
from bot.services.content import Content
from bot.services.fixed_texts import say
from bot.store.database import Database
from bot.store.vault import Vault
from integrations.channel import Channel, PrivateChannel, WebhookChannel

log = structlog.get_logger(__name__)

Courtesy = Callable[[], Awaitable[None]]


class Reception:
    """Takes in whatever a channel tells."""

    def __init__(
        self,
        inbox: Inbox,
        database: Database,
        vault: Vault,
        content: Content,
    ) -> None:
        self._inbox = inbox
        self._database = database
        self._vault = vault
        self._texts = content.texts

    async def take(self, channel: Channel, event: Event) -> Courtesy | None:
        """Deal with one event; when this returns, its vendor may be answered.

        Returns:
            What is left to do after that answer, as it is only a courtesy; None for nothing.
        """
        if isinstance(event, IncomingMessage):
            return await self._message(channel, event)
        if isinstance(event, Blocking):
            await self._blocking(event)
            return None
        return self._invitation(channel, event)

    async def _message(self, channel: Channel, message: IncomingMessage) -> Courtesy | None:
        # Also of what was here already: when our answer was lost, the tap was not acknowledged.
        await self._inbox.receive(message)
        if message.callback_id is not None and isinstance(channel, WebhookChannel):
            return partial(channel.acknowledge, message)
        return None

    async def _blocking(self, event: Blocking) -> None:
        """Note it in the conversation, if there is one and it is news; a stranger who blocks us
        stays one."""
        fingerprint = self._vault.fingerprint(event.channel, event.address)
        async with self._database.transaction() as session:
            found = await session.execute(noting(event, fingerprint))
        if found.first() is not None:
            log.info("blocking_noted", channel=event.channel, blocked=event.blocked)

    def _invitation(self, channel: Channel, event: GroupInvitation) -> Courtesy | None:
        if not isinstance(channel, PrivateChannel):
            return None
        return partial(channel.decline, event.address, say(self._texts.group_declined).text)
