"""`adempauze chat`: talk with the assistant in the terminal."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.settings import Settings


def chat(
    details: Annotated[
        bool, typer.Option("--details", help="Show intent, confidence, stage and slots.")
    ] = False,
    save: Annotated[
        Path | None, typer.Option(help="Keep the talk as a journey test in this file.")
    ] = None,
    who: Annotated[str, typer.Option(help="Who is talking, for the kept talk.")] = "Iemand",
) -> None:
    """Talk with the assistant in the terminal; the application has to run. Ctrl-D ends it.

    \b
    Examples:
      adempauze chat
      adempauze chat --details
      adempauze chat --save tests/journeys/talks/night_shift.yml --who "Een dochter, 's nachts"
    """
    from bot.stack.opening import with_database

    async def work(settings: "Settings", url: str) -> None:
        from bot.app import App
        from bot.terminal import Terminal, talk

        async with App(settings, url).opened() as app:
            terminal = Terminal(app.inbox, app.timeline, app.database, app.rasa)
            try:
                await talk(terminal, _line, typer.echo, details=details)
            finally:
                if save is not None and terminal.steps:
                    terminal.keep(save, who)
                    typer.echo(f"kept in {save}")

    with_database(work)


def _line() -> str | None:
    try:
        return input("> ")
    except EOFError:
        return None
