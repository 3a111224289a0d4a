"""Testimonials, and the answer to each hurdle that a testimonial goes with.

Never presented as real when composite, and never used without the author's consent when real.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.services.content.reading import Section

MAX_WORDS = 90


class Hurdle(StrEnum):
    """What a story is about: a named hurdle (the intent's name), or one of the two before it."""

    GUILT = "hurdle_guilt"
    REFUSES = "hurdle_refuses"
    QUALITY = "hurdle_quality"
    CONTROL = "hurdle_control"
    TOO_BIG = "hurdle_too_big"
    PAPERWORK = "hurdle_paperwork"
    RECOGNITION = "recognition"
    NEED = "need"


NAMED_HURDLES = tuple(hurdle for hurdle in Hurdle if hurdle.startswith("hurdle_"))


class Relation(StrEnum):
    """Who the care recipient is to the caregiver."""

    PARTNER = "partner"
    PARENT = "parent"
    CHILD = "child"
    SIBLING = "sibling"
    OTHER = "other"


class Situation(StrEnum):
    """Why care is needed, in the coarsest words that still let a story be recognised."""

    DEMENTIA = "dementia"
    PARKINSON = "parkinson"
    STROKE = "stroke"
    DISABILITY = "disability"
    FRAILTY = "frailty"
    ILLNESS = "illness"


class Provenance(StrEnum):
    """Whether a story is a person's own, or put together from many and said to be so."""

    REAL = "real"
    COMPOSITE = "composite"


class SmallStep(StrEnum):
    """What follows when somebody says yes to a hurdle's small question."""

    LOOK = "look"
    COFFEE = "coffee"
    TRIAL_NIGHT = "trial_night"
    CALL = "call"


@dataclass(frozen=True)
class Testimonial:
    """A story of at most 90 words. A real one carries the day its author consented."""

    slug: str
    text: str
    relation: Relation
    situation: Situation
    hurdles: frozenset[Hurdle]
    provenance: Provenance
    consented_on: date | None


@dataclass(frozen=True)
class HurdleAnswer:
    """What answers a named hurdle; a matching story goes between `fact` and `small_yes`."""

    hurdle: Hurdle
    acknowledgement: str
    fact: str
    small_yes: str
    step: SmallStep


def parse_testimonial(section: Section) -> Testimonial:
    """One story of testimonials.yml. Raises ContentError for what is missing or wrong."""
    story = Testimonial(
        slug=section.text("slug"),
        text=section.text("text"),
        relation=section.choice("relation", Relation),
        situation=section.choice("situation", Situation),
        hurdles=section.choices("hurdles", Hurdle),
        provenance=section.choice("provenance", Provenance),
        consented_on=section.optional_day("consented_on"),
    )
    _check_testimonial(section, story)
    return section.finish(story)


def _check_testimonial(section: Section, story: Testimonial) -> None:
    if (length := len(story.text.split())) > MAX_WORDS:
        raise section.error("text", f"{length} words; shorten it to at most {MAX_WORDS}")
    if not story.hurdles:
        raise section.error("hurdles", f"missing; name at least one of: {', '.join(Hurdle)}")
    if story.provenance is Provenance.REAL and story.consented_on is None:
        raise section.error("consented_on", "missing; a real story needs the day of the consent")
    if story.provenance is Provenance.COMPOSITE and story.consented_on is not None:
        raise section.error("consented_on", "remove it; nobody consents to a composite story")


def parse_hurdles(section: Section) -> dict[Hurdle, HurdleAnswer]:
    """The answers of hurdles.yml, one for each named hurdle."""
    answers = {hurdle: _hurdle(section.section(hurdle), hurdle) for hurdle in NAMED_HURDLES}
    return section.finish(answers)


def _hurdle(section: Section, hurdle: Hurdle) -> HurdleAnswer:
    answer = HurdleAnswer(
        hurdle=hurdle,
        acknowledgement=section.phrase("acknowledgement"),
        fact=section.phrase("fact"),
        small_yes=section.phrase("small_yes"),
        step=section.choice("step", SmallStep),
    )
    if not answer.small_yes.endswith("?"):
        raise section.error("small_yes", "write it as a question, with a question mark")
    return section.finish(answer)
