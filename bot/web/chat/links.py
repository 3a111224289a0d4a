"""Makes telephone numbers and web addresses in a message something to tap. Pure.

A number that is missed is merely typed over by hand; an amount, a date or a postcode must never
look like a number to call.
"""

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

# Digits, with at most one space or hyphen between two of them.
_MORE = r"(?:[ -]?[0-9])"
_COUNTED = (
    "euro|uur|minuten|dag|dagen|nacht|nachten|week|weken|maand|maanden|jaar|keer|plek|plekken|"
    "plaatsen|bed|bedden|mensen|personen|gasten|mantelzorgers|km|kilometer|meter|m|procent"
)
_STREET = r"(?:straat|weg|laan|plein|kade|gracht|dijk|hof|kamer|huisnummer|€)"
_LINK = re.compile(
    rf"""
      (?P<web>https?://[^\s<>"]*[\w/=&#-])
    | (?<![\w@./-])(?P<site>(?:[a-z0-9][a-z0-9-]*\.)+nl)(?![\w@-]|\.\w)
    | (?<![\w+€@.,/:-])(?<![0-9€]\ )
      (?:
        (?P<abroad>(?:\+|00)31[ -]?(?:\(0\)[ -]?)?[1-9]{_MORE}{{8}})
      | (?P<free>0[89]00[ -]?[0-9]{{4}}(?:[ -]?[0-9]{{3}})?)
      | (?P<home>
          (?![0-9]{{2}}-[0-9]{{2}}-[0-9]{{4}})0[1-9]{_MORE}{{8}}
        | \(0[1-9]{_MORE}{{1,2}}\){_MORE}{{6,7}}
        )
      | (?P<short>11[23])(?!\ ?(?:%|(?:{_COUNTED})\b))
      )
      (?![\w€]|[.,:/-][0-9]|\ [0-9])
    """,
    re.VERBOSE,
)
_IN_A_STREET = re.compile(rf"{_STREET}\s?$", re.IGNORECASE)


def linked(text: str) -> Markup:
    """The text, escaped, with links for what can be called or opened.

    >>> linked("Bel 112 & zeg waar u bent")
    Markup('Bel <a href="tel:112">112</a> &amp; zeg waar u bent')
    """
    return Markup("").join(_pieces(text))


def _pieces(text: str) -> Iterator[Markup]:
    end = 0
    for found in _LINK.finditer(text):
        address = _address(found)
        if address is None:
            continue
        yield escape(text[end : found.start()])
        yield Markup('<a href="{}">{}</a>').format(address, found[0])
        end = found.end()
    yield escape(text[end:])


def _address(found: re.Match[str]) -> str | None:
    """Where the link goes, or None when it only looked like a number."""
    digits = re.sub(r"[^0-9]", "", found[0])
    if found["web"]:
        return found[0]
    if found["site"]:
        return f"https://{found[0]}"
    if found["abroad"]:
        return f"tel:+31{digits.removeprefix('00').removeprefix('31').removeprefix('0')}"
    if found["home"]:
        # With the country's code it also works from abroad.
        return f"tel:+31{digits[1:]}" if len(digits) == 10 else None
    if found["short"] and _IN_A_STREET.search(found.string, 0, found.start()):
        return None
    return f"tel:{digits}"
