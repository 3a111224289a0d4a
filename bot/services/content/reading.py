"""The parsing edge of the content: reads YAML into typed values, or says exactly what is wrong.

Every mapping is read through a `Section`, which remembers which keys were asked for, so that a key
nobody knows (a typing error, mostly) is an error and never silently ignored.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from bot.errors import ContentError
from bot.services.content.placeholders import fill, has_stray_brace, names_in
from bot.services.content.yaml_file import read_yaml

NO_WORDS: Mapping[str, str] = MappingProxyType({})

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class Section:
    """A mapping in a content file: typed access by key, and errors that name file and key."""

    def __init__(
        self, file: str, path: str, data: Mapping[str, object], words: Mapping[str, str]
    ) -> None:
        self._file = file
        self._path = path
        self._data = data
        self._words = words
        self._known: set[str] = set()

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys as written in the file, in order."""
        return tuple(self._data)

    def error(self, key: str, advice: str) -> ContentError:
        """The error that `key` of this section is wrong; `advice` says what to do."""
        where = ".".join(part for part in (self._path, key) if part)
        return ContentError(": ".join(part for part in (self._file, where, advice) if part))

    def call(self, slug: str) -> None:
        """Let errors name this item of a list by its slug, no longer by its place."""
        self._path = re.sub(r"\[[0-9]+\]$", f"[{slug}]", self._path)

    def finish(self, value: T) -> T:
        """Give `value` back, after a check that every key of this section was used."""
        for key in self._data:
            if key not in self._known:
                known = ", ".join(sorted(self._known))
                raise self.error(key, f"unknown key; remove it or use one of: {known}")
        return value

    def text(self, key: str) -> str:
        """A text that is not empty."""
        value = self.optional_text(key)
        if value is None:
            raise self.error(key, "missing; write a text here")
        return value

    def optional_text(self, key: str) -> str | None:
        """A text, or None when the key is absent or null."""
        value = self._get(key)
        if value is None:
            return None
        return self._as_text(key, value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts with at least one item."""
        found = self.optional_texts(key)
        if not found:
            raise self.error(key, "missing; write a list with at least one item")
        return found

    def optional_texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty when the key is absent."""
        value = self._get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.error(key, "write a list, each item on a line of its own with a dash")
        return tuple(self._as_text(f"{key}[{place}]", item) for place, item in enumerate(value, 1))

    def phrase(self, key: str) -> str:
        """A text for a person, with the region's words filled in."""
        return self._filled(key, self.text(key), frozenset())

    def optional_phrase(self, key: str) -> str | None:
        """As `phrase`, or None when the key is absent or null."""
        text = self.optional_text(key)
        return text and self._filled(key, text, frozenset())

    def phrases(self, key: str, placeholders: frozenset[str]) -> tuple[str, ...]:
        """Texts for a person; only `placeholders` are left between braces, for the caller."""
        return tuple(self._filled(key, text, placeholders) for text in self.texts(key))

    def day(self, key: str) -> date:
        """A date, written as 2026-11-21."""
        value = self.optional_day(key)
        if value is None:
            raise self.error(key, "missing; write a date such as 2026-11-21")
        return value

    def optional_day(self, key: str) -> date | None:
        """A date, or None when the key is absent or null."""
        value = self._get(key)
        if value is None:
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.error(key, "write a date such as 2026-11-21, without quotes")
        return value

    def choice(self, key: str, kind: type[E]) -> E:
        """One of the words of an enumeration."""
        return self._as_choice(key, self.text(key), kind)

    def choices(self, key: str, kind: type[E]) -> frozenset[E]:
        """Any of the words of an enumeration, as a list; empty when the key is absent."""
        words = self.optional_texts(key)
        return frozenset(self._as_choice(key, word, kind) for word in words)

    def section(self, key: str) -> "Section":
        """The mapping under `key`."""
        return _section(self._file, self._join(key), self._get(key), self._words)

    def sections(self, key: str) -> tuple["Section", ...]:
        """The list of mappings under `key`, with at least one item."""
        return _sections(self._file, self._join(key), self._get(key), self._words)

    def _join(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def _get(self, key: str) -> object:
        self._known.add(key)
        return self._data.get(key)

    def _as_text(self, key: str, value: object) -> str:
        if not isinstance(value, str):
            raise self.error(
                key, f"write a text; put quotes around {value!r} if it is meant as text"
            )
        if not value.strip():
            raise self.error(key, "the text is empty; write one")
        return value.strip()

    def _filled(self, key: str, text: str, placeholders: frozenset[str]) -> str:
        filled = fill(text, self._words)
        if has_stray_brace(filled):
            raise self.error(key, "a brace without its pair; write a word as {point}")
        if unknown := names_in(filled) - placeholders:
            known = ", ".join(sorted({*placeholders, *self._words}))
            raise self.error(key, f"unknown word {{{min(unknown)}}}; use one of: {known}")
        return filled

    def _as_choice(self, key: str, word: str, kind: type[E]) -> E:
        try:
            return kind(word)
        except ValueError:
            words = ", ".join(kind)
            raise self.error(key, f"unknown word {word!r}; use one of: {words}") from None


def read_section(path: Path, words: Mapping[str, str] = NO_WORDS) -> Section:
    """The file as one mapping; `words` are filled in where a text has them between braces.

    Raises:
        ContentError: the file is missing, not valid YAML or no mapping.
    """
    return _section(path.name, "", read_yaml(path), words)


def read_sections(path: Path, words: Mapping[str, str] = NO_WORDS) -> tuple[Section, ...]:
    """The file as a list of mappings; otherwise as `read_section`."""
    return _sections(path.name, "", read_yaml(path), words)


def by_slug(
    sections: tuple[Section, ...], parse: Callable[[Section], T]
) -> Iterator[tuple[str, T]]:
    """Each section parsed, with its slug. Raises ContentError for a slug that occurs twice."""
    seen: set[str] = set()
    for section in sections:
        slug = section.text("slug")
        if slug in seen:
            raise section.error("slug", f"{slug!r} is used twice; give each its own")
        seen.add(slug)
        section.call(slug)
        yield slug, parse(section)


def _section(file: str, path: str, value: object, words: Mapping[str, str]) -> Section:
    section = Section(file, path, {}, words)
    if not isinstance(value, Mapping):
        raise section.error("", "write keys with values here, each key on a line of its own")
    for key in value:
        if not isinstance(key, str):
            raise section.error(str(key), "put quotes around this key, it is not read as text")
    return Section(file, path, value, words)


def _sections(file: str, path: str, value: object, words: Mapping[str, str]) -> tuple[Section, ...]:
    if not isinstance(value, list) or not value:
        raise Section(file, path, {}, words).error("", "write a list with at least one item")
    return tuple(
        _section(file, f"{path}[{place}]", item, words) for place, item in enumerate(value, 1)
    )
