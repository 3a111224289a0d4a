"""`adempauze telegram`: where Telegram calls us, and what it says of those calls."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from bot.errors import AdempauzeError, DeliveryError, SettingsError

if TYPE_CHECKING:
    from telegram import WebhookInfo

    from bot.settings import Settings
    from integrations.telegram import Telegram

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

# What the codes of integrations/telegram/errors.py mean for whoever types the command.
_MEANINGS = {
    "invalid_token": "Telegram does not know this bot: check TELEGRAM_BOT_TOKEN",
    "bad_request": "Telegram refused it: PUBLIC_URL must be https, with a name that it can find",
    "no_connection": "Telegram cannot be reached: check TELEGRAM_API_URL and this network",
    "too_many_requests": "Telegram asks to wait: try again in a minute",
    "network": "Telegram gave no usable answer: try again, or check TELEGRAM_API_URL",
    "timed_out": "Telegram did not answer in time: try again",
}


@app.callback()
def _about_telegram() -> None:
    """Where Telegram calls us. `serve` and `run` register the webhook by themselves.

    \b
    Examples:
      adempauze telegram status
      adempauze telegram set-webhook
    """


@app.command("set-webhook")
def set_webhook() -> None:
    """Have Telegram call PUBLIC_URL, with TELEGRAM_WEBHOOK_SECRET, and say which updates we want.

    \b
    Examples:
      adempauze telegram set-webhook
      PUBLIC_URL=https://adempauze.example adempauze telegram set-webhook
    """

    async def work(channel: "Telegram", settings: "Settings") -> None:
        if not settings.public_url:
            raise SettingsError("PUBLIC_URL is missing: Telegram calls that address")
        url = f"{settings.public_url}/webhooks/{channel.name}"
        await channel.set_webhook(url, settings.telegram_webhook_secret.get_secret_value())
        typer.echo(f"Telegram calls {url}")

    _with_channel(work)


@app.command("delete-webhook")
def delete_webhook() -> None:
    """Have Telegram call nobody; what people write meanwhile is kept there for a day.

    \b
    Examples:
      adempauze telegram delete-webhook
    """

    async def work(channel: "Telegram", _: "Settings") -> None:
        await channel.delete_webhook()
        typer.echo("Telegram calls nobody; messages wait there until they are fetched")

    _with_channel(work)


@app.command()
def status() -> None:
    """Print what Telegram says: the address it calls, what waits there, and its last error.

    \b
    Examples:
      adempauze telegram status
      adempauze telegram status | grep pending_update_count
    """

    async def work(channel: "Telegram", _: "Settings") -> None:
        for name, value in _lines(await channel.webhook()):
            typer.echo(f"{name}\t{value}")

    _with_channel(work)


def _lines(info: "WebhookInfo") -> list[tuple[str, str]]:
    """The names of https://core.telegram.org/bots/api#webhookinfo with their values."""
    return [
        ("url", info.url or "none: updates are fetched by long polling"),
        ("pending_update_count", str(info.pending_update_count)),
        ("last_error_date", _moment(info.last_error_date)),
        ("last_error_message", info.last_error_message or "none"),
        ("last_synchronization_error_date", _moment(info.last_synchronization_error_date)),
        ("ip_address", info.ip_address or "none"),
        ("max_connections", str(info.max_connections or "default")),
        ("allowed_updates", " ".join(info.allowed_updates or ()) or "default"),
    ]


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else "none"


def _with_channel(work: Callable[["Telegram", "Settings"], Awaitable[None]]) -> None:
    """Do something with the bot of the settings; what fails is one line.

    Raises:
        SettingsError: Telegram is off, or a setting is wrong.
        AdempauzeError: Telegram refused, or could not be reached.
    """
    from bot.stack.opening import settings_without_secrets
    from integrations.telegram import from_settings

    settings = settings_without_secrets()
    channel = from_settings(settings)
    if isinstance(channel, str):
        raise SettingsError(channel)

    async def opened() -> None:
        try:
            await work(channel, settings)
        except DeliveryError as error:
            meaning = _MEANINGS.get(error.code, f"Telegram refused it ({error.code})")
            raise AdempauzeError(meaning) from error
        finally:
            await channel.close()

    asyncio.run(opened())
