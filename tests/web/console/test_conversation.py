"""The page of a conversation and what a coordinator does there, without JavaScript."""

import asyncio
import re
import uuid
from datetime import date

import pytest

from bot.messages import Kind, Tier
from bot.services.callbacks import Call, Callbacks
from bot.services.content import Content
from bot.services.journey import Journey, Role
from bot.services.plans import Plans
from bot.store.tables import Author, Conversation, Mode, Outcome, Reason, State
from tests.web.console.cast import ANNE
from tests.web.console.site import Site, Visitor, path


async def test_the_timeline_says_how_each_delivery_stands(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    for state, error in (
        (State.QUEUED, None),
        (State.QUEUED, "63018"),
        (State.SENT, None),
        (State.DELIVERED, None),
        (State.READ, None),
        (State.FAILED, "outside_window"),
        (State.FAILED, "template_not_approved"),
        (State.FAILED, "63016"),
        (State.FAILED, "99999"),
        (State.UNKNOWN, "timeout"),
    ):
        await site.cast.reads(riet, "Dag", site.clock(), state=state, error=error)
    text = (await anne.open(riet)).text
    for words in (
        ">Onderweg<",
        ">Onderweg, wordt opnieuw geprobeerd<",
        ">Verstuurd<",
        ">Aangekomen<",
        ">Gelezen<",
        "de vaste tekst hiervoor is nog niet goedgekeurd",
        ">Mislukt: de 24 uur van WhatsApp zijn voorbij; bel, of wacht op een bericht<",
        ">Mislukt: foutcode 99999<",
        ">Misschien aangekomen <",
        "stuur het opnieuw",
    ):
        assert words in text


ASKED = "om een berichtje gevraagd"


@pytest.mark.parametrize(
    ("author", "by_anne", "asked"),
    [
        (Author.COORDINATOR, True, True),
        (Author.SYSTEM, True, True),  # an offered place
        (Author.SYSTEM, False, False),  # a line of our own
    ],
)
async def test_of_what_waits_it_is_said_whether_a_sign_was_asked_for(
    site: Site, anne: Visitor, author: Author, by_anne: bool, asked: bool
) -> None:
    riet = await site.cast.caregiver(site.clock(), channel="whatsapp")
    coordinator = site.anne.id if by_anne else None
    await site.cast.reads(
        riet, "Dag", site.clock(), author=author, coordinator_id=coordinator, state=State.HELD
    )
    text = (await anne.open(riet)).text
    assert ">Wacht tot de mantelzorger weer schrijft <" in text
    assert "gaat dit vanzelf weg" in text
    assert (ASKED in text) is asked


async def test_what_people_wrote_is_shown_as_text_only(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    await site.cast.writes(riet, "<script>alert(1)</script> [BSN verwijderd]", site.clock())
    await site.cast.writes(riet, "", site.clock(), kind=Kind.PHOTO)
    text = (await anne.open(riet)).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; [BSN verwijderd]" in text
    await site.cast.writes(riet, "Oosterlinde", site.clock(), kind=Kind.LOCATION)
    assert "Een foto" in text
    assert "Een plek op de kaart: Oosterlinde" in (await anne.open(riet)).text


async def test_messages_that_wait_for_an_answer_are_marked(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    for outcome in (Outcome.COORDINATOR, None):
        await site.cast.writes(riet, "Bent u daar?", site.clock(), outcome=outcome)
    assert (await anne.open(riet)).text.count("Nog geen antwoord") == 2


async def test_the_card_shows_who_wants_what_and_that_it_may_be_passed_on(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    message = await site.cast.writes(riet, "Ja, geef door", site.clock())
    await site.cast.asks_for_stay(riet, message, site.clock(), location="de-zeven-stoelen")
    await site.cast.hurdles(riet, site.clock(), "hurdle_guilt")
    text = (await anne.open(riet)).text
    for words in (
        "Riet",
        "06 12 34 56 78",
        "De Zeven Stoelen",
        "vrijdag 11 december – maandag 14 december (3 nachten)",
        "hulp bij het opstaan",
        "Schuldgevoel",
        "Ziet dat er hulp nodig is",
        "Ja, om door te geven",
    ):
        assert words in text


async def test_the_card_shows_what_was_promised_agreed_and_how_long_it_lasts(
    site: Site, riet: uuid.UUID, anne: Visitor, plans: Plans, content: Content
) -> None:
    now = site.clock()
    await plans.make(riet, 1, date(2027, 9, 1), now)
    callbacks = Callbacks(site.database, site.cast.vault, site.handoffs, content)
    await callbacks.request(riet, 2, Call("0113 123456", "’s ochtends"), now)
    await Journey(site.database).perseveres(riet, "weeks")
    await Journey(site.database).is_a(riet, Role.REFERRER)
    text = (await anne.open(riet)).text
    for words in (
        "Beloofd voor woensdag 1 september 2027",
        "0113 123456",
        "’s ochtends",
        "Een paar weken",
        "Verwijzer",
        "Eén keer herinneren: ja, ",
        "Doorgeven: ja, ",
    ):
        assert words in text


async def test_a_coordinator_says_that_the_danger_is_over(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    async with site.database.transaction() as session:
        conversation = await session.get_one(Conversation, riet)
        conversation.crisis_at = site.clock()
    assert "Gevaar is voorbij" in (await anne.open(riet)).text
    assert (await anne.act(riet, "crisis/lift")).status_code == 303
    assert (await site.conversation(riet)).crisis_at is None
    assert "Gevaar is voorbij" not in (await anne.open(riet)).text


async def test_a_coordinator_notes_a_loss_takes_it_back_and_calls_a_promise_off(
    site: Site, riet: uuid.UUID, anne: Visitor, plans: Plans
) -> None:
    await plans.make(riet, 1, date(2027, 9, 1), site.clock())
    assert "Beloofd voor" in (await anne.open(riet)).text
    await anne.act(riet, "reminder/cancel")
    assert "Beloofd voor" not in (await anne.open(riet)).text
    await anne.act(riet, "loss")
    assert "Er gaat geen herinnering uit" in (await anne.open(riet)).text
    assert (await site.conversation(riet)).bereaved_at is not None


async def test_while_the_alarm_is_open_the_danger_is_not_over(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    await anne.open(riet)
    await anne.act(riet, "handoff/close")
    await site.cast.task(riet, site.clock(), Reason.CRISIS, Tier.OVERLOAD)
    refused = await anne.act(riet, "crisis/lift")
    assert refused.status_code == 409
    assert "spoedmelding staat nog open" in refused.text


async def test_taking_over_replying_and_handing_back(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    assert "Wacht op een mens" in (await anne.open(riet)).text
    assert (await anne.act(riet, "handoff")).headers["location"] == f"{path(riet)}#antwoord"
    assert "U antwoordt in dit gesprek." in (await anne.open(riet)).text
    await anne.reply(riet, "Dag mevrouw, met Anne.\r\nWat fijn dat u schrijft.")
    await anne.open(riet)
    assert (await anne.act(riet, "handoff/return")).status_code == 303
    assert "De assistent antwoordt." in (await anne.open(riet)).text
    taken, reply, handed_back = await site.said(riet)
    assert taken.startswith("Anne van ")
    assert reply == "Dag mevrouw, met Anne.\nWat fijn dat u schrijft."
    assert "digitale assistent" in handed_back
    assert (await site.conversation(riet)).mode == Mode.BOT


async def test_a_reply_alone_takes_over_and_is_said_so_beforehand(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    assert "Met versturen neemt u het gesprek over." in (await anne.open(riet)).text
    await anne.reply(riet, "Dag, met Anne.")
    assert (await site.conversation(riet)).coordinator_id == site.anne.id


async def test_closing_gives_a_waiting_conversation_back(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    await anne.open(riet)
    assert (await anne.act(riet, "handoff/close")).status_code == 303
    assert (await site.conversation(riet)).mode == Mode.BOT
    assert "Niemand wacht op u." in (await anne.look("/console")).text


async def test_a_double_click_sends_one_reply(site: Site, riet: uuid.UUID, anne: Visitor) -> None:
    await anne.open(riet)
    answers = await asyncio.gather(*(anne.reply(riet, "Dag, met Anne.") for _ in range(4)))
    assert [answer.status_code for answer in answers] == [303] * 4
    assert (await site.said(riet)).count("Dag, met Anne.") == 1


async def test_a_long_reply_that_is_cut_in_parts_is_sent_once_too(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    await anne.open(riet)
    for _ in range(2):
        await anne.reply(riet, "Wat fijn dat u schrijft. " * 100)
    assert len(await site.said(riet)) == 1 + 3


async def test_the_same_words_from_a_newer_page_are_sent_again(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    for _ in range(2):
        await anne.open(riet)
        await anne.reply(riet, "Ja")
    await anne.reply(riet, "Ja, dat kan")
    assert (await site.said(riet))[1:] == ["Ja", "Ja", "Ja, dat kan"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" \r\n ", "Er staat nog geen tekst"),
        ("\0", "Er staat nog geen tekst"),
        ("x" * 4001, "langer dan 4000 tekens"),
    ],
)
async def test_a_reply_that_cannot_be_sent_is_kept_and_explained(
    site: Site, riet: uuid.UUID, anne: Visitor, text: str, words: str
) -> None:
    await anne.open(riet)
    answer = await anne.reply(riet, text)
    assert answer.status_code == 422
    assert words in answer.text
    kept = text.strip(" \r\n\0")
    assert f">{kept}</textarea>" in answer.text
    assert (await site.conversation(riet)).mode == Mode.WAITING


async def test_bilal_reads_kindly_that_anne_was_first_and_keeps_his_words(
    site: Site, riet: uuid.UUID, anne: Visitor, bilal: Visitor
) -> None:
    await anne.open(riet)
    await bilal.open(riet)
    await anne.act(riet, "handoff")
    for attempt in ("handoff", "handoff/return", "handoff/close"):
        answer = await bilal.act(riet, attempt)
        assert answer.status_code == 409
        assert "Anne heeft dit gesprek al overgenomen." in answer.text
    answer = await bilal.reply(riet, "Dag, met Bilal.")
    assert answer.status_code == 409
    assert ">Dag, met Bilal.</textarea>" in answer.text
    assert (await site.conversation(riet)).coordinator_id == site.anne.id
    assert len(await site.said(riet)) == 1


async def test_of_two_who_take_over_at_once_one_gets_it(
    site: Site, riet: uuid.UUID, anne: Visitor, bilal: Visitor
) -> None:
    await anne.open(riet)
    await bilal.open(riet)
    answers = await asyncio.gather(anne.act(riet, "handoff"), bilal.act(riet, "handoff"))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert len(await site.said(riet)) == 1


async def test_handing_back_twice_changes_nothing_and_says_so(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    await anne.open(riet)
    await anne.act(riet, "handoff")
    await anne.open(riet)
    await anne.act(riet, "handoff/return")
    answer = await anne.act(riet, "handoff/return")
    assert answer.status_code == 409
    assert "Dit gesprek is niet (meer) bij u." in answer.text


async def test_who_has_a_conversation_hands_it_back_before_closing(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    await anne.open(riet)
    await anne.act(riet, "handoff")
    answer = await anne.act(riet, "handoff/close")
    assert answer.status_code == 409
    assert "Geef het eerst terug aan de assistent." in answer.text


async def test_a_conversation_that_is_gone_gives_a_page_that_says_so(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    await anne.open(riet)
    gone = uuid.uuid4()
    for answer in (
        await anne.http.get(path(gone)),
        await anne.send(f"{path(gone)}/handoff"),
        await anne.http.get(f"{path(gone)}/stream"),
    ):
        assert answer.status_code == 404
    assert "Dit gesprek is er niet (meer)" in (await anne.look(path(gone))).text


async def test_a_whatsapp_conversation_tells_when_writing_no_longer_works(
    site: Site, anne: Visitor
) -> None:
    conversation = await site.cast.caregiver(site.clock(), channel="whatsapp")
    site.clock.pass_by(hours=3)
    assert "Nog 21 uur vrij schrijven" in (await anne.open(conversation)).text
    site.clock.pass_by(hours=21)
    async with await site.visitor(ANNE) as later:
        assert "de 24 uur van WhatsApp zijn voorbij" in (await later.open(conversation)).text


@pytest.mark.parametrize("hint", ["return-hint", "close-hint"])
async def test_handing_back_is_not_read_at_once_after_the_24_hours(
    site: Site, anne: Visitor, hint: str
) -> None:
    conversation = await site.cast.caregiver(site.clock(), channel="whatsapp")
    await site.cast.task(conversation, site.clock())
    if hint == "return-hint":
        await site.handoffs.take_over(conversation, site.anne.id, site.clock())
    assert "niet meteen" not in hinted((await anne.open(conversation)).text, hint)
    site.clock.pass_by(hours=25)
    async with await site.visitor(ANNE) as later:
        assert "niet meteen" in hinted((await later.open(conversation)).text, hint)


def hinted(page: str, hint: str) -> str:
    found = re.search(rf'id="{hint}">(.*?)</p>', page)
    assert found
    return found[1]


async def test_without_a_script_the_page_says_how_to_see_what_is_new(
    riet: uuid.UUID, anne: Visitor
) -> None:
    for address in ("/console", path(riet)):
        text = (await anne.look(address)).text
        assert "<noscript>" in text
        assert f'<a href="{address}">Vernieuwen</a>' in text


async def test_every_page_is_kept_out_of_caches_and_frames(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    for address in ("/console", "/console/recent", path(riet), "/console/login"):
        headers = (await anne.look(address)).headers
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]


async def test_the_safety_answer_is_told_from_the_assistants_words(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    await site.cast.reads(riet, "Bel 113", site.clock(), author=Author.SAFETY)
    assert "Veiligheidsbericht" in (await anne.open(riet)).text


async def test_the_card_says_that_somebody_blocked_us(
    site: Site, riet: uuid.UUID, anne: Visitor
) -> None:
    assert "geblokkeerd" not in (await anne.open(riet)).text
    async with site.database.transaction() as session:
        (await session.get_one(Conversation, riet)).blocked_at = site.clock()
    text = (await anne.open(riet)).text
    assert "heeft deze persoon ons geblokkeerd" in text
    assert "vandaag" in text
