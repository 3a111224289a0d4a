"""Dates in figures, written out: "12-6" is "12 juni", "12/6-15/6" is "12 juni - 15 juni"."""

import re

from bot.services.periods.vocabulary import MONTHS, WEEKDAYS

IMPOSSIBLE = "UNCLEAR"  # as in `phrases`
_NAMES = "|".join(MONTHS)
_NO_DATE = rf"(?! ?(?:{_NAMES}|nacht|dag|week|weekend|midweek|maand|van\b|deel\b|~|/))"
_BEFORE = r"(?<![\d/.-])(?<!\d,)"
_ISO = re.compile(r"(?<![\d-])(20\d\d)-(\d\d?)-(\d\d?)(?!\d)")
# Two whole dates with only a sign between: "13-3-27/15-3-27".
_JOINED = re.compile(
    r"(\d[-/.]\d{2,4})[-/](?=\d{1,2}([-/.])\d{1,2}\2\d)|([-/.]\d{1,2}[-/.]20\d\d)[-/](?=\d)"
)
_FULL = re.compile(
    _BEFORE + r"(\d{1,2})([-/.])(\d{1,2})\2'?(20\d\d|\d\d)(?!\d|\2\d)"
    r"|(?<![\d])(\d{1,2})(?: - | )(\d{1,2})(?: - | )(20\d\d)(?!\d)"
)
_RANGE = re.compile(
    _BEFORE + r"(\d{1,2})([-/.])(\d{1,2}) ?([-/]|THROUGH|tot) ?(\d{1,2})\2(\d{1,2})(?![\d/-])"
)
_DAYS_OF = re.compile(_BEFORE + r"(\d{1,2}) ?(-|THROUGH|tot|en) ?(\d{1,2})/(\d{1,2})(?![\d/-])")
_SHORT = re.compile(_BEFORE + r"(?<!week )(\d{1,2})([-/])(\d{1,2})(?![\d/]|,\d|-\d)" + _NO_DATE)
# "12.6" is a date only where a date is expected: it may be a measure or a time.
_DOTTED = re.compile(
    rf"(^|\b(?:op|van|vanaf|tot|en|{'|'.join(WEEKDAYS)}) |(?:THROUGH|-) ?)"
    r"(\d{1,2})\.(0?[1-9]|1[0-2])\b\.?(?![\d.])" + _NO_DATE
)
_AFTER_MONTH = re.compile(rf"(?:{_NAMES}) $")


def write_out(text: str) -> str:
    """The text with the dates in figures written as day, name of the month and year.

    >>> write_out("12/6-15/6 of 2027-07-01")
    '12 juni - 15 juni of 1 juli 2027'
    """
    if not re.search(r"\d[-/. ]", text):
        return text
    text = _ISO.sub(lambda m: _written(m[3], m[2], m[1]), text)
    text = _JOINED.sub(r"\1\3 - ", text)
    text = _FULL.sub(_full, text)
    text = _RANGE.sub(_range, text)
    text = _DAYS_OF.sub(lambda m: f"{m[1]} {_sign(m[2])} {_written(m[3], m[4])}", text)
    text = _SHORT.sub(_short, text)
    return _DOTTED.sub(lambda m: m[1] + _written(m[2], m[3]), text)


def _written(day: str, month: str, year: str = "") -> str:
    number = int(month)
    name = MONTHS[number - 1] if 1 <= number <= 12 else IMPOSSIBLE
    return f"{int(day)} {name} {_century(year)}".rstrip()


def _century(year: str) -> str:
    return "20" + year if len(year) == 2 else year


def _full(match: re.Match[str]) -> str:
    return _written(match[1] or match[5], match[3] or match[6], match[4] or match[7])


def _sign(sign: str) -> str:
    return f" {'-' if sign == '/' else sign} "


def _range(match: re.Match[str]) -> str:
    if int(match[3]) > 12 or int(match[6]) > 12:
        return match[0]
    first, last = _written(match[1], match[3]), _written(match[5], match[6])
    return f"{first}{_sign(match[4])}{last}"


def _short(match: re.Match[str]) -> str:
    """Day and month, unless it says two days of a month that was named: "juni 10-12"."""
    day, month = int(match[1]), int(match[3])
    if _AFTER_MONTH.search(match.string[: match.start()]) or day > 31:
        return match[0]
    if month > 12:
        return match[0] if month > day else f"{day} {IMPOSSIBLE}"
    return _written(match[1], match[3])
