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
    (r"\b(ochtend\w*|s?morgens|vroeg)\b", "’s ochtends"),
    (r"\bs?avond\w*\b", "’s avonds"),
    (r"\b(s?middag\w*|na (de )?(lunch|middag))\b", "’s middags"),
)
_ANY = re.compile(r"\b(maakt niet uit|altijd|alle dagen|hele dag|wanneer (dan )?ook|om het even)\b")
ANY_TIME = "op elk moment"
# "na 5 uur", "maandag": kept in the person's own words.
_OWN_WORDS = re.compile(
    r"\b(na|voor|vanaf|tussen|om|rond)\s+(half\s+)?\w+(\s+uur)?|\b(maan|dins|woens|donder|vrij|zater|zon)dag\w*"
    r"|\bmorgen\b|\bvandaag\b"
)


def moment_in(text: str) -> str | None:
    """When a call suits, in a few words; None when nothing of the kind is said.

    >>> moment_in("liefst in de middag"), moment_in("na vijven")
    ('’s middags', 'na vijven')
    """
    said = " ".join(words(text))
    for pattern, moment in _MOMENTS:
        if re.search(pattern, said):
            return moment
    if _ANY.search(said):
        return ANY_TIME
    own = _OWN_WORDS.search(said)
    return own.group() if own else None


def rather_here(text: str) -> bool:
    """Whether somebody would rather be answered in the chat than called."""
    return bool({"hier", "chat", "schrijven", "berichtje", "app", "appen"} & set(words(text)))
