"""What people write about when, and the period that is understood from it."""

import doctest
import importlib
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.services.periods import Period, read_back, understand
from bot.services.periods.vocabulary import MONTHS, WEEKDAYS

_PHRASES = Path(__file__).with_name("periods.yml")


@dataclass(frozen=True)
class Phrase:
    """A line of `periods.yml`."""

    today: date
    text: str
    expected: Period | None

    def __str__(self) -> str:
        return f"{self.today} {self.text}"


def _phrases() -> list[Phrase]:
    groups: list[dict[str, Any]] = yaml.safe_load(_PHRASES.read_text(encoding="utf-8"))
    return [phrase for group in groups for phrase in _group(group)]


def _group(group: dict[str, Any]) -> list[Phrase]:
    today: date = group["today"]
    said = [Phrase(today, text, _period(line)) for text, line in group["periods"].items()]
    return said + [Phrase(today, text, None) for text in group.get("none", [])]


def _period(line: str) -> Period:
    start, end, nights, *flexible = line.split()
    return Period(_day(start), _day(end), _number(nights), bool(flexible))


def _day(text: str) -> date | None:
    return None if text == "~" else date.fromisoformat(text)


def _number(text: str) -> int | None:
    return None if text == "~" else int(text)


PHRASES = _phrases()
days = st.dates(date(2024, 1, 1), date(2060, 12, 31))
# Words of time in any order reach corners that no list of sentences does.
_WORDS = sorted({word for phrase in PHRASES for word in phrase.text.split()})
texts = st.lists(st.sampled_from(_WORDS), max_size=9).map(" ".join)
phrases = st.sampled_from([phrase.text for phrase in PHRASES])


@pytest.mark.parametrize("phrase", PHRASES, ids=str)
def test_it_understands_what_people_write(phrase: Phrase) -> None:
    assert understand(phrase.text, phrase.today) == phrase.expected


@given(text=phrases | texts, today=days)
@settings(max_examples=600, deadline=None)
def test_a_period_is_in_order_and_never_in_the_past(text: str, today: date) -> None:
    period = understand(text, today)
    if period is None or period.start is None:
        return
    assert period.start >= today
    if period.end is None:
        assert period.flexible
        return
    assert period.end > period.start
    whole = (period.end - period.start).days
    assert period.nights == whole if not period.flexible else (period.nights or 1) <= whole


@given(text=phrases | texts, today=days)
@settings(max_examples=600, deadline=None)
@example(text="juni of juli", today=date(2026, 12, 31))
@example(text="volgend jaar", today=date(2027, 12, 31))
def test_what_is_read_back_is_understood_as_the_same_period(text: str, today: date) -> None:
    period = understand(text, today)
    if period is not None:
        assert understand(read_back(period, today), today) == period


@given(start=days, ahead=st.integers(0, 150), nights=st.integers(1, 60))
@settings(max_examples=400, deadline=None)
@example(start=date(2028, 2, 28), ahead=3, nights=2)  # over leap day
@example(start=date(2028, 2, 29), ahead=0, nights=1)
@example(start=date(2027, 2, 28), ahead=9, nights=1)  # no leap day
@example(start=date(2026, 12, 30), ahead=0, nights=4)  # into the next year
@example(start=date(2027, 3, 26), ahead=5, nights=3)  # the clocks go forward, and it is Easter
@example(start=date(2026, 10, 23), ahead=5, nights=3)  # the clocks go back
def test_days_that_are_written_out_are_those_days(start: date, ahead: int, nights: int) -> None:
    today, end = start - timedelta(days=ahead), start + timedelta(days=nights)
    period = Period(start, end, nights, flexible=False)
    for text in _written(start, end, nights):
        assert understand(text, today) == period, text


def _written(start: date, end: date, nights: int) -> list[str]:
    first, last = (f"{day.day} {MONTHS[day.month - 1]}" for day in (start, end))
    one, other = WEEKDAYS[start.weekday()], WEEKDAYS[end.weekday()]
    return [
        f"van {first} tot {last}",
        f"{first} t/m {last}",
        f"{start:%d-%m-%Y} - {end:%d-%m-%Y}",
        f"{start.isoformat()} tot {end.isoformat()}",
        f"kan mijn man van 82 van {one} {first} tot {other} {last} bij jullie terecht?",
        f"{first} a.s. {nights} nachten",
        f"{one} {first} brengen en {other} {last} weer ophalen",
    ]


@given(today=days)
@settings(max_examples=300, deadline=None)
@example(today=date(2027, 3, 26))
@example(today=date(2027, 3, 28))
@example(today=date(2026, 10, 25))
@example(today=date(2028, 2, 29))
@example(today=date(2026, 12, 31))
def test_whole_weeks_weekends_and_months_on_every_day(today: date) -> None:
    start, end = _bounds("volgende week", today)
    assert (start.weekday(), (end - start).days) == (0, 7)
    assert 0 < (start - today).days <= 7
    start, end = _bounds("komend weekend", today)
    assert (start.weekday(), (end - start).days) == (4, 3)
    assert 0 <= (start - today).days < 7
    start, end = _bounds("eind volgende maand", today)
    assert (start.day, end.day) == (21, 1)


def _bounds(text: str, today: date) -> tuple[date, date]:
    period = understand(text, today)
    assert period is not None
    assert period.start is not None
    assert period.end is not None
    return period.start, period.end


@given(text=st.text(max_size=200) | st.text("0123456789 -/.,:'etvmn", max_size=60), today=days)
@settings(max_examples=3000, deadline=None)
@example(text="29 februari 2100", today=date(2099, 1, 1))
@example(text="١٢ juni ²³/⁴", today=date(2026, 6, 1))
@example(text="99 99-99-9999 0/0 week 99 over 99 maanden", today=date(2026, 6, 1))
def test_no_text_at_all_makes_it_fail(text: str, today: date) -> None:
    understand(text, today)


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (
            Period(date(2026, 6, 12), date(2026, 6, 15), 3, flexible=False),
            "van vrijdag 12 tot maandag 15 juni, 3 nachten",
        ),
        (
            Period(date(2026, 6, 30), date(2026, 7, 1), 1, flexible=False),
            "van dinsdag 30 juni tot woensdag 1 juli, 1 nacht",
        ),
        (
            Period(date(2027, 5, 10), date(2027, 5, 17), None, flexible=True),
            "ergens tussen maandag 10 en maandag 17 mei 2027",
        ),
        (
            Period(date(2026, 12, 31), date(2027, 1, 2), 2, flexible=False),
            "van donderdag 31 december 2026 tot zaterdag 2 januari 2027, 2 nachten",
        ),
        (Period(date(2026, 6, 1), None, None, flexible=True), "zo snel mogelijk"),
        (Period(date(2026, 6, 1), None, 2, flexible=True), "zo snel mogelijk, 2 nachten"),
        (Period(date(2026, 9, 1), None, None, flexible=True), "ergens vanaf dinsdag 1 september"),
        (Period(None, None, None, flexible=True), "wanneer dan ook"),
    ],
)
def test_a_period_is_read_back_in_plain_dutch(period: Period, words: str) -> None:
    assert read_back(period, date(2026, 6, 1)) == words


@pytest.mark.parametrize("name", ["words", "line", "short", "figures", "noise", "ellipsis", "near"])
def test_the_examples_in_the_code_hold(name: str) -> None:
    module = importlib.import_module(f"bot.services.periods.{name}")
    assert doctest.testmod(module).failed == 0


def test_hundreds_of_lines_are_understood_in_a_second() -> None:
    started = time.process_time()
    for phrase in PHRASES[:300]:
        understand(phrase.text, phrase.today)
    assert time.process_time() - started < 1
