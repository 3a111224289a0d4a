"""Whole talks as files: who somebody is, what they type, what must and must not come back.

    who: Een aarzelende echtgenote van 78
    talk:
      - types: Ik zorg voor mijn man, hij heeft dementie
        hears: [computer, "?"]
        never: [u moet]
      - taps: Een verhaal lezen
        hears: [voorbeeldverhaal]
      - types: bent u er nog
        silent: true
        mode: waiting

A step is one thing the person does (`types` words, or `taps` a choice by its title), one that the
coordinator does (`coordinator` says something, `hands_back`, `offers` a place), or that time
passes (`days_later`: what was promised goes out, what may not be kept goes). `hears` must be in
the answer and `never` must not, whatever the capitals. Each file is a person of their own.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "talks"
PUBLISHED = Path(__file__).parents[2] / "docs" / "conversations.md"
_INTRODUCTION = """# Conversations

Talks with the assistant, as they went. Nobody wrote the answers down: `make conversations` plays
these talks of `tests/journeys/talks` over the real path (webhook, safety, trained model, actions,
delivery) and writes what came back. The people are invented, and so is the region. Buttons are
shown as numbered lines on WhatsApp and between brackets on Telegram. Dates follow the day on
which it was made.
"""
_DEEDS = {"types", "taps", "coordinator", "hands_back", "offers", "days_later"}
_KEYS = {*_DEEDS, "hears", "never", "silent", "mode"}


@dataclass(frozen=True)
class Step:
    """One thing that somebody does, and what has to come of it."""

    types: str = ""
    taps: str = ""
    coordinator: str = ""
    hands_back: bool = False
    offers: bool = False
    days_later: int = 0
    hears: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    silent: bool = False
    mode: str = ""


@dataclass(frozen=True)
class Talk:
    """A whole talk; `published` ones are printed in docs/conversations.md."""

    name: str
    who: str
    steps: tuple[Step, ...]
    channel: str = "whatsapp"
    published: bool = False


@dataclass
class Transcript:
    """What was said, in order, as a person would read it."""

    who: str
    lines: list[tuple[str, str]] = field(default_factory=list)

    def add(self, speaker: str, text: str) -> None:
        """Note what somebody said."""
        self.lines.append((speaker, text))

    def note(self, text: str) -> None:
        """Note what happens and is not said."""
        self.lines.append(("", text))

    def markdown(self) -> str:
        """The talk as a chapter."""
        said = [
            f"**{speaker}**  \n{_broken(text)}" if speaker else f"*({text})*"
            for speaker, text in self.lines
        ]
        return f"## {self.who}\n\n" + "\n\n".join(said) + "\n"


def chapters(transcripts: list[Transcript]) -> str:
    """The whole of docs/conversations.md."""
    said = sorted(transcripts, key=lambda transcript: transcript.who)
    return "\n".join([_INTRODUCTION, *(transcript.markdown() for transcript in said)])


def _broken(text: str) -> str:
    return re.sub(r"\n+", "  \n", text.strip())


def all_talks() -> list[Talk]:
    """Every talk in the folder, by name."""
    return [read(path) for path in sorted(FOLDER.glob("*.yml"))]


def read(path: Path) -> Talk:
    """One file. Raises ValueError when it says something that nobody understands."""
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    unknown = set(found) - {"who", "channel", "published", "talk"}
    if unknown:
        raise ValueError(f"{path.name}: unknown {sorted(unknown)}")
    return Talk(
        path.stem,
        found["who"],
        tuple(_step(path, one) for one in found["talk"]),
        found.get("channel", "whatsapp"),
        found.get("published", False),
    )


def _step(path: Path, one: dict[str, Any]) -> Step:
    if set(one) - _KEYS or len(_DEEDS & set(one)) != 1:
        raise ValueError(f"{path.name}: a step needs one of {sorted(_DEEDS)}: {one}")
    lists = {name: tuple(map(str, one.get(name, ()))) for name in ("hears", "never")}
    return Step(**{**one, **lists})
