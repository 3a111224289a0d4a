"""Read the lines from which the safety layer learns: data/safety/examples, one file for each tier.

Ordinary talk is learnt from Rasa's training data too: whoever asks what a stay costs is in no
danger. Its three crisis meanings are left out, for they do not say which tier.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.errors import ContentError
from bot.messages import Tier

FOLDER = Path("data/safety/examples")
ORDINARY = Path("data/nlu")
# Meanings that may, but need not, be an alarm.
UNDECIDED = frozenset(
    ["crisis_suicide", "crisis_violence", "crisis_medical", "urgent_breakdown", "feeling_strained"]
)


@dataclass(frozen=True)
class Example:
    """A line that somebody might type, and the tier that it must raise."""

    tier: Tier
    text: str


def sources(root: Path) -> list[Path]:
    """The files from which examples are read, in a fixed order."""
    return [root / FOLDER / f"{tier}.txt" for tier in Tier] + sorted(
        (root / ORDINARY).glob("*.yml")
    )


def examples(root: Path) -> list[Example]:
    """All example lines.

    Args:
        root: the project's folder.

    Raises:
        ContentError: a file is missing, is empty or cannot be read.
    """
    return [*_written_for_safety(root / FOLDER), *_ordinary(root / ORDINARY)]


def _written_for_safety(folder: Path) -> Iterator[Example]:
    for tier in Tier:
        path = folder / f"{tier}.txt"
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ContentError(f"{path}: cannot be read ({error}); put the file there") from error
        found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        if not found:
            raise ContentError(f"{path}: has no lines; write at least one message in it")
        yield from (Example(tier, line) for line in found)


def _ordinary(folder: Path) -> Iterator[Example]:
    for path in sorted(folder.glob("*.yml")):
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        for block in content["nlu"]:
            if "intent" in block and block["intent"] not in UNDECIDED:
                yield from (Example(Tier.NONE, text) for text in _texts(block["examples"]))


def _texts(written: object) -> Iterable[str]:
    """Rasa's two ways to write examples: a text of lines with dashes, or a list."""
    if isinstance(written, str):
        return [line.removeprefix("- ").strip() for line in written.splitlines() if line.strip()]
    assert isinstance(written, list)  # noqa: S101  # Rasa allows nothing else
    return [str(item["text"]).strip() if isinstance(item, dict) else str(item) for item in written]
