"""Take out the numbers that are no dates: times, phone numbers, prices, ages, doses.

Works on canonical words, before dates in figures are read.
"""

import re

from bot.services.periods.vocabulary import MONTHS

GAP = " ~ "
_UNIT = "nacht|dag|week|weekend|midweek|maand"
_MONTH = "|".join(MONTHS)
_PAIR = r"\d{1,2}(?:[.:]\d\d)? ?(?:-|tot|en|a|of|THROUGH) ?\d{1,2}(?:[.:]\d\d)?"
_AT = r"\b(?:om|tegen|rond|vanaf|tot|voor|na|tussen|van) "
_COUNTED = (
    "keer|maal|personen|persoon|mensen|man|kinderen|kleinkinderen|jarige?|jaren|jaar|maanden oud"
    "|pillen|tabletten|honden|hond|katten|kat|kilo|kg|km|kilometer|meter|minuten|min|graden"
    "|plekken|plaatsen|plek|bedden|bed|kamers|uren|stuks|x|mg|ml|procent|gasten|logees|broers|zussen"
)
# No day of a month and no number of nights: how old someone is.
_AGE = r"(?:3[2-9]|[4-9]\d|1[01]\d)"
_RELATIVE = (
    "van|is|ben|leeftijd|man|vrouw|partner|vader|moeder|pa|ma|papa|mama|pap|mam|opa|oma|broer|zus"
    "|zoon|dochter|schoonvader|schoonmoeder|vriend|vriendin|buurman|buurvrouw|tante|oom"
)
_BIRTHDAY = rf"(?:op )?(?:de )?\d{{1,2}}(?:e|[-/]\d{{1,2}})?(?: (?:{_MONTH})\b|\b(?! (?:{_MONTH})))"
_NOISE = (
    rf"\bwordt? {_AGE}(?: jaar)? {_BIRTHDAY}(?! ?(?:tot|THROUGH|-|{_UNIT}))",
    rf"\bwordt? {_AGE}(?: jaar)?(?= ?(?:$|,|en\b|dus\b|maar\b|op {_BIRTHDAY}))",
    rf"\b{_BIRTHDAY} wordt (?:[a-z']+ ){{1,3}}{_AGE}\b",
    rf"\({_AGE}\)|\b(?:{_RELATIVE}) {_AGE}\b(?! ?(?:[-/.:]|THROUGH|tot|en|of|a|{_UNIT}|{_MONTH}))",
    # A phone number, unless it is a date in figures.
    r"(?<![\d-])(?!\d\d?[-/. ]\d\d?[-/. ]\d{4}(?!\d))(?:\+31|0031|0)[ -]?\d(?:[ -]?\d){7,8}(?!\d)",
    rf"\d{{5,}}|(?<![\d,])\d+,\d+(?![\d,]| ?(?:en|of|{_MONTH}))(?: ?(?:{_UNIT})\b)?",
    r"(?:€|eur|euro) ?\d+(?:[.,]\d+)?(?:,-)?|\d+(?:[.,]\d\d)?(?:,-)? ?(?:euro|eur|€|%)",
    rf"(?:{_AT})?{_PAIR} ?(?:uur|u)\b",
    rf"(?:{_AT})?\b\d{{1,2}}(?::\d\d|[.:]\d\d(?= ?(?:uur|u)\b))? ?(?:uur|u)\b",
    rf"(?:{_AT})?\b\d{{1,2}}:\d\d\b|\bom \d{{1,2}}\.\d\d\b",
    rf"(?:{_AT})?\bkwart (?:over|voor) \d{{1,2}}\b",
    rf"(?:{_AT})?\b\d{{1,2}} (?:minuten )?(?:over|voor) half \d{{1,2}}\b",
    rf"(?:{_AT})?(?<![\d/.-])\b\d{{1,2}} (?:over|voor) \d{{1,2}}\b(?! (?:{_MONTH}|{_UNIT}))",
    rf"(?:{_AT})?\bhalf \d{{1,2}}\b(?! (?:{_MONTH}))",
    rf"\bom \d{{1,2}}\b(?! (?:{_MONTH})|-)",
    rf"\b\d{{1,3}} ?(?:-|a|of|tot) ?\d{{1,3}}[ -]?(?:{_COUNTED})\b",
    rf"\b\d{{1,3}}[ -]?(?:{_COUNTED})\b",
    r"(?<!tot )(?<!op )(?<!van )(?<!vanaf )(?<!THROUGH )"
    r"\b24 ?[/x-] ?7\b(?! ?(?:-|/|THROUGH|tot)| ?\d)|\b1[ -]op[ -]1\b",
    r"\bbloeddruk\D{0,12}\d+ ?/ ?\d+|\d+ ?/ ?\d+ bloeddruk",
    r"\b(?:nummer|nr|huisnummer|kamer|tel|telefoon)\.? ?\d+",
)
_NOISY = re.compile("|".join(f"(?:{pattern})" for pattern in _NOISE))


def without_noise(text: str) -> str:
    """The text with a gap in the place of every such number.

    >>> without_noise("om 3 uur , 12 juni")
    ' ~  , 12 juni'
    """
    return _NOISY.sub(GAP, text) if re.search(r"\d", text) else text
