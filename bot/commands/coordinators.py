"""`adempauze coordinator`: who may log in to the console."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.services.coordinators import Coordinators

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _about_coordinators() -> None:
    """Who may log in to the console.

    \b
    Examples:
      adempauze coordinator add "Anne de Wit" anne@voorbeeld.nl
      adempauze coordinator list
    """


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What caregivers read, such as a first name.")],
    email: Annotated[str, typer.Argument(help="What the coordinator logs in with.")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Make an account; the password is asked for and never shown.

    \b
    Examples:
      adempauze coordinator add "Anne de Wit" anne@voorbeeld.nl
      pass show anne | adempauze coordinator add Anne anne@voorbeeld.nl --password-stdin
    """
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)

    from bot.stack.opening import with_coordinators

    async def work(coordinators: "Coordinators") -> None:
        card = await coordinators.add(name, email, password, datetime.now(UTC))
        typer.echo(f"{card.name} may log in with {card.email}")

    with_coordinators(work)


@app.command("list")
def list_all() -> None:
    """List all accounts, also the disabled ones.

    \b
    Examples:
      adempauze coordinator list
    """
    from bot.stack.opening import with_coordinators

    async def work(coordinators: "Coordinators") -> None:
        for card in await coordinators.list():
            state = f"disabled {card.disabled_at:%Y-%m-%d}" if card.disabled_at else "active"
            typer.echo(f"{card.email}\t{card.name}\t{state}")

    with_coordinators(work)


@app.command("disable")
def disable(
    email: Annotated[str, typer.Argument(help="What the coordinator logs in with.")],
) -> None:
    """Let nobody log in with this account any more; who is logged in is out at once.

    \b
    Examples:
      adempauze coordinator disable anne@voorbeeld.nl
    """
    from bot.stack.opening import with_coordinators

    async def work(coordinators: "Coordinators") -> None:
        await coordinators.disable(email, datetime.now(UTC))
        typer.echo(f"{email} can not log in any more")

    with_coordinators(work)
