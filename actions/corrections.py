"""Somebody goes back in the stay request, or changes what was answered before.

Only plain words count: what may be an answer to the question that stands open is left to it.
"""

import re
from datetime import timedelta

from rasa_sdk.events import SlotSet

from actions.calling import callback_in, has_phone_number
from actions.context import Events, Turn
from actions.reading import counted_nights, introduced_name
from actions.slots import FORGET_PLACE, STAY_SLOTS, period_of, period_slots
from bot.nlu.text import words
from bot.services.periods import Period

_BACK = re.compile(
    r"^((ga|mag ik|kan ik|ik wil|nog|even|eens|een|stap|stapje|naar|de) )*"
    r"(terug|(vorige|eerdere) vraag)( (graag|aub|alstublieft))?$"
)
_CHANGED = re.compile(r"\b(toch|eigenlijk|bedoel\w*|sorry|vergis\w*|moet zijn|verander\w*|nee)\b")
# At these questions a day may be one to call, or to think it over.
_OTHER_DAYS = ("stay_callback", "stay_consent")
_DATES = re.compile(r"\b(datums?|data|dagen|periode|logeren|weekend|week|van .+ tot)\b")
# Asked after the period was settled, so that a period in the answer is a change of mind.
_AFTER_PERIOD = ("consent_keep", "stay_needs", "stay_first_name", "stay_callback", "stay_consent")
# What follows from the period, and is asked anew when that changes.
_FOLLOWS = ("stay_confirmed", "stay_location", "stay_start", "stay_end")


def goes_back(turn: Turn) -> bool:
    """Whether somebody wants the question before this one."""
    return not turn.is_choice and bool(_BACK.search(" ".join(words(turn.text))))


def back(turn: Turn, requested: str) -> Events | None:
    """To the question before this one; None when that is not what somebody wants."""
    if not goes_back(turn):
        return None
    before = STAY_SLOTS[: STAY_SLOTS.index(requested)] if requested in STAY_SLOTS else ()
    if requested in ("stay_nights", "stay_confirmed", "stay_location") or not before:
        return FORGET_PLACE
    last = before[-1]
    return _forget(last, "stay_start", "stay_end") if last == "stay_location" else _forget(last)


def corrected(turn: Turn, requested: str, period: Period | None) -> Events | None:
    """The answers that somebody changes; None when nothing is changed."""
    if turn.is_choice or not _CHANGED.search(" ".join(words(turn.text))):
        return None
    return _person(turn, requested) or _stay(turn, requested, period)


def _person(turn: Turn, requested: str) -> Events | None:
    """Another name, or another number to call."""
    name = introduced_name(turn.text)
    if name and requested in ("stay_callback", "stay_consent"):
        return [SlotSet("stay_first_name", name)]
    if requested == "stay_consent" and (callback := callback_in(turn.text)):
        return [SlotSet("stay_callback", callback)]
    return None


def _stay(turn: Turn, requested: str, period: Period | None) -> Events | None:
    """Another number of nights, or other dates; both are read back again."""
    settled = requested in _AFTER_PERIOD
    said = " ".join(words(turn.text))
    dated = period is not None and period.start is not None
    nights = counted_nights(turn.text)
    if nights is not None and not dated and (settled or requested == "stay_confirmed"):
        return [*_forget(*_FOLLOWS), *_longer(turn, nights)]
    about_dates = requested not in _OTHER_DAYS or bool(_DATES.search(said))
    if period is not None and settled and about_dates and not has_phone_number(turn.text):
        values = period_slots(period).items()
        return [*FORGET_PLACE, *(SlotSet(slot, value) for slot, value in values)]
    return None


def _longer(turn: Turn, nights: int) -> Events:
    """The same first day with another number of nights."""
    before = period_of(turn)
    if before is None or before.start is None or before.flexible:
        return [SlotSet("stay_nights", float(nights))]
    end = before.start + timedelta(days=nights)
    values = period_slots(Period(before.start, end, nights, flexible=False))
    return [SlotSet(slot, value) for slot, value in values.items()]


def _forget(*slots: str) -> Events:
    return [SlotSet(slot, None) for slot in slots]
