"""The fixed texts: what the application sends by itself, also when Rasa is down.

Each field of `Texts` is a key of texts.yml and declares here which words between braces are filled
in per message and which choices go with it, so that a region's edit cannot break a caller.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, get_args, get_type_hints

from bot.messages import Choice, Kind, OutgoingMessage, Request, Template, Tier
from bot.services.content.placeholders import fill
from bot.services.content.reading import Section

# A line of a list on WhatsApp; a button there shows 20, so keep to that where it can be.
MAX_TITLE = 24
MAX_BUTTON = 20
# A line that a channel says below a text, such as how to choose.
MAX_LINE = 90

# What somebody in danger reads first, whatever a region changes in its texts.
CALL_NOW = "Bel nu 112."


@dataclass(frozen=True)
class Text:
    """The bubbles of one fixed text, and the choices under its last bubble.

    A choice's payload is its id in texts.yml ("affirm", "resume", …).
    """

    bubbles: tuple[str, ...]
    choices: tuple[Choice, ...]
    placeholders: frozenset[str]

    def fill(self, **words: str) -> tuple[str, ...]:
        """The bubbles with `words` filled in; they are exactly the declared placeholders.

        Raises:
            ValueError: a word is missing or not declared: the caller is wrong, not the content.
        """
        if words.keys() != self.placeholders:
            raise ValueError(f"needs {sorted(self.placeholders)}, got {sorted(words)}")
        return tuple(fill(bubble, words) for bubble in self.bubbles)

    def messages(self, **words: str) -> tuple[OutgoingMessage, ...]:
        """The text as messages; the last one carries the choices."""
        *first, last = self.fill(**words)
        return (*map(OutgoingMessage, first), OutgoingMessage(last, self.choices))

    @property
    def version(self) -> str:
        """Changes with every edit; stored with a consent, to know what was agreed to."""
        whole = "\n".join((*self.bubbles, *(choice.title for choice in self.choices)))
        return hashlib.sha256(whole.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Needs:
    """How a field of `Texts` is filled: its words between braces and its choices' ids."""

    placeholders: frozenset[str] = frozenset()
    choices: tuple[str, ...] = ()


_Opens = Annotated[Text, Needs(frozenset({"opens"}))]
_Named = Annotated[Text, Needs(frozenset({"name"}))]
_YES_NO = ("affirm", "deny")
_YesNo = Annotated[Text, Needs(choices=_YES_NO)]
_OtherPlaces = Annotated[Text, Needs(choices=("other_dates", "further_away", "waiting_list"))]
_Foreign = Annotated[Text, Needs(choices=("ask_human",))]
_RESUME = ("resume",)
_ALARMS = tuple(tier for tier in Tier if tier is not Tier.NONE)
_COMMANDS = ("start", "medewerker", "stop", "mijn_gegevens", "vergeet_mij")
_UNSUPPORTED = tuple(kind for kind in Kind if kind not in (Kind.TEXT, Kind.CHOICE))


@dataclass(frozen=True)
class Texts:
    """The texts of texts.yml; each field is a key of it, and none may be missing."""

    introduction: Text
    foreign_en: _Foreign
    foreign_tr: _Foreign
    foreign_pl: _Foreign
    foreign_ar: _Foreign
    young: Text

    safety_0: Text
    safety_0_closed: _Opens
    safety_0_unsure: Text
    safety_1a: Text
    safety_1a_closed: _Opens
    safety_1a_unsure: Text
    safety_1b: Text
    safety_1b_closed: _Opens
    safety_1b_unsure: Text
    safety_1c: Text
    safety_1c_closed: _Opens
    safety_1c_unsure: Text
    safety_2: Text
    safety_2_closed: _Opens
    safety_2_unsure: Text

    waiting_open: Annotated[Text, Needs(frozenset({"expected"}), _RESUME)]
    waiting_closed: Annotated[Text, Needs(frozenset({"opens"}), _RESUME)]
    resumed: Text
    taken_over: _Named
    staff_taken: _Named
    handed_back: Text

    outage: Text
    failed: Text
    no_answer_choices: Text
    ask_coordinator: Text
    too_long: Text
    empty_message: Text
    unsupported_photo: Text
    unsupported_voice: Text
    unsupported_sticker: Text
    unsupported_location: Text
    unsupported_document: Text
    unsupported_contact: Text
    unsupported_other: Text

    how_to_choose: Text
    open_list: Text
    type_contact: Text
    share_contact: Text
    type_location: Text
    share_location: Text

    group_declined: Text
    command_start: Text
    command_medewerker: Text
    command_stop: Text
    command_mijn_gegevens: Text
    command_vergeet_mij: Text
    command_start_en: Text
    command_medewerker_en: Text
    command_stop_en: Text
    command_mijn_gegevens_en: Text
    command_vergeet_mij_en: Text

    stop_confirmed: Text
    my_data: Annotated[
        Text,
        Needs(
            frozenset(
                {
                    "since",
                    "messages",
                    "requests",
                    "calls",
                    "hurdles",
                    "lasts",
                    "reminder",
                    "consents",
                }
            )
        ),
    ]
    erased: Text
    bsn_masked: Text
    patient_masked: Text
    consent_keep: _YesNo
    consent_pass_on: Annotated[Text, Needs(frozenset({"summary"}), _YES_NO)]
    consent_callback: Annotated[Text, Needs(frozenset({"number", "moment"}), _YES_NO)]
    consent_reminders: Annotated[Text, Needs(frozenset({"when"}), _YES_NO)]
    consent_testimonial: _YesNo

    template_reminder: Text
    template_answer_waiting: Text
    template_place_offered: Text

    later_confirmed: Annotated[Text, Needs(frozenset({"when"}))]
    reminder: Annotated[Text, Needs(choices=("check_availability", "later", "stop"))]

    place_offered: Annotated[
        Text,
        Needs(
            frozenset({"location", "municipality", "period"}),
            ("request_stay", "other_dates", "later"),
        ),
    ]
    bed_taken: _OtherPlaces
    nothing_free: _OtherPlaces

    testimonial_composite: Text
    testimonial_real: Text

    @property
    def foreign(self) -> Mapping[str, Text]:
        """What is said to who begins in another language, by its ISO 639-1 code."""
        return {name: self.named(f"foreign_{name}") for name in ("en", "tr", "pl", "ar")}

    @property
    def safety(self) -> Mapping[Tier, Text]:
        """The fixed answer to each tier but none, while the office is open."""
        return {tier: self.named(f"safety_{tier}") for tier in _ALARMS}

    @property
    def safety_closed(self) -> Mapping[Tier, Text]:
        """As `safety`, when nobody is at the office: says when somebody will be."""
        return {tier: self.named(f"safety_{tier}_closed") for tier in _ALARMS}

    @property
    def safety_unsure(self) -> Mapping[Tier, Text]:
        """The number and one open question, when it may be that tier."""
        return {tier: self.named(f"safety_{tier}_unsure") for tier in _ALARMS}

    @property
    def templates(self) -> Mapping[Template, Text]:
        """What may be sent when free words may not; WhatsApp approves each of them."""
        return {template: self.named(f"template_{template}") for template in Template}

    @property
    def unsupported(self) -> Mapping[Kind, Text]:
        """The kind answer to a photo and to all else that is neither text nor a choice."""
        return {kind: self.named(f"unsupported_{kind}") for kind in _UNSUPPORTED}

    @property
    def share(self) -> Mapping[Request, Text]:
        """The words on the button that shares what a message requests, where a channel has one."""
        return {one: self.named(f"share_{one}") for one in Request}

    @property
    def commands(self) -> Mapping[str, Mapping[str, str]]:
        """The menu of a channel that has one, by language (ISO 639-1, "" for all others): each
        command, which is an exact phrase that always works, with what it does."""
        return {
            language: {name: self.named(f"command_{name}{end}").bubbles[0] for name in _COMMANDS}
            for language, end in (("nl", ""), ("", "_en"))
        }

    def named(self, name: str) -> Text:
        """The text with that key of texts.yml."""
        text: Text = getattr(self, name)
        return text


def parse_texts(section: Section) -> Texts:
    """The texts of texts.yml with the region's words filled in. Raises ContentError."""
    hints = get_type_hints(Texts, include_extras=True)
    texts = Texts(**{name: _parse(section, name, _needs(hint)) for name, hint in hints.items()})
    for name in ("safety_0", "safety_0_closed"):
        if texts.named(name).bubbles[0].splitlines()[0] != CALL_NOW:
            raise section.error(name, f"its first line is {CALL_NOW!r} and nothing else")
    if len(texts.open_list.bubbles[0]) > MAX_BUTTON:
        raise section.error("open_list", f"shorten it to {MAX_BUTTON} characters")
    for name in ("how_to_choose", "type_contact", "type_location"):
        if len(" ".join(texts.named(name).bubbles)) > MAX_LINE:
            raise section.error(name, f"shorten it to {MAX_LINE} characters")
    return section.finish(texts)


def _needs(hint: object) -> Needs:
    return next((part for part in get_args(hint) if isinstance(part, Needs)), Needs())


def _parse(section: Section, name: str, needs: Needs) -> Text:
    if not needs.choices:
        return Text(section.phrases(name, needs.placeholders), (), needs.placeholders)
    inner = section.section(name)
    titles = inner.section("choices")
    choices = titles.finish(tuple(_choice(titles, choice) for choice in needs.choices))
    bubbles = inner.phrases("bubbles", needs.placeholders)
    return inner.finish(Text(bubbles, choices, needs.placeholders))


def _choice(titles: Section, choice: str) -> Choice:
    title = titles.text(choice)
    if len(title) > MAX_TITLE:
        raise titles.error(choice, f"{len(title)} characters; shorten it to {MAX_TITLE}")
    return Choice(title, choice)
