"""What passes between the parts keeps all that it has."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.messages import (
    Choice,
    Image,
    OutgoingMessage,
    Place,
    Request,
    Template,
    bubble_of,
    extras_of,
    joined,
)

DOOR, GARDEN = Image("/photos/door.jpg", "De deur"), Image("/photos/garden.jpg", "De tuin")

messages = st.builds(
    OutgoingMessage,
    st.text(),
    st.tuples(st.builds(Choice, st.text(), st.text())) | st.just(()),
    st.lists(st.builds(Image, st.text(), st.text())).map(tuple),
    st.none() | st.sampled_from(Request),
)


@given(messages)
def test_a_bubble_survives_the_way_through_the_assistant(message: OutgoingMessage) -> None:
    extras = json.loads(json.dumps(extras_of(message)))
    buttons = [{"title": one.title, "payload": one.payload} for one in message.choices]
    assert bubble_of(message.text, buttons, extras) == message


@given(st.none() | st.text() | st.dictionaries(st.text(), st.text()) | st.just({"request": "me"}))
def test_extras_that_are_not_ours_are_left_alone(extras: object) -> None:
    assert bubble_of("Dag", None, extras) == OutgoingMessage("Dag")


def test_joining_keeps_every_picture_and_the_last_of_the_rest() -> None:
    whole = joined([
        OutgoingMessage("Een.", (Choice("Ja", "/ja"),), (DOOR,), Request.LOCATION),
        OutgoingMessage(" ", images=(GARDEN,)),
        OutgoingMessage("Twee.", (Choice("Nee", "/nee"),), template=Template.REMINDER),
    ])  # fmt: skip
    assert whole == OutgoingMessage(
        "Een.\n\nTwee.", (Choice("Nee", "/nee"),), (DOOR, GARDEN), Request.LOCATION,
        Template.REMINDER,
    )  # fmt: skip


def test_a_point_is_one_on_earth_or_none() -> None:
    assert Place.parse("52.1", 5) == Place(52.1, 5.0)
    for latitude, longitude in (("90.1", "0"), ("0", "181"), ("nan", "0"), ("inf", "0"),
                                (None, None), ("", "5"), ("noord", "5"), (True, "5")):  # fmt: skip
        assert Place.parse(latitude, longitude) is None
