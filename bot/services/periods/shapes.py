"""The grammar: which sequences of items make one period. Read from top to bottom.

Every line rewrites the first stretch of items whose codes match, again and again until none does;
the codes are listed in `items`. What is left are items U, and words that say nothing about when.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise

from bot.services.periods import anchors, around
from bot.services.periods.days import Day
from bot.services.periods.items import Item
from bot.services.periods.model import Span, UnclearError
from bot.services.periods.pairs import between, from_to, listed, span_of

_Rewrite = Callable[[list[Item], date], list[Item]]
_DAYS = "dhDN"
_THINGS = "dhDmwWSFN"


def rewritten(items: list[Item], today: date) -> list[Item]:
    """The items with every period they make as one item U.

    Raises UnclearError where they make a period that cannot be.
    """
    for shape, rewrite in _SHAPES:
        while match := shape.search("".join(item.code for item in items)):
            start, end = match.span()
            items = [*items[:start], *rewrite(items[start:end], today), *items[end:]]
    return items


def _dropped(_: list[Item], __: date) -> list[Item]:
    return [Item("_")]


def _unclear(_: list[Item], __: date) -> list[Item]:
    raise UnclearError


def _named(items: list[Item]) -> list[Item]:
    return [item for item in items if item.code in _THINGS]


def _plain(items: list[Item], today: date) -> list[Item]:
    return [Item("U", span_of(items[0], today))]


def _somewhere(items: list[Item], _: date) -> list[Item]:
    """Inside what was said: "ergens van 12 tot 20 juni"."""
    span = items[-1].value
    if isinstance(span, Span) and not span.single:
        span = replace(span, flexible=True)
    return [Item("U", span)]


def _range(items: list[Item], today: date) -> list[Item]:
    first, last = _named(items)
    if items[0].code == "U":
        return [_checked(items[0], first, last)]
    sign = next(item.code for item in items if item.code in "tT-")
    return [Item("U", from_to(first, sign, last, today))]


def _checked(ready: Item, first: Item, last: Item) -> Item:
    """A period with its weekdays after it: "11 t/m 13 september (vr t/m zo)"."""
    span = ready.value
    said = tuple(item.value.weekday for item in (first, last) if isinstance(item.value, Day))
    if not isinstance(span, Span) or span.end is None:
        raise UnclearError
    if said != (span.start.weekday(), span.end.weekday()):
        raise UnclearError
    return ready


def _between(items: list[Item], today: date) -> list[Item]:
    first, last = _named(items)
    return [Item("U", between(first, last, today))]


def _night(items: list[Item], today: date) -> list[Item]:
    """One night: "van 12 op 13 juni"."""
    first, last = listed(_named(items), today)
    if first.end != last.start:
        raise UnclearError
    return [Item("U", Span(first.start, last.start, flexible=False))]


def _list(items: list[Item], today: date) -> list[Item]:
    """Each day a night: "12, 13 en 14 juni"; but "12/15 juni" is from one to the other."""
    named = _named(items)
    spans = listed(named, today)
    if any(one.end != other.start for one, other in pairwise(spans)):
        return _apart(items, today)
    return [Item("U", Span(spans[0].start, spans[-1].end, flexible=False))]


def _apart(items: list[Item], today: date) -> list[Item]:
    if len(items) != 3 or items[1].code != "/" or items[2].code != "D":
        raise UnclearError
    return [Item("U", from_to(items[0], "T", items[2], today))]


def _either(items: list[Item], today: date) -> list[Item]:
    """Somewhere in both, if they touch: "12 of 13 juni", "juni of juli"."""
    named = _named(items)
    if all(item.code in _DAYS for item in named):
        spans = listed(named, today)
    else:
        spans = sorted((span_of(item, today) for item in named), key=lambda span: span.start)
    if all(item.code not in "|&/" for item in items) and (inner := _nested(spans)):
        return [Item("U", inner)]
    for one, other in pairwise(spans):
        if one.end is None or other.end is None or one.end < other.start:
            raise UnclearError
    either = any(item.code == "|" for item in items) or any(span.flexible for span in spans)
    return [Item("U", Span(spans[0].start, spans[-1].end, flexible=either))]


def _nested(spans: list[Span]) -> Span | None:
    """The narrowest of windows one inside the other, said side by side: "herfst oktober"."""
    inner = min(spans, key=lambda span: (span.end or date.max) - span.start)
    held = all(outer.start <= inner.start < (outer.end or date.max) for outer in spans)
    return inner if held else None


def _without_sign(_: list[Item], __: date) -> list[Item]:
    return []


_TABLE: tuple[tuple[str, _Rewrite], ...] = (
    (r"xf?[dhDmwWSFy]", _dropped),
    # Words that lean on each other.
    (r"dD|(?<![tT-])Dd|Dd(?![tT-]d)|d,D|D,d(?![-tT/&|])", anchors.same_day),
    (r"Kf?[DF](?![-tT&|/,@NhdD])", around.week),
    (r"d[tT&|/-]df?w|w[,@f]*[dh]|[dh]f?w", anchors.in_week),
    (r"m[,@f]*b?[hN](?=[-tT&|/,]+[Nh])|m[,@f]*h|hf?m|[hN][-tT&|/][hN]f?m", anchors.in_month),
    (r"pf?m|m,?p", anchors.part_of_month),
    (r"y[,@f]*[dDhmwWSF]|[DmwWSF][,@f]*y", anchors.in_year),
    (r"(?<![rxb<>o|&tT-])F[,f]*d[tT-]d(?![dDhNmw])", anchors.in_feast),
    (r"Bf?w|w[,@f]*B", anchors.weekend_in_week),
    (r"[BKG][>o<][dhDFmwWS]", around.beside),
    # Two that make one.
    (r"b[dhDNmwWSF][&|tT-][dhDmwWSF]", _between),
    (r"[fv]?[dhDN]@[dhD]", _night),
    (r"@", _without_sign),
    (r"U,?d[tT-]d|[fv][dhDmwWSF][_o]{0,6}[tT][dhDmwWSF]", _range),
    (r"[fv]?[dhDmwWSFN]_?[tT][dhDmwWSF]|[fv]?[dhDmwWSF]_?[tT]N", _range),
    (r"[fv]?[dhDmwWSFN]-[dhDmwWSF]|D-N|D_-D", _range),
    (r"(?:[dN][,&/]{0,2}|[hD](?:,&?|[&/]))+[dhD]|D[&/]N", _list),
    (r"[dhDN]\|[dhD]|[mWSwF](?:[|&/,]?[mWSwF])+", _either),
    (r"(?<![rxb<>o|&tT-])F[,._]{0,6}U|U[,._]{0,6}F(?![tT&|>o<-])", anchors.dates_decide),
    # Named after something else.
    (r"[KB]f?r?[dhDFU]|FB", around.around),
    (r"[Lj][>o][dhDmwWSFU]", _unclear),
    (r"E?v[dhDmwWSFU]", around.onward),
    (r">[dhDmwWSFU]", around.after),
    (r"<[dhDmwWSFU]", around.before),
    (r"r[dhDmwWSFU]|[dhD]r(?![dhDNmwWSFL])", around.about),
    (r"qf?[dhDmwWSFyUL]|o[dhDmSF]|[tT][dhDmwWSF]", _unclear),
    (r"[dhDmwWSF]", _plain),
    (r"EU", _somewhere),
    # Something beside it that was not understood: what was, is then only half of it.
    (
        r"b[^.U]{0,3}U|_[|/]U|N[-&,/|tT]?U|U[|/,-]?N|U_?q(?=[.,]|$)|U/_|U\|[LqpNBK]|U[tT]|f[NqU]_U|N_-U|BN|q[|&/-]",
        _unclear,
    ),
)
_SHAPES = tuple((re.compile(shape), rewrite) for shape, rewrite in _TABLE)
