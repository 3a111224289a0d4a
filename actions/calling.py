"""What somebody says about being called: that they want it, on which number and when. Pure."""

import re

from bot.nlu.text import words

_CALL_ME = re.compile(
    r"\b(bel(len|t)?\s+(me|mij)\b|(me|mij)\s+(\S+\s+){0,3}?(op|terug)?bel(len|t)?\b|teruggebeld|opgebeld"
    r"|terugbellen|gebeld worden)"
)


def wants_a_call(text: str) -> bool:
    """Whether somebody asks to be called: "kan iemand mij bellen?"."""
    return bool(_CALL_ME.search(" ".join(words(text))))


_PHONE = re.compile(r"(?:\+|\(0\)|\()?\d(?:[\s()./-]{0,3}\d){8,14}")


def has_phone_number(text: str) -> bool:
    """Whether there is something to call."""
    return phone_number(text) is not None


def phone_number(text: str) -> str | None:
    """The number to call, as it was typed: nine to fifteen figures; None when there is none.

    >>> phone_number("neem maar 06-12 34 56 78, na vieren")
    '06-12 34 56 78'
    """
    found = _PHONE.search(text)
    return found.group().strip() if found else None


def callback_in(text: str) -> str | None:
    """Number and moment of a call, without the words around them; None without a number.

    >>> callback_in("u mag bellen op 06-12345678 na vieren")
    '06-12345678, na vieren'
    """
    number = phone_number(text)
    moment = moment_in(text)
    return f"{number}, {moment}" if number and moment else number


# The parts of the day as a coordinator reads them.
_MOMENTS = (
    (r"\b(ochtend\w*|s?morgens|morgenochtend)\b", "’s ochtends"),
    (r"\b(avond\w*|s?avonds|vanavond|morgenavond)\b", "’s avonds"),
    (r"\b(middag\w*|s?middags|vanmiddag|morgenmiddag|na de lunch)\b", "’s middags"),
    (r"\boverdag\b", "overdag"),
)
_ANY = re.compile(
    r"\b(maakt (me |mij )?niet uit|altijd|elke dag|alle dagen|hele dag|wanneer (dan )?ook"
    r"|om het even|nu (meteen|graag|kan)|straks|zo snel mogelijk|wanneer u (wilt|kunt))\b"
    r"|^(graag )?nu( graag)?$"
)
ANY_TIME = "op elk moment"
_NUMBER = (
    r"(\d{1,2}([:.]\d\d)?|een|twee|drie(en)?|vier(en)?|vij(f|ven)|zes(sen)?|zeven(en)?|acht(en)?"
    r"|negen(en)?|tien(en)?|elf|twaalf)"
)
# "na half 6", "om 10 uur", "maandag": kept in the person's own words.
_OWN_WORDS = re.compile(
    rf"\b(na|voor|vanaf|tussen|om|rond|tegen)\s+(half\s+)?{_NUMBER}(\s+en\s+{_NUMBER})?"
    r"(\s+uur)?\b"
    rf"|\b{_NUMBER}\s+uur\b|\bna het eten\b|\b(in het )?weekend\b"
    r"|\b(maan|dins|woens|donder|vrij|zater|zon)dag\b|\bmorgen\b|\bvandaag\b"
    r"|\bover \w+ uur(tje)?\b"
)
_DENIED = re.compile(r"\b(niet|geen|liever niet|behalve)\s+(s |in de |op )?$")


def moment_in(text: str) -> str | None:
    """When a call suits, in a few words; None when nothing of the kind is said, or it is denied.

    >>> moment_in("liefst in de middag"), moment_in("na vijven"), moment_in("niet 's ochtends")
    ('’s middags', 'na vijven', None)
    """
    said = " ".join(words(text))
    if _ANY.search(said):
        return ANY_TIME
    for pattern, moment in (*_MOMENTS, (_OWN_WORDS, None)):
        found = re.search(pattern, said)
        if found and not _DENIED.search(said[: found.start()]):
            return moment or found.group()
    return None


def own_number_meant(text: str) -> bool:
    """Whether the number is meant that somebody writes from: "bel maar op dit nummer"."""
    return bool(
        re.search(r"\b(dit|deze|hetzelfde|zelfde) nummer\b|\bhierop\b", " ".join(words(text)))
    )


def rather_here(text: str) -> bool:
    """Whether somebody would rather be answered in the chat than called."""
    return bool({"hier", "chat", "schrijven", "berichtje", "app", "appen"} & set(words(text)))
