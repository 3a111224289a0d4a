"""The templates that a vendor keeps for us: brought there by a command, looked up when sending."""

import time
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bot.messages import Template
from bot.services.content import Content
from bot.store.database import Database
from bot.store.tables import ChannelTemplate
from integrations.channel import Channel, KnownTemplate, SyncedTemplate, TemplateChannel

# What `adempauze whatsapp sync` brought is used by every worker after at most so long, in seconds.
_REMEMBERED = 60.0


class Templates:
    """What is in the database of them, for all channels that have any."""

    def __init__(self, database: Database, content: Content) -> None:
        self._database = database
        self._texts = content.texts
        self._read_at: dict[str, float] = {}

    def text(self, template: Template) -> str:
        """The words of an approved text, as this region has them."""
        return "\n\n".join(self._texts.templates[template].bubbles)

    async def teach(self, channel: Channel) -> None:
        """Let a channel know its templates, read again when that was a while ago."""
        if not isinstance(channel, TemplateChannel):
            return
        now = time.monotonic()
        if now - self._read_at.get(channel.name, -_REMEMBERED) < _REMEMBERED:
            return
        channel.learn(await self._known(channel.name), self._texts.open_list.bubbles[0])
        self._read_at[channel.name] = now

    async def synchronise(
        self, channel: TemplateChannel, now: datetime
    ) -> tuple[SyncedTemplate, ...]:
        """Bring all templates to the vendor and keep their ids and approval.

        Raises:
            DeliveryError: the vendor refused or could not be reached.
        """
        found = await channel.synchronise({name: self.text(name) for name in Template})
        async with self._database.transaction() as session:
            for one in found:
                values = {
                    "digest": one.digest,
                    "sid": one.sid,
                    "approval": one.approval,
                    "rejection": one.rejection,
                    "checked_at": now,
                }
                await session.execute(
                    insert(ChannelTemplate)
                    .values(channel=channel.name, name=one.name, **values)
                    .on_conflict_do_update(index_elements=["channel", "name"], set_=values)
                )
        self._read_at.pop(channel.name, None)
        return found

    async def stored(self, channel: str) -> list[ChannelTemplate]:
        """The templates of a channel as they were at the last synchronisation, by name."""
        query = select(ChannelTemplate).where(ChannelTemplate.channel == channel)
        async with self._database.transaction() as session:
            return list(await session.scalars(query.order_by(ChannelTemplate.name)))

    async def _known(self, channel: str) -> Mapping[str, KnownTemplate]:
        rows = await self.stored(channel)
        return {row.name: KnownTemplate(row.digest, row.sid, row.approval) for row in rows}
