"""`adempauze parse` and `adempauze period`: what is understood, as one JSON line a sentence."""

import asyncio
import json
import sys
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from bot.settings import Settings


def parse(
    text: Annotated[str, typer.Argument(help="What somebody types, or - for lines of input.")],
    asked: Annotated[
        str | None, typer.Option(help="The question that the assistant had just asked.")
    ] = None,
) -> None:
    """Print as JSON what the assistant understands: intent, decision, safety.

    Asks the Rasa at RASA_URL, or the one that runs here, or starts one for the call.

    \b
    Examples:
      adempauze parse "Wat kost logeren?"
      adempauze parse --asked sleep "gaat wel"
      adempauze parse - < sentences.txt
    """
    from bot.stack.opening import settings_without_secrets

    asyncio.run(_parse(settings_without_secrets(), text, asked))


async def _parse(settings: "Settings", text: str, asked: str | None) -> None:
    from bot.stack.display import Display
    from bot.stack.parse import parser

    async with parser(settings, Display(), in_context=asked is not None) as one:
        for sentence in _sentences(text):
            _print_json((await one.parse(sentence, asked)).as_json())


def period(
    text: Annotated[str, typer.Argument(help="What somebody types, or - for lines of input.")],
    today: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day it is said on.")
    ] = None,
) -> None:
    """Print as JSON which days somebody means, or null when there are none in it.

    \b
    Examples:
      adempauze period "volgende week vrijdag" --today 2026-11-21
      adempauze period "2e week mei, drie nachten"
      adempauze period - < sentences.txt
    """
    from bot.services.office import AMSTERDAM
    from bot.services.periods import understand

    day = today.date() if today else datetime.now(AMSTERDAM).date()
    for sentence in _sentences(text):
        _print_json(_as_json(understand(sentence, day)))


def _as_json(found: Any) -> dict[str, Any] | None:
    if found is None:
        return None
    return {name: _plain(getattr(found, name)) for name in ("start", "end", "nights", "flexible")}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _sentences(text: str) -> Iterator[str]:
    """The text itself, or for `-` each line of standard input."""
    if text == "-":
        yield from (line.rstrip("\r\n") for line in sys.stdin)
    else:
        yield text


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()
