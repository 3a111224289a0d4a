"""`adempauze telegram`: what an operator sees of the webhook, and errors of one clear line."""

import asyncio
import sys

import pytest

from bot import cli
from bot.stack.secrets_file import NAMES
from integrations.telegram.api import ALLOWED_UPDATES
from tests.channels.outbound import PUBLIC_URL, TELEGRAM_SECRET
from tests.channels.peers import Answer, TelegramPeer, Trouble

NO_ANSWER = "Telegram gave no usable answer: try again, or check TELEGRAM_API_URL"
WEBHOOK = f"{PUBLIC_URL}/webhooks/telegram"


@pytest.fixture
def machine(peer: TelegramPeer, monkeypatch: pytest.MonkeyPatch) -> TelegramPeer:
    """A machine whose Telegram is the peer."""
    for name in NAMES:
        monkeypatch.setenv(name, "x" * 32)
    monkeypatch.setenv("ENCRYPTION_KEYS", "z1Yl0lFh5L0h2eMZ0b8zJpX3m8o4m0sT1n0w4m4l2gA=")
    settings = {"PUBLIC_URL": PUBLIC_URL, "TELEGRAM_WEBHOOK_SECRET": TELEGRAM_SECRET}
    for name, value in {**peer.environment, **settings}.items():
        monkeypatch.setenv(name, value)
    return peer


async def telegram(monkeypatch: pytest.MonkeyPatch, command: str) -> int:
    """Run `adempauze telegram <command>` beside the peer; its exit code."""
    monkeypatch.setattr(sys, "argv", ["adempauze", "telegram", command])

    def run() -> int:
        with pytest.raises(SystemExit) as end:
            cli.main()
        return int(end.value.code or 0)

    return await asyncio.to_thread(run)


async def test_the_webhook_is_set_and_taken_away(
    machine: TelegramPeer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await telegram(monkeypatch, "set-webhook") == 0
    assert (machine.webhook, machine.secret) == (WEBHOOK, TELEGRAM_SECRET)
    assert capsys.readouterr().out == f"Telegram calls {WEBHOOK}\n"
    machine.say("Hallo")
    assert await telegram(monkeypatch, "delete-webhook") == 0
    assert machine.webhook == ""
    assert machine.calls[-1].fields.get("drop_pending_updates") != "true"


async def test_the_status_is_what_telegram_says(
    machine: TelegramPeer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.webhook = WEBHOOK
    machine.webhook_trouble = {
        "last_error_date": 1794990000,
        "last_error_message": "Wrong response from the webhook: 502 Bad Gateway",
        "allowed_updates": ALLOWED_UPDATES,
    }
    machine.say("Hallo")
    assert await telegram(monkeypatch, "status") == 0
    said = dict(line.split("\t") for line in capsys.readouterr().out.splitlines())
    assert said["url"] == WEBHOOK
    assert said["pending_update_count"] == "1"
    assert said["last_error_message"] == "Wrong response from the webhook: 502 Bad Gateway"
    assert said["last_error_date"] == "2026-11-18 08:20:00 UTC"
    assert said["allowed_updates"] == " ".join(ALLOWED_UPDATES)
    assert "Hallo" not in str(said)


async def test_the_status_without_a_webhook_says_so(
    machine: TelegramPeer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await telegram(monkeypatch, "status") == 0
    said = dict(line.split("\t") for line in capsys.readouterr().out.splitlines())
    assert said["url"] == "none: updates are fetched by long polling"
    assert (said["pending_update_count"], said["last_error_message"]) == ("0", "none")


@pytest.mark.parametrize(
    ("trouble", "line"),
    [
        (Answer(401, {"ok": False}), "Telegram does not know this bot: check TELEGRAM_BOT_TOKEN"),
        (Answer(429, {"ok": False}), "Telegram asks to wait: try again in a minute"),
        (Answer(502, "oops"), NO_ANSWER),
        (Trouble.CUT, NO_ANSWER),
    ],
)
async def test_what_fails_is_one_clear_line(
    machine: TelegramPeer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    trouble: Answer | Trouble,
    line: str,
) -> None:
    machine.fail(trouble, on="getWebhookInfo")
    assert await telegram(monkeypatch, "status") == cli.USAGE_ERROR
    assert capsys.readouterr().err == f"adempauze: {line}\n"


@pytest.mark.parametrize(
    ("without", "command", "line"),
    [
        ("TELEGRAM_BOT_TOKEN", "status", "Telegram is off: set TELEGRAM_BOT_TOKEN to turn it on"),
        ("PUBLIC_URL", "set-webhook", "PUBLIC_URL is missing: Telegram calls that address"),
    ],
)
async def test_a_missing_setting_is_named(
    machine: TelegramPeer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    without: str,
    command: str,
    line: str,
) -> None:
    monkeypatch.setenv(without, "")
    assert await telegram(monkeypatch, command) == cli.USAGE_ERROR
    assert capsys.readouterr().err == f"adempauze: {line}\n"
    assert machine.calls == []
