"""The vendors on loopback, forgetful between tests, and our channels pointed at them."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from cryptography.fernet import Fernet

from bot.conversation.jobs import Jobs
from bot.conversation.outbox import Outbox
from bot.conversation.safety import Safety
from bot.conversation.turns import Assistant
from bot.services.content import Content
from bot.services.handoff import Handoffs
from bot.stack.secrets_file import NAMES
from bot.store.database import Database
from bot.store.vault import Vault
from integrations.channel import Channel
from integrations.sms import Sms
from integrations.telegram import Telegram
from integrations.webchat import WebChat
from integrations.whatsapp import WhatsApp
from tests.channels.outbound import ACCOUNT, PUBLIC_URL, SMS_ACCOUNT, TELEGRAM_SECRET
from tests.channels.peers import TELEGRAM_TOKEN, TelegramPeer, TwilioPeer
from tests.channels.world import Echo, Parts, World
from tests.conftest import Clock

# Long enough for loopback, short enough to wait for.
TIMEOUT = 1.0


@pytest_asyncio.fixture(scope="session")
async def running_twilio() -> AsyncIterator[TwilioPeer]:
    async with TwilioPeer() as peer:
        yield peer


@pytest_asyncio.fixture(scope="session")
async def running_telegram() -> AsyncIterator[TelegramPeer]:
    async with TelegramPeer() as peer:
        yield peer


@pytest.fixture
def twilio(running_twilio: TwilioPeer) -> Iterator[TwilioPeer]:
    running_twilio.reset()
    yield running_twilio
    running_twilio.verify()


@pytest.fixture
def peer(running_telegram: TelegramPeer) -> Iterator[TelegramPeer]:
    running_telegram.reset()
    yield running_telegram
    running_telegram.verify()


@pytest_asyncio.fixture
async def whatsapp(twilio: TwilioPeer) -> AsyncIterator[WhatsApp]:
    channel = WhatsApp(ACCOUNT, PUBLIC_URL, twilio.url, TIMEOUT)
    yield channel
    await channel.close()


@pytest_asyncio.fixture
async def sms(twilio: TwilioPeer) -> AsyncIterator[Sms]:
    channel = Sms(SMS_ACCOUNT, PUBLIC_URL, twilio.url, TIMEOUT)
    yield channel
    await channel.close()


@pytest_asyncio.fixture
async def telegram(peer: TelegramPeer) -> AsyncIterator[Telegram]:
    channel = Telegram(TELEGRAM_TOKEN, TELEGRAM_SECRET, peer.api_url, TIMEOUT, pause=0.0)
    yield channel
    await channel.close()


@pytest.fixture
def environment(twilio: TwilioPeer, database: Database, database_url: str) -> dict[str, str]:
    """What the command line needs to use the tests' database and our Twilio."""
    secrets = dict.fromkeys(NAMES, "x" * 32) | {"ENCRYPTION_KEYS": Fernet.generate_key().decode()}
    own = {"DATABASE_URL": database_url, "PUBLIC_URL": PUBLIC_URL, "REGION": "demo"}
    return {"PATH": os.environ["PATH"], **secrets, **own, **twilio.environment}


@pytest.fixture
def parts(
    database: Database,
    database_url: str,
    jobs: Jobs,
    outbox: Outbox,
    handoffs: Handoffs,
    vault: Vault,
    content: Content,
    safety: Safety,
    clock: Clock,
) -> Parts:
    return Parts(database, database_url, jobs, outbox, handoffs, vault, content, safety, clock)


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest_asyncio.fixture
async def world(
    parts: Parts, whatsapp: WhatsApp, sms: Sms, telegram: Telegram, echo: Echo
) -> AsyncIterator[World]:
    async with world_of(parts, echo, whatsapp, sms, telegram, WebChat()) as world:
        yield world


@asynccontextmanager
async def world_of(parts: Parts, assistant: Assistant, *channels: Channel) -> AsyncIterator[World]:
    """An installation with these channels."""
    world = World(parts, {one.name: one for one in channels}, assistant)
    yield world
    await world.http.aclose()
