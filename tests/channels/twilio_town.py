"""People on WhatsApp with a Twilio on loopback that changes its mind after it took a message."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg

from bot.conversation.templates import Templates
from bot.messages import OutgoingMessage, Template
from bot.store.tables import Author, Conversation, Coordinator, Outbound
from integrations.channel import TemplateChannel
from tests.channels.inbound import RIET_WHATSAPP, whatsapp_message, whatsapp_status
from tests.channels.outbound import PUBLIC_URL
from tests.channels.peers import TWILIO_ACCOUNT, TWILIO_TOKEN, TwilioPeer
from tests.channels.signing import form_body, twilio_headers
from tests.channels.twilio_peer import WhatsAppBubble
from tests.channels.world import World
from tests.conftest import Clock


@dataclass
class Town:
    """What Riet and the others write, and what Twilio reports of our answers."""

    world: World
    twilio: TwilioPeer
    clock: Clock
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    lost: set[str] = field(default_factory=set)
    heard_before: int = 0

    async def writes(self, words: str = "hallo", who: str = RIET_WHATSAPP) -> None:
        """Somebody writes."""
        sid = f"SM{next(self.numbers):032x}"
        await self._post("/webhooks/whatsapp", whatsapp_message(TWILIO_ACCOUNT, sid, words, who))

    async def reports(
        self, bubble: WhatsAppBubble, status: str, code: int | None = None, address: str = ""
    ) -> None:
        """Twilio reports of a bubble, at the address that it was given or at another."""
        if code:
            self.lost.add(bubble.sid)
        path = (address or bubble.status_callback).removeprefix(PUBLIC_URL)
        more = {"ErrorCode": str(code)} if code else {}
        await self._post(path, whatsapp_status(TWILIO_ACCOUNT, bubble.sid, status, **more))

    async def _post(self, path: str, fields: dict[str, str]) -> None:
        body = form_body(fields)
        headers = twilio_headers(PUBLIC_URL + path, body, TWILIO_TOKEN)
        answer = await self.world.http.post(path, content=body, headers=headers)
        assert answer.status_code in (200, 204)

    async def sent(self, words: str = "hallo") -> WhatsAppBubble:
        """Riet writes, and Twilio takes our answer."""
        await self.writes(words)
        await self.world.work()
        return self.twilio.sent[-1]

    async def works(self, *, after: float = 0.0) -> float:
        """So many seconds later all jobs run once; the longest that one has to wait."""
        self.clock.pass_by(seconds=after)
        return await self.world.work()

    async def row(self, words: str = "") -> Outbound:
        """The latest message of ours with these words."""
        return next(row for row in (await self.world.outbound())[::-1] if words in row.text)

    def heard(self) -> list[str]:
        """What arrived since the story began, oldest first."""
        arrived = [one for one in self.twilio.sent if one.sid not in self.lost]
        return [
            one.content.body if one.content else one.body for one in arrived[self.heard_before :]
        ]

    def begin(self) -> None:
        """The story begins now."""
        self.heard_before = len(self.twilio.sent)

    def deliveries(self) -> int:
        """How many delivery jobs there are."""
        with psycopg.connect(self.world.parts.database_url) as connection:
            query = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'delivery'"
            (count,) = connection.execute(query).fetchone() or (0,)
        return int(count)

    async def approve(self, *names: Template) -> None:
        """`adempauze whatsapp sync`, before and after WhatsApp approved these texts."""
        channel = self.world.channels["whatsapp"]
        assert isinstance(channel, TemplateChannel)
        templates = Templates(self.world.parts.database, self.world.parts.content)
        await templates.synchronise(channel, self.clock())
        for name in names:
            self.twilio.contents.decide(f"adempauze_{name}", "approved")
        await templates.synchronise(channel, self.clock())

    def approved(self, template: Template) -> str:
        """The words of an approved text."""
        return Templates(self.world.parts.database, self.world.parts.content).text(template)

    async def writes_to_riet(self, message: OutgoingMessage) -> None:
        """The system has something to say."""
        (conversation,) = await self.world.rows(Conversation)
        async with self.world.parts.database.transaction() as session:
            outbox = self.world.parts.outbox
            await outbox.put(session, conversation.id, message, author=Author.SYSTEM)

    async def answers(self, text: str) -> None:
        """Anne, a coordinator, answers Riet."""
        (conversation,) = await self.world.rows(Conversation)
        async with self.world.parts.database.transaction() as session:
            anne = Coordinator(
                name="Anne", email="anne@voorbeeld.nl", password_hash="-", created_at=self.clock()
            )
            session.add(anne)
        handoffs = self.world.parts.handoffs
        await handoffs.reply(conversation.id, anne.id, text, self.clock())
