"""The whole path of a message, with the vendors on loopback: doors, inbox, turns and deliveries."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from cryptography.fernet import Fernet
from sqlalchemy import select
from starlette.applications import Starlette

from bot.conversation import webhooks
from bot.conversation.deliveries import Deliveries
from bot.conversation.inbox import Inbox
from bot.conversation.jobs import Jobs, Later
from bot.conversation.outbox import Outbox
from bot.conversation.patience import Patience
from bot.conversation.presence import Presence
from bot.conversation.reception import Reception
from bot.conversation.reports import Reports
from bot.conversation.rights import Rights
from bot.conversation.safety import Safety
from bot.conversation.templates import Templates
from bot.conversation.turns import Assistant, Turns
from bot.messages import Form, OutgoingMessage
from bot.services.content import Content
from bot.services.handoff import Handoffs
from bot.services.timeline import Timeline
from bot.settings import Settings
from bot.store.changes import Changes
from bot.store.database import Database
from bot.store.tables import Conversation, Inbound, Outbound
from bot.store.trackers import Trackers
from bot.store.vault import Vault
from bot.web import pages
from bot.web.chat import routes as chat
from integrations.channel import Channel
from tests.channels.outbound import PUBLIC_URL

BASE = "http://10.0.0.5:8000"  # what a proxy calls; vendors know PUBLIC_URL only
OFFERED = 4711  # the id of the message that the payloads' taps point at
CHOICES = (("Ja, graag", "/affirm"), ("Nee, nog niet", "/deny"), ("Een weekend", "/weekend"))


@dataclass(frozen=True)
class Parts:
    """What a world is made of; the fixtures of tests/conftest.py."""

    database: Database
    database_url: str
    jobs: Jobs
    outbox: Outbox
    handoffs: Handoffs
    vault: Vault
    content: Content
    safety: Safety
    clock: Callable[[], datetime]


@dataclass
class World:
    """One installation with its channels."""

    parts: Parts
    channels: Mapping[str, Channel]
    assistant: Assistant
    inbox: Inbox = field(init=False)
    turns: Turns = field(init=False)
    deliveries: Deliveries = field(init=False)
    http: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        parts = self.parts
        rights = Rights(parts.handoffs, Trackers(), parts.content)
        self.inbox = Inbox(
            parts.database,
            parts.jobs,
            parts.outbox,
            parts.handoffs,
            parts.vault,
            parts.safety,
            parts.content,
            parts.clock,
        )
        self.turns = Turns(
            parts.database,
            self.assistant,
            parts.outbox,
            parts.handoffs,
            rights,
            Trackers(),
            parts.content,
            parts.clock,
            Patience(),
            Presence(parts.database, parts.vault, self.channels),
        )
        self.deliveries = Deliveries(
            parts.database,
            parts.vault,
            self.channels,
            parts.outbox,
            parts.handoffs,
            Templates(parts.database, parts.content),
            parts.content,
            PUBLIC_URL,
            parts.clock,
        )
        self.http = self.browser()

    def browser(self) -> httpx.AsyncClient:
        """One that has not been here before; `http` is Riet's, and the vendors'."""
        transport = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(transport=transport, base_url=BASE, timeout=60)

    @property
    def app(self) -> Starlette:
        """The doors, the chat page and its styles."""
        parts = self.parts
        reception = Reception(self.inbox, parts.database, parts.vault, parts.content)
        page = chat.routes(
            inbox=self.inbox,
            timeline=Timeline(parts.database),
            changes=Changes(parts.database_url),
            settings=_settings(),
            clock=parts.clock,
        )
        doors = webhooks.routes(
            self.channels.values(),
            reception,
            Reports(parts.database, parts.handoffs, parts.jobs, parts.clock),
        )
        return Starlette(routes=[*doors, *page, pages.static_mount()])

    @contextlib.asynccontextmanager
    async def workers(self, concurrency: int) -> AsyncIterator[None]:
        """So many jobs at a time, beside the test."""
        self.parts.jobs.register(self.turns.run, self.deliveries.run)
        task = asyncio.create_task(self.parts.jobs.work(concurrency))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def work(self) -> float:
        """Run all turns and all deliveries once; the longest that one of them has to wait."""
        waits = [0.0]
        for run in (self.turns.run, self.deliveries.run):
            for conversation in await self.rows(Conversation):
                try:
                    await run(conversation.id)
                except Later as later:
                    waits.append(later.seconds)
        return max(waits)

    async def offer(self) -> None:
        """Let the assistant have asked something with choices, as message OFFERED."""
        (conversation,) = await self.rows(Conversation)
        has_buttons = self.channels[conversation.channel].abilities.buttons > 0
        async with self.parts.database.transaction() as session:
            session.add(
                Outbound(
                    id=OFFERED,
                    conversation_id=conversation.id,
                    author="bot",
                    text="Wat past bij u?",
                    choices=[{"title": title, "payload": payload} for title, payload in CHOICES],
                    created_at=self.parts.clock(),
                    state_at=self.parts.clock(),
                    state="sent",
                    form=Form.BUTTONS if has_buttons else Form.NUMBERED,
                )
            )

    async def rows(self, table: Any) -> list[Any]:
        """All rows of a table, in order."""
        async with self.parts.database.transaction() as session:
            return list(await session.scalars(select(table).order_by(table.id)))

    async def inbound(self) -> list[Inbound]:
        return await self.rows(Inbound)

    async def outbound(self) -> list[Outbound]:
        return await self.rows(Outbound)


class Echo:
    """Stands where Rasa is: notes what it was asked and answers at once.

    `answers` are what it says to some words; to all others it repeats them.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, OutgoingMessage] = {}

    async def answer(
        self,
        conversation_id: uuid.UUID,  # noqa: ARG002  # the protocol's
        text: str,
        inbound_id: int,  # noqa: ARG002
    ) -> list[OutgoingMessage]:
        self.asked.append(text)
        return [self.answers.get(text) or OutgoingMessage(f"antwoord op: {text}")]

    async def renew_session(self, conversation_id: uuid.UUID) -> None:  # noqa: ARG002
        return None


def _settings() -> Settings:
    return Settings.model_validate(
        {
            "secret_key": "a secret that is long enough for a test",
            "encryption_keys": Fernet.generate_key().decode(),
            "rasa_token": "a-token-for-rasa",
            "actions_token": "a-token-for-actions",
        }
    )
