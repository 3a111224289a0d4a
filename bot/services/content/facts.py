"""What the assistant states as fact: answers, costs, other help and telephone lines.

A fact carries its source and the day somebody looked; an expired one is never shown.
"""

from dataclasses import dataclass
from datetime import date

from bot.services.content.reading import Section
from bot.services.content.stories import Hurdle, Relation, Situation

# What a choice's title may measure on WhatsApp: a button 20, a line of a list 24.
MAX_LABEL = 20
MAX_NAME = 24

ASK_COST = "ask_cost"
TOPICS = (
    ASK_COST,
    "ask_what_is_respite",
    "ask_eligibility",
    "ask_procedure",
    "ask_duration",
    "ask_trial",
    "ask_stay_together",
    "ask_dementia",
    "ask_medication",
    "ask_packing",
    "ask_pets",
    "ask_transport",
    "ask_contact_during_stay",
    "ask_daycare_continues",
    "ask_location",
    "ask_other_support",
    "ask_privacy",
    "ask_identity",
    "ask_help",
)


@dataclass(frozen=True)
class Fact:
    """Something that was true when somebody looked, and is shown until it expires."""

    source: str
    checked_on: date
    expires_on: date

    def shown_on(self, day: date) -> bool:
        """Whether it may be shown; from `expires_on` on the caller refers to the coordinator."""
        return day < self.expires_on


@dataclass(frozen=True)
class Answer(Fact):
    """The answer to a question.

    Args:
        topic: what is asked.
        text: the answer to a caregiver.
        recipient: the answer to who would stay themselves, where it is another.
        label: its title as a choice.
        more: answers to offer next.
    """

    topic: str
    text: str
    recipient: str | None
    label: str | None
    more: tuple[str, ...]


@dataclass(frozen=True)
class PaletteEntry(Fact):
    """Another kind of help: what it is, who pays (None: not confirmed), where to ask.

    `fits` names the situations, relations and hurdles that it is a good answer to.
    """

    slug: str
    name: str
    what: str
    who_pays: str | None
    ask: str
    fits: tuple[str, ...]

    @property
    def text(self) -> str:
        """The entry as one short message."""
        return " ".join(part for part in (self.what, self.who_pays, self.ask) if part)


@dataclass(frozen=True)
class Line:
    """A telephone line. `number` is None only for the out-of-hours GP of a region without one."""

    slug: str
    name: str
    number: str | None
    also: str | None
    website: str | None
    when: str
    costs: str | None
    source: str
    checked_on: date


def parse_answers(section: Section) -> dict[str, Answer]:
    """The answers of answers.yml or costs.yml by topic."""
    answers = {topic: _answer(section.section(topic), topic) for topic in section.keys}
    return section.finish(answers)


def _answer(section: Section, topic: str) -> Answer:
    label = section.optional_text("label")
    if label and len(label) > MAX_LABEL:
        raise section.error("label", f"{len(label)} characters; shorten it to {MAX_LABEL}")
    source, checked_on, expires_on = _dated(section)
    answer = Answer(
        source=source,
        checked_on=checked_on,
        expires_on=expires_on,
        topic=topic,
        text=section.phrase("text"),
        recipient=section.optional_phrase("recipient"),
        label=label,
        more=section.optional_texts("more"),
    )
    return section.finish(answer)


def parse_palette_entry(section: Section) -> PaletteEntry:
    """One entry of palette.yml. Raises ContentError for what is missing or wrong."""
    name = section.text("name")
    if len(name) > MAX_NAME:
        raise section.error("name", f"{len(name)} characters; shorten it to {MAX_NAME}")
    source, checked_on, expires_on = _dated(section)
    entry = PaletteEntry(
        source=source,
        checked_on=checked_on,
        expires_on=expires_on,
        slug=section.text("slug"),
        name=name,
        what=section.phrase("what"),
        who_pays=section.optional_phrase("who_pays"),
        ask=section.phrase("ask"),
        fits=_fits(section),
    )
    return section.finish(entry)


def _fits(section: Section) -> tuple[str, ...]:
    known = {str(name) for kind in (Situation, Relation, Hurdle) for name in kind}
    fits = section.optional_texts("fits")
    if unknown := [name for name in fits if name not in known]:
        raise section.error("fits", f"{unknown[0]!r} is unknown; use {', '.join(sorted(known))}")
    return fits


def _dated(section: Section) -> tuple[str, date, date]:
    checked_on, expires_on = section.day("checked_on"), section.day("expires_on")
    if expires_on <= checked_on:
        raise section.error("expires_on", f"write a day after checked_on ({checked_on})")
    return section.text("source"), checked_on, expires_on


def parse_line(section: Section, out_of_hours_gp_number: str | None) -> Line:
    """One line of lines.yml; the out-of-hours GP's number is the region's."""
    slug, number = section.text("slug"), section.optional_text("number")
    if slug == "huisartsenpost":
        if number is not None:
            raise section.error("number", "write null; this number is in region.yml")
        number = out_of_hours_gp_number
    elif number is None:
        raise section.error("number", "missing; write the number as people dial it")
    line = Line(
        slug=slug,
        name=section.text("name"),
        number=number,
        also=section.optional_text("also"),
        website=section.optional_text("website"),
        when=section.text("when"),
        costs=section.optional_text("costs"),
        source=section.text("source"),
        checked_on=section.day("checked_on"),
    )
    return section.finish(line)
