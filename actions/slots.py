"""How the running form is kept in Rasa's slots: plain texts, nothing but the form."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from rasa_sdk.events import SlotSet

from actions.context import Events, Turn
from bot.services.periods import Period

STAY_FORM = "stay_request_form"
AVAILABILITY_FORM = "availability_form"
# In the order in which they are asked.
STAY_SLOTS = (
    "stay_period",
    "stay_nights",
    "stay_confirmed",
    "stay_location",
    "stay_needs",
    "stay_first_name",
    "stay_callback",
    "stay_consent",
)
AVAILABILITY_SLOTS = ("stay_period", "stay_nights")
# Set together with the location.
_DATES = ("stay_start", "stay_end")
SKIPPED = "skipped"
# Somebody who would rather be answered here than called.
CHAT = "chat"
# What the coordinator reads; the coarse words only.
NEEDS = {
    "night": "hulp in de nacht",
    "standing_up": "hulp bij opstaan",
    "wandering": "dwalen",
    "none": "geen bijzondere hulp",
}

FORGET_STAY: Events = [
    SlotSet(slot, None) for slot in (*STAY_SLOTS, *_DATES, "form_stopped", "form_misses")
]
FORGET_PLACE: Events = [
    SlotSet(slot, None)
    for slot in ("stay_period", "stay_nights", "stay_confirmed", "stay_location", *_DATES)
]


def given(turn: Turn, slot: str) -> str | None:
    """What was answered; None when the question was skipped."""
    value = turn.word(slot)
    return None if value == SKIPPED else value


def pack(period: Period) -> str:
    """A period as a slot's text.

    >>> pack(Period(date(2027, 5, 1), date(2027, 6, 1), 2, True))
    '2027-05-01/2027-06-01/2/flexible'
    """
    start, end = (day.isoformat() if day else "" for day in (period.start, period.end))
    return f"{start}/{end}/{period.nights or ''}/{'flexible' if period.flexible else 'fixed'}"


def unpack(text: str) -> Period:
    """The period that `pack` made a text of."""
    start, end, nights, kind = text.split("/")
    return Period(
        date.fromisoformat(start) if start else None,
        date.fromisoformat(end) if end else None,
        int(nights) if nights else None,
        kind == "flexible",
    )


def period_of(turn: Turn) -> Period | None:
    """The period that a talk is about, with the number of nights that was asked for."""
    text = turn.word("stay_period")
    if text is None:
        return None
    found = unpack(text)
    return Period(found.start, found.end, nights_of(turn.slots) or found.nights, found.flexible)


def nights_of(slots: Mapping[str, Any]) -> int | None:
    """The number of nights, None when it is not known yet."""
    value = slots.get("stay_nights")
    return int(float(value)) if value else None


def period_slots(period: Period) -> dict[str, Any]:
    """What to remember of a period that was understood; nights only when they are known."""
    nights = period.nights
    if nights is None and not period.flexible and period.start and period.end:
        nights = (period.end - period.start).days
    return {"stay_period": pack(period), "stay_nights": float(nights) if nights else None}
