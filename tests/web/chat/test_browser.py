"""The chat as people meet it: by keyboard, by thumb, without JavaScript, with a bad connection."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import (
    Browser,
    BrowserContext,
    Page,
    Request,
    Route,
    async_playwright,
    expect,
)

from bot.store.tables import Author
from tests.browser import chromium_path
from tests.rasa_peer import free_port
from tests.web.chat.conftest import Served, Site

pytestmark = pytest.mark.slow

PHONE = {"width": 360, "height": 740}
SMALLEST = {"width": 320, "height": 568}
MAGNIFIED = {"width": 640, "height": 400}  # 1280×800 at 200%

Open = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    path = chromium_path()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
async def open_page(chromium: Browser, address: str) -> AsyncIterator[Open]:
    """Opens the chat in a browser of its own; at the end nothing may have been complained of."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    async def open_page(path: str = "/chat", **options: Any) -> Page:
        context = await chromium.new_context(locale="nl-NL", **options)
        contexts.append(context)
        page = await context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        await context.close()
    # What a test cuts off itself is told by the browser too.
    assert [
        line for line in complaints if "net::ERR" not in line and "status of 4" not in line
    ] == []


async def say(page: Page, text: str) -> None:
    await page.fill("#text", text)
    await page.keyboard.press("Enter")
    await expect(page.locator(".message--you").last).to_contain_text(text)


async def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    wide: int = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wide


async def everything(site: Site, page: Page) -> None:
    """A conversation in which every kind of message occurs."""
    await say(page, "Ik zorg voor mijn man")
    await site.answer("Fijn dat u schrijft.\n\nHoe slaapt u?", "Goed", "Slecht")
    await say(page, "Slecht")
    await site.answer("Bel nu 112.\n\nIk heb iemand gewaarschuwd.", author=Author.SAFETY)
    await site.answer("Anne de Wit leest nu mee.", author=Author.SYSTEM)
    await site.answer("Dag mevrouw", author=Author.COORDINATOR, coordinator=await site.anne())
    await site.answer("Zullen we verdergaan?", "Ja, graag", "Nee, liever niet")
    await expect(page.locator("#choices button")).to_have_count(2)


# --- Talking ---------------------------------------------------------------------------------


async def test_a_conversation_by_keyboard_alone(open_page: Open, listening: Site) -> None:
    page = await open_page()
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")
    for _ in range(4):  # past the three suggestions
        await page.keyboard.press("Tab")
    await expect(page.locator("#text")).to_be_focused()
    await page.keyboard.type("Ik zorg voor mijn man")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("Hij heeft dementie")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message--you")).to_contain_text(
        "man\nHij heeft", use_inner_text=True
    )
    await expect(page.locator("#text")).to_have_value("")
    await listening.answer("Hoe gaat het met u?", "Goed", "Niet zo goed")
    await expect(page.locator("#choices button")).to_have_count(2)
    await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("button", name="Niet zo goed")).to_be_focused()
    await page.keyboard.press("Enter")

    await expect(page.locator(".message--you").last).to_contain_text("Niet zo goed")
    await expect(page.locator("#text")).to_be_focused()


@pytest.mark.parametrize("size", [PHONE, SMALLEST, MAGNIFIED])
async def test_it_fits_every_window(open_page: Open, listening: Site, size: dict[str, int]) -> None:
    page = await open_page(viewport=size)
    assert await sideways(page) <= 0
    await everything(listening, page)
    await listening.answer("Hulpverleningsorganisatiecoördinatiepunt" * 3)
    await expect(page.locator(".message--bot").last).to_contain_text("Hulpverlening")
    await page.locator("#text").scroll_into_view_if_needed()

    assert await sideways(page) <= 0
    await expect(page.locator("#send")).to_be_in_viewport(ratio=1)
    await expect(page.locator("#text")).to_be_in_viewport(ratio=1)


async def test_all_that_is_tapped_is_large_enough_for_a_thumb(
    open_page: Open, listening: Site
) -> None:
    page = await open_page(viewport=PHONE, has_touch=True)
    suggestions = await page.locator("button:visible").all()
    await everything(listening, page)
    tapped = await page.locator("button:visible, .message--safety a, .fine a").all()

    assert len(suggestions) == 5
    for box in [await element.bounding_box() for element in tapped]:
        assert box
        assert min(box["width"], box["height"]) >= 44


async def test_a_choice_by_a_tap_is_answered_live(open_page: Open, listening: Site) -> None:
    page = await open_page(viewport=PHONE, has_touch=True)
    await page.get_by_role("button", name="Wat is logeren precies?").tap()
    await expect(page.locator("#welcome")).to_be_hidden()
    await expect(page.locator("#status")).to_have_text("Adempauze denkt even na…")
    await listening.answer("Even ergens slapen.", "Vertel meer", "Wat kost het?")
    await expect(page.locator("#status")).to_have_text("")
    await page.get_by_role("button", name="Wat kost het?").tap()
    await expect(page.locator(".message--you").last).to_contain_text("Wat kost het?")
    await expect(page.locator("#choices")).to_be_hidden()
    await expect(page.locator(".offered").first).to_have_text("Keuzes: Vertel meer · Wat kost het?")
    await listening.answer("Dat hangt ervan af.", author=Author.BOT)

    await expect(page.locator(".message--bot").last).to_contain_text("Dat hangt ervan af.")
    await expect(page.locator(".message")).to_have_count(4)


async def test_a_human_is_one_tap_away(open_page: Open, listening: Site) -> None:
    page = await open_page(viewport=PHONE)
    await page.get_by_role("button", name="Een mens", exact=True).click()
    await expect(page.locator(".message--you")).to_contain_text("medewerker")

    assert [row.text for row in await listening.inbound()] == ["medewerker"]


async def test_a_second_tab_follows_along(open_page: Open, listening: Site) -> None:
    first = await open_page()
    await say(first, "hallo")
    second = await first.context.new_page()
    await second.goto(first.url)
    await say(second, "nog iets")

    await expect(first.locator(".message--you")).to_have_count(2)


async def test_what_is_erased_disappears_from_an_open_page(
    open_page: Open, listening: Site
) -> None:
    page = await open_page()
    await say(page, "iets heel persoonlijks")
    await listening.answer("Dank u.")
    await expect(page.locator(".message")).to_have_count(2)
    await listening.erase()
    await listening.answer("Alles is gewist.", author=Author.SYSTEM)

    await expect(page.locator(".message")).to_have_count(1)
    await expect(page.locator(".message--system")).to_contain_text("gewist")


async def test_a_reader_is_not_pulled_away_from_what_she_reads(
    open_page: Open, listening: Site
) -> None:
    page = await open_page(viewport=PHONE)
    await say(page, "hallo")
    await listening.answer("\n\n".join(["Een alinea."] * 20))
    await expect(page.locator(".message--bot")).to_have_count(1)
    await page.evaluate("window.scrollTo(0, 0)")
    await listening.answer("En nog iets.")
    await expect(page.locator("#newer")).to_be_visible()
    assert await page.evaluate("window.scrollY") == 0
    await page.click("#newer")

    await expect(page.locator(".message--bot").last).to_be_in_viewport()
    await expect(page.locator("#newer")).to_be_hidden()


async def test_two_browsers_are_two_conversations(open_page: Open, listening: Site) -> None:
    riet, chris = await open_page(), await open_page()
    await say(riet, "dit is van Riet")
    await say(chris, "dit is van Chris")
    await chris.reload()

    await expect(chris.locator(".message--you")).to_have_count(1)
    await expect(riet.locator(".message--you")).to_have_count(1)
    assert len(await listening.conversations()) == 2


# --- Without JavaScript ----------------------------------------------------------------------


async def test_it_works_without_javascript(open_page: Open, listening: Site) -> None:
    page = await open_page(java_script_enabled=False)
    answers = asyncio.create_task(_answer_each(listening))
    await page.get_by_role("button", name="Ik zorg voor mijn man").click()
    await expect(page.locator(".message--bot")).to_contain_text("antwoord 0")
    await page.get_by_role("button", name="Vertel meer").click()
    await expect(page.locator(".message--you").last).to_contain_text("Vertel meer")
    await expect(page.locator(".message--bot").last).to_contain_text("antwoord 1")
    await page.fill("#text", "Dank u wel")
    await page.get_by_role("button", name="Verstuur").click()
    await expect(page.locator(".message--bot").last).to_contain_text("antwoord 2")
    answers.cancel()

    await expect(page.get_by_role("link", name="Kijk of er nieuw antwoord is")).to_be_visible()
    assert page.url.endswith("/chat#laatste")


async def _answer_each(site: Site) -> None:
    """Answer whatever comes in, as the assistant would."""
    async with site.changes.of(None) as changed:
        for number in itertools.count():
            while len(await site.inbound()) <= number:
                changed.clear()
                if len(await site.inbound()) <= number:
                    await changed.wait()
            await site.answer(f"antwoord {number}", "Vertel meer")


async def test_without_javascript_a_message_that_is_too_long_is_not_lost(
    open_page: Open, listening: Site
) -> None:
    page = await open_page(java_script_enabled=False)
    await page.fill("#text", "lang " * 1200)
    await page.get_by_role("button", name="Verstuur").click()

    await expect(page.get_by_role("alert")).to_contain_text("te lang")
    await expect(page.locator("#text")).to_have_value(("lang " * 1200).strip())


# --- When something goes wrong ---------------------------------------------------------------


async def test_without_a_connection_nothing_typed_is_lost(open_page: Open, listening: Site) -> None:
    page = await open_page()
    await say(page, "hallo")
    await page.context.set_offline(True)
    await page.fill("#text", "bent u er nog?")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("Niet verzonden")
    await expect(page.locator("#text")).to_have_value("bent u er nog?")
    await page.context.set_offline(False)
    await page.click("#send")

    await expect(page.locator(".message--you")).to_have_count(2)
    await expect(page.get_by_role("alert")).to_be_hidden()
    await expect(page.locator("#text")).to_have_value("")


async def test_an_acknowledgement_that_got_lost_makes_no_second_message(
    open_page: Open, listening: Site
) -> None:
    page = await open_page()

    async def lose(route: Route, request: Request) -> None:
        if request.method == "POST":
            await route.fetch()
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/chat/messages", lose)
    await page.fill("#text", "hallo")
    await page.click("#send")
    await expect(page.get_by_role("alert")).to_contain_text("Niet verzonden")
    await page.unroute("**/chat/messages")
    await page.click("#send")
    await expect(page.locator(".message--you")).to_have_count(1)

    assert len(await listening.inbound()) == 1


async def test_a_restart_of_the_server_misses_and_doubles_nothing(
    chromium: Browser, listening: Site
) -> None:
    here = Served(listening, free_port())
    context = await chromium.new_context()
    page = await context.new_page()
    async with here.up():
        await page.goto(here.address + "/chat")
        await say(page, "hallo")
    await listening.answer("Dit kwam tijdens de storing.")
    async with here.up():
        await expect(page.locator(".message--bot")).to_have_count(1, timeout=15_000)
        await listening.answer("En dit erna.")
        await expect(page.locator(".message--bot")).to_have_count(2)
        await expect(page.locator(".message")).to_have_count(3)
        await context.close()


async def test_a_stream_that_is_held_up_is_made_up_for_by_asking(
    open_page: Open, listening: Site
) -> None:
    page = await open_page("/nergens")
    await page.clock.install()
    await page.route("**/chat/events*", lambda route: route.abort())
    await page.goto(page.url.replace("/nergens", "/chat"))
    await page.fill("#text", "hallo")
    await page.keyboard.press("Enter")
    await expect(page.locator("#text")).to_have_value("")
    await page.clock.fast_forward(15_000)
    await expect(page.locator(".message--you")).to_have_count(1)
    await listening.answer("Toch aangekomen.")
    await page.clock.fast_forward(15_000)

    await expect(page.locator(".message--bot")).to_contain_text("Toch aangekomen.")


async def test_a_cookie_that_ran_out_is_renewed_without_a_word(
    open_page: Open, listening: Site
) -> None:
    page = await open_page()
    await page.context.clear_cookies()

    await say(page, "hallo")
    await expect(page.get_by_role("alert")).to_be_hidden()


async def test_a_long_message_is_counted_and_kept(open_page: Open, listening: Site) -> None:
    page = await open_page()
    await page.fill("#text", "x" * 1990)
    await expect(page.locator("#counter")).to_have_text("Nog 10 tekens.")
    await page.fill("#text", "x" * 2003)
    await expect(page.locator("#counter")).to_contain_text("3 tekens te lang")
    await page.click("#send")

    await expect(page.get_by_role("alert")).to_contain_text("hooguit 2000 tekens")
    await expect(page.locator("#text")).to_have_value("x" * 2003)
    assert await listening.inbound() == []


async def test_a_draft_survives_a_reload(open_page: Open) -> None:
    page = await open_page()
    await page.fill("#text", "Ik was nog aan het typen")
    await page.reload()

    await expect(page.locator("#text")).to_have_value("Ik was nog aan het typen")


# --- For everybody ---------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_hurdle_is_known_to_axe(open_page: Open, listening: Site, scheme: str) -> None:
    page = await open_page(color_scheme=scheme, reduced_motion="reduce", viewport=PHONE)
    await hurdles(page, "empty")
    await everything(listening, page)
    await hurdles(page, "conversation")
    await page.evaluate("document.getElementById('problem').hidden = false")
    await page.evaluate("document.getElementById('problem').textContent = 'Niet verzonden.'")
    await page.evaluate("document.getElementById('status').textContent = 'Denkt na…'")
    await page.evaluate("document.getElementById('newer').hidden = false")
    await hurdles(page, "problem")
    for path in ("/chat/close", "/nergens"):
        await page.goto(page.url.split("/chat")[0] + path)
        await hurdles(page, path)


async def hurdles(page: Page, where: str) -> None:
    # axe-core itself is evaluated in the page, which the policy does not hinder.
    found = await Axe().run(page)
    assert found.violations_count == 0, f"{where}: {found.generate_report()}"


async def test_a_screen_reader_hears_who_speaks_and_what_can_be_chosen(
    open_page: Open, listening: Site
) -> None:
    page = await open_page()
    await say(page, "hallo")
    await listening.answer("Hoe gaat het?", "Goed", "Slecht")
    await expect(page.locator("#choices button")).to_have_count(2)
    log = page.get_by_role("log", name="Gesprek")

    await expect(log).to_match_aria_snapshot("""
      - log "Gesprek":
        - paragraph: /U, .* uur/
        - paragraph: hallo
        - paragraph: /Adempauze, .* uur/
        - paragraph: Hoe gaat het?
        - text: "Keuzes: Goed · Slecht"
    """)
    await expect(page.get_by_role("group", name="Kies een antwoord")).to_be_visible()
