"""The `adempauze` command. What it needs is imported inside each command, so help comes at once.

An error of ours is one line that says what to do, and exit code 2; anything else is a bug and
shows where it is.
"""

import asyncio
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands import coordinators, telegram, understanding, whatsapp
from bot.commands.chat import chat
from bot.errors import AdempauzeError

if TYPE_CHECKING:
    from bot.settings import Settings

USAGE_ERROR = 2

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
bench = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


def main() -> None:
    """The entry point: runs a command and turns our errors into one line."""
    try:
        app()
    except AdempauzeError as error:
        sys.stderr.write(f"adempauze: {error}\n")
        sys.exit(USAGE_ERROR)


@app.callback()
def _about() -> None:
    """Adempauze: a Dutch assistant that helps caregivers take the step to a respite stay.

    \b
    Examples:
      adempauze run
      adempauze parse "Wat kost logeren?"
    """


@app.command()
def run() -> None:
    """Start everything on this machine: database, Rasa, web and worker. Ctrl-C stops it all.

    \b
    Examples:
      adempauze run
      PORT=8001 adempauze run
    """
    import uvloop

    from bot.settings import ROOT, load
    from bot.stack import secrets_file
    from bot.stack.display import Display
    from bot.stack.run import run as run_everything

    display = Display()
    written = secrets_file.ensure(ROOT / ".env", os.environ)
    if written:
        display.line(f"{', '.join(written)}: made and written to .env. Keep that file safe.")
    settings = load()
    if "ENCRYPTION_KEYS" in written and (settings.data_dir / "postgres").exists():
        display.line("The database is older than ENCRYPTION_KEYS: old names are unreadable now.")
    try:
        uvloop.run(run_everything(settings, display))
    except KeyboardInterrupt:
        display.line("Stopped.")


@app.command()
def serve() -> None:
    """Run web, custom actions and worker; Rasa runs elsewhere (RASA_URL or RASA_PORT).

    \b
    Examples:
      adempauze serve
      DATABASE_URL=postgresql://adempauze@db/adempauze RASA_URL=http://rasa:5005 adempauze serve
    """

    from bot.settings import ROOT
    from bot.stack import safety
    from bot.stack.opening import with_database

    async def work(settings: "Settings", url: str) -> None:
        from bot import app as application

        await safety.learnt(ROOT, settings.data_dir)
        await application.serve(settings, url)

    with_database(work)


@app.command()
def worker() -> None:
    """Run one more worker beside `serve`: turns, deliveries and retention, no web.

    \b
    Examples:
      adempauze worker
      WORKER_CONCURRENCY=16 adempauze worker
    """

    from bot.settings import ROOT
    from bot.stack import safety
    from bot.stack.opening import with_database

    async def work(settings: "Settings", url: str) -> None:
        from bot import app as application

        await safety.learnt(ROOT, settings.data_dir)
        await application.work(settings, url)

    with_database(work)


@app.command()
def train() -> None:
    """Learn from the data when it changed: the safety examples, then Rasa's model; print where
    that is.

    \b
    Examples:
      adempauze train
      rasa run -m "$(adempauze train)"
    """
    from bot.settings import ROOT
    from bot.stack import model, safety
    from bot.stack.display import Display
    from bot.stack.opening import settings_without_secrets

    display, settings = Display(), settings_without_secrets()
    with display.step("Safety examples") as note:
        asyncio.run(safety.learnt(ROOT, settings.data_dir, note))
    with display.step("Model") as note:
        path = asyncio.run(model.train(ROOT, settings.data_dir, note=note))
    typer.echo(path)


@app.command()
def retention() -> None:
    """Delete now what may not be kept any longer (a worker does it every hour).

    \b
    Examples:
      adempauze retention
    """

    from bot.stack.opening import with_database

    async def work(_: "Settings", url: str) -> None:
        from bot.services.retention import Retention
        from bot.store.database import Database
        from bot.store.trackers import Trackers

        database = Database(url)
        try:
            removed = await Retention(database, Trackers()).run(datetime.now(UTC))
        finally:
            await database.close()
        typer.echo(
            f"deleted: {removed.messages} messages, {removed.stay_requests} stay requests, "
            f"{removed.conversations} conversations"
        )

    with_database(work)


@bench.callback()
def _about_benchmarks() -> None:
    """Measure this machine.

    \b
    Examples:
      adempauze bench turn
      adempauze bench talk
    """


@bench.command("turn")
def bench_turn(
    turns: Annotated[int, typer.Option(min=10, help="How many turns each series has.")] = 300,
    epochs: Annotated[
        int, typer.Option(min=1, help="How long the baseline trains; its speed is the same.")
    ] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, no tables.")] = False,
) -> None:
    """Time one turn, from the signed webhook to the vendor's call, against a bare Rasa.

    \b
    Examples:
      adempauze bench turn
      adempauze bench turn --epochs 3        # a first look, without training the baseline for long
      adempauze bench turn --turns 1000 --json
    """
    from bot.bench.turn import main as measure
    from bot.stack.opening import settings_without_secrets

    measure(turns, settings_without_secrets().data_dir, epochs=epochs, as_text=not as_json)


@bench.command("talk")
def bench_talk(
    talks: Annotated[int, typer.Option(min=1, help="How many long talks are held.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, no lines.")] = False,
) -> None:
    """Compare a turn at message 200 of one conversation with one at message 10.

    \b
    Examples:
      adempauze bench talk
      adempauze bench talk --talks 1 --json
    """
    from bot.bench.talk import main as measure
    from bot.stack.opening import settings_without_secrets

    measure(talks, settings_without_secrets().data_dir, as_text=not as_json)


app.add_typer(coordinators.app, name="coordinator")
app.add_typer(whatsapp.app, name="whatsapp")
app.add_typer(telegram.app, name="telegram")
app.command()(chat)
app.command()(understanding.parse)
app.command()(understanding.period)
app.add_typer(bench, name="bench")
