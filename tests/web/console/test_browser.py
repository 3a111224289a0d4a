"""The console as coordinators meet it: live, by keyboard, on a phone, without JavaScript."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bot.messages import Tier
from bot.services import region
from bot.services.content import Content
from bot.store.tables import Outbound, Outcome, Reason, State
from tests.browser import chromium_path
from tests.rasa_peer import free_port
from tests.web.console.cast import ANNE, PASSWORD
from tests.web.console.sample import Sample, sample
from tests.web.console.site import Site, path, served

pytestmark = pytest.mark.slow

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
SMALLEST = {"width": 320, "height": 568}
MAGNIFIED = {"width": 640, "height": 400}  # 1280×800 at 200%

Open = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    where = chromium_path()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=where, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
async def open_page(chromium: Browser) -> AsyncIterator[Open]:
    """Opens a page in a browser of its own; at the end none may have complained of anything,
    such as the policy that forbids inline scripts."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    async def open_page(where: str, **options: Any) -> Page:
        context = await chromium.new_context(locale="nl-NL", **({"viewport": DESK} | options))
        contexts.append(context)
        page = await context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(where)
        return page

    yield open_page
    for context in contexts:
        await context.close()
    # The browser tells of refusals and cut connections too, which tests bring about.
    assert [line for line in complaints if "Failed to load resource" not in line] == []


@pytest.fixture
async def anne(open_page: Open, address: str) -> Open:
    """Opens a page of the console after logging in."""

    async def open_page_as_anne(where: str = "/console", **options: Any) -> Page:
        page = await open_page(f"{address}{where}", **options)
        await log_in(page)
        return page

    return open_page_as_anne


@pytest.fixture
async def morning(site: Site) -> Sample:
    """Everything that occurs in the console."""
    return await sample(site.cast, site.anne.id, site.bilal.id, site.clock())


async def log_in(page: Page) -> None:
    await page.fill("#email", ANNE)
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator(".bar")).to_be_visible()


async def live(page: Page) -> None:
    """Wait until the page's stream runs, so that what happens next comes through it."""
    await expect(page.locator("[data-live]")).to_be_attached()


async def crisis(site: Site) -> uuid.UUID:
    conversation = await site.cast.caregiver(site.clock(), start="c41e")
    await site.cast.writes(
        conversation,
        "was het maar voorbij",
        site.clock(),
        tier=Tier.SUICIDE,
        outcome=Outcome.SAFETY,
    )
    await site.cast.task(conversation, site.clock(), Reason.CRISIS, Tier.SUICIDE)
    return conversation


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus, as somebody without a mouse does."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("s => document.activeElement?.matches(s)", selector):
            return
    pytest.fail(f"{selector} is not reached by the keyboard")


# --- Live ------------------------------------------------------------------------------------


async def test_a_new_crisis_appears_on_top_and_is_announced(
    anne: Open, site: Site, riet: uuid.UUID
) -> None:
    page = await anne()
    await live(page)
    await expect(page.locator(".row")).to_have_count(1)
    await crisis(site)
    await expect(page.locator(".row").first).to_contain_text("Gedachten aan de dood")
    await expect(page.locator("#announcer")).to_have_text("Nieuwe spoed: Gedachten aan de dood")
    await expect(page).to_have_title("❗1 spoed · (2) Wachtrij – Coördinatie Adempauze")
    await expect(page.locator(".lists__sum")).to_have_text(
        "Er wachten 2 mensen, van wie 1 met spoed."
    )


async def test_the_wait_ticks_on_while_nothing_else_happens(
    anne: Open, site: Site, riet: uuid.UUID
) -> None:
    page = await anne()
    await expect(page.locator(".row__time")).to_have_text("10 min")
    await page.clock.install()
    await page.reload()
    await live(page)
    await page.clock.fast_forward("02:00")
    await expect(page.locator(".row__time")).to_have_text("12 min")


async def test_a_message_arrives_on_the_open_page_once(
    anne: Open, site: Site, riet: uuid.UUID
) -> None:
    page = await anne(path(riet))
    await live(page)
    await site.cast.writes(riet, "Bent u daar?", site.clock(), outcome=Outcome.COORDINATOR)
    await expect(page.locator(".entry").last).to_contain_text("Bent u daar?")
    await expect(page.locator(".entry--them")).to_have_count(2)
    await expect(page.locator("#announcer")).to_have_text("Nieuw bericht: Bent u daar?")


async def test_a_delivery_that_goes_wrong_changes_its_own_message(
    anne: Open, site: Site, riet: uuid.UUID
) -> None:
    message = await site.cast.reads(riet, "Dag", site.clock(), state=State.SENDING)
    page = await anne(path(riet))
    await live(page)
    await expect(page.locator(".delivery")).to_have_text("Onderweg")
    async with site.database.transaction() as session:
        row = await session.get_one(Outbound, message)
        row.state, row.error = State.UNKNOWN, "timeout"
    await expect(page.locator(".delivery")).to_contain_text("Misschien aangekomen")
    await expect(page.locator(".entry--us")).to_have_count(1)


async def test_a_lost_connection_is_told_and_nothing_is_missed_or_doubled(
    anne: Open, open_page: Open, address: str, site: Site, riet: uuid.UUID
) -> None:
    port = free_port()
    async with served(site.app, port):
        page = await open_page(f"http://127.0.0.1:{port}{path(riet)}")
        await log_in(page)
        await live(page)
    await expect(page.locator("#connection")).to_contain_text("Geen verbinding", timeout=15000)
    await site.cast.writes(riet, "Bent u daar?", site.clock(), outcome=Outcome.COORDINATOR)
    async with served(site.app, port):
        await expect(page.locator(".entry").last).to_contain_text("Bent u daar?", timeout=30000)
        await expect(page.locator("#connection")).to_be_empty()
        await expect(page.locator(".entry--them")).to_have_count(2)


async def test_who_is_logged_out_elsewhere_reads_so_and_keeps_the_draft(
    anne: Open, site: Site, riet: uuid.UUID
) -> None:
    page = await anne(path(riet))
    await live(page)
    await page.fill("#antwoord", "Dag mevrouw")
    await site.coordinators.disable(ANNE, site.clock())
    await site.cast.writes(riet, "Bent u daar?", site.clock())
    await expect(page.locator("#connection")).to_contain_text("U bent uitgelogd")
    await expect(page.locator("#antwoord")).to_have_value("Dag mevrouw")


async def test_typing_goes_on_undisturbed_while_the_page_changes(
    anne: Open, site: Site, riet: uuid.UUID
) -> None:
    page = await anne(path(riet))
    await live(page)
    await page.focus("#antwoord")
    await page.keyboard.type("Dag ")
    await site.handoffs.take_over(riet, site.bilal.id, site.clock())
    await expect(page.locator("#status")).to_contain_text("Bilal antwoordt in dit gesprek.")
    await page.keyboard.type("mevrouw")
    await expect(page.locator("#antwoord")).to_have_value("Dag mevrouw")


# --- By keyboard -----------------------------------------------------------------------------


async def test_a_whole_conversation_by_keyboard_alone(
    open_page: Open, address: str, site: Site, riet: uuid.UUID
) -> None:
    page = await open_page(f"{address}/console")
    await expect(page.locator("#email")).to_be_focused()
    await page.keyboard.type(ANNE)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator(".row")).to_have_count(1)
    await tab_to(page, ".row a")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**{path(riet)}")
    await tab_to(page, "#act-take")
    await page.keyboard.press("Enter")
    await expect(page.locator("#status")).to_contain_text("U antwoordt in dit gesprek.")
    await expect(page.locator("#antwoord")).to_be_focused()
    await page.keyboard.type("Dag mevrouw,")
    await page.keyboard.press("Enter")
    await page.keyboard.type("met Anne.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".entry--coordinator")).to_contain_text("met Anne.")
    await expect(page.locator("#antwoord")).to_be_focused()
    await tab_to(page, "#act-return")
    await page.keyboard.press("Enter")
    await expect(page.locator("#status")).to_contain_text("De assistent antwoordt.")
    assert (await site.said(riet))[1] == "Dag mevrouw,\nmet Anne."


async def test_a_button_keeps_the_focus_when_its_surroundings_change(
    anne: Open, site: Site, riet: uuid.UUID
) -> None:
    page = await anne(path(riet))
    await live(page)
    await page.focus("#act-take")
    async with site.database.transaction() as session:
        await site.handoffs.add_task(session, riet, Reason.CRISIS, Tier.SUICIDE, None, site.clock())
    await expect(page.locator("#status")).to_contain_text("Gedachten aan de dood")
    await expect(page.locator("#act-take")).to_be_focused()


# --- For everybody ---------------------------------------------------------------------------


async def test_it_works_without_javascript(anne: Open, site: Site, riet: uuid.UUID) -> None:
    page = await anne(java_script_enabled=False)
    await page.click("text=Gesprek 7F3A")
    await page.fill("#antwoord", "Dag, met Anne.")
    await page.get_by_role("button", name="Versturen").click()
    await expect(page.locator("#status")).to_contain_text("U antwoordt in dit gesprek.")
    await page.get_by_role("button", name="Teruggeven").click()
    await expect(page.locator("#status")).to_contain_text("De assistent antwoordt.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE])
async def test_no_page_has_a_barrier_that_axe_knows(
    anne: Open, site: Site, morning: Sample, size: dict[str, int], scheme: str
) -> None:
    page = await anne(viewport=size, color_scheme=scheme)
    for where in (
        "/console",
        "/console/recent",
        "/console/recent?lost=1",
        path(morning.riet),
        path(morning.crisis),
        path(uuid.uuid4()),
    ):
        await page.goto(page.url.split("/console")[0] + where)
        await without_barriers(page, where)
    await page.goto(page.url.split("/console")[0] + path(morning.crisis))
    await page.get_by_role("button", name="Versturen").click()
    await expect(page.locator("#problem")).to_be_visible()
    await without_barriers(page, "a reply that was not sent")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_door_and_the_empty_queue_have_no_barrier_either(
    open_page: Open, address: str, scheme: str
) -> None:
    page = await open_page(f"{address}/console", color_scheme=scheme)
    await without_barriers(page, "the login page")
    await page.fill("#email", ANNE)
    await page.fill("#password", "a guess")
    await page.keyboard.press("Enter")
    await expect(page.locator("#problem")).to_be_visible()
    await without_barriers(page, "a wrong password")
    await log_in(page)
    await without_barriers(page, "an empty queue")


async def without_barriers(page: Page, where: str) -> None:
    result = await Axe().run(page)
    assert result.violations_count == 0, f"{where}: {result.generate_report()}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, SMALLEST])
async def test_a_place_is_offered_without_a_mouse_or_a_barrier(
    anne: Open, site: Site, content: Content, size: dict[str, int], scheme: str
) -> None:
    await region.synchronise(site.database, content, site.clock())
    kees = await site.cast.caregiver(site.clock() - timedelta(days=2), channel="whatsapp")
    page = await anne(path(kees), viewport=size, color_scheme=scheme)
    await tab_to(page, "#act-offer")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Plek aanbieden")
    await page.fill("#start", str(site.clock().date() + timedelta(weeks=3)))
    await page.fill("#nights", "3")
    await page.keyboard.press("Enter")
    await expect(page.locator("h2")).to_have_text("Vrij op deze dagen")
    await without_barriers(page, "what is free")
    assert await wider_than_the_screen(page) == 0
    await tab_to(page, ".offer__places button")
    await page.keyboard.press("Enter")
    await expect(page.locator(".entry").last).to_contain_text("Ja, deze plek")


@pytest.mark.parametrize("size", [PHONE, SMALLEST, MAGNIFIED])
async def test_no_page_needs_scrolling_sideways(
    anne: Open, morning: Sample, size: dict[str, int]
) -> None:
    page = await anne(viewport=size)
    for where in ("/console", "/console/recent", path(morning.riet)):
        await page.goto(page.url.split("/console")[0] + where)
        assert await wider_than_the_screen(page) == 0, where


async def wider_than_the_screen(page: Page) -> int:
    """By how many pixels the page has to be scrolled sideways."""
    return int(
        await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
    )


@pytest.mark.parametrize("size", [DESK, PHONE])
async def test_a_conversation_opens_at_its_newest_message(
    anne: Open, morning: Sample, size: dict[str, int]
) -> None:
    page = await anne(path(morning.riet), viewport=size)
    await expect(page.locator(".entry").last).to_be_in_viewport()
    await expect(page.locator(".entry").first).not_to_be_in_viewport()
