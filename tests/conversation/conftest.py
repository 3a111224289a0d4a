"""A conversation from the inbox to the channel, with the real queue and a stand-in for Rasa."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from bot.conversation.deliveries import Deliveries
from bot.conversation.inbox import Inbox
from bot.conversation.jobs import Jobs
from bot.conversation.outbox import Outbox
from bot.conversation.patience import Patience
from bot.conversation.presence import Presence
from bot.conversation.reception import Reception
from bot.conversation.reports import Reports
from bot.conversation.rights import Rights
from bot.conversation.safety import Safety
from bot.conversation.templates import Templates
from bot.conversation.turns import Turns
from bot.errors import DeliveryError
from bot.messages import ChoiceRef, Delivery, IncomingMessage, Kind
from bot.services.content import Content
from bot.services.handoff import Handoffs
from bot.store.database import Database
from bot.store.tables import Conversation, Handoff, Inbound, Mode, Outbound
from bot.store.trackers import Trackers
from bot.store.vault import Vault
from integrations.channel import Abilities, Rates
from integrations.rasa.client import Rasa
from tests.conftest import Clock
from tests.rasa_peer import RasaPeer, served


@dataclass
class RecordingChannel:
    """A channel that keeps what it was given, and fails as it is told."""

    name: str = "webchat"
    label: str = "Test"
    abilities: Abilities = field(default_factory=Abilities)  # none: choices are numbered
    rates: Rates | None = None
    sent: list[Delivery] = field(default_factory=list)
    failures: list[DeliveryError] = field(default_factory=list)
    before: Callable[[Delivery], Awaitable[None]] | None = None
    typing: list[str] = field(default_factory=list)
    declined: list[tuple[str, str]] = field(default_factory=list)

    async def send(self, delivery: Delivery) -> str | None:
        if self.before is not None:
            await self.before(delivery)
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(delivery)
        return f"sent-{delivery.message_id}"

    async def show_typing(self, address: str) -> None:
        self.typing.append(address)

    async def decline(self, address: str, words: str) -> None:
        self.declined.append((address, words))

    async def close(self) -> None:
        return None

    @property
    def texts(self) -> list[str]:
        return [delivery.message.text for delivery in self.sent]


@dataclass
class Talk:
    """One conversation path, as a test drives it."""

    inbox: Inbox
    turns: Turns
    deliveries: Deliveries
    handoffs: Handoffs
    database: Database
    channel: RecordingChannel
    rasa: RasaPeer
    clock: Clock
    jobs: Jobs
    reports: Reports
    reception: Reception
    numbers: Any = field(default_factory=itertools.count)

    async def say(self, text: str, *, who: str = "riet", **more: Any) -> bool:
        """Let a person say something; more: external_id, sequence, kind, choice."""
        external_id = more.pop("external_id", None) or f"{who}-{next(self.numbers)}"
        kind = Kind.CHOICE if isinstance(more.get("choice"), ChoiceRef) else Kind.TEXT
        return await self.inbox.receive(
            IncomingMessage(
                channel="webchat",
                address=who,
                external_id=external_id,
                text=text,
                **{"kind": kind, **more},
            )
        )

    async def conversation(self, who: str = "riet") -> Conversation:
        found = await self.inbox.conversation_of("webchat", who)
        assert found is not None
        async with self.database.transaction() as session:
            return await session.get_one(Conversation, found)

    async def mode(self, who: str = "riet") -> str:
        return (await self.conversation(who)).mode

    async def rows(self, table: Any) -> list[Any]:
        async with self.database.transaction() as session:
            return list(await session.scalars(select(table).order_by(table.id)))

    async def inbound(self) -> list[Inbound]:
        return await self.rows(Inbound)

    async def outbound(self) -> list[Outbound]:
        return await self.rows(Outbound)

    async def tasks(self) -> list[Handoff]:
        return await self.rows(Handoff)

    async def settled(self, count: int, *, seconds: float = 10) -> list[str]:
        """The texts that the channel got, once there are `count` of them."""
        await until(lambda: len(self.channel.sent) >= count, seconds)
        return self.channel.texts

    async def run_turn(self, who: str = "riet") -> None:
        """Run the turn job at once, without a worker."""
        await self.turns.run((await self.conversation(who)).id)

    async def run_delivery(self, who: str = "riet") -> None:
        """Run the delivery job at once, without a worker."""
        await self.deliveries.run((await self.conversation(who)).id)

    @contextlib.asynccontextmanager
    async def worker(self) -> AsyncIterator[None]:
        """A worker beside the test."""
        task = asyncio.create_task(self.jobs.work(4))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until something is so; fails when it is not in time."""
    async with asyncio.timeout(seconds):
        while not condition():  # the worker tells nobody
            await asyncio.sleep(0.02)


@pytest.fixture
async def rasa_peer(database_url: str) -> AsyncIterator[RasaPeer]:
    peer = RasaPeer(database_url)
    async with served(peer.app(), peer.port):
        yield peer


@pytest.fixture
async def talk(
    database: Database,
    jobs: Jobs,
    outbox: Outbox,
    handoffs: Handoffs,
    vault: Vault,
    content: Content,
    clock: Clock,
    rasa_peer: RasaPeer,
    safety: Safety,
) -> AsyncIterator[Talk]:
    channel = RecordingChannel()
    inbox = Inbox(database, jobs, outbox, handoffs, vault, safety, content, clock)
    rights = Rights(handoffs, Trackers(), content)
    deliveries = Deliveries(
        database,
        vault,
        {"webchat": channel},
        outbox,
        handoffs,
        Templates(database, content),
        content,
        "https://adempauze.example",
        clock,
    )
    async with Rasa(rasa_peer.address, "a-token-for-rasa") as rasa:
        turns = Turns(
            database,
            rasa,
            outbox,
            handoffs,
            rights,
            Trackers(),
            content,
            clock,
            Patience(session_turns=20),
            Presence(database, vault, {channel.name: channel}),
        )
        jobs.register(turns.run, deliveries.run)
        yield Talk(
            inbox,
            turns,
            deliveries,
            handoffs,
            database,
            channel,
            rasa_peer,
            clock,
            jobs,
            Reports(database, handoffs, clock),
            Reception(inbox, database, vault, content),
        )


__all__ = ["Mode", "RecordingChannel", "Talk", "until"]
