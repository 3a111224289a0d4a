"""Who comes in to the console: Anne and Bilal do, Chris never."""

import uuid
from datetime import timedelta

import httpx
import pytest

from bot.services.content import Content
from bot.services.coordinators import SESSION
from bot.services.handoff import Handoffs
from bot.store.database import Database
from bot.store.tables import Mode
from bot.store.vault import Vault
from tests.conftest import Clock
from tests.web.console.cast import ANNE, CHRIS, PASSWORD, SECRET
from tests.web.console.site import Site, Visitor, build, path


async def test_anne_logs_in_and_lands_on_the_queue(site: Site) -> None:
    async with await site.visitor() as visitor:
        answer = await visitor.log_in(ANNE)
        assert (answer.status_code, answer.headers["location"]) == (303, "/console")
        assert "Alles is rustig" in (await visitor.look("/console")).text


async def test_who_was_on_the_way_somewhere_gets_there_after_the_login(
    site: Site, riet: uuid.UUID
) -> None:
    async with await site.visitor() as visitor:
        sent_away = await visitor.look(path(riet))
        await visitor.look(sent_away.headers["location"])
        fields = {"email": ANNE, "password": PASSWORD, "next": visitor.hidden("next")}
        answer = await visitor.send("/console/login", **fields)
        assert answer.headers["location"] == path(riet)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://chris.example/",
        "//chris.example",
        "/\\chris.example",
        "/console/../chat",
        "/console//chris.example",
        "/chat",
        "/console/login",
        "/console\r\nX: y",
        "",
    ],
)
async def test_a_login_leads_nowhere_but_into_the_console(site: Site, elsewhere: str) -> None:
    async with await site.visitor() as visitor:
        answer = await visitor.log_in(ANNE, next=elsewhere)
        assert answer.headers["location"] == "/console"


async def test_a_wrong_password_says_so_and_keeps_the_address(chris: Visitor) -> None:
    answer = await chris.log_in(ANNE, "a guess")
    assert answer.status_code == 401
    assert "horen niet bij elkaar" in answer.text
    assert f'value="{ANNE}"' in answer.text
    assert "a guess" not in answer.text
    assert "adempauze-console" not in answer.headers.get("set-cookie", "")


async def test_after_five_guesses_the_right_password_waits_a_quarter(
    chris: Visitor, clock: Clock
) -> None:
    for _ in range(5):
        assert (await chris.log_in(ANNE, "a guess")).status_code == 401
    answer = await chris.log_in(ANNE)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "900")
    clock.pass_by(minutes=15)
    assert (await chris.log_in(ANNE)).status_code == 303


async def test_a_login_form_made_for_another_browser_is_refused(site: Site, chris: Visitor) -> None:
    await chris.look("/console/login")
    async with await site.visitor() as victim:
        await victim.look("/console/login")
        answer = await victim.send(
            "/console/login", email=ANNE, password=PASSWORD, csrf=chris.hidden("csrf")
        )
        assert answer.status_code == 403
        assert "stond te lang open" in answer.text


async def test_logging_out_closes_the_door(anne: Visitor) -> None:
    await anne.look("/console")
    answer = await anne.send("/console/logout")
    assert answer.headers["location"] == "/console/login"
    assert (await anne.look("/console")).status_code == 303


async def test_a_new_login_ends_the_old_session_of_that_browser(site: Site, clock: Clock) -> None:
    async with await site.visitor(ANNE) as visitor:
        first = visitor.http.cookies["adempauze-console"]
        visitor.http.cookies.clear()
        await visitor.look("/console/login")
        visitor.http.cookies.set("adempauze-console", first, path="/console")
        await visitor.send("/console/login", email=ANNE, password=PASSWORD)
        assert await site.coordinators.session(first, clock()) is None


async def test_a_session_ends_after_twelve_hours(anne: Visitor, clock: Clock) -> None:
    clock.moment += SESSION
    assert (await anne.look("/console")).status_code == 303


@pytest.mark.parametrize(
    ("public_url", "name", "secure"),
    [
        ("", "adempauze-console", False),
        ("http://localhost:8000", "adempauze-console", False),
        ("https://adempauze.example", "__Secure-adempauze-console", True),
    ],
)
async def test_the_cookie_is_closed_to_scripts_and_other_sites(
    database: Database,
    database_url: str,
    vault: Vault,
    content: Content,
    handoffs: Handoffs,
    clock: Clock,
    public_url: str,
    name: str,
    secure: bool,
) -> None:
    site = await build(database, database_url, vault, content, handoffs, clock, public_url)
    async with await site.visitor() as visitor:
        cookies = (await visitor.log_in(ANNE)).headers.get_list("set-cookie")
    (cookie,) = [line for line in cookies if line.startswith(f"{name}=")]
    attributes = cookie.lower().split("; ")
    assert {"httponly", "samesite=strict", "path=/console"} <= set(attributes)
    assert ("secure" in attributes) is secure


async def _expired(site: Site) -> str:
    return await site.coordinators.login(
        ANNE, PASSWORD, "192.0.2.7", site.clock() - SESSION - timedelta(hours=1)
    )


async def _logged_out(site: Site) -> str:
    token = await site.coordinators.login(ANNE, PASSWORD, "192.0.2.7", site.clock())
    await site.coordinators.logout(token)
    return token


async def _disabled(site: Site) -> str:
    await site.coordinators.add("Chris", CHRIS, PASSWORD, site.clock())
    token = await site.coordinators.login(CHRIS, PASSWORD, "192.0.2.7", site.clock())
    await site.coordinators.disable(CHRIS, site.clock())
    return token


async def _made_up(_: Site) -> str:
    return "b3V0c2lkZXI"


async def _none(_: Site) -> str:
    return ""


@pytest.mark.parametrize("key", [_none, _made_up, _expired, _logged_out, _disabled])
async def test_chris_gets_in_nowhere(site: Site, riet: uuid.UUID, chris: Visitor, key) -> None:  # type: ignore[no-untyped-def]
    await chris.look("/console/login")
    if token := await key(site):
        chris.http.cookies.set("adempauze-console", token, path="/console")
    tried = 0
    for route in site.routes:
        if route.path == "/console/login":
            continue
        for method in route.methods or ():
            address = route.path.replace("{id:uuid}", str(riet))
            form = {"csrf": chris.hidden("csrf"), "text": "I am Anne", "seen": "0"}
            answer = await chris.http.request(method, address, data=form)
            _assert_outside(answer, route.path)
            tried += 1
    assert tried >= 15
    assert (await site.conversation(riet)).mode == Mode.WAITING
    assert await site.said(riet) == []


def _assert_outside(answer: httpx.Response, route: str) -> None:
    if route.endswith("/stream"):
        assert answer.status_code == 401, route
    else:
        assert answer.status_code == 303, route
        assert answer.headers["location"].startswith("/console/login"), route
    assert SECRET not in answer.text


async def test_every_form_needs_the_token_of_its_own_session(
    site: Site, riet: uuid.UUID, anne: Visitor, bilal: Visitor
) -> None:
    await anne.open(riet)
    await bilal.open(riet)
    forms = [route for route in site.routes if "POST" in (route.methods or ())]
    assert len(forms) == 10
    for route in forms:
        address = route.path.replace("{id:uuid}", str(riet))
        for csrf in ({}, {"csrf": ""}, {"csrf": "é"}, {"csrf": bilal.hidden("csrf")}):
            fields = {"text": "I am Anne", "email": ANNE, "password": PASSWORD} | csrf
            answer = await anne.http.post(address, data=fields)
            assert answer.status_code == 403, (address, csrf)
            assert "nog een keer" in answer.text
    assert await site.said(riet) == []
    assert (await anne.look("/console")).status_code == 200


async def test_a_form_larger_than_any_of_ours_is_refused(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    await anne.open(riet)
    answer = await anne.reply(riet, "x" * 70_000)
    assert answer.status_code == 413
    assert await site.said(riet) == []
