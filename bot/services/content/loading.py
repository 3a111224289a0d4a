"""Loads a region's folder into one frozen `Content`, or stops with the place that is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bot.errors import ContentError
from bot.services.content.facts import (
    ASK_COST,
    TOPICS,
    Answer,
    Line,
    PaletteEntry,
    parse_answers,
    parse_line,
    parse_palette_entry,
)
from bot.services.content.locations import Location, parse_location
from bot.services.content.reading import by_slug, read_section, read_sections
from bot.services.content.region import Region, parse_region
from bot.services.content.stories import (
    Hurdle,
    HurdleAnswer,
    Testimonial,
    parse_hurdles,
    parse_testimonial,
)
from bot.services.content.texts import Texts, parse_texts


@dataclass(frozen=True)
class Content:
    """Everything a region says. Mappings keep the order of the files and cannot be changed."""

    region: Region
    locations: Mapping[str, Location]
    testimonials: Mapping[str, Testimonial]
    answers: Mapping[str, Answer]
    hurdles: Mapping[Hurdle, HurdleAnswer]
    lines: Mapping[str, Line]
    palette: Mapping[str, PaletteEntry]
    texts: Texts

    def testimonials_about(self, hurdle: Hurdle) -> tuple[Testimonial, ...]:
        """The stories about that hurdle, in the order of the file."""
        return tuple(story for story in self.testimonials.values() if hurdle in story.hurdles)


def load(root: Path) -> Content:
    """The content in the folder `root`, such as data/content/demo.

    Raises:
        ContentError: names the file, the key and what to do.
    """
    region = parse_region(read_section(root / "region.yml"))
    lines = _lines(root, region)
    words = _region_words(region, lines)
    return Content(
        region=region,
        locations=MappingProxyType(_locations(root, region)),
        testimonials=MappingProxyType(
            dict(by_slug(read_sections(root / "testimonials.yml"), parse_testimonial))
        ),
        answers=MappingProxyType(_answers(root, words)),
        hurdles=MappingProxyType(parse_hurdles(read_section(root / "hurdles.yml", words))),
        lines=MappingProxyType(lines),
        palette=MappingProxyType(
            dict(by_slug(read_sections(root / "palette.yml", words), parse_palette_entry))
        ),
        texts=parse_texts(read_section(root / "texts.yml", words)),
    )


def _lines(root: Path, region: Region) -> dict[str, Line]:
    sections = read_sections(root / "lines.yml")
    return dict(by_slug(sections, lambda s: parse_line(s, region.out_of_hours_gp_number)))


def _region_words(region: Region, lines: Mapping[str, Line]) -> Mapping[str, str]:
    # What is the same in every message, so that a number is written down in one file only.
    words = {
        "region": region.name,
        "point": region.point,
        "office_hours": region.office_hours_in_words,
        "out_of_hours_gp": region.out_of_hours_gp,
    }
    for slug, line in lines.items():
        parts = {"number": line.number, "also": line.also, "website": line.website}
        parts |= {"when": line.when, "costs": line.costs}
        words |= {f"{name}_{slug}": part for name, part in parts.items() if part}
    return words


def _locations(root: Path, region: Region) -> dict[str, Location]:
    locations = dict(by_slug(read_sections(root / "locations.yml"), parse_location))
    for slug, location in locations.items():
        if location.photo and not (root / location.photo.url.removeprefix("/")).is_file():
            raise ContentError(
                f"locations.yml: {slug}.photo: there is no {location.photo.url[1:]} beside "
                "locations.yml; put the picture there, or remove this line"
            )
        if region.municipality_named(location.municipality) is None:
            names = ", ".join(municipality.name for municipality in region.municipalities)
            raise ContentError(
                f"locations.yml: {slug}.municipality: {location.municipality!r} is not in "
                f"region.yml; use one of: {names}"
            )
    return locations


def _answers(root: Path, words: Mapping[str, str]) -> dict[str, Answer]:
    costs = parse_answers(read_section(root / "costs.yml", words))
    others = parse_answers(read_section(root / "answers.yml", words))
    for topic in costs.keys() & others.keys():
        raise ContentError(f"answers.yml: {topic}: is in costs.yml too; remove one of the two")
    answers = costs | others
    for topic in TOPICS:
        if topic not in answers:
            file = "costs.yml" if topic == ASK_COST else "answers.yml"
            raise ContentError(f"{file}: {topic}: missing; write an answer to this question")
    for file, group in (("costs.yml", costs), ("answers.yml", others)):
        for answer in group.values():
            _check_more(file, answer, answers)
    return answers


def _check_more(file: str, answer: Answer, answers: Mapping[str, Answer]) -> None:
    for topic in answer.more:
        if topic not in answers or not answers[topic].label:
            raise ContentError(
                f"{file}: {answer.topic}.more: {topic!r} is no answer with a label; "
                "write that answer in costs.yml or answers.yml, or remove it here"
            )
