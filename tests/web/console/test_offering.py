"""Anne offers a place from the console, without JavaScript."""

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
    assert "Kies een dag vanaf vandaag" in answer.text


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
