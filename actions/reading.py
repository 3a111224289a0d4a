"""Reads the few things from a person's own words that the dialogue needs. Pure and cautious:
what is not plain stays None, and the assistant asks."""

import re
from itertools import pairwise

from bot.nlu.text import words
from bot.services.content import Feature, Location, Relation, Situation

# "mijn man" → how the assistant says it back, and what it is. The first that is found counts.
_PEOPLE: dict[str, tuple[str, Relation]] = {
    "man": ("uw man", Relation.PARTNER),
    "echtgenoot": ("uw man", Relation.PARTNER),
    "vrouw": ("uw vrouw", Relation.PARTNER),
    "echtgenote": ("uw vrouw", Relation.PARTNER),
    "partner": ("uw partner", Relation.PARTNER),
    "vriend": ("uw vriend", Relation.PARTNER),
    "vriendin": ("uw vriendin", Relation.PARTNER),
    "moeder": ("uw moeder", Relation.PARENT),
    "ma": ("uw moeder", Relation.PARENT),
    "mam": ("uw moeder", Relation.PARENT),
    "mama": ("uw moeder", Relation.PARENT),
    "vader": ("uw vader", Relation.PARENT),
    "pa": ("uw vader", Relation.PARENT),
    "papa": ("uw vader", Relation.PARENT),
    "ouders": ("uw ouders", Relation.PARENT),
    "schoonmoeder": ("uw schoonmoeder", Relation.PARENT),
    "schoonvader": ("uw schoonvader", Relation.PARENT),
    "zoon": ("uw zoon", Relation.CHILD),
    "dochter": ("uw dochter", Relation.CHILD),
    "kind": ("uw kind", Relation.CHILD),
    "broer": ("uw broer", Relation.SIBLING),
    "zus": ("uw zus", Relation.SIBLING),
    "zusje": ("uw zus", Relation.SIBLING),
    "broertje": ("uw broer", Relation.SIBLING),
    "buurvrouw": ("uw buurvrouw", Relation.OTHER),
    "buurman": ("uw buurman", Relation.OTHER),
    "tante": ("uw tante", Relation.OTHER),
    "oom": ("uw oom", Relation.OTHER),
    "oma": ("uw oma", Relation.OTHER),
    "opa": ("uw opa", Relation.OTHER),
}
# "ik ben gewoon zijn vrouw": what somebody is to the other, said the other way round.
_OTHER_WAY_ROUND = {
    ("zijn", "vrouw"): "man",
    ("haar", "man"): "vrouw",
    ("zijn", "dochter"): "vader",
    ("zijn", "zoon"): "vader",
    ("haar", "dochter"): "moeder",
    ("haar", "zoon"): "moeder",
    ("zijn", "moeder"): "zoon",
    ("haar", "moeder"): "dochter",
}
_POSSESSIVES = {"mijn", "m'n", "mn", "me", "onze", "ons", "mien", "mi", "men"}
_WHOSE = {
    "partner": "uw partner",
    "parent": "uw vader of moeder",
    "child": "uw kind",
    "sibling": "uw broer of zus",
    "other": "iemand die u na staat",
}
_SITUATIONS = {
    Situation.DEMENTIA: ("dement", "alzheimer", "vergeetachtig", "dwaal", "dwalen"),
    Situation.PARKINSON: ("parkinson",),
    Situation.STROKE: ("beroerte", "herseninfarct", "cva", "hersenbloeding", "tia"),
    Situation.DISABILITY: ("beperking", "gehandicapt", "handicap", "autis", "syndroom"),
    Situation.ILLNESS: ("kanker", "copd", "longen", "hartfalen", "ziek", "als", "ms"),
    Situation.FRAILTY: ("oud", "slecht ter been", "valt", "rollator", "kwetsbaar"),
}
# The one that matters most for the choice of a house first.
_NEEDS = {
    "wandering": r"dwal|dwaal|weglop|weg te lopen|\bloopt\b.*\bweg\b",
    "night": r"nacht",
    "standing_up": r"opsta|op te staan|tillift|uit bed|transfer|overeind",
    "none": r"\b(geen|niks|niets|nee)\b",
}
NEEDS_FEATURES = {
    "night": Feature.NIGHT_HELP,
    "standing_up": Feature.STANDING_UP,
    "wandering": Feature.WANDERING,
}
_NUMBERS = {
    **{"een": 1, "eentje": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7},
    **{"acht": 8, "negen": 9, "tien": 10, "elf": 11, "twaalf": 12, "dertien": 13, "veertien": 14},
}
_COUNTABLE = ("nacht", "nag", "week", "weken", "dag", "keer")
# "doe maar drie dan" is an answer; what is longer says something else.
_BARE_ANSWER = 4
_STOP = re.compile(
    r"\b(laat (het )?maar( zitten)?|hou (er |d'r )?maar (mee )?op|stop (er )?maar( mee)?"
    r"|ik stop( ermee)?|annuleer|annuleren|toch maar niet|doe maar niet)\b"
)
_NAME = re.compile(
    r"^(?:(?:ik heet|ik ben|mijn naam is|m'n naam is|naam|noem mij maar|zeg maar|dat is)[: ]+)?"
    r"([^\W\d_][^\W\d_'’-]*(?:[ '’-][^\W\d_][^\W\d_'’-]*){0,3}?)"
    r"(?: is (?:de|mijn|m'n|mn) naam)?(?: hoor)?[.!]?$",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(
    r"\b(?:ik heet|mijn naam is|m'n naam is|noem mij maar)\s+([^\W\d_][\w'’-]+)", re.IGNORECASE
)
# "hoezo dan" is a question and "nou nee" no answer, though each looks like a name.
_QUESTIONS = frozenset(words("hoezo waarom wat wie hoe waar wanneer welke weet"))
_NO_NAME = frozenset(
    words(
        "nou nu toch niet niks geen ja nee jawel ok oke goed prima zo hoor even maar wel ook nog "
        "moet mag kan doet vraagt u dat dit daar hier je jij jullie mij mijn uw haar hem is was "
        "heb heeft van de het een fout verkeerd"
    )
)


# "mijn broer en ik verzorgen onze moeder": who comes after it is cared for.
_CARED_FOR = re.compile(r"\b(?:zorg\w* voor|verzorg\w*)\s+(?:mijn|m'n|mn|me|onze|ons)\s+(\w+)")


def person_in(text: str) -> tuple[str, Relation] | None:
    """Whom somebody cares for: how to say it back ("uw man") and the relation."""
    said = words(text)
    cared_for = _CARED_FOR.search(" ".join(said))
    if cared_for and cared_for.group(1) in _PEOPLE:
        return _PEOPLE[cared_for.group(1)]
    after = [said[place + 1] for place, word in enumerate(said[:-1]) if word in _POSSESSIVES]
    after += [_OTHER_WAY_ROUND.get(pair, "") for pair in pairwise(said)]
    candidates = [word for word in after if word] or [
        word for word in said if word not in {"man", "vrouw", "vriend"}
    ]
    return next((_PEOPLE[word] for word in candidates if word in _PEOPLE), None)


_CARES = re.compile(
    r"\b(?:mijn|m'n|mn|onze)\s+([a-z]+)(?:\s+(?!ik\b|we\b|wij\b|en\b)\S+){0,3}?\s+(?:zorgt|verzorgt)\s+"
    r"(?:nu\s+|al\s+\S+\s+)?(?:voor\s+)?(mijn|m'n|mn|haar|zijn|onze)\s+([a-z]+)"
)


def carer_in(text: str) -> tuple[str, str] | None:
    """Who cares for whom, when it is not the writer: ("uw moeder", "uw vader").

    >>> carer_in("mijn moeder (83) zorgt voor mijn vader met parkinson")
    ('uw moeder', 'uw vader')
    """
    found = _CARES.search(text.lower())
    if found is None:
        return None
    carer, whom = _PEOPLE.get(found.group(1)), _PEOPLE.get(found.group(3))
    if carer is None or whom is None:
        return None
    theirs = found.group(2) in ("haar", "zijn")
    return carer[0], f"{found.group(2)} {found.group(3)}" if theirs else whom[0]


def whose(relation: str) -> str:
    """How to say back a relation that was chosen by a button."""
    return _WHOSE.get(relation, _WHOSE["other"])


def situation_in(text: str) -> Situation | None:
    """What makes the care needed, when a plain word for it is used."""
    said = f" {' '.join(words(text))}"
    for situation, signs in _SITUATIONS.items():
        if any(
            f" {sign}" in said if len(sign) > 3 else f" {sign} " in f"{said} " for sign in signs
        ):
            return situation
    return None


def need_in(text: str) -> str | None:
    """The coarse need that is named, such as "night"; the words themselves are not kept."""
    said = " ".join(words(text))
    return next((need for need, signs in _NEEDS.items() if re.search(signs, said)), None)


def nights_in(text: str) -> int | None:
    """A number of nights from 1 to 28: "2 nachten", "drie", "een week".

    In a longer sentence a number counts only where it counts nights or weeks: "mag ik een mens
    spreken" names none.
    """
    said = words(text)
    number = _counted(said)
    if any(word.startswith(("week", "weke")) and "weekend" not in word for word in said):
        number = 7 * (number or 1)
    elif any(word.startswith("weekend") for word in said):
        number = 3  # Friday to Monday
    return number if number is not None and 1 <= number <= 28 else None


def counted_nights(text: str) -> int | None:
    """The number in "4 nachten"; none in "drie keer per nacht"."""
    counted = (_number(first) for first, then in pairwise(words(text)) if then.startswith("nacht"))
    nights = next((number for number in counted if number), None)
    return nights if nights is not None and nights <= 28 else None


def _counted(said: list[str]) -> int | None:
    before = [_number(first) for first, then in pairwise(said) if then.startswith(_COUNTABLE)]
    if any(before):
        return next(number for number in before if number)
    if len(said) > _BARE_ANSWER:
        return None
    sure = [word for word in said if word != "een" or len(said) <= 2]
    return next((_number(word) for word in sure if _number(word)), None)


def _number(word: str) -> int | None:
    return int(word) if word.isdigit() and len(word) < 3 else _NUMBERS.get(word)


_NO = frozenset(("nee", "neen", "niet", "geen", "nooit", "liever"))


def has_a_no(text: str) -> bool:
    """Whether there is a no in the words, so that they are no plain yes: "dat is niet goed"."""
    return bool(_NO & set(words(text)))


def wants_to_stop(text: str) -> bool:
    """Whether somebody wants to leave the form: "laat maar"."""
    return bool(_STOP.search(" ".join(words(text))))


def name_in(text: str) -> str | None:
    """A first name: at most four words, no figures, no question, not only everyday words."""
    found = _NAME.match(text.strip()[:80])
    if found is None:
        return None
    said = set(words(found.group(1)))
    name = found.group(1).strip()
    return None if said & _QUESTIONS or said <= _NO_NAME else name[0].upper() + name[1:]


_DECLINING = frozenset(words("skip overslaan oversla liever anoniem later pas stop laat zeg sla"))


def is_single_name(text: str) -> bool:
    """Whether the text is one word that can be a name, whatever it is taken for: "Greet"."""
    said = words(text)
    return len(said) == 1 and name_in(text) is not None and not set(said) & _DECLINING


def introduced_name(text: str) -> str | None:
    """The first name in "nee, ik heet Riet": only where somebody says that it is a name."""
    found = _INTRODUCED.search(text[:80])
    if found is None or found.group(1).lower() in _NO_NAME:
        return None
    return found.group(1)[0].upper() + found.group(1)[1:]


def location_in(text: str, locations: tuple[Location, ...]) -> Location | None:
    """The location that is named, by its name or the one telling word of it."""
    said = set(words(text))
    telling = [
        (sum(len(w) for w in words(one.name) if w in said and len(w) > 3), one) for one in locations
    ]
    best = max(telling, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] >= 5 else None
