"""The vendors on loopback, forgetful between tests, and our channels pointed at them."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from integrations.telegram import Telegram
from integrations.whatsapp import WhatsApp
from tests.channels.outbound import ACCOUNT, PUBLIC_URL, TELEGRAM_SECRET
from tests.channels.peers import TELEGRAM_TOKEN, TelegramPeer, TwilioPeer

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
async def telegram(peer: TelegramPeer) -> AsyncIterator[Telegram]:
    channel = Telegram(TELEGRAM_TOKEN, TELEGRAM_SECRET, peer.api_url, TIMEOUT, pause=0.0)
    yield channel
    await channel.close()
