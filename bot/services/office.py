"""When the coordination point is open, and how that is said in Dutch."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from bot.services.content import Region

AMSTERDAM = ZoneInfo("Europe/Amsterdam")

_DAYS = ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"]
MONTHS = [
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
]
# Somebody who asks in the last hour may well be answered the next working day.
_LAST_HOUR = timedelta(hours=1)


def is_open(region: Region, now: datetime) -> bool:
    """Whether somebody is at the coordination point at this moment."""
    local = now.astimezone(AMSTERDAM)
    hours = _hours(region, local.date())
    return hours is not None and hours[0] <= local.time() < hours[1]


def expected(region: Region, now: datetime) -> str:
    """When an answer may be expected while the office is open, in words."""
    local = now.astimezone(AMSTERDAM)
    hours = _hours(region, local.date())
    if hours and local + _LAST_HOUR < datetime.combine(local.date(), hours[1], AMSTERDAM):
        return "vandaag"
    return "vandaag of de volgende werkdag"


def opens(region: Region, now: datetime) -> str:
    """When the office opens again, in words: "morgen om 9 uur", "maandag om 9 uur"."""
    local = now.astimezone(AMSTERDAM)
    for ahead in range(15):
        day = local.date() + timedelta(days=ahead)
        hours = _hours(region, day)
        if hours and datetime.combine(day, hours[0], AMSTERDAM) > local:
            return f"{_day_word(day, ahead)} om {_clock(hours[0])}"
    return "op de eerstvolgende werkdag"


def on_day(day: date, today: date) -> str:
    """A day in words: "op dinsdag 1 december", with the year when it is another."""
    year = f" {day.year}" if day.year != today.year else ""
    return f"op {_DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}{year}"


def _hours(region: Region, day: date) -> tuple[time, time] | None:
    hours = region.hours_on(day)
    if hours is None or day in holidays.country_holidays("NL", years=day.year):
        return None
    return hours.opens, hours.closes


def _day_word(day: date, ahead: int) -> str:
    if ahead < 2:
        return ("vandaag", "morgen")[ahead]
    return _DAYS[day.weekday()] if ahead < 7 else f"{_DAYS[day.weekday()]} over een week"


def _clock(moment: time) -> str:
    return f"{moment.hour} uur" if moment.minute == 0 else f"{moment.hour}.{moment.minute:02} uur"
