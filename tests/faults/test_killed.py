"""Killed without a warning at the worst moments: nothing is lost and nothing is said twice."""

import asyncio

import pytest

from tests.channels.peers import Trouble
from tests.faults.conftest import Stack

pytestmark = pytest.mark.slow


async def test_killed_in_the_middle_of_a_turn_each_message_has_one_answer(stack: Stack) -> None:
    stack.rasa.hanging = asyncio.Event()
    for text in ("een", "b", "c"):
        assert await stack.say(f"bericht {text}") == 200
    await stack.until(lambda: stack.rasa.asked)
    await stack.kill()
    stack.rasa.hanging = None
    await stack.start()

    took = await stack.until(lambda: len(stack.twilio.sent) >= 3)
    answers = [bubble.body.rsplit("op: ", 1)[1] for bubble in stack.twilio.sent]
    assert answers == ["bericht een", "bericht b", "bericht c"]
    assert took < 60


async def test_killed_after_the_assistant_answered_it_is_not_asked_twice(stack: Stack) -> None:
    answered = asyncio.Event()
    hold = asyncio.Event()

    async def stop_before_the_answer_is_read(_: object) -> None:
        answered.set()
        await hold.wait()

    stack.rasa.during = stop_before_the_answer_is_read
    await stack.say("hallo")
    await answered.wait()
    await stack.kill()
    # The assistant finishes its turn although nobody listens any more.
    hold.set()
    stack.rasa.during = None
    await stack.until(stack.rasa.remembered)
    await stack.start()

    await stack.until(lambda: stack.twilio.sent)
    assert stack.rasa.asked == ["hallo"]
    assert len(stack.rows("SELECT id FROM outbound")) == 1


async def test_killed_in_the_middle_of_a_delivery_it_is_unknown_and_not_repeated(
    stack: Stack,
) -> None:
    stack.twilio.fail(Trouble.HANG)
    await stack.say("hallo")
    await stack.until(lambda: stack.twilio.calls)
    await stack.kill()
    await stack.start()
    await stack.say("nog iets")

    await stack.until(lambda: stack.twilio.sent)
    states = stack.rows("SELECT state, error FROM outbound ORDER BY id")
    assert [row["state"] for row in states] == ["unknown", "sent"]
    assert states[0]["error"] == "interrupted"
    assert len(stack.twilio.calls) == 2
