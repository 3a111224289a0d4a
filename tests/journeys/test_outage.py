"""The trained Rasa itself is gone: its port refuses connections until it is started again."""

import asyncio
import time

import pytest

from tests.journeys.conftest import Town

pytestmark = pytest.mark.slow


async def test_without_rasa_one_kind_line_nothing_lost_order_kept_and_danger_answered(
    town: Town,
) -> None:
    riet, kees = town.riet(), town.riet()
    await riet.say("hallo")
    questions = {"wat kost het": "21,80", "mag de hond mee": "huisdier", "wat is logeren": "logeer"}
    async with town.without_rasa():
        for question in questions:
            assert await riet.post(question) == 200
        await town.twilio.until(lambda: len(riet.heard) == 2, within=20)
        assert "wat langer" in riet.heard[1]

        began = time.monotonic()
        assert await kees.post("hij ademt niet meer") == 200
        await town.twilio.until(lambda: len(kees.heard) == 1, within=5)
        assert kees.heard[0].startswith("Bel nu 112.")
        assert time.monotonic() - began < 2

        # Nothing more is said while it lasts: one line, not one for each message or attempt.
        await asyncio.sleep(8)
        assert len(riet.heard) == 2

    await town.twilio.until(lambda: len(riet.heard) == 2 + len(questions), within=60)
    for answer, topic in zip(riet.heard[2:], questions.values(), strict=True):
        assert topic in answer.lower()
    await town.settled()
