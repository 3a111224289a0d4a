"""The vendors on loopback, forgetful between tests, and our channels pointed at them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from bot.conversation.jobs import Jobs
from bot.conversation.outbox import Outbox
from bot.conversation.safety import Safety
from bot.conversation.turns import Assistant
from bot.services.content import Content
from bot.services.handoff import Handoffs
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
TIMEOUT = 0.5


@pytest_asyncio.fixture(scope="session")
async def running_twilio() -> AsyncIterator[TwilioPeer]:
    async with TwilioPeer() as peer:
        yield peer


@pytest_asyncio.fixture(scope="session")
async def running_telegram() -> AsyncIterator[TelegramPeer]:
    async with TelegramPeer() as peer:
        yield peer


@pytest.fixture
def twilio(running_twilio: TwilioPeer) -> TwilioPeer:
    running_twilio.reset()
    return running_twilio


@pytest.fixture
def peer(running_telegram: TelegramPeer) -> TelegramPeer:
    running_telegram.reset()
    return running_telegram


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
