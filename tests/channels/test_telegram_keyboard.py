"""Telegram: what stands in place of the letters is always of the latest question, or nothing is."""

import asyncio
import itertools
import json
from collections.abc import Awaitable
from dataclasses import replace
from enum import Enum
from typing import Self

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.messages import Choice, Form, Image, OutgoingMessage, Request
from bot.store.tables import Author, Conversation, State
from integrations.telegram import Telegram
from tests.channels.inbound import RIET_TELEGRAM, telegram_message
from tests.channels.loopback import Answer, Call, Trouble
from tests.channels.outbound import sending, to_riet
from tests.channels.peers import TelegramPeer
from tests.channels.sender import Sender
from tests.channels.world import Echo, World
from tests.conftest import Clock

PLAIN = OutgoingMessage("Dank u wel.")
NUMBER = OutgoingMessage("Op welk nummer kunnen wij u bellen?", request=Request.CONTACT)
SKIPPABLE = replace(NUMBER, choices=(Choice("Sla over", "/skip"),))
PASS_ON = OutgoingMessage(
    "Mag ik die doorgeven?", (Choice("Ja, graag", "/affirm"), Choice("Sla over", "/deny"))
)
PHOTO = Image("https://adempauze.example/photos/appel.jpg", "De tuin")


class End(Enum):
    """How the sending of a message ends: what the vendor does, and whether the worker dies."""

    SENT = (None, False)
    REFUSED = (Answer(400, {"ok": False, "description": "Bad Request: no"}), False)
    LOST = (Trouble.CUT, False)
    TAKEN_UNHEARD = (Trouble.CUT_AFTER, False)
    DIED_BEFORE = (Trouble.CUT, True)
    DIED_AFTER = (Trouble.CUT_AFTER, True)


class Person:
    """Somebody on Telegram: what they are sent and what they see."""

    def __init__(self, world: World, peer: TelegramPeer, clock: Clock, chat: int) -> None:
        self.world = world
        self.peer = peer
        self.clock = clock
        self.chat = chat
        self.door = Sender(world, "telegram")
        self._numbers = itertools.count(880_000_000 + 1_000_000 * (chat - RIET_TELEGRAM))

    async def begins(self) -> Self:
        """Have them greet us; nobody else did so at this moment."""
        known = {one.id for one in await self.world.rows(Conversation)}
        await self.types("Hallo")
        (mine,) = {one.id for one in await self.world.rows(Conversation)} - known
        self.conversation_id = mine
        return self

    async def hears(self, message: OutgoingMessage, end: End = End.SENT) -> bool:
        """Send them a message; whether it arrived."""
        before = len(self.peer.sent)
        async with self.world.parts.database.transaction() as session:
            put = self.world.parts.outbox.put
            await put(session, self.conversation_id, message, author=Author.BOT)
        self.clock.pass_by(minutes=1)
        await self._ends(self.world.deliveries.run(self.conversation_id), end)
        # Another worker finds what a dead one left; there is nothing else to do.
        await self.world.deliveries.run(self.conversation_id)
        return len(self.peer.sent) > before

    async def _ends(self, delivery: Awaitable[None], end: End) -> None:
        worker = asyncio.ensure_future(delivery)
        trouble: Answer | Trouble | None
        trouble, dies = end.value

        def habit(_: Call) -> Answer | Trouble | None:
            self.peer.habit = None
            if dies:
                worker.cancel()
            return trouble

        self.peer.habit = habit
        (ended,) = await asyncio.gather(worker, return_exceptions=True)
        assert isinstance(ended, asyncio.CancelledError) is dies
        assert dies or ended is None

    async def types(self, text: str) -> None:
        """Have them type words, which is also what a tap in place of the letters does."""
        self.clock.pass_by(minutes=1)
        update = telegram_message(next(self._numbers), text, self.chat)
        await self.door.post_raw(json.dumps(update).encode())
        self.clock.pass_by(minutes=1)
        await self.world.work()

    @property
    def instead(self) -> list[str]:
        """The words in place of their letters."""
        return [str(one["text"]) for one in self.peer.keyboards.get(self.chat, ())]

    @property
    def below(self) -> list[str]:
        """The words on the buttons below their last bubble."""
        last = [bubble for bubble in self.peer.sent if bubble.chat == self.chat][-1]
        return [title for title, _ in last.buttons]


@pytest.fixture
async def riet(world: World, peer: TelegramPeer, clock: Clock) -> Person:
    return await Person(world, peer, clock, RIET_TELEGRAM).begins()


def titles(message: OutgoingMessage) -> list[str]:
    return [choice.title for choice in message.choices]


async def forms(riet: Person) -> list[str | None]:
    return [row.form for row in await riet.world.outbound()]


async def test_the_next_question_s_choices_take_the_place_of_the_earlier_ones(riet: Person) -> None:
    await riet.hears(SKIPPABLE)
    assert riet.instead[1:] == ["Sla over"]
    await riet.hears(PASS_ON)
    assert (riet.instead, riet.below) == (titles(PASS_ON), [])
    markup = json.loads(riet.peer.calls[-1].fields["reply_markup"])
    assert (markup["one_time_keyboard"], markup["resize_keyboard"]) == (True, True)


async def test_after_a_message_without_choices_they_are_below_the_bubble_again(
    riet: Person,
) -> None:
    for message in (SKIPPABLE, PASS_ON):
        await riet.hears(message)
    await riet.hears(PLAIN)
    assert riet.instead == []
    await riet.hears(PASS_ON)
    assert (riet.instead, riet.below) == ([], titles(PASS_ON))
    assert (await forms(riet))[-4:] == [Form.KEYBOARD, Form.KEYBOARD, Form.PLAIN, Form.BUTTONS]


@pytest.mark.parametrize("asked", [NUMBER, SKIPPABLE], ids=["alone", "with choices"])
@pytest.mark.parametrize("end", [End.LOST, End.TAKEN_UNHEARD, End.DIED_BEFORE, End.DIED_AFTER])
async def test_what_perhaps_opened_is_taken_for_open(
    riet: Person, asked: OutgoingMessage, end: End
) -> None:
    await riet.hears(asked, end)
    await riet.hears(PASS_ON)
    assert (riet.instead, riet.below) == (titles(PASS_ON), [])


@pytest.mark.parametrize("end", [end for end in End if end is not End.SENT])
async def test_what_perhaps_did_not_close_it_leaves_it_open(riet: Person, end: End) -> None:
    await riet.hears(SKIPPABLE)
    await riet.hears(PLAIN, end)
    await riet.hears(PASS_ON)
    assert (riet.instead, riet.below) == (titles(PASS_ON), [])


async def test_a_request_that_was_refused_opened_nothing(riet: Person) -> None:
    await riet.hears(SKIPPABLE, End.REFUSED)
    await riet.hears(PASS_ON)
    assert (riet.instead, riet.below) == ([], titles(PASS_ON))


async def test_a_message_that_was_never_tried_as_she_had_blocked_us_closed_nothing(
    riet: Person,
) -> None:
    await riet.hears(SKIPPABLE)
    await riet.door.post("blocked.json")
    await riet.hears(PLAIN)
    assert (await riet.world.outbound())[-1].state == State.FAILED
    await riet.door.post("unblocked.json")
    await riet.hears(PASS_ON)
    assert (riet.instead, riet.below) == (titles(PASS_ON), [])


async def test_one_person_s_buttons_are_no_other_s(
    riet: Person, world: World, peer: TelegramPeer, clock: Clock
) -> None:
    anne = await Person(world, peer, clock, RIET_TELEGRAM + 1).begins()
    await riet.hears(SKIPPABLE)
    await anne.hears(PASS_ON)
    assert (anne.instead, anne.below) == ([], titles(PASS_ON))
    assert riet.instead[1:] == ["Sla over"]


@pytest.mark.parametrize(("typed", "asked"), [("Sla over", "/deny"), ("2", "2")])
async def test_its_words_choose_of_the_latest_question_and_a_number_does_not(
    riet: Person, echo: Echo, typed: str, asked: str
) -> None:
    await riet.hears(SKIPPABLE)
    await riet.hears(PASS_ON)
    await riet.types(typed)
    assert echo.asked[-1] == asked
    assert riet.instead == []


async def test_a_long_text_has_it_with_the_last_bubble_only(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    long = replace(PASS_ON, text="woord " * 1000)
    await telegram.send(sending(telegram, long, keyboard_open=True))
    assert ["reply_markup" in call.fields for call in peer.calls] == [False, True]
    assert [one["text"] for one in peer.keyboards[RIET_TELEGRAM]] == titles(PASS_ON)


async def test_a_picture_without_choices_takes_it_away_and_one_with_choices_has_them(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    picture = OutgoingMessage(PHOTO.description, images=(PHOTO,))
    await telegram.send(sending(telegram, SKIPPABLE))
    shown = replace(picture, choices=PASS_ON.choices)
    await telegram.send(sending(telegram, shown, keyboard_open=True))
    assert [one["text"] for one in peer.keyboards[RIET_TELEGRAM]] == titles(PASS_ON)
    await telegram.send(sending(telegram, picture))
    assert peer.keyboards == {}


async def test_choices_as_numbered_lines_take_it_away(
    telegram: Telegram, peer: TelegramPeer
) -> None:
    await telegram.send(sending(telegram, SKIPPABLE))
    twice = to_riet(telegram, "?", "Ja", "Ja", keyboard_open=True)
    await telegram.send(twice)
    assert twice.form is Form.NUMBERED
    assert peer.keyboards == {}


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    history=st.lists(
        st.tuples(st.sampled_from([PLAIN, NUMBER, SKIPPABLE, PASS_ON]), st.sampled_from(End)),
        min_size=2,
        max_size=6,
    )
)
async def test_whatever_becomes_of_messages_what_arrived_last_is_what_can_be_tapped(
    riet: Person, history: list[tuple[OutgoingMessage, End]]
) -> None:
    await riet.hears(PLAIN)
    for place, (kind, end) in enumerate(history):
        choices = tuple(replace(one, title=f"{one.title} {place}") for one in kind.choices)
        message = replace(kind, choices=choices)
        if await riet.hears(message, end):
            shared = riet.instead[: int(message.request is not None)]
            assert set(shared).isdisjoint(titles(message))
            assert [*riet.instead[len(shared) :], *riet.below] == titles(message)
