"""`adempauze whatsapp` as one types it, against Twilio on loopback and the tests' database."""

import asyncio
import sys

import pytest

from bot.messages import Template
from bot.settings import ROOT
from integrations.whatsapp.templates import ALL_INTERACTIVE
from tests.channels.peers import TwilioPeer

ALL = len(ALL_INTERACTIVE) + len(Template)


async def adempauze(environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    """Run the command; its exit code and all that it says."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from bot.cli import main; main()", *arguments,
        env=environment, cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_syncing_twice_makes_everything_once_and_keeps_it(
    environment: dict[str, str], twilio: TwilioPeer
) -> None:
    code, said = await adempauze(environment, "whatsapp", "sync")
    assert (code, said.splitlines()[0]) == (0, f"{ALL} templates: {ALL} made, 0 there already")
    assert "reminder\treceived" in said

    twilio.contents.decide("adempauze_reminder", "rejected", "INVALID_FORMAT")
    code, said = await adempauze(environment, "whatsapp", "sync")
    assert (code, said.splitlines()[0]) == (0, f"{ALL} templates: 0 made, {ALL} there already")
    assert "reminder\trejected\tINVALID_FORMAT" in said

    calls = len(twilio.calls)
    code, said = await adempauze(environment, "whatsapp", "status")
    assert code == 0
    assert said.startswith(f"{ALL} templates; buttons and lists are on\nas of 20")
    assert "reminder\trejected\tINVALID_FORMAT" in said
    assert len(twilio.calls) == calls


async def test_a_word_of_whatsapp_that_is_new_to_us_is_shown_as_it_is(
    environment: dict[str, str], twilio: TwilioPeer
) -> None:
    await adempauze(environment, "whatsapp", "sync")
    twilio.contents.decide("adempauze_reminder", "in_appeal", "by hand")
    for command in ("sync", "status"):
        code, said = await adempauze(environment, "whatsapp", command)
        assert (code, "reminder\tin_appeal\tby hand" in said) == (0, True)


async def test_before_the_first_sync_buttons_are_off(environment: dict[str, str]) -> None:
    said = await adempauze(environment, "whatsapp", "status")
    assert said == (0, "0 templates; buttons and lists are off\n")


@pytest.mark.parametrize("wrong", ["no account", "a wrong token"])
async def test_what_cannot_be_done_is_one_line_without_the_token(
    environment: dict[str, str], wrong: str
) -> None:
    if wrong == "no account":
        environment = {k: v for k, v in environment.items() if not k.startswith("TWILIO")}
    else:
        environment["TWILIO_AUTH_TOKEN"] = "the-token-of-Chris"
    code, said = await adempauze(environment, "whatsapp", "sync")
    assert code == 2
    assert said.startswith("adempauze: ")
    assert said.count("\n") == 1
    assert "Chris" not in said
