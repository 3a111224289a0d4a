"""Load data/safety/lexicon.yml, the words by which a message is seen to be unsafe.

The notation is explained, in Dutch, at the head of that file. Loading happens once, at the start.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bot.errors import ContentError
from bot.messages import Tier
from bot.nlu.lexicon_line import Line, NotationError, Words, read_group, read_line
from bot.nlu.lexicon_match import Matcher
from bot.nlu.lexicon_words import Meanings
from bot.nlu.spelling import Spelling

SECTIONS = {
    "schrijfwijzen": dict,
    "opvulwoorden": str,
    "zinsbegin": str,
    "plakwoorden": str,
    "voorvoegsels": str,
    "gewone_woorden": str,
    "groepen": dict,
    "gewone_taal": list,
    "omstandigheden": dict,
    "signalen": dict,
}
TIERS: list[Tier] = [tier for tier in Tier if tier is not Tier.NONE]


@dataclass(frozen=True)
class Circumstance:
    """What makes a signal ordinary, such as "jaren geleden" or a negation.

    `before` and `after`: at most so many words before or after the signal, fillers aside.
    """

    lines: range
    before: int
    after: int


@dataclass(frozen=True)
class Signal:
    """One kind of alarm; `meaning` explains it to a coordinator, in Dutch."""

    name: str
    tier: Tier
    meaning: str
    lines: range
    exceptions: range
    excused_by: tuple[Circumstance, ...]


@dataclass(frozen=True)
class Lexicon:
    """The compiled file. `signals` stand in the order of their tiers, the gravest first."""

    matcher: Matcher
    idioms: range
    signals: tuple[Signal, ...]


def load_lexicon(path: Path) -> Lexicon:
    """The lexicon of a file, compiled; takes a good half second, so do it once.

    Raises:
        ContentError: the file is missing, is no YAML, or a key or line in it cannot be read. The
            message names the file, the key and what to do.
    """
    return _Reader(path, _parsed(path)).lexicon()


def _parsed(path: Path) -> dict[str, object]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ContentError(
            f"{path}: cannot be read ({error.strerror}); put the file there"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ContentError(f"{path}: is no YAML: {error}; mend that place") from error
    if not isinstance(content, dict):
        raise ContentError(f"{path}: has no keys; it needs {', '.join(SECTIONS)}")
    return content


@dataclass
class _Reader:
    path: Path
    content: dict[str, object]
    lines: list[Line] = field(default_factory=list)
    groups: dict[str, Words] = field(default_factory=dict)

    def lexicon(self) -> Lexicon:
        self._check_keys("", self.content, set(SECTIONS), set(SECTIONS))
        for name, kind in SECTIONS.items():
            if not isinstance(self.content[name], kind):
                raise self._error(name, f"must be a {_KIND[kind]}")
        self._read_groups()
        idioms = self._lines("gewone_taal", self.content["gewone_taal"])
        circumstances = {
            name: self._circumstance(name, entry) for name, entry in self._section("omstandigheden")
        }
        signals = [
            self._signal(name, entry, circumstances) for name, entry in self._section("signalen")
        ]
        signals.sort(key=lambda signal: TIERS.index(signal.tier))
        return Lexicon(self._matcher(), idioms, tuple(signals))

    def _read_groups(self) -> None:
        for name, text in self._section("groepen"):
            try:
                self.groups[name] = read_group(text, self.groups)  # type: ignore[arg-type]
            except NotationError as error:
                raise self._error(f"groepen.{name}", str(error)) from error

    def _circumstance(self, name: str, entry: object) -> Circumstance:
        key = f"omstandigheden.{name}"
        keys = {"voor", "na", "zinnen"}
        checked = self._check_keys(key, entry, keys, keys)
        before, after = checked["voor"], checked["na"]
        if not isinstance(before, int) or not isinstance(after, int):
            raise self._error(key, "voor and na must be whole numbers of words")
        return Circumstance(self._lines(f"{key}.zinnen", checked["zinnen"]), before, after)

    def _signal(self, name: str, entry: object, known: Mapping[str, Circumstance]) -> Signal:
        key = f"signalen.{name}"
        needed = {"niveau", "uitleg", "zinnen"}
        checked = self._check_keys(key, entry, needed, needed | {"behalve", "telt_niet_bij"})
        tier = str(checked["niveau"])
        if tier not in TIERS:
            raise self._error(f"{key}.niveau", f"is {tier!r}; write one of {', '.join(TIERS)}")
        excuses = checked.get("telt_niet_bij") or []
        if not isinstance(excuses, list) or not all(excuse in known for excuse in excuses):
            raise self._error(
                f"{key}.telt_niet_bij", f"must be a list of names out of {', '.join(known)}"
            )
        return Signal(
            name=name,
            tier=Tier(tier),
            meaning=str(checked["uitleg"]),
            lines=self._lines(f"{key}.zinnen", checked["zinnen"]),
            exceptions=self._lines(f"{key}.behalve", checked.get("behalve") or []),
            excused_by=tuple(known[excuse] for excuse in excuses),
        )

    def _lines(self, key: str, entry: object) -> range:
        if not isinstance(entry, list):
            raise self._error(key, "must be a list; begin each line with a dash")
        start = len(self.lines)
        for number, line in enumerate(entry, start=1):
            try:
                self.lines += read_line(line, self.groups)
            except NotationError as error:
                raise self._error(f"{key}, line {number} ({line!r})", str(error)) from error
        return range(start, len(self.lines))

    def _matcher(self) -> Matcher:
        fillers = self._list("opvulwoorden")
        literal = {
            word
            for line in self.lines
            for part in line.parts
            for place in part
            for word in place.words
            if "*" not in word and not word.startswith("-")
        }
        spelling = Spelling(
            vocabulary=literal | fillers,
            variants=self._variants(),
            ordinary=self._list("gewone_woorden"),
            glue=self._list("plakwoorden"),
            prefixes=self._list("voorvoegsels"),
        )
        return Matcher(self.lines, Meanings(spelling), fillers, self._list("zinsbegin"))

    def _variants(self) -> dict[str, Words]:
        found: dict[str, Words] = {}
        for standard, text in self._section("schrijfwijzen"):
            for variant in self._group(f"schrijfwijzen.{standard}", text):
                found[variant] = found.get(variant, frozenset()) | {standard}
        return found

    def _list(self, section: str) -> Words:
        return self._group(section, self.content[section])

    def _group(self, key: str, text: object) -> Words:
        try:
            return read_group(text, self.groups)  # type: ignore[arg-type]
        except NotationError as error:
            raise self._error(key, str(error)) from error

    def _section(self, name: str) -> list[tuple[str, object]]:
        section = self.content[name]
        assert isinstance(section, dict)  # noqa: S101  # checked in lexicon()
        return [(str(key), entry) for key, entry in section.items()]

    def _check_keys(
        self, key: str, entry: object, needed: set[str], allowed: set[str]
    ) -> dict[str, object]:
        if not isinstance(entry, dict):
            raise self._error(key, f"must have the keys {', '.join(sorted(needed))}")
        for missing in sorted(needed - entry.keys()):
            raise self._error(f"{key}.{missing}".lstrip("."), "is missing; add it")
        for extra in sorted(map(str, entry.keys() - allowed)):
            allowed_names = ", ".join(sorted(allowed))
            raise self._error(
                f"{key}.{extra}".lstrip("."), f"is unknown; use {allowed_names}, or remove it"
            )
        return entry

    def _error(self, key: str, what: str) -> ContentError:
        return ContentError(f"{self.path}: {key} {what}")


_KIND = {dict: "set of names with values", str: "text of words with spaces", list: "list of lines"}
