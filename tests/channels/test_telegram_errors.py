"""Telegram: every way of failing says what may be done, and nothing is ever sent twice."""

import socket

import httpx
import pytest
from telegram.error import ChatMigrated, Conflict, NetworkError, TimedOut

from bot.errors import Failure
from integrations.telegram import Telegram
from integrations.telegram.errors import failure
from tests.channels.inbound import RIET_TELEGRAM
from tests.channels.outbound import failing, to_riet
from tests.channels.peers import TELEGRAM_TOKEN, Answer, TelegramPeer, Trouble


async def test_a_message_half_out_is_unknown(telegram: Telegram, peer: TelegramPeer) -> None:
    usual = {"message_id": 9, "date": 1, "chat": {"id": 1, "type": "private"}}
    peer.fail(Answer(200, {"ok": True, "result": usual}), Answer(403, {"ok": False}))
    error = await failing(telegram, "ja " * 2000)
    assert error.failure is Failure.UNKNOWN
    assert error.code == "bubble_2:forbidden"


async def test_an_empty_message_will_never_go(telegram: Telegram, peer: TelegramPeer) -> None:
    error = await failing(telegram, " ")
    assert error.failure is Failure.PERMANENT
    assert not peer.calls


async def test_too_many_requests_waits_as_long_as_asked(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    words = "Too Many Requests: retry after 7"
    content = {"ok": False, "description": words, "parameters": {"retry_after": 7}}
    peer.fail(Answer(429, content))
    error = await failing(telegram)
    assert (error.failure, error.retry_after) == (Failure.NOT_SENT, 7.0)


async def test_too_many_requests_without_seconds_waits_two(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    peer.fail(Answer(429, {"ok": False}), Answer(429, "busy"))
    for _ in range(2):
        error = await failing(telegram)
        assert (error.failure, error.retry_after) == (Failure.NOT_SENT, 2.0)


async def test_who_blocked_the_bot_is_never_reached(telegram: Telegram, peer: TelegramPeer) -> None:
    peer.blocked.add(RIET_TELEGRAM)
    error = await failing(telegram)
    assert (error.failure, error.code) == (Failure.BLOCKED, "forbidden")


@pytest.mark.parametrize(
    ("status", "expected", "code"),
    [
        (400, Failure.PERMANENT, "bad_request"),
        (401, Failure.CONFIGURATION, "invalid_token"),
        (404, Failure.CONFIGURATION, "invalid_token"),
        (500, Failure.UNKNOWN, "network"),
        (502, Failure.UNKNOWN, "network"),
    ],
)
async def test_a_refusal_has_its_meaning(
    telegram: Telegram, peer: TelegramPeer, status: int, expected: Failure, code: str
) -> None:
    peer.fail(Answer(status, {"ok": False, "description": "Iets van Riet"}))
    error = await failing(telegram)
    assert (error.failure, error.code) == (expected, code)
    assert "Riet" not in str(error)
    assert len(peer.calls) == 1


@pytest.mark.parametrize("trouble", Trouble)
async def test_without_an_answer_it_is_unknown_and_not_sent_again(
    telegram: Telegram, peer: TelegramPeer, trouble: Trouble
) -> None:
    await telegram.send(to_riet(telegram, "Eerst dit, zodat de verbinding al open is"))
    peer.fail(trouble)
    error = await failing(telegram)
    expected = "timed_out" if trouble is Trouble.HANG else "network"
    assert (error.failure, error.code) == (Failure.UNKNOWN, expected)
    assert len(peer.calls) == 2


@pytest.mark.parametrize("content", ["<html>", "[]", "{}", '{"ok": true, "result": 5}'])
async def test_an_answer_that_cannot_be_read_is_unknown(
    telegram: Telegram, peer: TelegramPeer, content: str
) -> None:
    peer.fail(Answer(200, content))
    assert (await failing(telegram)).failure is Failure.UNKNOWN


async def test_without_a_connection_it_was_not_sent() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        channel = Telegram(
            TELEGRAM_TOKEN, api_url=f"http://127.0.0.1:{unused.getsockname()[1]}/bot"
        )
        error = await failing(channel)
    await channel.close()
    assert (error.failure, error.code) == (Failure.NOT_SENT, "no_connection")


@pytest.mark.parametrize(
    ("error", "cause", "expected"),
    [
        (TimedOut(), httpx.ConnectTimeout("x"), Failure.NOT_SENT),
        (TimedOut(), httpx.PoolTimeout("x"), Failure.NOT_SENT),
        (TimedOut(), httpx.ReadTimeout("x"), Failure.UNKNOWN),
        (TimedOut(), httpx.WriteTimeout("x"), Failure.UNKNOWN),
        (NetworkError("x"), httpx.ReadError("x"), Failure.UNKNOWN),
        (NetworkError("x"), httpx.ConnectError("x"), Failure.NOT_SENT),
        (Conflict("x"), None, Failure.CONFIGURATION),
        (ChatMigrated(-1), None, Failure.PERMANENT),
        (KeyError("result"), None, Failure.UNKNOWN),
    ],
)
def test_only_what_never_connected_was_not_sent(
    error: Exception, cause: Exception | None, expected: Failure
) -> None:
    error.__cause__ = cause
    assert failure(error).failure is expected
