"""Cut a canonical line into items, from left to right; the first rule that fits wins."""

import re
from collections.abc import Iterator
from datetime import date

from bot.services.periods import day_rules, feast_rules, length_rules, week_rules, window_rules
from bot.services.periods.items import Item, Rule
from bot.services.periods.model import UnclearError
from bot.services.periods.phrases import UNCLEAR

# Lengths before days: "2 of 3 nachten" is no day. Weeks before months: "week 23".
_RULES: tuple[Rule, ...] = (
    *length_rules.RULES,
    *week_rules.RULES,
    *window_rules.OF_MONTHS,
    *feast_rules.BESIDE,
    *day_rules.RULES,
    *feast_rules.RULES,
    *window_rules.RULES,
)
_SIGNS = {
    "tot": "t",
    "THROUGH": "T",
    "-": "-",
    "/": "/",
    "en": "&",
    "of": "|",
    ",": ",",
    ".": ".",
    "?": ".",
    "op": "@",
    "van": "f",
    "vanaf": "v",
    "tussen": "b",
    "na": ">",
    "BEFORE": "<",
    "voor": "o",
    "tegen": "o",
    "rond": "r",
    "ergens": "E",
    "INSTEAD": "x",
    "ASAP": "A",
    "ANYTIME": "Z",
}
_CLAUSE = frozenset(
    ("maar", "want", "omdat", "doordat", "zodat", "terwijl", "anders", "dus", "wegens")
)
_SAYS_NOTHING = """
    de het een 't den der in om graag liefst misschien eventueel dag datum bijvoorbeeld bv nog al
    weer ook wel even eens heel hele te met bij tijdens gedurende uit dacht denk ik nou zo zo'n
    periode ja hoi hallo aub svp alstublieft gewoon zeg eigenlijk
"""
_FILLERS = frozenset(_SAYS_NOTHING.split())
# What takes a part of the period after it; where no rule knows the part, nothing is understood.
_PART_OF = re.compile(r"\d{1,2}e|laatste|voorlaatste|begin|half|eind|helft|deel")
_NUMBER = re.compile(r"\d{1,2}(?= |$)")
_WORD = re.compile(r"\S+")


def scan(line: str, today: date) -> list[Item]:
    """The items of a canonical line.

    Raises UnclearError where a rule finds a period that cannot be.
    """
    return list(_items(line, today))


def _items(line: str, today: date) -> Iterator[Item]:
    at = 0
    while at < len(line):
        item, at = _item(line, at, today)
        yield item
        at += 1  # the space


def _item(line: str, at: int, today: date) -> tuple[Item, int]:
    for rule, build in _RULES:
        if match := rule.match(line, at):
            return build(match, today), match.end()
    if match := _NUMBER.match(line, at):
        return Item("N", int(match[0])), match.end()
    match = _WORD.match(line, at)
    if match and match[0] == UNCLEAR:
        raise UnclearError
    end = match.end() if match else len(line)
    return _word(line[at:end]), end


def _word(word: str) -> Item:
    if word in _SIGNS:
        return Item(_SIGNS[word], text=word)
    if word in _CLAUSE:
        return Item(".", text=word)
    if _PART_OF.fullmatch(word):
        return Item("q", text=word)
    if word in {"jaar", "maand", "tijdje", "poosje"}:
        return Item("j", text=word)
    return Item(" " if word in _FILLERS else "_", text=word)
