"""When somebody is there, said as a person would say it."""

from datetime import UTC, datetime

import pytest

from bot.services import office
from bot.services.content import Content


@pytest.mark.parametrize(
    ("moment", "open_now", "opens"),
    [
        ("2026-11-24T09:00+01:00", True, "morgen om 9 uur"),
        ("2026-11-24T08:59+01:00", False, "vandaag om 9 uur"),
        ("2026-11-24T17:00+01:00", False, "morgen om 9 uur"),
        ("2026-11-21T02:00+01:00", False, "maandag om 9 uur"),
        ("2026-12-24T18:00+01:00", False, "maandag om 9 uur"),
        ("2026-12-31T18:00+01:00", False, "maandag om 9 uur"),
        ("2027-03-29T10:00+02:00", False, "morgen om 9 uur"),
        ("2026-03-27T16:30+01:00", True, "maandag om 9 uur"),
    ],
    ids=[
        *("opening", "a minute early", "closing", "saturday night", "christmas", "new year"),
        *("easter monday", "before the clock changes"),
    ],
)
def test_open_and_when_it_opens_again(
    content: Content, moment: str, open_now: bool, opens: str
) -> None:
    now = datetime.fromisoformat(moment).astimezone(UTC)

    assert office.is_open(content.region, now) is open_now
    assert office.opens(content.region, now) == opens


def test_just_before_closing_no_answer_today_is_promised(content: Content) -> None:
    now = datetime.fromisoformat("2026-11-24T16:30+01:00")

    assert office.expected(content.region, now) == "vandaag of de volgende werkdag"
