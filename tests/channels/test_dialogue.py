"""docs/channels.md shows the same dialogue on every channel, as it goes today."""

import base64
import html
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from bot.settings import ROOT
from integrations.channel import Channel
from integrations.sms import Sms
from integrations.telegram import Telegram
from integrations.webchat import WebChat
from integrations.whatsapp import WhatsApp
from tests.browser import chromium_path
from tests.channels.conftest import world_of
from tests.channels.dialogue import QUESTION, Said, Scripted, played, transcript
from tests.channels.peers import TelegramPeer, TwilioPeer
from tests.channels.world import Parts, World
from tests.conftest import Clock
from tests.rasa_peer import free_port, served

DOCS = ROOT / "docs" / "channels.md"
PICTURE = ROOT / "docs" / "images" / "channels.png"
STYLE = Path(__file__).with_name("dialogue.css")
BEGIN, END = "<!-- the dialogue -->\n", "<!-- the end of the dialogue -->\n"


@pytest.fixture
def channels(whatsapp: WhatsApp, sms: Sms, telegram: Telegram) -> tuple[Channel, ...]:
    return whatsapp, sms, telegram, WebChat()


def label(channels: Sequence[Channel], name: str) -> str:
    return next(channel.label for channel in channels if channel.name == name)


async def test_the_docs_show_the_dialogue_as_it_goes_today(
    parts: Parts,
    clock: Clock,
    twilio: TwilioPeer,
    peer: TelegramPeer,
    channels: tuple[Channel, ...],
    pytestconfig: pytest.Config,
) -> None:
    async with world_of(parts, Scripted(), *channels) as world:
        talks = await played(world, clock, twilio, peer)
    in_its_own_form(talks)
    chapters = "\n".join(
        f"**{label(channels, name)}**\n```text\n{transcript(said)}\n```\n"
        for name, said in talks.items()
    )
    before, _, rest = DOCS.read_text(encoding="utf-8").partition(BEGIN)
    published, _, after = rest.partition(END)
    if pytestconfig.getoption("--publish"):
        DOCS.write_text(before + BEGIN + chapters + END + after, encoding="utf-8")
        published = chapters
    assert published == chapters


def in_its_own_form(talks: Mapping[str, tuple[Said, ...]]) -> None:
    """The same is said everywhere, and each channel shows what it can."""
    assert {said[0] for said in talks.values()} == {Said(by_riet=True, text=QUESTION)}
    buttons = {name: [len(one.choices) for one in said] for name, said in talks.items()}
    assert buttons == {
        "whatsapp": [0, 3, 0, 4, 0, 0, 0, 1],
        "telegram": [0, 3, 0, 4, 0, 0, 0, 1],
        "sms": [0] * 8,
        "webchat": [0, 3, 0, 4, 0, 0, 0, 1],
    }
    assert [bool(one.opens) for one in talks["whatsapp"]][:4] == [False, False, False, True]
    assert talks["telegram"][2].text == "✓ Dichter bij huis"
    assert "1. Dit weekend\n2. Een ander weekend\n3. Dichter bij huis" in talks["sms"][1].text
    assert len({said[-1].text.partition("\n\n1. ")[0] for said in talks.values()}) == 1


@pytest.mark.slow
async def test_the_dialogue_can_be_seen(
    parts: Parts,
    clock: Clock,
    twilio: TwilioPeer,
    peer: TelegramPeer,
    channels: tuple[Channel, ...],
    pytestconfig: pytest.Config,
) -> None:
    path = chromium_path()
    async with (
        world_of(parts, Scripted(), *channels) as world,
        async_playwright() as playwright,
    ):
        talks = await played(world, clock, twilio, peer)
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        columns = {
            label(channels, name): "".join(map(bubble, said))
            for name, said in talks.items()
            if name != "webchat"
        }
        page = await screenshot_of_page(world, browser)
        columns[label(channels, "webchat")] = (
            f'<img alt="" src="data:image/png;base64,{base64.b64encode(page).decode()}">'
        )
        picture = await drawn(browser, columns)
        await browser.close()
    assert picture.startswith(b"\x89PNG")
    if pytestconfig.getoption("--publish"):
        PICTURE.write_bytes(picture)


def bubble(said: Said) -> str:
    """A bubble with its buttons, in a look of our own."""
    whose = "mark" if said.is_mark else "hers" if said.by_riet else "ours"
    words = f'<p class="{whose}">{html.escape(said.text)}</p>'
    titles = "".join(f"<li>{html.escape(title)}</li>" for title in said.choices)
    opener = f"<b>{html.escape(said.opens)}</b>" if said.opens else ""
    look = ' class="list"' if said.opens else ""
    return words + (f"<ul{look}>{opener}{titles}</ul>" if titles else "")


async def screenshot_of_page(world: World, browser: Browser) -> bytes:
    """The real page with the talk that was had, on a telephone's width."""
    port = free_port()
    async with served(world.app, port):
        context = await browser.new_context(viewport={"width": 360, "height": 1900})
        address = f"http://127.0.0.1:{port}"
        await context.add_cookies(
            [
                {"name": cookie.name, "value": str(cookie.value), "url": address}
                for cookie in world.http.cookies.jar
            ]
        )
        page = await context.new_page()
        await page.goto(f"{address}/chat")
        assert await page.get_by_text(QUESTION).count() == 1
        assert await page.get_by_role("button", name="Verder met de assistent").is_visible()
        shot = await page.screenshot()
        await context.close()
    return shot


async def drawn(browser: Browser, columns: Mapping[str, str]) -> bytes:
    """A picture with a column for each channel."""
    body = "".join(
        f"<section><h1>{html.escape(name)}</h1>{content}</section>"
        for name, content in columns.items()
    )
    page = await browser.new_page(viewport={"width": 1520, "height": 800})
    await page.set_content(f"<style>{STYLE.read_text(encoding='utf-8')}</style><main>{body}</main>")
    return await page.screenshot(full_page=True)
