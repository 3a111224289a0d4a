"""What may not be kept any longer goes, and what may be kept stays."""

import uuid
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.services.callbacks import Call, Callbacks
from bot.services.consents import Consents
from bot.services.content import Content
from bot.services.handoff import Handoffs, locked
from bot.services.plans import Plans
from bot.services.retention import Retention
from bot.store.database import Database
from bot.store.tables import (
    CallbackRequest,
    Conversation,
    HurdleNamed,
    Inbound,
    Outbound,
    Purpose,
    State,
)
from bot.store.trackers import Trackers
from bot.store.vault import Vault
from tests.conftest import Clock
from tests.web.console.cast import Cast


class Talked:
    """Riet talked with the assistant, who introduced itself, and named a hurdle."""

    def __init__(self, database: Database, vault: Vault, content: Content, clock: Clock) -> None:
        self.database = database
        self.cast = Cast(database, vault)
        self.consents = Consents(database)
        self.text = content.texts.consent_keep
        self.clock = clock
        self.id = uuid.uuid4()

    async def begin(self) -> "Talked":
        self.id = await self.cast.caregiver(self.clock())
        await self.cast.writes(self.id, "ik voel me schuldig", self.clock())
        async with self.database.transaction() as session:
            session.add(
                HurdleNamed(conversation_id=self.id, hurdle="hurdle_guilt", named_at=self.clock())
            )
            await session.execute(
                update(Conversation).values(
                    introduced_at=self.clock(), stage="need", perseverance="weeks"
                )
            )
        return self

    async def agree(self, *, given: bool = True, inbound: int = 1) -> None:
        who = (self.id, inbound, Purpose.KEEP, self.text, self.clock())
        await self.consents.record(*who, given=given)

    async def later(self, **duration: float) -> None:
        self.clock.pass_by(**duration)
        async with self.database.transaction() as session:
            await session.execute(update(Outbound).values(state=State.SENT))
        await Retention(self.database, Trackers()).run(self.clock())

    async def count(self, table: Any) -> int:
        async with self.database.transaction() as session:
            return (await session.execute(select(func.count()).select_from(table))).scalar_one()


@pytest.fixture
async def riet(database: Database, vault: Vault, content: Content, clock: Clock) -> Talked:
    return await Talked(database, vault, content, clock).begin()


async def test_without_a_yes_nothing_of_a_talk_is_left_a_day_later(riet: Talked) -> None:
    await riet.later(hours=23)
    assert await riet.count(Inbound) == 1
    await riet.later(hours=2)
    tables = (Inbound, Outbound, HurdleNamed, Conversation)
    assert [await riet.count(table) for table in tables] == [0, 0, 0, 0]


async def test_with_a_yes_it_is_kept_for_thirty_days(riet: Talked) -> None:
    await riet.agree()
    await riet.later(days=29)
    assert (await riet.count(Inbound), await riet.count(HurdleNamed)) == (1, 1)
    await riet.later(days=2)
    assert (await riet.count(Inbound), await riet.count(Conversation)) == (0, 0)


async def test_a_later_no_counts_as_a_no(riet: Talked) -> None:
    await riet.agree()
    await riet.agree(given=False, inbound=2)
    await riet.later(days=2)
    assert await riet.count(Inbound) == 0


async def test_while_a_human_is_wanted_nothing_goes(riet: Talked, handoffs: Handoffs) -> None:
    await handoffs.request(riet.id, 1, riet.clock())
    await riet.later(days=3)
    assert await riet.count(Inbound) == 1
    await handoffs.close_task(riet.id, riet.clock())
    await riet.later(hours=1)
    assert await riet.count(Inbound) == 1  # the last words were said an hour ago
    await riet.later(days=1)
    assert await riet.count(Inbound) == 0


async def test_a_promise_outlives_the_talk_without_its_words(riet: Talked, plans: Plans) -> None:
    await plans.make(riet.id, 1, date(2027, 9, 1), riet.clock())
    await riet.later(days=60)
    assert (await riet.count(Inbound), await riet.count(HurdleNamed)) == (0, 0)
    async with riet.database.transaction() as session:
        left = await session.get_one(Conversation, riet.id)
    assert (left.stage, left.perseverance) == ("contact", None)


async def test_who_was_just_reminded_can_still_answer(riet: Talked, plans: Plans) -> None:
    await plans.make(riet.id, 1, date(2026, 12, 8), riet.clock())
    await riet.later(days=14)
    assert (await plans.keep(riet.clock())).sent == 1
    await riet.later(days=13)
    assert await riet.count(Outbound) == 1
    await riet.later(days=2)
    assert (await riet.count(Outbound), await riet.count(Conversation)) == (0, 0)


async def test_a_message_that_nobody_answered_yet_stays(riet: Talked) -> None:
    await riet.cast.writes(riet.id, "bent u er nog?", riet.clock(), outcome=None)
    await riet.later(days=3)
    assert await riet.count(Inbound) == 2


async def test_who_writes_at_this_very_moment_is_left_alone(riet: Talked) -> None:
    riet.clock.pass_by(days=2)
    async with riet.database.transaction() as session:
        await locked(session, riet.id)
        await Retention(riet.database, Trackers()).run(riet.clock())
    assert (await riet.count(Inbound), await riet.count(Conversation)) == (1, 1)


async def test_with_a_yes_and_a_promise_the_words_still_go_after_thirty_days(
    riet: Talked, plans: Plans
) -> None:
    await riet.agree()
    await plans.make(riet.id, 2, date(2027, 9, 1), riet.clock())
    await riet.later(days=31)
    assert (await riet.count(Inbound), await riet.count(HurdleNamed)) == (0, 0)
    assert await riet.count(Conversation) == 1


async def test_a_call_back_request_is_kept_for_six_weeks(
    riet: Talked, database: Database, vault: Vault, handoffs: Handoffs, content: Content
) -> None:
    callbacks = Callbacks(database, vault, handoffs, content)
    call = Call("06 12345678", None)
    await callbacks.request(riet.id, 1, call, riet.clock())
    await callbacks.request(riet.id, 1, call, riet.clock())
    assert await riet.count(CallbackRequest) == 1
    await handoffs.close_task(riet.id, riet.clock())
    await riet.later(days=41)
    assert await riet.count(CallbackRequest) == 1
    await handoffs.request(riet.id, 2, riet.clock())
    await riet.later(days=2)
    assert await riet.count(CallbackRequest) == 1  # a coordinator is still to call
    await handoffs.close_task(riet.id, riet.clock())
    await riet.later(days=2)
    assert (await riet.count(CallbackRequest), await riet.count(Conversation)) == (0, 0)


async def test_who_talks_again_within_the_day_is_remembered(riet: Talked) -> None:
    riet.clock.pass_by(hours=20)
    await riet.cast.writes(riet.id, "nog een vraag", riet.clock())
    async with riet.database.transaction() as session:
        await session.execute(update(Conversation).values(last_inbound_at=riet.clock()))
    await riet.later(hours=10)
    assert await riet.count(Inbound) == 2
