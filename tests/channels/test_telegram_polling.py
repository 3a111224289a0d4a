"""Telegram without a public address: no update is lost, and none holds up the others."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from structlog.testing import capture_logs

from bot.messages import ChoiceRef, Event, IncomingMessage, Tapped
from integrations.telegram import Telegram
from integrations.telegram.api import ALLOWED_UPDATES
from tests.channels.outbound import failing, to_riet
from tests.channels.peers import TELEGRAM_TOKEN, Answer, TelegramPeer, Trouble


class Inbox:
    """Accepts messages, unless it is told to fail, and notes what was confirmed until then."""

    def __init__(self, peer: TelegramPeer) -> None:
        self.peer = peer
        self.texts: list[str] = []
        self.confirmed_before: list[int] = []
        self.failures = 0

    async def accept(self, event: Event) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database is away")
        assert isinstance(event, IncomingMessage)
        self.texts.append(event.text)
        self.confirmed_before.append(self.peer.confirmed)


@asynccontextmanager
async def polling(channel: Telegram, inbox: Inbox) -> AsyncIterator[None]:
    task = asyncio.create_task(channel.poll(inbox.accept))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until_confirmed(peer: TelegramPeer, number: int) -> None:
    await peer.until(lambda: peer.confirmed >= number)


async def test_polling_hands_over_in_order_and_then_confirms(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    inbox = Inbox(peer)
    first = peer.say("Een")
    async with polling(telegram, inbox):
        await until_confirmed(peer, first)
        last = [peer.say(text) for text in ("Twee", "Drie")][-1]
        await until_confirmed(peer, last)
    assert inbox.texts == ["Een", "Twee", "Drie"]
    assert inbox.confirmed_before[0] < first
    assert all(seen < last for seen in inbox.confirmed_before)


async def test_polling_takes_away_a_webhook_first(telegram: Telegram, peer: TelegramPeer) -> None:
    peer.webhook = "https://old.example"
    async with polling(telegram, Inbox(peer)):
        await until_confirmed(peer, peer.say("Hallo"))
    assert peer.calls[0].endpoint == "deleteWebhook"
    assert peer.calls[0].fields.get("drop_pending_updates") != "true"
    assert json.loads(peer.calls[1].fields["allowed_updates"]) == ALLOWED_UPDATES


async def test_what_could_not_be_stored_is_fetched_again(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    inbox = Inbox(peer)
    inbox.failures = 3
    peer.say("Een")
    last = peer.say("Twee")
    async with polling(telegram, inbox):
        await until_confirmed(peer, last)
    assert inbox.texts == ["Een", "Twee"]


@pytest.mark.parametrize("on", ["getUpdates", "deleteWebhook"])
async def test_polling_goes_on_after_trouble(
    telegram: Telegram, peer: TelegramPeer, on: str
) -> None:
    busy = {"ok": False, "description": "Too Many Requests", "parameters": {"retry_after": 0.01}}
    gone = {"ok": False, "description": "Conflict"}
    peer.fail(Answer(502, "oops"), Trouble.CUT, Answer(429, busy), Answer(409, gone), on=on)
    inbox = Inbox(peer)
    with capture_logs() as lines:
        async with polling(telegram, inbox):
            await until_confirmed(peer, peer.say("Hallo"))
    assert inbox.texts == ["Hallo"]
    failures = [line for line in lines if line["event"] == "telegram_poll_failed"]
    assert [line["wait"] for line in failures] == [0.0, 0.0, 0.01, 0.0]


async def test_an_update_that_cannot_be_read_holds_up_nobody(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    inbox = Inbox(peer)
    peer.give({"update_id": 800000001, "message": {"text": "Iets van Riet"}})
    with capture_logs() as lines:
        async with polling(telegram, inbox):
            await until_confirmed(peer, peer.say("Hallo"))
    assert inbox.texts == ["Hallo"]
    assert {"telegram_update_unreadable"} == {line["event"] for line in lines}
    assert "Riet" not in str(lines)


async def test_a_tap_comes_in_by_polling_too(telegram: Telegram, peer: TelegramPeer) -> None:
    taps: list[IncomingMessage] = []

    async def accept(event: Event) -> None:
        assert isinstance(event, IncomingMessage)
        taps.append(event)

    await telegram.send(to_riet(telegram, "Wilt u dat?", "Ja", "Nee"))
    number = peer.tap(peer.sent[0], 1)
    task = asyncio.create_task(telegram.poll(accept))
    await until_confirmed(peer, number)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert [(tap.choice, tap.callback_id) for tap in taps] == [
        (ChoiceRef(4711, 1), f"tap-{number}")
    ]
    assert taps[0].tapped == Tapped("1", "Wilt u dat?", "Nee")


async def test_neither_words_nor_the_token_are_logged(
    telegram: Telegram, peer: TelegramPeer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    peer.fail(Answer(200, "Iets van Riet alleen"))
    await failing(telegram)
    async with polling(telegram, Inbox(peer)):
        await until_confirmed(peer, peer.say("Iets van Riet alleen"))
    assert "Riet alleen" not in caplog.text
    assert TELEGRAM_TOKEN not in caplog.text
