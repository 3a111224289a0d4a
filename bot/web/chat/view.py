"""What the page shows of a conversation, as pieces of HTML that a browser can bring up to date.

The same pieces make the first page and every later change, so that the two cannot differ.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup

from bot.messages import Image, Kind, Request
from bot.services.office import AMSTERDAM, MONTHS
from bot.services.timeline import Entry
from bot.store.tables import Author
from bot.web import pages
from bot.web.chat.links import linked

# Later than this an answer is no longer "in a moment"; a line of the conversation says so too.
_SLOW = timedelta(seconds=10)
_THINKING = "Adempauze denkt even na…"
_LATER = "Uw bericht is bewaard. Er komt antwoord, ook als het even duurt."
_ERASED = Markup("<em>gewist bericht</em>")
_NOT_SHOWN = Markup("<em>bijlage</em>")
# A page in a browser has no button that shares these.
_REQUESTS = {
    Request.CONTACT: "Typ hieronder uw telefoonnummer.",
    Request.LOCATION: "Typ hieronder uw gemeente, of de vier cijfers van uw postcode.",
}
_EMPTY_LINE = re.compile(r"\n[ \t]*\n\s*")
_DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")


@dataclass(frozen=True)
class View:
    """A conversation at one moment.

    Args:
        items: the messages as HTML by their key, in order.
        choices: the buttons below the last message, as HTML; empty without any.
        status: what is going on, such as that the assistant thinks; empty when nothing is.
    """

    items: Mapping[str, str]
    choices: str = ""
    status: str = ""

    @property
    def version(self) -> str:
        """Changes with anything that is shown."""
        whole = "\0".join((*self.items.values(), self.choices, self.status))
        return hashlib.sha256(whole.encode()).hexdigest()[:16]

    def besides(self, known: Mapping[str, str]) -> dict[str, object]:
        """What a browser that has the items in `known` needs to show this; ready for JSON.

        `order` names every item, so that what was erased disappears there as well.
        """
        fresh = {key: html for key, html in self.items.items() if known.get(key) != html}
        return {
            "version": self.version,
            "order": list(self.items),
            "items": fresh,
            "choices": self.choices,
            "status": self.status,
        }


NOTHING = View({})


@dataclass(frozen=True)
class Bubble:
    """One message as the template shows it.

    Args:
        key: unique within the page.
        look: "you", "bot", "human", "system" or "safety"; decides colour and place.
        speaker: who says it, for whoever cannot see colour and place.
        label: the same for everybody, above the first of a row of messages; empty after it.
        paragraphs: the text, split at empty lines.
        images: the pictures above the text.
        offered: the answers that were offered with it.
        open: whether these are still there as buttons.
        at: when, in Amsterdam.
    """

    key: str
    look: str
    speaker: str
    label: str
    paragraphs: tuple[Markup, ...]
    images: tuple[Image, ...]
    offered: tuple[str, ...]
    open: bool
    at: datetime

    @property
    def clock(self) -> str:
        """The time of day: "9:05"."""
        return f"{self.at.hour}:{self.at.minute:02}"


def view(entries: Sequence[Entry], now: datetime) -> View:
    """What to show of these messages at this moment."""
    asked = _asked(entries)
    items = dict(_items(entries, asked, now.astimezone(AMSTERDAM).date()))
    choices = pages.render("chat/choices.html", entry=asked) if asked else ""
    return View(items, choices, _status(entries, now))


def _asked(entries: Sequence[Entry]) -> Entry | None:
    """The message whose choices can be tapped: the last one to the person, if it offers any.

    While an answer is on its way there are none, so that a question is answered once.
    """
    if any(entry.waiting for entry in entries):
        return None
    last = next((entry for entry in reversed(entries) if entry.author is not None), None)
    return last if last and last.choices else None


def _status(entries: Iterable[Entry], now: datetime) -> str:
    waiting = next((entry for entry in entries if entry.waiting), None)
    if waiting is None:
        return ""
    return _THINKING if now - waiting.at < _SLOW else _LATER


def _items(entries: Sequence[Entry], asked: Entry | None, today: date) -> Iterator[tuple[str, str]]:
    day, speaker = today, ""
    for entry in entries:
        if _day(entry) != day:
            day, speaker = _day(entry), ""
            key = f"day-{day}"
            yield key, pages.render("chat/day.html", key=key, day=_day_in_words(day, today))
        bubble = _bubble(entry, speaker, is_open=entry is asked)
        speaker = bubble.speaker
        yield bubble.key, pages.render("chat/message.html", bubble=bubble)


def _day(entry: Entry) -> date:
    return entry.at.astimezone(AMSTERDAM).date()


def _bubble(entry: Entry, speaker_before: str, *, is_open: bool) -> Bubble:
    look, speaker, label = _who(entry)
    return Bubble(
        key=entry.key,
        look=look,
        speaker=speaker,
        label=label if speaker != speaker_before else "",
        paragraphs=tuple(_paragraphs(entry)),
        images=entry.images,
        offered=tuple(choice.title for choice in entry.choices),
        open=is_open,
        at=entry.at.astimezone(AMSTERDAM),
    )


def _who(entry: Entry) -> tuple[str, str, str]:
    """The look, the speaker and the label."""
    if entry.author is None:
        return "you", "U", ""
    if entry.author is Author.COORDINATOR:
        name = entry.name or "Een medewerker"
        return "human", f"{name}, een mens", f"{name} · een mens"
    if entry.author is Author.SAFETY:
        return "safety", "Adempauze, belangrijk", "Belangrijk"
    if entry.author is Author.SYSTEM:
        return "system", "Mededeling", ""
    return "bot", "Adempauze", "Adempauze · computer"


def _paragraphs(entry: Entry) -> Iterator[Markup]:
    text = entry.text.strip()
    if not text:
        yield _ERASED if entry.kind is Kind.TEXT else _NOT_SHOWN
        return
    for paragraph in _EMPTY_LINE.split(text):
        yield Markup.escape(paragraph) if entry.author is None else linked(paragraph)
    if entry.request is not None and "?" not in entry.text:
        yield Markup.escape(_REQUESTS[entry.request])


def _day_in_words(day: date, today: date) -> str:
    ago = (today - day).days
    if ago < 2:
        return ("vandaag", "gisteren")[max(ago, 0)]
    return f"{_DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
