"""The lists of the console, without JavaScript."""

import re
import uuid

from bot.messages import Tier
from bot.store.tables import Reason, State
from tests.web.console.cast import SECRET
from tests.web.console.site import Site, Visitor


async def test_the_queue_tells_who_waits_how_long_and_why(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    text = (await anne.look("/console")).text
    assert "Er wacht één mens." in text
    assert re.search(r"data-since=\"[^\"]+\">10 min</time>", text)
    assert "Gesprek 7F3A" in text
    assert "Vraagt om een mens · Telegram" in text
    assert f"<q>{SECRET}</q>" in text


async def test_a_crisis_is_first_and_said_in_words(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    crisis = await site.cast.caregiver(site.clock(), start="c41e")
    await site.cast.writes(crisis, "was het maar voorbij", site.clock(), tier=Tier.SUICIDE)
    await site.cast.task(crisis, site.clock(), Reason.CRISIS, Tier.SUICIDE)
    text = (await anne.look("/console")).text
    assert "Er wachten 2 mensen, van wie 1 met spoed." in text
    assert text.index("Gesprek C41E") < text.index("Gesprek 7F3A")
    assert "Gedachten aan de dood" in text
    assert text.count("> Spoed</span>") == 1


async def test_the_queue_tells_mine_from_a_colleagues(
    site: Site, riet: uuid.UUID, anne: Visitor, bilal: Visitor
) -> None:
    await anne.open(riet)
    await anne.act(riet, "handoff")
    assert "Bij u" in (await anne.look("/console")).text
    theirs = (await bilal.look("/console")).text
    assert "Bij collega’s" in theirs
    assert "bij Anne" in theirs
    assert "Niemand wacht op u." in theirs


async def test_all_conversations_are_found_also_those_with_lost_messages(
    site: Site, anne: Visitor
) -> None:
    await site.cast.caregiver(site.clock(), start="aaaa")
    lost = await site.cast.caregiver(site.clock(), start="bbbb")
    await site.cast.reads(lost, "Dag", site.clock(), state=State.UNKNOWN)
    every = (await anne.look("/console/recent")).text
    assert "Gesprek AAAA" in every
    assert "1 misschien aangekomen" in every
    only_lost = (await anne.look("/console/recent?lost=1")).text
    assert "Gesprek AAAA" not in only_lost
    assert "Gesprek BBBB" in only_lost
