"""What the few words mean with which somebody answers a message that nobody asked for. Pure, and
cautious: what is not plain is none of these, and the assistant reads it."""

import re

from bot.nlu.text import fold, words

_THANKS = r"(?:dank (?:u|je)(?: wel)?|dankuwel|dankjewel|bedankt)"
_YES = (
    r"ja|jawel|jazeker|zeker|graag|heel|hoor|oke|ok|okay|prima|goed|fijn|top|akkoord|doe maar|"
    r"dat is goed|is goed|(?:die|deze|dat) (?:plek )?(?:wil|neem) ik(?: wel)?|(?:die|deze) plek|"
    rf"alstublieft|{_THANKS}"
)
_HELLO = (
    r"hallo|hoi|hai|dag|goede(?:morgen|middag|navond)|(?:ik )?ben (?:er|hier)|"
    r"(?:vertel|zeg)(?: het)?(?: maar| eens)?"
)
_NO = (
    r"nee|neen|hoor|liever niet|(?:nu|nog|voorlopig) (?:even )?niet|niet (?:nu|nodig|meer nodig)|"
    r"(?:dat |het )?hoeft (?:nu )?niet(?: meer)?|dat is niet (?:meer )?nodig|laat maar|"
    rf"(?:dat|die) wil ik niet|ik wil (?:dat|die|het) niet|geen (?:interesse|behoefte)|{_THANKS}"
)
_REAL_NO = re.compile(r"\b(?:nee|neen|niet|geen|laat maar)\b")
_PLAIN_YES = re.compile(rf"(?:(?:{_YES})\b ?)+")
_PLAIN_NO = re.compile(rf"(?:(?:{_NO})\b ?)+")
_SIGN = re.compile(rf"(?:(?:{_HELLO}|{_YES})\b ?)+")
# A thumb, a hand, a smile, a heart or a tick, in any colour.
_NODS = frozenset("👍👌🙏👋🙂😊😀😃😄☺❤✅✔\N{VARIATION SELECTOR-16}") | {
    chr(skin) for skin in range(0x1F3FB, 0x1F400)
}


def is_yes(text: str) -> bool:
    """Whether somebody says a plain yes, and nothing else.

    >>> is_yes("Ja graag!"), is_yes("ja, maar wat kost het?"), is_yes("goed, laat maar")
    (True, False, False)
    """
    return _all(_PLAIN_YES, text)


def is_no(text: str) -> bool:
    """Whether somebody says a plain no, and nothing else.

    >>> is_no("Nee, dank u"), is_no("dat is niet nodig"), is_no("dank u wel")
    (True, True, False)
    """
    return _all(_PLAIN_NO, text) and bool(_REAL_NO.search(" ".join(words(text))))


def is_sign(text: str) -> bool:
    """Whether somebody says no more than that they are there, or yes.

    >>> is_sign("Hallo, vertel maar"), is_sign("👍"), is_sign("👎"), is_sign("Mijn man is dood")
    (True, True, False, False)
    """
    return _all(_SIGN, text) or (bool(text.strip()) and _NODS.issuperset("".join(text.split())))


def is_question(text: str) -> bool:
    """Whether something is asked."""
    return "?" in text


def _all(pattern: re.Pattern[str], text: str) -> bool:
    foreign = any(letter.isalpha() and not letter.isascii() for letter in fold(text))
    return not is_question(text) and not foreign and bool(pattern.fullmatch(" ".join(words(text))))
