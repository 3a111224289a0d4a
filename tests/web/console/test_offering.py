"""Anne offers a place from the console, without JavaScript."""

import re
import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from bot.services import region
from bot.services.content import Content
from bot.store.tables import Location, Mode
from tests.web.console.site import Site, Visitor, path

FRIDAY = date(2027, 5, 14)
HOUSE = "huis-zonder-haast"


@pytest.fixture
async def jan(site: Site, content: Content) -> uuid.UUID:
    """Jan's daughter waits for a place; the assistant answers there."""
    await region.synchronise(site.database, content, site.clock())
    return await site.cast.caregiver(site.clock() - timedelta(days=3), channel="whatsapp")


def offer(conversation: uuid.UUID) -> str:
    return f"{path(conversation)}/offer"


def field(page: str, name: str) -> str:
    found = re.search(rf'<input [^>]*id="{name}"[^>]*>', page)
    assert found
    return found[0]


def marked(page: str) -> set[str]:
    """The fields that are said to be wrong, each with what is wrong about it."""
    fields = {name: field(page, name) for name in ("start", "nights")}
    described = {name for name, one in fields.items() if 'aria-describedby="problem"' in one}
    assert described == {name for name, one in fields.items() if 'aria-invalid="true"' in one}
    return described


async def test_the_page_says_truly_when_the_place_is_held(anne: Visitor, jan: uuid.UUID) -> None:
    text = (await anne.look(offer(jan))).text
    assert "pas vast aan het eind daarvan, na <q>Ja, geef door</q>" in text


@pytest.mark.parametrize("channel", ["whatsapp", "telegram", "sms", "webchat"])
async def test_on_the_web_page_it_is_said_that_nobody_may_read_the_offer(
    site: Site, anne: Visitor, channel: str
) -> None:
    somebody = await site.cast.caregiver(site.clock(), channel=channel)
    text = (await anne.look(offer(somebody))).text
    assert ("dan leest niemand het aanbod" in text) is (channel == "webchat")


async def test_from_the_conversation_to_the_offer_in_three_steps(
    site: Site, anne: Visitor, jan: uuid.UUID
) -> None:
    assert f'href="{offer(jan)}"' in (await anne.open(jan)).text
    assert "vaste tekst" in (await anne.look(offer(jan))).text
    found = (await anne.look(f"{offer(jan)}?start={FRIDAY}&nights=3")).text
    assert "Vrij op deze dagen" in found
    assert "vrijdag 14 mei – maandag 17 mei, 3 nachten" in found

    seen = anne.hidden("seen")
    place = {"location": HOUSE, "start": str(FRIDAY), "nights": "3", "seen": seen}
    answer = await anne.send(offer(jan), **place)
    assert (answer.status_code, answer.headers["location"]) == (303, path(jan))
    await anne.send(offer(jan), **place)  # a double click
    (words,) = await site.said(jan)
    assert "Huis Zonder Haast" in words
    page = (await anne.open(jan)).text
    assert "Ja, deze plek" in page
    assert "Aanbod van Anne" in page


@pytest.mark.parametrize(
    "query",
    ["start=gisteren&nights=2", "start=2020-01-01&nights=2", "start=2027-05-14&nights=0",
     "start=2027-05-14&nights=29", "start=2027-05-14&nights=veel", "start=2099-05-14&nights=2"],
)  # fmt: skip
async def test_days_that_are_none_are_asked_again(
    anne: Visitor, jan: uuid.UUID, query: str
) -> None:
    answer = await anne.look(f"{offer(jan)}?{query}")
    assert answer.status_code == 422
    assert "van vandaag tot en met woensdag 29 december 2027, en 1 tot 28 nachten" in answer.text


async def test_the_field_of_the_day_knows_how_far_ahead_it_goes(
    anne: Visitor, jan: uuid.UUID
) -> None:
    start = field((await anne.look(offer(jan))).text, "start")
    assert 'min="2026-11-24" max="2027-12-29"' in start


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("start=2027-05-14&nights=2", set()),
        ("start=2020-01-01&nights=2", {"start"}),
        ("start=2099-05-14&nights=2", {"start"}),
        ("start=2027-05-14&nights=29", {"nights"}),
        ("start=gisteren&nights=veel", {"start", "nights"}),
    ],
)
async def test_only_a_field_that_is_wrong_is_marked_and_described_so(
    anne: Visitor, jan: uuid.UUID, query: str, wrong: set[str]
) -> None:
    assert marked((await anne.look(f"{offer(jan)}?{query}")).text) == wrong


@pytest.mark.parametrize(
    "wrong",
    [{"location": "nergens"}, {"start": ""}, {"nights": "x"}, {"seen": "x"}, {"seen": "9" * 19}],
)
async def test_a_form_of_something_else_offers_nothing(
    site: Site, anne: Visitor, jan: uuid.UUID, wrong: dict[str, str]
) -> None:
    await anne.look(f"{offer(jan)}?start={FRIDAY}&nights=3")
    form = {"location": HOUSE, "start": str(FRIDAY), "nights": "3", "seen": "0"}
    answer = await anne.send(offer(jan), **(form | wrong))
    assert (answer.status_code, await site.said(jan)) == (422, [])


async def test_a_place_that_was_just_taken_is_said_so(
    site: Site, anne: Visitor, jan: uuid.UUID
) -> None:
    await anne.look(f"{offer(jan)}?start={FRIDAY}&nights=3")
    async with site.database.transaction() as session:
        closed = update(Location).where(Location.slug == HOUSE).values(closed_at=site.clock())
        await session.execute(closed)
    answer = await anne.send(offer(jan), location=HOUSE, start=str(FRIDAY), nights="3", seen="0")
    assert (answer.status_code, await site.said(jan)) == (409, [])
    assert "Die plek is net bezet" in answer.text
    assert marked(answer.text) == set()


async def test_where_a_human_answers_the_page_says_why_there_is_no_offer(
    site: Site, anne: Visitor, jan: uuid.UUID
) -> None:
    await anne.look(f"{offer(jan)}?start={FRIDAY}&nights=3")
    await site.cast.task(jan, site.clock())
    assert (await site.conversation(jan)).mode == Mode.WAITING
    answer = await anne.send(offer(jan), location=HOUSE, start=str(FRIDAY), nights="3", seen="0")
    assert (answer.status_code, await site.said(jan)) == (409, [])
    assert "geef het gesprek eerst terug" in answer.text
    assert "act-offer" not in (await anne.open(jan)).text


async def test_of_two_places_at_once_the_second_is_looked_at_first(
    site: Site, anne: Visitor, bilal: Visitor, jan: uuid.UUID
) -> None:
    for visitor in (anne, bilal):
        await visitor.look(f"{offer(jan)}?start={FRIDAY}&nights=3")
    place = {"start": str(FRIDAY), "nights": "3", "seen": "0"}
    assert (await anne.send(offer(jan), location=HOUSE, **place)).status_code == 303
    answer = await bilal.send(offer(jan), location="de-zeven-stoelen", **place)
    assert (answer.status_code, len(await site.said(jan))) == (409, 1)
    assert "Er ging net al een ander aanbod uit" in answer.text


async def test_while_the_assistant_is_answering_nothing_is_offered(
    site: Site, anne: Visitor, jan: uuid.UUID
) -> None:
    await anne.look(f"{offer(jan)}?start={FRIDAY}&nights=3")
    await site.cast.writes(jan, "ja", site.clock(), outcome=None)
    answer = await anne.send(offer(jan), location=HOUSE, start=str(FRIDAY), nights="3", seen="0")
    assert (answer.status_code, await site.said(jan)) == (409, [])
    assert "beantwoordt nu een bericht" in answer.text
