"""A promise to come back is kept once, at a decent hour, and never against somebody's wish."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from bot.errors import Conflict
from bot.messages import Template, Tier
from bot.services.handoff import Handoffs
from bot.services.office import AMSTERDAM
from bot.services.plans import HORIZON, Kept, Plans, due_on
from bot.services.stays import Stays
from bot.store.database import Database
from bot.store.tables import (
    Consent,
    Conversation,
    Mode,
    Outbound,
    Plan,
    PlanState,
    Purpose,
    Reason,
)
from bot.store.vault import Vault
from tests.conftest import Clock
from tests.services.test_stays import ask, wish
from tests.web.console.cast import Cast

TODAY = date(2026, 11, 24)
DUE = date(2026, 12, 8)
SENT, NOTHING = Kept(1, 0), Kept(0, 0)
NOON = datetime(2026, 12, 8, 11, 0, tzinfo=UTC)


class Promised:
    """Riet was promised a message on the 8th of December; it is noon of that day."""

    def __init__(self, database: Database, plans: Plans, cast: Cast, clock: Clock) -> None:
        self.database = database
        self.plans = plans
        self.cast = cast
        self.clock = clock

    async def begin(self) -> "Promised":
        self.id = await self.cast.caregiver(self.clock())
        await self.plans.make(self.id, 1, DUE, self.clock())
        self.clock.moment = NOON
        return self

    async def set(self, **values: object) -> None:
        async with self.database.transaction() as session:
            query = update(Conversation).where(Conversation.id == self.id).values(**values)
            await session.execute(query)

    async def keep(self) -> Kept:
        return await self.plans.keep(self.clock())

    async def said(self) -> list[str]:
        async with self.database.transaction() as session:
            return list(await session.scalars(select(Outbound.text).order_by(Outbound.id)))

    async def plan(self) -> Plan:
        async with self.database.transaction() as session:
            return (await session.scalars(select(Plan).order_by(Plan.id.desc()))).all()[0]


@pytest.fixture
async def riet(database: Database, plans: Plans, vault: Vault, clock: Clock) -> Promised:
    return await Promised(database, plans, Cast(database, vault), clock).begin()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("na de zomer misschien", date(2027, 9, 1)),
        ("vraag het over twee weken nog eens", date(2026, 12, 8)),
        ("in september", date(2027, 9, 1)),
        ("over een maand", date(2026, 12, 24)),
        ("over een half jaar", TODAY + timedelta(days=182)),
        ("over een jaar", TODAY + timedelta(days=365)),
        ("volgend jaar", date(2027, 1, 1)),
        ("1 maart", date(2027, 3, 1)),
        ("zo snel mogelijk", None),
        ("vandaag", None),
        ("in 2031", None),
        ("ik weet het niet", None),
        ("", None),
    ],
)
def test_the_day_that_somebody_names_is_understood(text: str, day: date | None) -> None:
    assert due_on(text, TODAY) == day


@given(text=st.text(max_size=60) | st.sampled_from(["over 3 weken", "in mei", "vrijdag", "2 juni"]))
def test_a_day_to_come_back_lies_ahead_and_not_too_far(text: str) -> None:
    day = due_on(text, TODAY)
    assert day is None or TODAY < day <= TODAY + HORIZON


async def test_a_promise_is_kept_once_on_its_day(riet: Promised) -> None:
    assert await riet.keep() == SENT
    assert await riet.keep() == NOTHING
    (said,) = await riet.said()
    assert "Adempauze, de digitale assistent" in said
    assert (await riet.plan()).state == PlanState.SENT


async def test_the_day_before_nothing_is_sent(riet: Promised) -> None:
    riet.clock.pass_by(days=-1)
    assert await riet.keep() == NOTHING


@given(minute=st.integers(0, 365 * 24 * 60))
def test_nobody_is_written_to_at_night_whatever_the_season(minute: int) -> None:
    """Asleep, no plan is even looked for: the database is not asked."""
    moment = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(minutes=minute)
    database, outbox, content = (Mock(spec_set=["texts"]) for _ in range(3))
    keeping = Plans(database, outbox, Mock(), content).keep(moment)
    if 9 <= moment.astimezone(AMSTERDAM).hour < 20:
        with pytest.raises(AttributeError, match="transaction"):
            asyncio.run(keeping)
    else:
        assert asyncio.run(keeping) == NOTHING


@pytest.mark.parametrize(("hour", "kept"), [(7, NOTHING), (8, SENT), (18, SENT), (19, NOTHING)])
async def test_it_goes_out_between_nine_and_twenty_in_amsterdam(
    riet: Promised, hour: int, kept: Kept
) -> None:
    riet.clock.moment = datetime(2026, 12, 8, hour, 59 if hour == 7 else 0, tzinfo=UTC)
    assert await riet.keep() == kept


async def stop(riet: Promised) -> None:
    await riet.set(stopped_at=NOON)


async def mourn(riet: Promised) -> None:
    await riet.plans.mourn(riet.id, NOON)


async def refuse(riet: Promised) -> None:
    await riet.plans.refuse(riet.id, 2, NOON)


async def let_a_month_pass(riet: Promised) -> None:
    riet.clock.pass_by(days=31)


@pytest.mark.parametrize("never", [stop, mourn, refuse, let_a_month_pass])
async def test_it_never_goes_out_against_somebody_s_wish_after_a_loss_or_far_too_late(
    riet: Promised, never: Callable[[Promised], Awaitable[None]]
) -> None:
    await never(riet)
    await riet.keep()
    assert await riet.said() == []
    assert (await riet.plan()).state == PlanState.DROPPED


async def test_who_has_asked_for_a_stay_is_not_reminded_of_it(
    riet: Promised, stays: Stays, database: Database
) -> None:
    held = await ask(stays, database, riet.clock, wish())
    async with database.transaction() as session:
        other = (
            await session.scalars(select(Conversation.id).where(Conversation.id != riet.id))
        ).one()
    await riet.plans.make(other, 3, DUE, riet.clock() - timedelta(days=1))
    assert held.location
    await riet.keep()
    assert (await riet.plan()).reason == "requested"


@pytest.mark.parametrize(
    "held",
    [
        {"crisis_at": NOON},
        {"blocked_at": NOON},
        {"mode": Mode.WAITING},
        {"mode": Mode.HUMAN},
        {"last_inbound_at": NOON - timedelta(hours=1)},
    ],
)
async def test_it_waits_during_a_crisis_for_a_human_and_in_a_talk(
    riet: Promised, held: dict[str, object]
) -> None:
    await riet.set(**held)
    assert await riet.keep() == NOTHING
    await riet.set(
        crisis_at=None, blocked_at=None, mode=Mode.BOT, last_inbound_at=NOON - timedelta(days=2)
    )
    assert await riet.keep() == SENT


async def test_two_never_go_out_within_a_fortnight(riet: Promised) -> None:
    assert await riet.keep() == SENT
    await riet.plans.make(riet.id, 2, DUE + timedelta(days=3), NOON)
    riet.clock.pass_by(days=13, hours=1)
    assert await riet.keep() == NOTHING
    riet.clock.pass_by(days=1)
    assert await riet.keep() == SENT


async def test_a_new_promise_replaces_the_old_one_and_twice_the_same_is_one(riet: Promised) -> None:
    await riet.plans.make(riet.id, 2, DUE + timedelta(days=7), NOON)
    await riet.plans.make(riet.id, 2, DUE + timedelta(days=7), NOON)
    async with riet.database.transaction() as session:
        states = list(await session.scalars(select(Plan.state).order_by(Plan.id)))
        consents = list(await session.scalars(select(Consent.purpose)))
    assert states == [PlanState.DROPPED, PlanState.PLANNED]
    assert consents == [Purpose.REMINDERS] * 2


async def test_an_approved_text_may_stand_for_it_where_free_words_may_not_be_sent(
    riet: Promised,
) -> None:
    await riet.keep()
    async with riet.database.transaction() as session:
        assert (await session.scalars(select(Outbound.template))).one() == Template.REMINDER


async def test_many_workers_at_once_keep_a_promise_once(riet: Promised) -> None:
    kept = await asyncio.gather(*(riet.keep() for _ in range(8)))
    assert sum(one.sent for one in kept) == 1
    assert len(await riet.said()) == 1


async def test_a_crisis_is_lifted_only_when_its_task_is_done(
    riet: Promised, handoffs: Handoffs
) -> None:
    await riet.set(crisis_at=NOON)
    await riet.cast.task(riet.id, NOON, Reason.CRISIS, Tier.OVERLOAD)
    with pytest.raises(Conflict):
        await handoffs.lift_crisis(riet.id)
    await handoffs.close_task(riet.id, NOON)
    assert await riet.keep() == NOTHING
    await handoffs.lift_crisis(riet.id)
    assert await riet.keep() == SENT


async def test_a_yes_after_a_loss_lets_a_promise_go_again(riet: Promised) -> None:
    await mourn(riet)
    await riet.plans.make(riet.id, 2, DUE, NOON)
    assert await riet.keep() == SENT


async def test_a_coordinator_calls_a_promise_off(riet: Promised) -> None:
    await riet.plans.cancel(riet.id, NOON)
    assert await riet.keep() == NOTHING
    assert (await riet.plan()).reason == "cancelled"


async def test_one_plan_that_goes_wrong_holds_up_no_other(
    riet: Promised, monkeypatch: pytest.MonkeyPatch
) -> None:
    kees = await riet.cast.caregiver(NOON - timedelta(days=20))
    await riet.plans.make(kees, 2, DUE, NOON - timedelta(days=20))
    put = riet.plans._outbox.put

    async def fail_for_riet(session: Any, conversation: uuid.UUID, *more: Any, **also: Any) -> None:
        if conversation == riet.id:
            raise OperationalError("", {}, Exception("the server closed the connection"))
        await put(session, conversation, *more, **also)

    monkeypatch.setattr(riet.plans._outbox, "put", fail_for_riet)
    assert await riet.keep() == SENT
    monkeypatch.undo()
    assert await riet.keep() == SENT
