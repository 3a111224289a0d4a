"""The chat page over HTTP, as a browser without JavaScript and as a script meet it."""

import asyncio
import re

import pytest

from bot.messages import ChoiceRef, Kind
from bot.store.tables import Author
from bot.web import pages
from bot.web.chat.browsers import KEPT
from tests.web.chat.conftest import BASE, Site, Visitor

# --- The page --------------------------------------------------------------------------------


async def test_the_front_door_leads_to_the_chat(riet: Visitor) -> None:
    answer = await riet.http.get("/")

    assert (answer.status_code, answer.headers["location"]) == (307, "/chat")


async def test_a_visit_alone_makes_no_conversation(riet: Visitor, site: Site) -> None:
    page = await riet.look()

    assert '<html lang="nl">' in page
    assert "computer" in page
    assert "medewerker" in page
    assert 'href="tel:112"' in page
    assert page.count('name="say"') == 4  # three suggestions, and a human at any moment
    assert await site.conversations() == []


async def test_the_cookie_is_kept_thirty_days_and_out_of_reach_of_scripts(riet: Visitor) -> None:
    cookie = (await riet.http.get("/chat")).headers["set-cookie"].lower()

    assert KEPT == 30 * 24 * 3600
    for part in ("httponly", "samesite=lax", f"max-age={KEPT}", "path=/"):
        assert part in cookie
    assert "secure" not in cookie


async def test_with_https_the_cookie_is_bound_to_this_very_host(site: Site) -> None:
    visitor = Visitor(site.app("https://chat.test"), "https://chat.test")
    answer = await visitor.http.get("/chat")
    await visitor.http.aclose()

    assert answer.headers["set-cookie"].startswith("__Host-adempauze=")
    assert "; secure" in answer.headers["set-cookie"].lower()
    assert "max-age" in answer.headers["strict-transport-security"]


async def test_nothing_on_the_page_is_inline(riet: Visitor, site: Site) -> None:
    await riet.say("hallo")
    await site.answer("Dag", "Ja", "Nee", author=Author.SAFETY)
    page = await riet.look()

    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page)


# --- Saying something ------------------------------------------------------------------------


async def test_a_message_is_stored_and_shown(riet: Visitor, site: Site) -> None:
    await riet.say("Ik zorg voor mijn man")

    assert [row.text for row in await site.inbound()] == ["Ik zorg voor mijn man"]
    assert "Ik zorg voor mijn man" in await riet.look()
    assert "Adempauze denkt even na" in riet.page


async def test_without_javascript_the_answer_is_on_the_next_page(
    riet: Visitor, listening: Site
) -> None:
    await riet.look()

    async def reply() -> None:
        async with listening.changes.of(None) as changed:
            started.set()
            await changed.wait()
        await listening.answer("Fijn dat u schrijft.")

    started = asyncio.Event()
    replying = asyncio.create_task(reply())
    await started.wait()
    sent = await riet.send("hallo")
    await replying

    assert (sent.status_code, sent.headers["location"]) == (303, "/chat#laatste")
    assert "Fijn dat u schrijft." in await riet.look()


async def test_a_suggestion_is_said_as_it_reads(riet: Visitor, site: Site) -> None:
    await riet.send("", say="Wat is logeren precies?", json=True)

    assert [row.text for row in await site.inbound()] == ["Wat is logeren precies?"]


async def test_a_double_click_is_one_message(riet: Visitor, site: Site) -> None:
    await riet.look()
    answers = await asyncio.gather(*(riet.send("hallo", json=True) for _ in range(4)))

    assert {answer.status_code for answer in answers} == {200}
    assert len(await site.inbound()) == 1


async def test_an_old_page_with_new_words_loses_nothing(riet: Visitor, site: Site) -> None:
    await riet.look()
    await riet.send("hallo", json=True)
    await riet.send("hallo, ik ben Riet", json=True)

    assert [row.text for row in await site.inbound()] == ["hallo", "hallo, ik ben Riet"]


async def test_the_browser_id_is_not_in_the_id_of_a_message(riet: Visitor, site: Site) -> None:
    await riet.say("hallo")

    browser = riet.http.cookies["adempauze"].split(".")[0]
    assert browser not in (await site.inbound())[0].external_id


async def test_what_somebody_types_is_never_markup(riet: Visitor, site: Site) -> None:
    await riet.say("<script>alert(1)</script>")
    await site.answer("<img src=x onerror=alert(1)>")
    page = await riet.look()

    assert "&lt;script&gt;alert(1)" in page
    assert "&lt;img src=x" in page


async def test_a_crisis_is_answered_at_once_and_stands_out(riet: Visitor, site: Site) -> None:
    await riet.say("ik wil niet meer leven")
    page = await riet.look()

    assert "message--safety" in page
    assert 'href="tel:113"' in page
    assert 'href="tel:112"' in page


# --- Choices ---------------------------------------------------------------------------------


async def test_a_choice_says_its_title_and_points_at_its_message(riet: Visitor, site: Site) -> None:
    await riet.say("hallo")
    message = await site.answer("Hoe gaat het met u?", "Goed", "Niet zo goed")
    await riet.look()
    await riet.send(choice=str(ChoiceRef(message, 1)), json=True)

    row = (await site.inbound())[-1]
    assert (row.kind, row.text) == (Kind.CHOICE, "Niet zo goed")
    assert (row.choice_message_id, row.choice_index) == (message, 1)


async def test_a_choice_of_somebody_else_is_not_there(
    riet: Visitor, chris: Visitor, site: Site
) -> None:
    await riet.say("hallo")
    message = await site.answer("Hoe gaat het met u?", "Goed")
    await chris.say("hallo")
    answer = await chris.send(choice=f"{message}:0", json=True, key="k")

    assert answer.status_code == 409
    assert len(await site.inbound()) == 2


@pytest.mark.parametrize(("choice", "status"), [("1:9", 409), ("x", 400), ("-1:0", 400)])
async def test_a_choice_that_does_not_exist_is_refused_kindly(
    riet: Visitor, site: Site, choice: str, status: int
) -> None:
    await riet.say("hallo")
    await site.answer("Hoe gaat het met u?", "Goed")

    assert (await riet.send(choice=choice, json=True)).status_code == status


async def test_a_coordinator_is_shown_by_name_and_as_a_human(riet: Visitor, site: Site) -> None:
    await riet.say("medewerker")
    await site.answer("Dag mevrouw", author=Author.COORDINATOR, coordinator=await site.anne())

    assert "Anne de Wit · een mens" in await riet.look()


# --- Whose conversation it is ----------------------------------------------------------------


async def test_nobody_sees_the_conversation_of_another(
    riet: Visitor, chris: Visitor, site: Site
) -> None:
    await riet.say("dit is van Riet")
    await chris.say("dit is van Chris")

    assert "van Riet" not in await chris.look()
    assert "van Chris" not in await riet.look()
    assert len(await site.conversations()) == 2


async def test_a_made_up_cookie_opens_nothing(riet: Visitor, chris: Visitor) -> None:
    await riet.say("dit is van Riet")
    browser = riet.http.cookies["adempauze"].split(".")[0]
    chris.http.cookies.set("adempauze", f"{browser}.aaaaaa.bbbbbb")

    assert "van Riet" not in (await chris.http.get("/chat")).text
    assert (await chris.http.get("/chat/messages")).json()["order"] == []
    assert (await chris.http.get("/chat/events")).status_code == 204


async def test_a_form_counts_only_with_the_token_of_this_browser(
    riet: Visitor, chris: Visitor, site: Site
) -> None:
    await riet.look()
    await chris.look()
    answers = [
        await riet.send("hallo", token=chris.hidden("token"), json=True),
        await riet.send("hallo", token="", json=True),
        await riet.send("hallo", token="é", json=True),
    ]
    riet.http.cookies.clear()
    answers.append(await riet.send("hallo", json=True))

    assert {answer.status_code for answer in answers} == {403}
    assert await site.inbound() == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site", "Origin": BASE}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": BASE}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
    ],
)
async def test_a_form_of_another_site_is_refused(
    riet: Visitor, site: Site, headers: dict[str, str], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.chat.routes._PATIENCE", 0.0)
    await riet.look()
    form = {"token": riet.hidden("token"), "key": "k", "text": "hallo"}
    answer = await riet.http.post("/chat/messages", data=form, headers=headers)

    assert answer.status_code == status
    assert len(await site.inbound()) == (1 if status == 303 else 0)


async def test_behind_a_proxy_the_public_address_counts_as_ours(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.chat.routes._PATIENCE", 0.0)
    visitor = Visitor(site.app("http://logeren.example"))
    await visitor.look()
    visitor.http.headers["Origin"] = "http://logeren.example"
    answer = await visitor.send("hallo")
    await visitor.http.aclose()

    assert answer.status_code == 303


async def test_closing_the_conversation_forgets_it_in_this_browser_only(
    riet: Visitor, site: Site
) -> None:
    await riet.say("hallo")
    page = (await riet.http.get("/chat/close")).text
    refused = await riet.http.post("/chat/close", data={"token": "x"})
    closed = await riet.http.post("/chat/close", data={"token": riet.hidden("token")})

    assert "VERGEET MIJ" in page
    assert refused.status_code == 403
    assert closed.headers["location"] == "/chat"
    assert "adempauze" not in riet.http.cookies
    assert "hallo" not in await riet.look()
    assert len(await site.inbound()) == 1


# --- What is refused -------------------------------------------------------------------------


async def test_a_message_of_more_than_5000_characters_is_refused_and_not_lost(
    riet: Visitor, site: Site
) -> None:
    text = "mijn verhaal " * 400
    page = await riet.send(text)
    script = await riet.send(text, json=True)

    assert page.status_code == script.status_code == 413
    assert "te lang" in page.text
    assert "te lang" in script.json()["problem"]
    assert text.strip() in page.text
    assert await site.inbound() == []


async def test_5000_characters_of_any_kind_are_taken(riet: Visitor, site: Site) -> None:
    assert (await riet.send("👵" * 5000, json=True)).status_code == 200
    assert len((await site.inbound())[0].text) == 5000


async def test_a_huge_body_is_not_read_to_its_end(riet: Visitor) -> None:
    assert (await riet.send("x" * 300_000)).status_code == 413


async def test_an_empty_message_is_not_sent(riet: Visitor, site: Site) -> None:
    answer = await riet.send("  \n ", json=True)

    assert answer.status_code == 422
    assert "Typ eerst" in answer.json()["problem"]
    assert await site.inbound() == []


@pytest.mark.parametrize("body", [b"\xff\xfe", b"&".join(b"a%d=1" % n for n in range(50)), b""])
async def test_what_is_no_form_of_ours_is_refused(riet: Visitor, site: Site, body: bytes) -> None:
    await riet.look()

    assert (await riet.http.post("/chat/messages", content=body)).status_code in (400, 403)
    assert await site.inbound() == []


async def test_the_thirty_first_message_within_a_minute_waits(riet: Visitor, site: Site) -> None:
    statuses = [(await riet.say(f"bericht {number}")).status_code for number in range(31)]
    site.clock.pass_by(seconds=61)

    assert statuses == [200] * 30 + [429]
    assert (await riet.say("later")).status_code == 200


# --- Headers, files and errors ---------------------------------------------------------------


@pytest.mark.parametrize("path", ["/chat", "/chat/close", "/nergens", "/broken", "/static/nee"])
async def test_every_answer_carries_the_security_headers(riet: Visitor, path: str) -> None:
    headers = (await riet.http.get(path)).headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store" or path.startswith("/static")


@pytest.mark.parametrize(("path", "status"), [("/nergens", 404), ("/broken", 500)])
async def test_what_goes_wrong_is_told_kindly(riet: Visitor, path: str, status: int) -> None:
    page = await riet.http.get(path)
    script = await riet.http.get(path, headers={"Accept": "application/json"})

    assert page.status_code == script.status_code == status
    assert 'lang="nl"' in page.text
    assert "/chat" in page.text
    assert script.json()["problem"]
    assert "on purpose" not in page.text


@pytest.mark.parametrize("path", ["base.css", "icon.svg", "chat/chat.css", "chat/chat.js"])
async def test_a_file_with_its_version_may_be_kept_for_ever(riet: Visitor, path: str) -> None:
    versioned = await riet.http.get(pages.asset(path))
    plain = await riet.http.get(f"/static/{path}")

    assert versioned.status_code == plain.status_code == 200
    assert "immutable" in versioned.headers["cache-control"]
    assert plain.headers["cache-control"] == "no-cache"


async def test_a_file_outside_the_folder_is_not_served(riet: Visitor) -> None:
    assert (await riet.http.get("/static/chat/%2e%2e/routes.py")).status_code == 404


def test_an_asset_that_does_not_exist_is_noticed() -> None:
    with pytest.raises(FileNotFoundError):
        pages.asset("chat/nergens.css")


# --- The stream ------------------------------------------------------------------------------


async def test_a_page_that_asks_gets_what_there_is_to_show(riet: Visitor, site: Site) -> None:
    await riet.say("hallo")
    message = await site.answer("Dag", "Ja")
    view = (await riet.http.get("/chat/messages")).json()

    assert view["order"] == ["in-1", f"out-{message}"]
    assert set(view["items"]) == set(view["order"])
    assert f'value="{message}:0"' in view["choices"]


async def test_there_is_no_stream_before_the_first_message(riet: Visitor) -> None:
    await riet.look()

    assert (await riet.http.get("/chat/events")).status_code == 204
