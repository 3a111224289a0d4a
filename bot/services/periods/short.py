"""Short names that are also other words: "ma" (mother), "zo" (so), "do", "di", "wo", "Jan".

They are a weekday or a month only next to other words of time.
"""

import re

from bot.services.periods.vocabulary import DAY_PARTS, MONTHS, WEEKDAYS

_DAYS = "|".join(WEEKDAYS)
_NAMES = "|".join(MONTHS)
_SHORT = {"ma": "maandag", "di": "dinsdag", "wo": "woensdag", "do": "donderdag", "zo": "zondag"}
_ANY_SHORT = "|".join(_SHORT)
_SATURDAY = {"zaterdag"}
_END = r"(?=$| ?[.,!?)])"
_BEFORE_DATE = re.compile(
    rf"\b({_ANY_SHORT})(?= (?:de )?\d{{1,2}}(?:e|[-/.]\d{{1,2}})?"
    rf"(?: (?:{_NAMES}|jan)| ?(?:THROUGH|tot|-|/)|{_END}))"
)
_SIGN = r" ?[-/,] ?(?:en )?| (?:THROUGH|tot|op|en|of) | "
_ANY_DAY = rf"(?:{_ANY_SHORT}|{_DAYS})\b"
_RUN = re.compile(rf"\b{_ANY_DAY}(?:(?:{_SIGN}){_ANY_DAY})+")
_IN_RUN = re.compile(rf"({_SIGN})(?={_ANY_DAY})")
_AFTER_WORD = re.compile(
    rf"(\b(?:volgende|deze|komende) week |\b(?:aanstaande|komende) )({_ANY_SHORT}){_END}"
)
_AFTER_DATE = re.compile(
    rf"((?:\d|{_NAMES})(?: ?(?:-|/) ?| (?:THROUGH|tot) ))({_ANY_SHORT})(?:{_END}| (?=\d))"
)
_DAY_PART = re.compile(rf"\b({_ANY_SHORT})(?= (?:{'|'.join(DAY_PARTS)})\b)")
# "Jan" and "Mei" are names, "may" and "mar" are English: months only beside what months go with.
_MAY = ("may", "mai", "mey", "meij", "meii")
_MONTHS = {"jan": "januari", "mar": "maart"} | dict.fromkeys(_MAY, "mei")
_MONTH = re.compile(
    r"(\b\d{1,2}e?(?: van)? |\b\d{1,2}[-/]"
    r"|\b(?:begin|half|eind|in|maand|week|weekend|helft)(?: van)?(?: de)? )"
    rf"({'|'.join(_MONTHS)})\b"
)
_MONTH_PAIR = re.compile(
    rf"\b({'|'.join(_MONTHS)})(?= ?[-/] ?(?:{_NAMES})| (?:of|en|tot|THROUGH) (?:{_NAMES}))"
)
_MONTH_OF_YEAR = re.compile(
    rf"\b({'|'.join(_MONTHS)})(?= (?:20\d\d|'\d\d)| \d{{1,2}} ?(?:THROUGH|tot|-))"
)
# "Julie" is more often "jullie": the month only beside its days, its parts or a number of nights.
_JULIE = re.compile(
    r"(\b\d{1,2}e?(?: van)? |\b(?:begin|half|eind|maand)(?: van)? )julie(?: 20\d\d)?"
    rf"(?={_END}| (?:tot|THROUGH|-|of|graag|nog|naar|bij|logeren|komen|terecht)\b)"
    r"|(\b\d{1,2} (?:nacht|dag|week) in )julie\b|(\bin )julie(?= \d{1,2} (?:nacht|dag|week)\b)"
)


def long_names(line: str) -> str:
    """The line with those short names written out that can only be a day or a month.

    >>> long_names("zaterdag/zo of 12 jan , ma kan niet")
    'zaterdag/zondag of 12 januari , ma kan niet'
    """
    line = _JULIE.sub(lambda m: m[0].replace("julie", "juli"), line)
    line = _MONTH.sub(lambda m: m[1] + _MONTHS[m[2]], line)
    line = _MONTH_OF_YEAR.sub(lambda m: _MONTHS[m[1]], line)
    line = _BEFORE_DATE.sub(lambda m: _SHORT[m[1]], line)
    line = _DAY_PART.sub(lambda m: _SHORT[m[1]], line)
    line = _AFTER_WORD.sub(lambda m: m[1] + _SHORT[m[2]], line)
    line = _AFTER_DATE.sub(lambda m: m[0].replace(m[2], _SHORT[m[2]]), line)
    line = _MONTH_PAIR.sub(lambda m: _MONTHS[m[1]], line)
    return _RUN.sub(_run, line)


def _run(match: re.Match[str]) -> str:
    """Days side by side; "vrijdag en zo", "ma en zo" and a bare "ma di" are no days."""
    first, *rest = _IN_RUN.split(match[0])
    days, signs = [first, *rest[1::2]], rest[::2]
    if all(sign == " " for sign in signs) and len(days) < 3 and days[0] not in _SATURDAY:
        return match[0]
    if days[-1] == "zo" and signs[-1].strip() in {"en", "of"} and days[-2] not in _SATURDAY:
        return match[0]
    return _SHORT.get(first, first) + "".join(_SHORT.get(part, part) for part in rest)
