"""The benchmark's arithmetic; how fast anything is, is not a matter for a test."""

import pytest

from bot.bench import load
from bot.bench.figures import Side, as_json, latency, ratios


def side(p50: float, per_second: float, megabytes: float) -> Side:
    seconds = [p50 / 1000] * 10
    return Side("x", (latency(1, seconds, 10 / per_second),), megabytes, rasa_start=20)


def test_ratios_are_ours_divided_by_the_baseline() -> None:
    found = ratios(side(25, 40, 500), side(50, 20, 1000))

    assert found["p50 at 1"] == pytest.approx(0.5)
    assert found["turns/s at 1"] == pytest.approx(2)
    assert found["memory of Rasa"] == pytest.approx(0.5)


def test_the_slowest_of_twenty_is_the_95th_percentile() -> None:
    found = latency(1, [0.01] * 19 + [0.2], elapsed=1)

    assert found.p95 == pytest.approx(200)
    assert found.p50 == pytest.approx(10)


def test_json_holds_the_ratios_and_the_parts() -> None:
    found = as_json(side(25, 40, 500), side(50, 20, 1000), {1: {"rasa": 20.0}})

    assert found["parts_ms"] == {"1": {"rasa": 20.0}}
    assert "p95 at 1" in found["ratios"]  # type: ignore[operator]


async def test_a_long_talk_passes_the_two_hundredth_message_of_one_person() -> None:
    said: list[tuple[int, str]] = []

    async def say(person: int, sentence: str) -> None:
        said.append((person, sentence))

    async def rest() -> None:
        rests.append(len(said))

    rests: list[int] = []
    assert await load.long_talk(say, 7, rest) > 0
    assert rests == list(range(0, 210, 10))
    assert len(said) == 210
    assert {person for person, _ in said} == {7}
