"""What is put into the outbox lies there in pieces that are one bubble each, on every channel."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.conversation.outbox import pieces
from bot.messages import Choice, Delivery, Image, OutgoingMessage, Request, Template
from integrations.channel import Channel, KnownTemplate
from integrations.degrade import Lines, degraded
from integrations.sms import Sms
from integrations.telegram import Telegram
from integrations.telegram.bubbles import bubbles
from integrations.twilio.channel import TwilioChannel
from integrations.whatsapp import WhatsApp
from integrations.whatsapp.templates import ALL_INTERACTIVE
from tests.channels.outbound import ACCOUNT, PUBLIC_URL, SMS_ACCOUNT

GARDEN = Image(f"{PUBLIC_URL}/photos/tuin.jpg", "De tuin")
ROOM = Image(f"{PUBLIC_URL}/photos/kamer.jpg", "Een kamer")
YES = (Choice("Ja", "/affirm"),)
# As long as a region may make them.
LINES = Lines("k" * 90, "t" * 90, "g" * 90)


def picture(image: Image) -> OutgoingMessage:
    return OutgoingMessage(image.description, images=(image,))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (OutgoingMessage("Dag", YES), [OutgoingMessage("Dag", YES)]),
        (
            OutgoingMessage("Kijk", YES, (GARDEN, ROOM), Request.CONTACT),
            [picture(GARDEN), picture(ROOM), OutgoingMessage("Kijk", YES, (), Request.CONTACT)],
        ),
        (picture(GARDEN), [picture(GARDEN)]),
        (OutgoingMessage("De tuin", images=(GARDEN, ROOM)), [picture(GARDEN), picture(ROOM)]),
        (OutgoingMessage("", images=(GARDEN, ROOM)), [picture(GARDEN), picture(ROOM)]),
        (OutgoingMessage(" \n", images=(GARDEN,)), [picture(GARDEN)]),
        (
            OutgoingMessage("De tuin", YES, (GARDEN,), Request.LOCATION, Template.PLACE_OFFERED),
            [OutgoingMessage("De tuin", YES, (GARDEN,), Request.LOCATION, Template.PLACE_OFFERED)],
        ),
        (
            OutgoingMessage("", YES, (GARDEN, ROOM)),
            [picture(GARDEN), replace(picture(ROOM), choices=YES)],
        ),
    ],
    ids=[
        "words", "pictures and words", "a caption", "a caption of one of two", "pictures only",
        "pictures and blanks", "a caption with all the rest", "pictures with choices",
    ],
)  # fmt: skip
def test_a_message_lies_in_pieces_and_its_choices_with_the_last(
    message: OutgoingMessage, expected: list[OutgoingMessage]
) -> None:
    assert pieces(message) == expected


LONG = OutgoingMessage("a " * 1000, YES, (GARDEN,))


@pytest.mark.parametrize("template", [Template.ANSWER_WAITING, Template.PLACE_OFFERED])
def test_what_an_approved_text_announces_waits_whole(template: Template) -> None:
    *before, last = pieces(replace(LONG, template=template))
    assert [piece.template for piece in before] == [template] * 2
    assert (last.template, last.choices) == (template, YES)


def test_an_approved_text_that_says_it_all_stands_for_the_whole() -> None:
    reminder = replace(LONG, template=Template.REMINDER)
    assert pieces(reminder) == [reminder]


def interactive() -> WhatsApp:
    channel = WhatsApp(ACCOUNT, PUBLIC_URL)
    known = {one.name: KnownTemplate(one.digest, "HX", None) for one in ALL_INTERACTIVE.values()}
    channel.learn(known, "Kies")
    return channel


CHANNELS: dict[str, Channel] = {
    "sms": Sms(SMS_ACCOUNT, PUBLIC_URL),
    "whatsapp": interactive(),
    "whatsapp before its templates": WhatsApp(ACCOUNT, PUBLIC_URL),
    "telegram": Telegram("123456:a-token"),
}
choices = st.builds(
    Choice, st.text("ab", min_size=1, max_size=60), st.just("/x"), st.text("cd", max_size=30)
)
messages = st.builds(
    OutgoingMessage,
    st.text("aé 🌷\n.?", max_size=20).map(lambda text: text * 170) | st.just("De tuin"),
    st.lists(choices, max_size=10).map(tuple),
    st.lists(st.sampled_from([GARDEN, ROOM]), max_size=2).map(tuple),
    st.none() | st.sampled_from(Request),
).filter(lambda message: message.text.strip() or message.images)


@pytest.mark.parametrize("channel", CHANNELS)
@settings(max_examples=150, deadline=None)
@example(
    message=OutgoingMessage(
        "woord " * 200, tuple(Choice("t" * 60, "/x", "d" * 30) for _ in range(10)), (GARDEN,),
        Request.CONTACT,
    )
)  # fmt: skip
@given(message=messages)
def test_every_piece_is_one_bubble_and_no_word_is_lost(
    channel: str, message: OutgoingMessage
) -> None:
    sent = [_sent(CHANNELS[channel], piece) for piece in pieces(message)]
    assert [len(piece) for piece in sent] == [1] * len(sent)
    told = " ".join(text for piece in sent for text in piece)
    assert _squeezed(message.text) in _squeezed(told)
    is_garden = message.text == GARDEN.description
    assert told.count(GARDEN.description) == max(message.images.count(GARDEN), is_garden)
    if channel == "sms":
        for number, choice in enumerate(message.choices, 1):
            assert f"{number}. {choice.title}" in told


def _sent(channel: Channel, piece: OutgoingMessage) -> list[str]:
    """The words of each bubble that would be sent, none longer than its vendor takes."""
    shown, form = degraded(piece, channel.abilities, LINES)
    delivery = Delivery(1, "riet", shown, datetime(2026, 11, 21, tzinfo=UTC), form)
    if isinstance(channel, TwilioChannel):
        texts = [one.body or " ".join(one.variables.values()) for one in channel._bubbles(delivery)]
        assert all(len(text) <= 1600 for text in texts)
        return texts
    return [one.text for one in bubbles(delivery)]


def _squeezed(text: str) -> str:
    return "".join(text.split())
