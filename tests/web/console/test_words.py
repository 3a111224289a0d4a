"""What the console says of times and deliveries."""

import doctest
from datetime import UTC, datetime, timedelta

import pytest

from bot.messages import Tier
from bot.store.tables import Author, Mode, Reason, State, StayState
from bot.web.console import words


def test_the_examples_in_the_code_are_true() -> None:
    assert doctest.testmod(words).failed == 0


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0.9, "minder dan 1 min"),
        (1, "1 min"),
        (59.9, "59 min"),
        (60, "1 uur"),
        (61, "1 uur 1 min"),
        (24 * 60 - 1, "23 uur 59 min"),
        (24 * 60, "1 dag"),
        (72 * 60, "3 dagen"),
    ],
)
def test_a_wait_is_said_as_people_say_it(minutes: float, said: str) -> None:
    assert words.duration(timedelta(minutes=minutes)) == said


def test_a_day_begins_at_midnight_in_the_netherlands() -> None:
    just_past = datetime(2026, 11, 23, 23, 5, tzinfo=UTC)
    assert words.day(just_past) == "dinsdag 24 november"
    assert words.moment(just_past, just_past + timedelta(hours=8)) == "vandaag 00:05"


def test_every_state_has_its_words() -> None:
    assert set(words.TIERS) == set(words.TIER_ANSWERS) == set(Tier) - {Tier.NONE}
    assert set(words.REASONS) == set(Reason)
    assert set(words.MODES) == set(Mode)
    assert set(words.STATES) == set(State)
    assert set(words.STAYS) == set(StayState)
    assert set(words.AUTHORS) == set(Author) - {Author.COORDINATOR}
