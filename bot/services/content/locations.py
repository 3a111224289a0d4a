"""The houses where people stay. How full they are is not content: that lives in the database."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.messages import Image
from bot.services.content.reading import Section, by_slug

# Where the photos of data/content/<region>/photos are on our site.
PHOTOS = "/photos"
# It stands below the photo, and choices as lines may stand below it.
MAX_DESCRIPTION = 300


class Feature(StrEnum):
    """What a location fits, or does not fit. What it does not name is for the coordinator."""

    WANDERING = "wandering"
    NIGHT_HELP = "night_help"
    STANDING_UP = "standing_up"
    WHEELCHAIR = "wheelchair"
    AGITATION = "agitation"
    DAY_NIGHT_RHYTHM = "day_night_rhythm"
    UNPLANNABLE_CARE = "unplannable_care"
    PETS = "pets"
    TOGETHER = "together"
    YOUNG_ADULTS = "young_adults"


@dataclass(frozen=True)
class Bed:
    """A bed of a location, as the calendar and the people there call it."""

    slug: str
    name: str


@dataclass(frozen=True)
class Location:
    """A house: where it is, whom it fits, what it is like.

    `address` is None in the demo. `photo` is the path of a picture on our own site, with what is
    to be seen on it; None where there is none.
    """

    slug: str
    name: str
    municipality: str
    description: str
    address: str | None
    beds: tuple[Bed, ...]
    fits: frozenset[Feature]
    does_not_fit: frozenset[Feature]
    transport: str
    medication: str
    bring: tuple[str, ...]
    photo: Image | None = None

    def fit(self, feature: Feature) -> bool | None:
        """True when it fits, False when it does not, None when the coordinator should look."""
        if feature in self.fits:
            return True
        return False if feature in self.does_not_fit else None


def parse_location(section: Section) -> Location:
    """One location of locations.yml. Raises ContentError for what is missing or wrong."""
    location = Location(
        slug=section.text("slug"),
        name=section.text("name"),
        municipality=section.text("municipality"),
        description=section.text("description"),
        address=section.optional_text("address"),
        beds=tuple(bed for _, bed in by_slug(section.sections("beds"), _bed)),
        fits=section.choices("fits", Feature),
        does_not_fit=section.choices("does_not_fit", Feature),
        transport=section.text("transport"),
        medication=section.text("medication"),
        bring=section.texts("bring"),
        photo=_photo(section),
    )
    if both := location.fits & location.does_not_fit:
        words = ", ".join(sorted(both))
        raise section.error("does_not_fit", f"{words} is under fits too; keep it in one of the two")
    return section.finish(location)


def _photo(section: Section) -> Image | None:
    name = section.optional_text("photo")
    description = section.optional_text("photo_description")
    if name is None:
        return None
    if not re.fullmatch(r"[a-z0-9-]+\.(?:jpg|jpeg|png)", name):
        raise section.error("photo", "write a file name such as appel.jpg, of a JPEG or a PNG")
    if description is None:
        raise section.error("photo_description", "missing; write what is to be seen on the photo")
    if len(description) > MAX_DESCRIPTION:
        raise section.error("photo_description", f"shorten it to {MAX_DESCRIPTION} characters")
    return Image(f"{PHOTOS}/{name}", description)


def _bed(section: Section) -> Bed:
    return section.finish(Bed(section.text("slug"), section.text("name")))
