"""What becomes of an understood message, and that the parts that decide it agree."""

import doctest
from pathlib import Path

import pytest
import yaml

from actions.fallback import TITLES
from bot.nlu import decision
from bot.nlu.decision import AMBIGUOUS_BELOW, ANSWER_FROM, NEVER_OFFERED, OFFER_FROM, decide

ROOT = Path(__file__).resolve().parents[2]


def test_the_examples_in_the_documentation_are_true() -> None:
    assert doctest.testmod(decision).failed == 0


def test_one_that_is_likely_enough_and_alone_is_answered() -> None:
    assert decide([("ask_cost", ANSWER_FROM), ("ask_pets", 0.1)]) == ("answer", ())


def test_two_that_are_about_as_likely_are_offered_however_likely_both_are() -> None:
    close = [("ask_cost", 0.5), ("ask_pets", 0.5 - AMBIGUOUS_BELOW / 2)]
    assert decide(close) == ("choose", ("ask_cost", "ask_pets"))


def test_at_most_three_are_offered_and_none_that_is_unlikely() -> None:
    ranking = [("ask_cost", 0.2), ("ask_pets", 0.19), ("ask_trial", 0.18), ("ask_story", 0.17)]
    assert decide(ranking) == ("choose", ("ask_cost", "ask_pets", "ask_trial"))
    unlikely = [("ask_cost", 0.2), ("ask_pets", OFFER_FROM - 0.01)]
    assert decide(unlikely) == ("choose", ("ask_cost",))


@pytest.mark.parametrize("name", ["crisis_suicide", "affirm", "out_of_scope"])
def test_an_alarm_and_a_mere_yes_are_never_offered(name: str) -> None:
    assert decide([(name, 0.2), ("ask_cost", 0.15)]) == ("choose", ("ask_cost",))
    assert decide([(name, 0.2)]) == ("fallback", ())


def test_nothing_understood_is_the_fallback() -> None:
    assert decide([]) == ("fallback", ())


def test_rasa_falls_back_exactly_where_this_does_not_answer() -> None:
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    (fallback,) = (part for part in config["pipeline"] if part["name"] == "FallbackClassifier")
    assert fallback["threshold"] == ANSWER_FROM
    assert fallback["ambiguity_threshold"] == AMBIGUOUS_BELOW


def test_every_intent_that_can_be_understood_has_a_title_to_offer_or_is_never_offered() -> None:
    files = (ROOT / "data" / "nlu").glob("*.yml")
    topics = [yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"] for path in files]
    trained = {entry["intent"] for topic in topics for entry in topic if "intent" in entry}
    assert trained == TITLES.keys() | NEVER_OFFERED
    assert not TITLES.keys() & NEVER_OFFERED
