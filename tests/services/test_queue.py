"""What coordinators see in the lists and on the card."""

import uuid
from datetime import date, timedelta

import pytest

from bot.errors import NotFound
from bot.messages import Kind, Tier
from bot.services.content import Content
from bot.services.handoff import Handoffs
from bot.services.queue import Queue
from bot.services.queue_card import QueueRow
from bot.store.database import Database
from bot.store.tables import Author, Coordinator, Mode, Outcome, Reason, State
from bot.store.vault import Vault
from tests.conftest import Clock
from tests.web.console.cast import Cast


@pytest.fixture
def cast(database: Database, vault: Vault) -> Cast:
    return Cast(database, vault)


@pytest.fixture
def queue(database: Database, vault: Vault, content: Content) -> Queue:
    return Queue(database, vault, content)


async def coordinator(database: Database, clock: Clock, name: str) -> int:
    row = Coordinator(
        name=name, email=f"{name}@logeerpunt.example", password_hash="", created_at=clock()
    )
    async with database.transaction() as session:
        session.add(row)
    return row.id


async def only(queue: Queue, clock: Clock) -> QueueRow:
    (row,) = await queue.waiting(clock())
    return row


async def test_crises_come_first_and_then_who_waits_longest(
    cast: Cast, queue: Queue, clock: Clock
) -> None:
    order: list[tuple[Reason, Tier, int]] = [
        (Reason.ASKED, Tier.NONE, 10),
        (Reason.CRISIS, Tier.OVERLOAD, 60),
        (Reason.TURN_FAILED, Tier.NONE, 50),
        (Reason.CRISIS, Tier.IMMEDIATE, 1),
        (Reason.STAY_REQUEST, Tier.NONE, 90),
        (Reason.CRISIS, Tier.OVERLOAD, 70),
    ]
    for reason, tier, minutes in order:
        at = clock() - timedelta(minutes=minutes)
        await cast.task(await cast.caregiver(at), at, reason, tier)
    rows = await queue.waiting(clock())
    waited = [row.waited.total_seconds() / 60 for row in rows if row.waited is not None]
    assert waited == [1, 70, 60, 90, 50, 10]
    assert [row.crisis for row in rows] == [True, True, True, False, False, False]


async def test_who_needs_no_human_is_not_in_the_queue(
    cast: Cast, queue: Queue, handoffs: Handoffs, clock: Clock
) -> None:
    await cast.caregiver(clock())
    riet = await cast.caregiver(clock())
    await cast.task(riet, clock())
    await handoffs.close_task(riet, clock())
    assert await queue.waiting(clock()) == []


async def test_a_row_tells_what_somebody_needs_to_choose(
    cast: Cast, queue: Queue, clock: Clock
) -> None:
    riet = await cast.caregiver(clock(), channel="whatsapp", start="7f3a")
    await cast.writes(riet, "Mag ik iemand spreken? " + "x" * 500, clock())
    await cast.task(riet, clock())
    await cast.reads(riet, "a", clock(), state=State.FAILED, error="63016")
    await cast.reads(riet, "b", clock(), state=State.UNKNOWN, error="timeout")
    await cast.reads(riet, "c", clock(), state=State.UNKNOWN, error="interrupted")
    clock.pass_by(minutes=20)
    row = await only(queue, clock)
    assert row.label == "Gesprek 7F3A"
    assert (row.channel, row.mode, row.reason, row.tier, row.kind) == (
        "whatsapp",
        Mode.WAITING,
        Reason.ASKED,
        Tier.NONE,
        Kind.TEXT,
    )
    assert row.said.startswith("Mag ik iemand spreken? xxx")
    assert len(row.said) == 160
    assert (row.failed, row.unknown) == (1, 2)
    assert row.waited == timedelta(minutes=20)
    assert row.stay is None
    assert row.coordinator is None


async def test_a_stay_request_shows_the_house_by_its_name(
    cast: Cast, queue: Queue, clock: Clock
) -> None:
    riet = await cast.caregiver(clock())
    message = await cast.writes(riet, "Ja, geef door", clock())
    await cast.asks_for_stay(riet, message, clock(), location="de-zeven-stoelen")
    await cast.task(riet, clock(), Reason.STAY_REQUEST)
    row = await only(queue, clock)
    assert row.stay is not None
    assert row.stay.location == "De Zeven Stoelen"
    assert (row.stay.start, row.stay.end) == (date(2026, 12, 11), date(2026, 12, 14))
    assert row.mode is Mode.BOT


async def test_the_wait_ends_with_a_coordinators_words_not_with_taking_over(
    cast: Cast, queue: Queue, handoffs: Handoffs, clock: Clock, database: Database
) -> None:
    anne = await coordinator(database, clock, "Anne")
    riet = await cast.caregiver(clock())
    await cast.task(riet, clock())
    clock.pass_by(minutes=5)
    await handoffs.take_over(riet, anne, clock())
    clock.pass_by(minutes=5)
    taken = await only(queue, clock)
    assert (taken.coordinator, taken.waited) == ("Anne", timedelta(minutes=10))
    await handoffs.reply(riet, anne, "Dag, met Anne.", clock())
    assert (await only(queue, clock)).waiting_since is None


async def test_the_wait_begins_again_with_the_first_message_after_that(
    cast: Cast, queue: Queue, handoffs: Handoffs, clock: Clock, database: Database
) -> None:
    anne = await coordinator(database, clock, "Anne")
    riet = await cast.caregiver(clock())
    await cast.task(riet, clock())
    await cast.writes(riet, "Ik wacht", clock(), outcome=Outcome.COORDINATOR)
    clock.pass_by(minutes=1)
    await handoffs.reply(riet, anne, "Dag, met Anne.", clock())
    for _ in range(2):
        clock.pass_by(minutes=1)
        await cast.writes(riet, "Dag Anne", clock(), outcome=Outcome.COORDINATOR)
    row = await only(queue, clock)
    assert (row.unanswered, row.waited) == (2, timedelta(minutes=1))


async def test_mine_holds_what_this_coordinator_has_and_nothing_else(
    cast: Cast, queue: Queue, handoffs: Handoffs, clock: Clock, database: Database
) -> None:
    anne = await coordinator(database, clock, "Anne")
    bilal = await coordinator(database, clock, "Bilal")
    conversations = [await cast.caregiver(clock()) for _ in range(3)]
    await handoffs.take_over(conversations[0], anne, clock())
    await handoffs.take_over(conversations[1], bilal, clock())
    assert [row.conversation_id for row in await queue.mine(anne, clock())] == conversations[:1]
    assert [row.conversation_id for row in await queue.mine(bilal, clock())] == conversations[1:2]
    await handoffs.hand_back(conversations[0], anne, clock())
    assert await queue.mine(anne, clock()) == []


async def test_recent_finds_the_assistants_conversations_newest_first(
    cast: Cast, queue: Queue, clock: Clock
) -> None:
    week = timedelta(days=7)
    await cast.caregiver(clock() - week)
    older = await cast.caregiver(clock() - timedelta(days=6))
    newer = await cast.caregiver(clock())
    found = [row.conversation_id for row in await queue.recent(clock())]
    assert found == [newer, older]
    assert len(await queue.recent(clock(), 1)) == 1


async def test_recent_can_be_narrowed_to_what_was_not_delivered(
    cast: Cast, queue: Queue, clock: Clock
) -> None:
    fine, failed, unknown = [await cast.caregiver(clock()) for _ in range(3)]
    await cast.reads(fine, "goed", clock())
    await cast.reads(failed, "mis", clock(), state=State.FAILED)
    await cast.reads(unknown, "misschien", clock(), state=State.UNKNOWN)
    rows = await queue.recent(clock(), lost_only=True)
    assert {row.conversation_id for row in rows} == {failed, unknown}


async def test_what_was_not_delivered_counts_from_then_however_long_ago_somebody_wrote(
    cast: Cast, queue: Queue, clock: Clock
) -> None:
    month, week, moment = timedelta(days=30), timedelta(days=7), timedelta(minutes=1)
    earlier, now, over = [await cast.caregiver(clock() - month) for _ in range(3)]
    await cast.reads(earlier, "Herinnering", clock() - week + moment, state=State.FAILED)
    await cast.reads(now, "Er is plek", clock() - moment, state=State.UNKNOWN)
    await cast.reads(now, "Goed", clock())
    await cast.reads(over, "Lang geleden", clock() - week, state=State.FAILED)
    await cast.writes(over, "Ik ben er weer", clock())
    rows = await queue.recent(clock(), lost_only=True)
    assert [row.conversation_id for row in rows] == [now, earlier]
    assert len(await queue.recent(clock(), 1, lost_only=True)) == 1


async def test_who_was_forgotten_is_shown_nowhere_until_they_write_again(
    cast: Cast, queue: Queue, clock: Clock
) -> None:
    gone = await cast.caregiver(clock(), erased_at=clock())
    assert await queue.recent(clock()) == []
    with pytest.raises(NotFound):
        await queue.card(gone, clock())
    clock.pass_by(minutes=1)
    await cast.writes(gone, "Toch weer een vraag", clock())
    assert len(await queue.recent(clock())) == 1
    assert (await queue.card(gone, clock())).row.conversation_id == gone


async def test_the_card_tells_who_somebody_is_and_what_they_wish(
    cast: Cast, queue: Queue, clock: Clock
) -> None:
    riet = await cast.caregiver(clock(), channel="whatsapp", stage="request")
    message = await cast.writes(riet, "Ja, geef door", clock())
    await cast.hurdles(riet, clock(), "hurdle_refuses", "hurdle_guilt")
    await cast.asks_for_stay(riet, message, clock(), location="a-house-that-left-the-content")
    question = "Fijn. Zal ik vragen of iemand u belt? Wat vindt u? Tot zo."
    await cast.reads(riet, question, clock(), author=Author.BOT)
    card = await queue.card(riet, clock())
    assert card.stage == "request"
    assert list(card.hurdles) == ["hurdle_refuses", "hurdle_guilt"]
    assert card.last_question == "Wat vindt u?"
    assert card.writable_until == clock() + timedelta(hours=24)
    (stay,) = card.stays
    assert (stay.first_name, stay.callback) == ("Riet", "06 12 34 56 78, liefst na twee uur")
    assert stay.dates.location == "a-house-that-left-the-content"
    assert (stay.dates.nights, stay.needs) == (3, "hulp bij het opstaan")
    assert (stay.consented_at, stay.consent_version) == (clock(), "3f2a9c1d77b0")


async def test_the_card_of_a_stranger_is_empty_but_there(
    cast: Cast, queue: Queue, clock: Clock
) -> None:
    card = await queue.card(await cast.caregiver(clock()), clock())
    assert (card.stays, card.hurdles) == ([], [])
    assert (card.last_question, card.crisis_at, card.stopped_at) == (None, None, None)
    assert card.writable_until is None


async def test_a_conversation_that_never_was_is_not_found(queue: Queue, clock: Clock) -> None:
    with pytest.raises(NotFound):
        await queue.card(uuid.uuid4(), clock())
