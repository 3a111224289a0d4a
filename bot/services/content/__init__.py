"""A region's content: what it says, where people can stay, and the facts with their sources.

Parsed once at the start, frozen afterwards. Nothing here knows of a conversation or a database.
"""

from bot.services.content.facts import TOPICS, Answer, Fact, Line, PaletteEntry
from bot.services.content.loading import Content, load
from bot.services.content.locations import Bed, Feature, Location
from bot.services.content.region import Municipality, OpeningHours, PostcodeRange, Region
from bot.services.content.stories import (
    NAMED_HURDLES,
    Hurdle,
    HurdleAnswer,
    Provenance,
    Relation,
    Situation,
    SmallStep,
    Testimonial,
)
from bot.services.content.texts import Text, Texts

__all__ = [
    "NAMED_HURDLES",
    "TOPICS",
    "Answer",
    "Bed",
    "Content",
    "Fact",
    "Feature",
    "Hurdle",
    "HurdleAnswer",
    "Line",
    "Location",
    "Municipality",
    "OpeningHours",
    "PaletteEntry",
    "PostcodeRange",
    "Provenance",
    "Region",
    "Relation",
    "Situation",
    "SmallStep",
    "Testimonial",
    "Text",
    "Texts",
    "load",
]
