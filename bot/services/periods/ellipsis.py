"""Say in full what is said once for two: "begin of half juni", "deze of volgende week"."""

import re

from bot.services.periods.vocabulary import MONTHS, WEEKDAYS

_NAMES = "|".join(MONTHS)
_SIGN = r"(?:of|en|tot|THROUGH|-|/)"
_ORDINAL = r"(?:\d{1,2}e|laatste|voorlaatste)"
_OF = r"(?: van| in)?(?: de)?(?: maand)?"
_WHOLE_MONTH = rf"{_OF} (?P<month>(?:{_NAMES})(?: 20\d\d)?|(?:volgende|komende|deze|de) maand)"
_DAY_NAMED = rf"(?:{'|'.join(WEEKDAYS)}|de|\d{{1,2}}e?|{_NAMES}|morgen|overmorgen)"
_DAYS_NAMED = rf"{_DAY_NAMED}(?: {_DAY_NAMED})*"
_FETCHED = r"(?:weer )?(?:ophalen|opgehaald|halen)\b"
_FULL = (
    (
        rf"\b(?P<one>begin|half|eind) ?(?P<sign>{_SIGN}) ?(?P<two>begin|half|eind){_WHOLE_MONTH}",
        r"\g<one> \g<month> \g<sign> \g<two> \g<month>",
    ),
    (
        rf"\b(?P<one>{_ORDINAL}) ?(?P<sign>{_SIGN}) (?:de |het )?(?P<two>{_ORDINAL})"
        rf" (?P<unit>week|weekend){_WHOLE_MONTH}",
        r"\g<one> \g<unit> van \g<month> \g<sign> \g<two> \g<unit> van \g<month>",
    ),
    (
        r"\b(?P<one>1e) (?P<sign>en|of|tot|THROUGH) (?:de )?(?P<two>2e)"
        r" (?P<unit>kerstdag|paasdag|pinksterdag)\b",
        r"\g<one> \g<unit> \g<sign> \g<two> \g<unit>",
    ),
    (
        r"\b(?P<one>deze|komende|volgende) (?P<sign>of|en) (?:de |het )?"
        r"(?P<two>volgende|komende|deze) (?P<unit>week|weekend|maand)\b",
        r"\g<one> \g<unit> \g<sign> \g<two> \g<unit>",
    ),
    # "Donderdag 3 december brengen en zondag ophalen": the second day follows the first.
    (
        r"\b(?:brengen|gebracht)(?: (?:en|,|dan|weer|op))+"
        rf" (?P<last>{_DAYS_NAMED}) {_FETCHED}",
        r"tot \g<last>",
    ),
    (
        rf"\bbrengen (?:op )?(?P<first>{_DAYS_NAMED})(?: (?:en|,|dan|weer|op))+"
        rf" (?P<last>{_DAYS_NAMED}) {_FETCHED}",
        r"\g<first> tot \g<last>",
    ),
)
_COMPILED = tuple((re.compile(pattern), full) for pattern, full in _FULL)


def in_full(line: str) -> str:
    """The canonical line with such pairs said in full.

    >>> in_full("eind of half juni 2027")
    'eind juni 2027 of half juni 2027'
    """
    for pattern, full in _COMPILED:
        line = pattern.sub(full, line)
    return line
