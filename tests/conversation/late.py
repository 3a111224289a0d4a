"""Riet on WhatsApp, a day after her last message, with Twilio on loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

from bot.conversation.deliveries import Deliveries
from bot.conversation.templates import Templates
from bot.messages import Choice, OutgoingMessage, Template
from bot.services.content import Content
from bot.services.fixed_texts import stay_payload
from bot.store.tables import Author, Coordinator, Outbound
from integrations.whatsapp import WhatsApp
from tests.channels.outbound import ACCOUNT, PUBLIC_URL
from tests.channels.peers import TwilioPeer
from tests.conversation.conftest import Talk

HOUSE = "huis-zonder-haast"
OFFER = OutgoingMessage(
    "Er is een plek vrij in Huis Zonder Haast.",
    (
        Choice("Ja, deze plek", stay_payload(HOUSE, date(2027, 5, 14), date(2027, 5, 17))),
        Choice("Andere dagen", "/other_dates"),
        Choice("Nee, nu niet", "/later"),
    ),
    template=Template.PLACE_OFFERED,
)


@dataclass
class Late:
    """Riet, who wrote on WhatsApp and was answered."""

    talk: Talk
    twilio: TwilioPeer
    templates: Templates
    channel: WhatsApp
    coordinator: int
    url: str

    async def approve(self, *names: Template) -> None:
        """Bring the templates to Twilio; WhatsApp approves these."""
        await self.templates.synchronise(self.channel, self.talk.clock())
        for name in names:
            self.twilio.contents.decide(f"adempauze_{name}", "approved")
        await self.templates.synchronise(self.channel, self.talk.clock())

    async def write(self, message: OutgoingMessage, author: Author = Author.SYSTEM) -> None:
        """Put a message into the outbox and deliver what waits there."""
        conversation = await self.talk.conversation()
        async with self.talk.database.transaction() as session:
            await self.talk.handoffs._outbox.put(session, conversation.id, message, author=author)
        await self.talk.run_delivery()

    async def reply(self, text: str) -> None:
        """A coordinator answers."""
        conversation = await self.talk.conversation()
        await self.talk.handoffs.reply(conversation.id, self.coordinator, text, self.talk.clock())
        await self.talk.run_delivery()

    def heard(self) -> list[str]:
        """What reached Riet, oldest first."""
        return [one.content.body if one.content else one.body for one in self.twilio.sent]

    async def row(self, text: str) -> Outbound:
        return next(row for row in await self.talk.outbound() if text in row.text)


@asynccontextmanager
async def late_riet(talk: Talk, content: Content, database_url: str) -> AsyncIterator[Late]:
    """Riet, whose last message is 24 hours ago."""
    async with TwilioPeer() as twilio:
        channel = WhatsApp(ACCOUNT, PUBLIC_URL, twilio.url, 5.0)
        templates = Templates(talk.database, content)
        talk.deliveries = Deliveries(
            talk.database, talk.inbox._vault, {"webchat": channel}, talk.handoffs._outbox,
            talk.handoffs, templates, content, PUBLIC_URL, talk.clock,
        )  # fmt: skip
        await talk.say("hallo")
        await talk.run_turn()
        await talk.run_delivery()
        twilio.sent.clear()
        async with talk.database.transaction() as session:
            anne = Coordinator(
                name="Anne", email="anne@voorbeeld.nl", password_hash="-", created_at=talk.clock()
            )
            session.add(anne)
            await session.flush()
        talk.clock.pass_by(hours=24)
        yield Late(talk, twilio, templates, channel, anne.id, database_url)
        await channel.close()
