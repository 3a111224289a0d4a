"""What Rasa reads, checked without Rasa: the intents, their examples, the lines and the rules."""

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
import yaml
from rapidfuzz import fuzz, process

from actions.asking import QUESTIONS, REASONS
from actions.fallback import TITLES
from actions.interruptions import ANSWERING
from bot.conversation.rights import right_in
from bot.nlu.decision import NEVER_OFFERED
from bot.nlu.text import words
from bot.services.content import NAMED_HURDLES, TOPICS
from bot.settings import ROOT

# The names are fixed: docs, tests and evaluations outside the repository agree on them.
INTENTS = (
    *("greet", "goodbye", "thank", "affirm", "deny", "unsure", "skip", "ask_why", "restart"),
    *("ask_help", "ask_identity", "out_of_scope"),
    *("ask_human", "stop", "later", "ask_privacy", "ask_my_data", "delete_my_data", "complaint"),
    *("describe_care", "not_a_caregiver", "i_am_referrer", "i_am_care_recipient", "i_am_young"),
    *("feeling_ok", "feeling_strained"),
    *("hurdle_guilt", "hurdle_refuses", "hurdle_quality", "hurdle_control", "hurdle_too_big"),
    *("hurdle_paperwork", "ask_what_is_respite", "ask_cost", "ask_eligibility", "ask_procedure"),
    *("ask_duration", "ask_trial", "ask_stay_together", "ask_dementia", "ask_medication"),
    *("ask_packing", "ask_pets", "ask_transport", "ask_contact_during_stay"),
    *("ask_daycare_continues", "ask_location", "ask_other_support", "ask_story"),
    *("check_availability", "request_stay", "change_request", "ask_request_status"),
    *("urgent_breakdown", "feedback_positive", "share_story", "bereavement"),
    *("crisis_suicide", "crisis_violence", "crisis_medical"),
)
ALARMS = ("crisis_suicide", "crisis_violence", "crisis_medical", "urgent_breakdown")
# Asked in these very words: the perseverance question, and the kinds of help.
MORE_THAN_FOUR = {"utter_ask_perseverance", "utter_ask_stay_needs"}
# The choices are not known beforehand: likely meanings, free places.
ADDED_BY_ACTION = {"utter_did_you_mean", "utter_choose_location", "utter_ask_municipality"}
# Questions of a form that reads dates and parts of the day in what is typed.
READ_ON_WORDS = {"utter_ask_stay_period", "utter_ask_later_on", "utter_ask_callback_moment"}
# These say themselves that they listen.
LISTENING = {"action_ask_consent_keep", "action_goodbye", "action_hear_perseverance"}
# Asked by an action, without a rule that depends on it.
ASKED_BY_ACTION = {"municipality", "support"}
# Understood by Rasa itself.
BUILT_IN = {"action_listen", "action_deactivate_loop"}


def read(path: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
    return loaded


@cache
def domain() -> dict[str, Any]:
    return read("domain.yml")


def folder(name: str, key: str) -> list[dict[str, Any]]:
    found = sorted((ROOT / "data" / name).glob("*.yml"))
    return [one for path in found for one in read(str(path))[key]]


@dataclass(frozen=True)
class Written:
    """One example: who wrote it, what it means, and the question that it answers, if any."""

    text: str
    intent: str
    voice: str
    asked: str | None


@cache
def written() -> tuple[Written, ...]:
    return tuple(
        Written(
            line.removeprefix("- "),
            block["intent"],
            block["metadata"]["voice"],
            block["metadata"].get("asked"),
        )
        for block in folder("nlu", "nlu")
        for line in block["examples"].splitlines()
    )


@cache
def examples() -> dict[str, list[str]]:
    found = defaultdict(list)
    for one in written():
        found[one.intent].append(one.text)
    return dict(found)


@dataclass(frozen=True)
class Rule:
    name: str
    intents: tuple[str, ...]
    actions: tuple[str, ...]
    asked: str | None
    form: str | None
    becomes: str | None


@cache
def rules() -> tuple[Rule, ...]:
    return tuple(_rule(one) for one in folder("rules", "rules"))


def _rule(one: dict[str, Any]) -> Rule:
    conditions = {k: v for part in one.get("condition", []) for k, v in part.items()}
    asked = [slot["asked"] for slot in conditions.get("slot_was_set", []) if "asked" in slot]
    return Rule(
        one["rule"],
        tuple(intent for step in one["steps"] for intent in intents_of(step)),
        tuple(step["action"] for step in one["steps"] if "action" in step),
        asked[0] if asked else None,
        conditions.get("active_loop"),
        _becomes(one["steps"]),
    )


def _becomes(steps: list[dict[str, Any]]) -> str | None:
    """What a rule says was asked last, at its end."""
    sets = [part for step in steps for part in step.get("slot_was_set", []) if "asked" in part]
    return str(sets[-1]["asked"]) if sets else None


def intents_of(step: dict[str, Any]) -> list[str]:
    if "or" in step:
        return [str(part["intent"]) for part in step["or"]]
    return [str(step["intent"])] if "intent" in step else []


def known_actions() -> set[str]:
    found = domain()
    return {*found["actions"], *found["responses"], *found["forms"], *BUILT_IN}


def buttons() -> list[tuple[str, dict[str, str]]]:
    return [
        (name, button)
        for name, variants in domain()["responses"].items()
        for variant in variants
        for button in variant.get("buttons", [])
    ]


def test_there_are_exactly_the_sixty_intents_with_examples() -> None:
    assert len(INTENTS) == 60
    assert set(examples()) == set(INTENTS)
    assert set(INTENTS) <= set(domain()["intents"])


@pytest.mark.parametrize("intent", INTENTS)
def test_an_intent_has_two_hundred_examples_or_more(intent: str) -> None:
    assert len(examples()[intent]) >= 200


def test_no_writer_dominates() -> None:
    voices = Counter(one.voice for one in written())
    assert len(voices) >= 10
    assert voices.most_common(1)[0][1] <= 0.2 * voices.total()


def test_no_example_is_written_twice() -> None:
    folded = Counter(
        (" ".join(words(one.text)) or one.text, one.asked and one.intent, one.asked)
        for one in written()
    )
    assert [text for text, times in folded.items() if times > 1] == []


@pytest.mark.parametrize("intent", INTENTS)
def test_no_two_examples_are_nearly_the_same(intent: str) -> None:
    said = [
        " ".join(words(one.text)) for one in written() if one.intent == intent and not one.asked
    ]
    long = [text for text in said if len(text) >= 12]
    for place, text in enumerate(long):
        near = process.extractOne(text, long[place + 1 :], scorer=fuzz.ratio, score_cutoff=92)
        assert near is None, (text, near)


def test_a_question_that_an_example_answers_is_one_that_is_asked() -> None:
    slots = {name for form in domain()["forms"].values() for name in form["required_slots"]}
    asked = {one.asked for one in written() if one.asked}
    assert asked <= QUESTIONS.keys() | {rule.asked for rule in rules()} | slots | ASKED_BY_ACTION


def test_the_unseen_messages_were_not_trained_on() -> None:
    seen = {" ".join(words(one.text)) for one in written() if not one.asked}
    rows = (ROOT / "tests" / "nlu" / "unseen.tsv").read_text(encoding="utf-8").splitlines()
    unseen = [row.split("\t") for row in rows]
    assert len(unseen) >= 600
    assert {intent for _, _, intent, _ in unseen} == set(INTENTS)
    assert [
        text for _, asked, _, text in unseen if not asked and " ".join(words(text)) in seen
    ] == []


def test_no_example_is_read_as_an_annotation() -> None:
    assert [t for texts in examples().values() for t in texts if re.search(r"[\[\]{}]", t)] == []


@pytest.mark.parametrize("name", list(domain()["responses"]))
def test_a_line_is_short_and_plain(name: str) -> None:
    for variant in domain()["responses"][name]:
        text = re.sub(r"\{\w+\}", "x", variant["text"])
        sentences = [part for part in re.split(r"(?<=[.?!])\s+", text) if part]
        assert len(sentences) <= 3, text
        assert sum(len(part.split()) for part in sentences) / len(sentences) <= 15, text
        assert text.count("?") <= 1, text
        assert "mantelzorg" not in text.lower()
        assert "u moet" not in text.lower()


@pytest.mark.parametrize("name", list(domain()["responses"]))
def test_a_question_offers_its_likely_answers(name: str) -> None:
    if name in ADDED_BY_ACTION:
        return
    for variant in domain()["responses"][name]:
        offered = len(variant.get("buttons", []))
        assert offered <= (6 if name in MORE_THAN_FOUR else 4)
        if variant["text"].rstrip().endswith("?"):
            assert offered, variant["text"]


@pytest.mark.parametrize(("name", "button"), buttons())
def test_a_button_fits_and_leads_somewhere(name: str, button: dict[str, str]) -> None:
    assert len(button["title"]) <= 20
    payload = button["payload"]
    if not payload.startswith("/"):
        # Words: a right, or an answer that a form reads on its words.
        assert right_in(payload) or name in READ_ON_WORDS
        return
    intent, _, carried = payload[1:].partition("{")
    assert intent in domain()["intents"]
    if carried:
        assert set(json.loads("{" + carried)) <= set(domain()["entities"])


def test_every_action_of_a_rule_or_story_exists() -> None:
    used = {action for rule in rules() for action in rule.actions}
    told = {
        step["action"]
        for story in folder("stories", "stories")
        for step in story["steps"]
        if "action" in step
    }
    assert (used | told) - known_actions() == set()


def test_every_line_is_said_somewhere() -> None:
    code = "\n".join(path.read_text() for path in (ROOT / "actions").glob("*.py"))
    used = {action for rule in rules() for action in rule.actions}
    asked = {f"utter_ask_{question}" for question in QUESTIONS}
    reasons = {f"utter_why_{reason}" for reason in REASONS}
    slots = {f"utter_ask_{slot}" for slot in domain()["slots"]}
    unused = set(domain()["responses"]) - used - asked - reasons - slots
    assert [name for name in unused if f'"{name}"' not in code] == []


@pytest.mark.parametrize("intent", [*domain()["intents"], "nlu_fallback"])
def test_every_intent_is_answered_whatever_was_asked(intent: str) -> None:
    """A rule without a condition is there for each, and it says something."""
    always = [r for r in rules() if intent in r.intents and r.asked is None and r.form is None]
    assert len(always) == 1
    assert always[0].actions


@pytest.mark.parametrize("question", domain()["slots"]["asked"]["values"])
def test_a_rule_about_a_question_knows_it(question: str) -> None:
    assert {rule.asked for rule in rules()} <= {None, *domain()["slots"]["asked"]["values"]}
    if question in QUESTIONS:
        assert f"action_ask_{question}" in domain()["actions"]
        assert f"utter_ask_{question}" in domain()["responses"]


def test_a_turn_ends_with_a_question_or_an_action_that_decides_on_it() -> None:
    assert [rule.name for rule in rules() if rule.actions[-1].startswith("utter_")] == []


@pytest.mark.parametrize("intent", ALARMS)
def test_an_alarm_is_one_whatever_was_asked(intent: str) -> None:
    assert {rule.actions for rule in rules() if intent in rule.intents} == {("action_alarm",)}


def test_a_form_lets_every_question_wish_and_alarm_through() -> None:
    questions = {name for name in INTENTS if name.startswith(("ask_", "crisis_", "hurdle_"))}
    control = {"stop", "later", "delete_my_data", "complaint", "restart", "goodbye"}
    assert (questions | control | set(ALARMS)) & ANSWERING == set()
    assert set(INTENTS) | {"inform", "nlu_fallback"} >= ANSWERING


def test_every_slot_of_the_forms_is_asked_and_explained() -> None:
    for form in domain()["forms"].values():
        for slot in form["required_slots"]:
            asks = {f"action_ask_{slot}", f"utter_ask_{slot}"}
            assert asks & known_actions()
            assert f"utter_why_{slot}" in domain()["responses"]


def test_only_the_question_asked_steers_the_rules() -> None:
    steering = {
        name
        for name, slot in domain()["slots"].items()
        if slot.get("influence_conversation", slot["type"] != "any")
    }
    assert steering == {"asked"}


def test_content_answers_every_question_and_hurdle() -> None:
    questions = {name for name in INTENTS if name.startswith("ask_")}
    elsewhere = {"ask_why", "ask_human", "ask_my_data", "ask_request_status", "ask_story"}
    assert questions - elsewhere == set(TOPICS)
    assert {name for name in INTENTS if name.startswith("hurdle_")} == set(NAMED_HURDLES)


def test_what_may_be_offered_as_a_meaning_has_a_title() -> None:
    assert set(TITLES) == set(INTENTS) - NEVER_OFFERED
    assert max(len(title) for title in TITLES.values()) <= 20


def test_a_rule_about_a_question_says_what_is_asked_after_it() -> None:
    """Otherwise Rasa finds no rule to listen after it, and falls back ten times in one turn."""
    unsaid = [r.name for r in rules() if r.asked and r.becomes is None and not _goes_on(r)]
    assert unsaid == []


def _goes_on(rule: Rule) -> bool:
    """Whether a rule ends in a form, or in an action that says itself that it listens."""
    return rule.actions[-1] in {*domain()["forms"], *LISTENING}
