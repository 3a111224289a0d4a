"""Leave out what is said about other times: the past, habits, calls, and days that do not suit."""

import re
from itertools import pairwise

from bot.services.periods.items import Item
from bot.services.periods.telling import only_tells

_TIMES = frozenset("dhDNwmWSFypBKLAZ")
_PAST = """
    vorige geleden sinds toen was waren werd werden viel ging kreeg overleed stierf lag sliep
    begon gebeurde destijds inmiddels
"""
_ABOUT_ELSE = """
    bel bellen belt belde gebeld terugbellen teruggebeld terugbelt belafspraak spreken telefonisch
    mailen mail appen reactie antwoord bereikbaar geboren geboortedatum jarig verjaardag verjaard
    overleden gestorven getrouwd trouwdag dagbesteding dagopvang dagcentrum huisarts ziekenhuis
    dokter tandarts fysio oogarts specialist poli uitslag notaris operatie geopereerd afspraak
    begrafenis crematie kapper cursus werk werkt thuiszorg wijkverpleging casemanager gesprek
    bericht berichten scan mri chemo bestraling dialyse onderzoek ingreep keuring
"""
_DENIAL = "niet nie nit neet niks geen gin nooit behalve zonder uitgezonderd"
_HABIT = "elke"
# One of these anywhere in a part of a sentence, and its times are not about a wished stay.
_ELSEWHERE = frozenset(f"{_PAST} {_ABOUT_ELSE} {_DENIAL} {_HABIT}".split())
_NOT = frozenset(_DENIAL.split())
_HAVE_AND_BE = "is ben bent zijn heb hebt heeft hebben had hadden wordt word worden"
_AUXILIARY = frozenset(_HAVE_AND_BE.split())
_PARTICIPLE = re.compile(
    r"(?:op|in|uit|aan|af|mee|weg|terug|door|binnen)?ge[a-z]{2,}(?:d|t|en)"
    r"|overleden|verhuisd|ontslagen|begonnen|vertrokken|verloren|hersteld|bevallen|verwijderd"
)
# They only look like a participle, or tell of the plan itself.
_PLANNED = """
    gedacht gekozen gepland gewenst gewild gehoopt gevraagd gereserveerd geboekt geregeld gezien
    geweldig gezond gemeente genoegen gezinsleden geloven gebruiken geven geleden gevonden gehad
    geprikt gerust gehandicapt geinteresseerd geschikt gewoon gesprek gebied gezin geld
"""
_NO_PAST = frozenset(_PLANNED.split())
# "Niet" that takes nothing back.
_NO_DENIAL = re.compile(
    r"\bniet (?:alleen|thuis|zelf|meer|zo lang|te lang|te ver|langer dan|eerder dan|waar|nodig)\b"
    r"|\bniet (?:zelf )?voor (?:hem|haar|ze|zijn|mijn|m'n)\b"
    r"|\ber(?: zelf| dan)? niet (?:ben|is|zijn)|\bniet (?:kan|kunnen) (?:zorgen|oppassen)"
    r"|\b(?:ben|zijn)(?: ik| we| wij)? er(?: dan| zelf)? niet\b"
    r"|\bweet(?: ik| we)?(?: het)?(?: nog)? niet(?: precies| zeker| goed)?\b"
    r"|\bnog niet(?: precies| helemaal)?(?: zeker)?\b(?= (?:wanneer|zeker|bekend|duidelijk))"
    r"|\bgeen (?:idee|probleem|haast|indicatie)\b|\bwaarom niet\b|\bof niet\b|\bniet (?:dat|erg)\b"
    r"|\b(?:mijn|m'n|het|zijn|haar|ons|hun|voor) werk\b"
    r"|\b(?:was|waren) (?:benieuwd|van plan|op zoek|aan het|nieuwsgierig)\b"
)


# With one of these, "voor 12 juni" asks for that day; without, it may mean before it.
_ASKED_FOR = """
    plek plekje plekken plaats plaatsje bed kamer logeerplek logeerplaats ruimte opvang aanvraag
    aanvragen reserveren reservering boeken optie vrij beschikbaar beschikbaarheid logeren iets
    zoek zoeken inschrijven
"""
_WISHES = frozenset(_ASKED_FOR.split())


def without_idioms(line: str) -> str:
    """The line without the "niet" and "was" that deny nothing and tell of no past."""
    return _NO_DENIAL.sub("~", line)


def about_the_stay(items: list[Item]) -> list[Item]:
    """The items, with a gap for each part of a sentence that is about something else."""
    parts = _parts(items)
    words = frozenset(item.text for item in items)
    kept = [_blank(part) if _elsewhere(part) or only_tells(part, words) else part for part in parts]
    for index in range(1, len(parts)):
        if _denies_what_went_before(parts[index]):
            kept[index - 1] = _blank(parts[index - 1])
    return [item for part in kept for item in _asked_for(part)]


def denied(items: list[Item]) -> list[list[Item]]:
    """The parts that name a time in order to rule it out: "niet in december"."""
    return [
        [item for item in part if item.text not in _NOT]
        for part in _parts(items)
        if _NOT & {item.text for item in part} and any(item.code in _TIMES for item in part)
    ]


def _asked_for(part: list[Item]) -> list[Item]:
    """The part without a "voor" that means for; beside a week it always means before."""
    if not _WISHES & {item.text for item in part}:
        return part
    named = [Item("."), *(item for item in part if item.code != " ")]
    before = {id(item) for last, item in pairwise(named) if last.code in "BKG"}
    return [item for item in part if item.code != "o" or id(item) in before]


def _parts(items: list[Item]) -> list[list[Item]]:
    parts: list[list[Item]] = [[]]
    for item in items:
        parts[-1].append(item)
        if item.code in {",", "."}:
            parts.append([])
    return parts


def _blank(part: list[Item]) -> list[Item]:
    end = [part[-1]] if part[-1].code in {",", "."} else []
    return [Item("_"), *end]


def _elsewhere(part: list[Item]) -> bool:
    said = {item.text for item in part}
    if said & _ELSEWHERE:
        return True
    done = {word for word in said - _NO_PAST if _PARTICIPLE.fullmatch(word)}
    return bool(done and said & _AUXILIARY)


def _denies_what_went_before(part: list[Item]) -> bool:
    """Whether it takes back the part before: "12 juni, dan kan ik niet"."""
    said = [item.text for item in part if item.text]
    no_time = all(item.code not in _TIMES for item in part)
    return no_time and said[:1] != [] and said[0] in {"dat", "dan", "die"} and bool(_NOT & {*said})
