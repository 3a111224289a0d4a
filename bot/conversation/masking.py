"""Masks what nobody needs in the chat, before anything is stored or logged.

The citizen service number (BSN): nine digits, perhaps written in groups, that pass the eleven-test
(elfproef): https://www.rvig.nl/bsn-digitaal names the number's form. And what a referrer writes of
a patient: names, dates of birth, addresses.
"""

import re

MASK = "[BSN verwijderd]"

PATIENT_MASK = "[gegevens verwijderd]"

_NINE = re.compile(r"(?<![\d+])\d(?:[ .\-]?\d){8}(?![ .\-]?\d)")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def mask(text: str) -> str:
    """The text with every BSN replaced by `MASK`.

    >>> mask("mijn bsn is 111222333, bel 0612345678")
    'mijn bsn is [BSN verwijderd], bel 0612345678'
    """
    return _NINE.sub(lambda found: MASK if is_bsn(found.group()) else found.group(), text)


def without_masks(text: str) -> str:
    """The words that are left, for who has to understand them: a mask says nothing."""
    return text.replace(MASK, " ").replace(PATIENT_MASK, " ")


def is_bsn(text: str) -> bool:
    """Whether the nine digits in `text` pass the eleven-test."""
    digits = [int(character) for character in text if character.isdigit()]
    if len(digits) != 9 or not any(digits):
        return False
    return sum(w * d for w, d in zip(_WEIGHTS, digits, strict=True)) % 11 == 0


# Words after which a name follows, and what follows them in ordinary sentences.
_TITLE = r"mevrouw|mevr\.?|mw\.?|meneer|mijnheer|dhr\.?|de heer"
_NO_NAME = (
    r"is|was|heeft|had|woont|kan|wil|komt|gaat|zit|ligt|loopt|slaapt|zorgt|krijgt|moet|mag|zelf|en|"
    r"valt|eet|drinkt|vindt|wordt|werd|belt|ziet|doet|weet|leeft|heet|praat|dwaalt|vergeet|zegt|vraagt|"
    r"blijft|staat|voelt|denkt|hoort|lijkt|hoeft|durft|ligt|viel|belde|zei|kreeg|ging|"
    r"die|deze|dan|dus|maar|want|heel|erg|vaak|soms|graag|wel|weer|meer|een|geen|of|met|die|dat|van\s+\d+|in|op|uit|niet|nog|al|ook|nu|thuis|bij|zijn|haar|te|om|voor|naar|er"
)
_PARTICLE = r"(?:(?:van|de|der|den|ten|ter|in\s+'t|'t|el|al)\s+)*"
_REST = r"(?:\s+(?-i:[A-Z])[\w'-]+)*"
_MONTHS = "jan|feb|maart|mrt|apr|mei|jun|jul|aug|sep|okt|nov|dec"
_OF_A_PATIENT = tuple(
    re.compile(pattern, flags)
    for pattern, flags in (
        # "mevrouw Jansen-de Vries", "dhr van den berg"
        (
            rf"(?<=\b)(?P<keep>(?:{_TITLE})\s+)(?!(?:{_NO_NAME})\b){_PARTICLE}[^\W\d_][\w'-]+{_REST}",
            re.I,
        ),
        # "J. Jansen", "A.B. de Vries"
        (rf"(?P<keep>)\b(?:[A-Z]\.\s?)+{_PARTICLE}[A-Z][\w'-]+{_REST}", 0),
        # "patiënt Jansen", "mijn cliënt heet Toos Bakker"
        (
            r"(?P<keep>(?:[Pp]ati[eë]nte?|[Cc]li[eë]nte?)(?:\s+heet|\s+genaamd|\s+is|:)?\s+)"
            rf"{_PARTICLE}[A-Z][\w'-]+(?:\s+{_PARTICLE}[A-Z][\w'-]+)*",
            0,
        ),
        # "3-4-1941", "03/04/41" only after a word for birth, "3 april 1941"
        (r"(?P<keep>)\b\d{1,2}[-/. ]\d{1,2}[-/. ](?:19\d\d|200\d)\b", 0),
        (r"(?P<keep>\bgeb\w*\.?\s*(?:op|datum|:)?\s*)\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}", re.I),
        (rf"(?P<keep>)\b\d{{1,2}}\s+(?:{_MONTHS})\w*\s+(?:19\d\d|200\d)\b", re.I),
        # "1234 AB", "Dorpsstraat 12"
        (r"(?P<keep>)\b\d{4}\s?[A-Z]{2}\b", 0),
        (
            r"(?P<keep>)\b\w{3,}(?:straat|laan|weg|plein|hof|pad|kade|singel|dijk|dreef|gracht)"
            r"\s+\d+(?:\s?[a-z])?\b",
            re.I,
        ),
    )
)
_PROFESSION = (
    r"huisarts|poh|praktijkondersteuner|wijkverpleegkundige|verpleegkundige|case ?manager|"
    r"dementieconsulent|ouderenadviseur|maatschappelijk werker"
)
# "mijn huisarts" and "de casemanager" are somebody else; "huisarts hier" is who writes.
_REFERRER = re.compile(
    rf"\bik ben (?:\w+, )?(?:de |een )?(?:{_PROFESSION}|praktijk)|\bals (?:{_PROFESSION})\b"
    rf"|(?:^|[.,!:]\s*|\b(?:hallo|dag|hoi|goede\w+),?\s+)(?:{_PROFESSION})\b"
    r"|\bpati[eë]nt(?:e|en)?\b|\bcli[eë]nt(?:e|en)?\b",
    re.IGNORECASE,
)


def speaks_of_a_patient(text: str) -> bool:
    """Whether somebody writes as a professional: about a patient, or saying what they are."""
    return bool(_REFERRER.search(text))


def mask_patient(text: str) -> str:
    """A referrer's text without names, dates of birth and addresses of others.

    >>> mask_patient("mevrouw Jansen, geb. 3-4-1941, is dement")
    'mevrouw [gegevens verwijderd], geb. [gegevens verwijderd], is dement'
    """
    for pattern in _OF_A_PATIENT:
        text = pattern.sub(lambda found: f"{found['keep']}{PATIENT_MASK}", text)
    return text
