"""The assistant is gone for a minute: one kind line, nothing lost, order kept, danger answered."""

import asyncio
import time

import pytest

from tests.faults.conftest import Stack

pytestmark = pytest.mark.slow


async def test_the_assistant_gone_for_a_while_loses_nothing_and_keeps_order(
    stack: Stack,
) -> None:
    stack.rasa.silent = True
    for text in ("een", "b", "c"):
        await stack.say(f"bericht {text}")
    await stack.until(lambda: stack.twilio.sent, seconds=20)
    await asyncio.sleep(5)
    assert len(stack.twilio.sent) == 1
    assert "wat langer" in stack.twilio.sent[0].body

    began = time.monotonic()
    await stack.say("hij ademt niet meer", sender="whatsapp:+31600000002")
    await stack.until(lambda: len(stack.twilio.sent) == 2)
    assert stack.twilio.sent[1].body.startswith("Bel nu 112.")
    assert time.monotonic() - began < 2

    stack.rasa.silent = False
    await stack.until(lambda: len(stack.twilio.sent) == 5)
    answers = [bubble.body.rsplit("op: ", 1)[-1] for bubble in stack.twilio.sent[2:]]
    assert answers == ["bericht een", "bericht b", "bericht c"]


async def test_a_crisis_in_the_same_conversation_does_not_wait_for_the_turn(stack: Stack) -> None:
    stack.rasa.hanging = asyncio.Event()
    await stack.say("hallo")
    await stack.until(lambda: stack.rasa.asked)
    began = time.monotonic()
    await stack.say("ik wil niet meer leven")
    await stack.until(lambda: stack.twilio.sent)
    stack.rasa.hanging.set()

    assert stack.twilio.sent[0].body.startswith("Bel 113")
    assert time.monotonic() - began < 2


async def test_ten_messages_at_once_are_answered_in_order_within_three_seconds(
    stack: Stack,
) -> None:
    await stack.say("hallo")
    await stack.until(lambda: stack.twilio.sent)
    acknowledged: list[str] = []

    async def say(text: str) -> None:
        await stack.say(text)
        acknowledged.append(text)

    began = time.monotonic()
    await asyncio.gather(*(say(f"bericht {number}") for number in range(10)))
    await stack.until(lambda: len(stack.twilio.sent) == 11, seconds=10)
    took = time.monotonic() - began

    stored = stack.rows("SELECT text FROM inbound ORDER BY id")[1:]
    answers = [bubble.body.rsplit("op: ", 1)[1] for bubble in stack.twilio.sent[1:]]
    assert answers == [row["text"] for row in stored]
    assert took < 3


async def test_the_same_message_five_times_gives_one_reply(stack: Stack) -> None:
    statuses = await asyncio.gather(*(stack.say("hallo", sid="SM" + "a" * 32) for _ in range(5)))
    await stack.until(lambda: stack.twilio.sent)
    await stack.say("nog iets")
    await stack.until(lambda: len(stack.twilio.sent) == 2)

    assert statuses == [200] * 5
    assert [bubble.body.rsplit("op: ", 1)[1] for bubble in stack.twilio.sent] == [
        "hallo",
        "nog iets",
    ]
