"""How single days are said: "vrijdag 12 juni", "de 12e", "komende vrijdag", "over twee weken"."""

import re
from datetime import date, timedelta

from bot.services.periods.calendar import WEEK, later_month, monday, nth_day
from bot.services.periods.days import DAY, Day, whole
from bot.services.periods.items import Item, Rule, month, number, pattern, weekday, year
from bot.services.periods.model import Span, UnclearError, Window
from bot.services.periods.yearly import FAR_AHEAD, yearly

_DATED = pattern(
    r"(?:(?:aanstaande|komende|deze) )?(?:<WD> ?,? (?:op )?)?(?:de )?(?P<day>\d{1,3})"
    r"(?:e(?: dag)?(?: van| in)?(?: de)?(?: maand)?| van(?: de)?(?: maand)?)? (?:<MON>|UNCLEAR)"
    r"(?: ?,? (?:van |in )?(?:jaar )?(?P<year>20\d\d|'\d\d|\d\d(?=$| [.,-]| THROUGH| tot)))?"
    r"(?: aanstaande(?! [a-z]*(?:dag|week|weekend|maand)(?: |$)))?"
)
_MONTH_FIRST = pattern(r"<MON> (?:de )?(?P<day>\d{1,2})e?<STOP>")
_WITH_NUMBER = pattern(
    r"(?:(?:aanstaande|komende|deze) )?<WD> (?:de )?(?P<day>\d{1,2})(?:e|<STOP>)"
)
_ASKING = "(?:bij (?:jullie|u)|terecht|komen|logeren|brengen|hij|zij|ze|wij|we|ik)"
_BY_NUMBER = pattern(
    rf"(?:de )?(?P<day>\d{{1,2}})e(?: aanstaande)?(?:<STOP>|(?= {_ASKING}(?: |$)))"
)
# "van de 3e tot de 8e mag": at the end of a range more may follow, but nothing that is counted.
_GOING_ON = (
    "(?:naar|weg|met|mijn|mn|m'n|me|ons|onze|haar|hem|jullie|u|er|dan|nog|plek|plaats|want|omdat|als"
    "|mag|wil|zou|moet|willen|zouden|moeten|gaan|zijn|is|heb|hebben|nodig|mogelijk|beschikbaar)"
)
_UNTIL_NUMBER = pattern(
    rf"(?:(?<= tot )|(?<=THROUGH )|(?<= - ))(?:de )?(?P<day>\d{{1,2}})e(?= {_GOING_ON}(?: |$))"
)
_NTH = pattern(r"<ORD> <WD>(?: van| in)?(?: de)?(?: maand)? <MON><YEAR>")
_NEXT = pattern(r"(?:aanstaande|komende) <WD>")
_NEXT_AFTER = pattern(r"<WD> (?:aanstaande|komende)(?! (?:week|maand|jaar))")
_NEXT_UNCLEAR = pattern(r"volgende <WD>")
_THIS = pattern(r"deze <WD>")
_SOME = pattern(r"(?:een|die|dat) <WD>")
_WEEKDAY = pattern(r"<WD>")
_NAMED = pattern(r"(?P<name>vandaag|vanavond|morgen|overmorgen)")
_NAMED_LATER = pattern(r"(?P<name>vandaag|morgen) over <NUM> week")
_OVER = pattern(r"over <NUM> (?P<unit>dag|nacht|week|maand)")
_OVER_ABOUT = pattern(r"over een (?P<unit>dag|week|maand) of <NUM>")
_OVER_SOME = pattern(r"over (?:zo'n|rond|ruim|pakweg|goed) <NUM> (?P<unit>dag|week|maand)")
_WEEKDAY_OVER = pattern(r"<WD> over (?:<NUM> week|14 dag)")
_OVER_WEEKDAY = pattern(r"over <NUM> week (?:op )?(?:de )?<WD>")
_NAMES = {"vandaag": 0, "vanavond": 0, "morgen": 1, "overmorgen": 2}


def _dated(match: re.Match[str], today: date) -> Item:
    said = year(match)
    if not match["month"]:
        raise UnclearError
    if said is not None and said < 100:
        said += today.year // 100 * 100
    if said is not None and said > today.year + FAR_AHEAD:
        raise UnclearError  # "31-10-74" is a date of birth
    return Item("D", Day(weekday(match), int(match["day"]), month(match), said))


def _month_first(match: re.Match[str], today: date) -> Item:
    """The day after the month, "juni 12"; but "juni 27" may be the year."""
    if today.year <= 2000 + int(match["day"]) <= today.year + 3:
        raise UnclearError
    return Item("D", Day(day=int(match["day"]), month=month(match)))


def _by_number(match: re.Match[str], _: date) -> Item:
    return Item("h", Day(weekday(match), int(match["day"])))


def _nth(match: re.Match[str], today: date) -> Item:
    """The third Friday of June."""
    which, on, of = number(match["ord"]), weekday(match) or 0, month(match)
    return yearly("F", match, today, lambda y: nth_day(which, on, y, of), flexible=False)


def _next(match: re.Match[str], today: date) -> Item:
    return Item("D", whole(Day(weekday(match)).date_at(today + DAY)))


def _next_unclear(match: re.Match[str], today: date) -> Item:
    """To some the first one to come, to others that of next week; only where both agree."""
    nearest = Day(weekday(match)).date_at(today + DAY)
    if nearest < monday(today) + WEEK:
        raise UnclearError
    return Item("D", whole(nearest))


def _this(match: re.Match[str], today: date) -> Item:
    found = Day(weekday(match)).date_at(monday(today))
    if found < today:
        raise UnclearError
    return Item("D", whole(found))


def _named(match: re.Match[str], today: date) -> Item:
    weeks = number(match["num"]) if "num" in match.groupdict() else 0
    day = whole(today + _NAMES[match["name"]] * DAY + weeks * WEEK)
    return Item("D", day, "" if weeks else match["name"])


def later(match: re.Match[str], today: date) -> date:
    """The day a number of days, weeks or months from today."""
    count = number(match["num"])
    if match["unit"] == "maand":
        return later_month(today, count)
    return today + timedelta(days=count * (7 if match["unit"] == "week" else 1))


def _over(match: re.Match[str], today: date) -> Item:
    return Item("D", whole(later(match, today)))


def _over_about(match: re.Match[str], today: date) -> Item:
    around = later(match, today)
    span = Span(max(today, around - 3 * DAY), around + 4 * DAY, flexible=True)
    return Item("W", Window(lambda _: span))


def _weekday_over(match: re.Match[str], today: date) -> Item:
    """A week after the coming one; with more weeks, not everyone counts from the same one."""
    weeks = number(match["num"] or "2")
    nearest = Day(weekday(match)).date_at(today + DAY)
    if weeks > 1 and nearest >= monday(today) + WEEK:
        raise UnclearError
    return Item("D", whole(nearest + weeks * WEEK))


def _over_weekday(match: re.Match[str], today: date) -> Item:
    """The Friday in the week two weeks from now: "over twee weken op vrijdag"."""
    week = monday(today) + number(match["num"]) * WEEK
    return Item("D", whole(Day(weekday(match)).date_at(week)))


RULES: tuple[Rule, ...] = (
    (_DATED, _dated),
    (_MONTH_FIRST, _month_first),
    (_WITH_NUMBER, _by_number),
    (_WEEKDAY_OVER, _weekday_over),
    (_OVER_WEEKDAY, _over_weekday),
    (_BY_NUMBER, _by_number),
    (_UNTIL_NUMBER, _by_number),
    (_NTH, _nth),
    (_NEXT, _next),
    (_NEXT_AFTER, _next),
    (_NEXT_UNCLEAR, _next_unclear),
    (_THIS, _this),
    (_SOME, lambda match, _: Item("_", text=match[0])),
    (_WEEKDAY, lambda match, _: Item("d", Day(weekday(match)))),
    (_NAMED_LATER, _named),
    (_NAMED, _named),
    (_OVER_ABOUT, _over_about),
    (_OVER_SOME, _over_about),
    (_OVER, _over),
)
