"""`adempauze whatsapp`: the templates that WhatsApp messages with buttons and reminders need."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from bot.errors import DeliveryError, SettingsError

if TYPE_CHECKING:
    from bot.conversation.templates import Templates
    from bot.settings import Settings
    from integrations.channel import TemplateChannel

Work = Callable[["TemplateChannel", "Templates"], Awaitable[None]]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _about_whatsapp() -> None:
    """The templates that WhatsApp needs for buttons, lists and messages after 24 hours.

    \b
    Examples:
      adempauze whatsapp sync
      adempauze whatsapp status
    """


@app.command("sync")
def sync() -> None:
    """Make at Twilio what is missing there, submit the fixed texts for approval, keep the ids.

    Run it once after setting up WhatsApp, after editing a template's text, and now and then until
    all are approved. Doing it twice makes nothing twice; nothing is ever deleted.

    \b
    Examples:
      adempauze whatsapp sync
      REGION=rivierenland adempauze whatsapp sync
    """

    async def work(channel: "TemplateChannel", templates: "Templates") -> None:
        found = await templates.synchronise(channel, datetime.now(UTC))
        made = sum(one.made for one in found)
        typer.echo(f"{len(found)} templates: {made} made, {len(found) - made} there already")
        _report([(one.name, one.approval, one.rejection) for one in found])

    _with_whatsapp(work)


@app.command("status")
def status() -> None:
    """Show what the last sync found, without asking Twilio.

    \b
    Examples:
      adempauze whatsapp status
    """

    async def work(channel: "TemplateChannel", templates: "Templates") -> None:
        stored = await templates.stored(channel.name)
        await templates.teach(channel)
        on = channel.abilities.buttons > 0
        typer.echo(f"{len(stored)} templates; buttons and lists are {'on' if on else 'off'}")
        if stored:
            typer.echo(f"as of {max(row.checked_at for row in stored):%Y-%m-%d %H:%M} UTC")
        _report([(row.name, row.approval, row.rejection) for row in stored])

    _with_whatsapp(work)


def _report(found: Sequence[tuple[str, str | None, str | None]]) -> None:
    """A line for each text that WhatsApp has to approve."""
    for name, approval, rejection in found:
        if approval is not None:
            typer.echo(f"{name}\t{approval}" + (f"\t{rejection}" if rejection else ""))


def _with_whatsapp(work: Work) -> None:
    from bot.stack.opening import with_database

    async def opened(settings: "Settings", url: str) -> None:
        from bot.conversation.templates import Templates
        from bot.services import content as contents
        from bot.store.database import Database
        from integrations import registry
        from integrations.channel import TemplateChannel

        channels = registry.build(settings)
        database = Database(url)
        try:
            channel = channels.channels.get("whatsapp")
            if not isinstance(channel, TemplateChannel):
                raise SettingsError(channels.off["whatsapp"])
            await work(channel, Templates(database, contents.load(settings.content_dir)))
        except DeliveryError as error:
            raise SettingsError(f"Twilio did not do it ({error}); see docs/channels.md") from error
        finally:
            await channels.close()
            await database.close()

    with_database(opened)
