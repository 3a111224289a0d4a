"""Telegram's door, with a Telegram that tells late and tells again what it has told."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

import httpx
import pytest

from bot.store.tables import Conversation
from tests.channels.inbound import Update, telegram_membership, telegram_message, telegram_tap
from tests.channels.outbound import TELEGRAM_SECRET
from tests.channels.peers import TelegramPeer
from tests.channels.signing import telegram_headers
from tests.channels.world import World

Tell = Callable[[Update], Awaitable[httpx.Response]]
MORNING = 1794990000


@pytest.fixture
def tell(world: World) -> Tell:
    async def tell(update: Update) -> httpx.Response:
        body = json.dumps(update).encode()
        headers = telegram_headers(TELEGRAM_SECRET)
        return await world.http.post("/webhooks/telegram", content=body, headers=headers)

    return tell


async def test_a_blocking_that_is_told_again_after_its_end_shuts_out_nobody(
    world: World, tell: Tell
) -> None:
    blocked = telegram_membership(20, "kicked", at=MORNING + 60)
    await tell(telegram_message(10, "Hallo"))
    await tell(blocked)
    (riet,) = await world.rows(Conversation)
    assert riet.blocked_at.timestamp() == MORNING + 60
    # After a quiet week the numbers begin anew, anywhere.
    await tell(telegram_membership(5, "member", at=MORNING + 900_000))
    await tell(blocked)
    (riet,) = await world.rows(Conversation)
    assert riet.blocked_at is None


async def test_a_tap_that_is_told_again_is_answered_again_and_stored_once(
    world: World, tell: Tell, peer: TelegramPeer
) -> None:
    await tell(telegram_message(10, "Hallo"))
    await world.work()
    question = replace(peer.sent[-1], buttons=(("Ja, graag", "4711:0"),))
    for _ in range(2):
        await tell(telegram_tap(11, question, 0, "3049"))

    assert peer.answered == ["3049", "3049"]
    assert [row.external_id for row in await world.inbound()] == ["10", "11"]
