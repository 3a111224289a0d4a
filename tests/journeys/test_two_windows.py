"""The demo, as the README tells it: Riet in the web chat, Anne in the console, side by side."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect
from sqlalchemy import select

from bot.app import DEMO_EMAIL, DEMO_PASSWORD
from bot.store.tables import Conversation
from tests.browser import chromium_path
from tests.journeys.conftest import Town

pytestmark = pytest.mark.slow

PATIENT = 20_000  # milliseconds: the assistant answers in a fraction of it
PHONE = ViewportSize(width=360, height=740)


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    where = chromium_path()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=where, args=["--no-sandbox"])
        yield browser
        await browser.close()


async def say(page: Page, text: str) -> None:
    """Type something in the chat and send it with Enter."""
    await page.fill("#text", text)
    await page.keyboard.press("Enter")


async def hear(page: Page, text: str) -> None:
    """Wait until the last message to Riet holds these words."""
    message = page.locator("#log .message:not(.message--you)").last
    await expect(message).to_contain_text(text, timeout=PATIENT)


async def test_riet_talks_and_anne_takes_over_and_hands_back(town: Town, browser: Browser) -> None:
    riet = await (await browser.new_context(viewport=PHONE)).new_page()
    await riet.goto(f"{town.public}/chat")
    await say(riet, "Ik zorg voor mijn man, hij heeft dementie")
    await hear(riet, "uw man")
    await say(riet, "mag ik een verhaal van iemand anders?")
    await hear(riet, "voorbeeldverhaal")
    await say(riet, "is er plek in de tweede week van mei?")
    await riet.get_by_role("button", name="3 nachten").click()
    await hear(riet, "vrij")
    await say(riet, "ik wil een mens spreken")
    await hear(riet, "Logeerpunt Lindeland")

    anne = await (await browser.new_context()).new_page()
    await anne.goto(f"{town.public}/console")
    await anne.fill("#email", DEMO_EMAIL)
    await anne.fill("#password", DEMO_PASSWORD)
    await anne.keyboard.press("Enter")
    async with town.app.database.transaction() as session:
        newest = select(Conversation.id).where(Conversation.channel == "webchat")
        newest = newest.order_by(Conversation.created_at.desc()).limit(1)
        talk = (await session.scalars(newest)).one()
    await anne.click(f"#row-{talk}")
    await expect(anne.locator("#timeline")).to_contain_text("ik wil een mens spreken")

    await anne.click("#act-take")
    await hear(riet, "leest nu mee")
    await anne.fill("#antwoord", "Dag mevrouw, met Anne. Hoe kan ik helpen?")
    await anne.keyboard.press("Control+Enter")
    await hear(riet, "met Anne")
    await say(riet, "mijn man slaapt niet meer door")
    await expect(anne.locator("#timeline .entry").last).to_contain_text(
        "slaapt niet meer door", timeout=PATIENT
    )

    await anne.click("#act-return")
    await hear(riet, "digitale assistent")
    await say(riet, "wat kost logeren?")
    await hear(riet, "21,80")
