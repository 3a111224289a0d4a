"""Pieces of the calendar that come back every year: which one is meant, seen from a day."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from bot.services.periods.calendar import Piece, upcoming
from bot.services.periods.items import Item, year
from bot.services.periods.model import Span, UnclearError, Window

# Years; nobody asks for a stay later than that.
FAR_AHEAD = 5
_A_MONTH = timedelta(days=31)
PieceOf = Callable[[int], Piece]


def yearly(
    code: str, match: re.Match[str], today: date, piece_of: PieceOf, *, flexible: bool = True
) -> Item:
    """The piece of the year that was said, or else the next one to come.

    Raises UnclearError where "deze" or "volgende" leaves open which year is meant.
    """
    if (said := year(match)) is not None:
        if said > today.year + FAR_AHEAD:
            raise UnclearError
        return Item(code, Window(lambda base: _of_year(piece_of(said), base, flexible=flexible)))
    word = match.groupdict().get("next")
    if word is None:
        return Item(code, Window(lambda base: upcoming(piece_of, base, flexible=flexible)))
    span = _pointed_at(word, piece_of, today, flexible=flexible)
    return Item(code, Window(lambda _: span))


def feast(match: re.Match[str], today: date, piece_of: PieceOf) -> Item:
    """As `yearly`, for days that are meant as a whole: once begun, it is unclear which year."""
    item = yearly("F", match, today, piece_of, flexible=False)

    def at(base: date) -> Span:
        span = item.value.at(base) if isinstance(item.value, Window) else None
        if span is None or (span.start, span.end) != piece_of(span.start.year):
            raise UnclearError
        return replace(span, single=span.end == span.start + timedelta(days=1))

    return Item("F", Window(at))


def _of_year(piece: Piece, base: date, *, flexible: bool) -> Span:
    start, end = piece
    if end <= base:
        raise UnclearError
    return Span(max(start, base), end, flexible)


def _pointed_at(word: str, piece_of: PieceOf, today: date, *, flexible: bool) -> Span:
    span = upcoming(piece_of, today, flexible=flexible)
    if word == "deze":
        if span.start.year != today.year:
            raise UnclearError
        return span
    if span.start <= today and span.end:
        if word != "volgende" and span.end - today > _A_MONTH:
            raise UnclearError  # "komende zomer", said in June
        span = upcoming(piece_of, span.end, flexible=flexible)
    if word == "volgende" and span.start.year == today.year:
        raise UnclearError
    return span
