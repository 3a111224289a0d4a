"""SMS: words only, through the same doors of Twilio as WhatsApp, and told apart from it."""

from pathlib import Path

import pytest

from bot.errors import BadSignature, DeliveryError, Failure
from bot.messages import Choice, Form, Image, OutgoingMessage, Request
from bot.store.tables import Author, Conversation, State
from integrations.channel import (
    CountingChannel,
    DeliveryState,
    FallbackChannel,
    StatusChannel,
    StatusUpdate,
    TemplateChannel,
    WebhookChannel,
    WebhookRequest,
)
from integrations.sms import Sms
from integrations.sms.segments import segments
from tests.channels.inbound import RIET_SMS
from tests.channels.outbound import ACCOUNT, LINES, PUBLIC_URL, SMS_ACCOUNT, sending, to_riet
from tests.channels.peers import SMS_SENDER, TWILIO_TOKEN, Answer, TwilioPeer
from tests.channels.sender import Sender
from tests.channels.signing import twilio_headers
from tests.channels.world import Echo, World
from tests.conftest import Clock

PAYLOADS = Path(__file__).parent.parent / "payloads" / "sms"


def request(payload: str, path: str) -> WebhookRequest:
    body = (PAYLOADS / payload).read_bytes().strip()
    return WebhookRequest(path, twilio_headers(PUBLIC_URL + path, body, TWILIO_TOKEN), body)


def test_it_has_doors_for_messages_and_reports_and_needs_no_templates() -> None:
    channel = Sms(SMS_ACCOUNT, PUBLIC_URL)
    assert isinstance(channel, WebhookChannel)
    assert isinstance(channel, FallbackChannel)
    assert isinstance(channel, StatusChannel)
    assert not isinstance(channel, TemplateChannel)


def test_what_twilio_signed_for_whatsapp_s_door_does_not_open_this_one() -> None:
    signed = request("text.form", "/webhooks/whatsapp")
    with pytest.raises(BadSignature):
        Sms(SMS_ACCOUNT, PUBLIC_URL).receive(
            WebhookRequest("/webhooks/sms", signed.headers, signed.body)
        )


@pytest.mark.parametrize(
    ("payload", "state", "error"),
    [
        ("status_delivered.form", DeliveryState.DELIVERED, None),
        ("status_undelivered.form", DeliveryState.UNDELIVERED, "30005"),
    ],
)
def test_a_report_says_how_far_a_message_came(
    payload: str, state: DeliveryState, error: str | None
) -> None:
    report = request(payload, "/webhooks/sms/status?message=4711")
    found = Sms(SMS_ACCOUNT, PUBLIC_URL).receive_status(report)
    assert found == StatusUpdate("SM" + "1" * 32, state, error, 4711)


async def test_whatever_a_message_has_goes_out_as_words(sms: Sms, twilio: TwilioPeer) -> None:
    picture = Image(f"{PUBLIC_URL}/photos/appel.jpg", "De tuin van De Zeven Stoelen")
    choices = (Choice("Ja", "/affirm"), Choice("Nee", "/deny"))
    message = OutgoingMessage("Kies gerust.", choices, (picture,), Request.LOCATION)
    delivery = sending(sms, message)
    sid = await sms.send(delivery)
    (bubble,) = twilio.sent
    assert (delivery.form, sid) == (Form.NUMBERED, bubble.sid)
    assert (bubble.to, bubble.sender, bubble.media) == (RIET_SMS, SMS_SENDER, "")
    assert bubble.status_callback == f"{PUBLIC_URL}/webhooks/sms/status?message=4711&attempt=1"
    assert bubble.body.split("\n\n") == [
        "Kies gerust.", picture.description, LINES.location, "1. Ja\n2. Nee", LINES.choose,
    ]  # fmt: skip


async def test_no_request_is_longer_than_twilio_takes(sms: Sms, twilio: TwilioPeer) -> None:
    await sms.send(to_riet(sms, "woord " * 500))
    assert [len(bubble.body) <= 1600 for bubble in twilio.sent] == [True, True]


async def test_a_sender_that_can_send_no_sms_is_our_configuration(twilio: TwilioPeer) -> None:
    channel = Sms(ACCOUNT, PUBLIC_URL, twilio.url)
    with pytest.raises(DeliveryError, match="21606") as caught:
        await channel.send(to_riet(channel, "Goedemiddag"))
    await channel.close()
    assert caught.value.failure is Failure.CONFIGURATION


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        # What is in the extension table takes two places, and is not cut in two.
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("€" * 153, 3),
        # One letter outside GSM's alphabet: 16 bits for each letter.
        ("ë" + "a" * 69, 1),
        ("ë" + "a" * 70, 2),
        ("ë" + "a" * 133, 2),
        ("ë" + "a" * 134, 3),
        ("🌷" * 35, 1),
        ("🌷" * 36, 2),
        ("🌷" * 67, 3),
        # Twilio's own example: "152 GSM-7-compatible characters and a single unicode character".
        ("a" * 152 + "ë", 3),
        # What Dutch has that is GSM's.
        ("één café, Ä ö ü à 'ñ' ß @ £ [1] ~\n" * 4, 1),
    ],
)
def test_a_text_is_so_many_segments(text: str, count: int) -> None:
    assert segments(text) == count


async def test_a_long_message_is_charged_by_its_segments(
    world: World, twilio: TwilioPeer, clock: Clock
) -> None:
    # Ten segments a second; "ë" makes it 67 letters each.
    assert isinstance(world.channels["sms"], CountingChannel)
    await Sender(world, "sms").post("text.form")
    async with world.parts.database.transaction() as session:
        (conversation,) = await world.rows(Conversation)
        for text in ("ë" * 670, "kort"):
            await world.parts.outbox.put(
                session, conversation.id, OutgoingMessage(text), author=Author.SYSTEM
            )
    assert await world.work() == pytest.approx(1.0)
    assert [bubble.body for bubble in twilio.sent] == ["ë" * 670]
    clock.pass_by(seconds=1)
    await world.work()
    assert "kort" in [bubble.body for bubble in twilio.sent]


async def test_the_same_number_on_sms_and_whatsapp_is_two_conversations(world: World) -> None:
    for channel in ("sms", "whatsapp"):
        assert (await Sender(world, channel).post("text.form")).status_code == 200
    assert sorted([one.channel for one in await world.rows(Conversation)]) == ["sms", "whatsapp"]


async def test_after_stop_nothing_is_sent_until_start(
    world: World, twilio: TwilioPeer, echo: Echo, clock: Clock
) -> None:
    # Twilio confirms STOP itself and refuses whatever we send from then on.
    sms = Sender(world, "sms")
    twilio.fail(Answer(400, {"code": 21610, "status": 400}))
    await sms.post("opting_out.form")
    await world.work()
    (conversation,) = await world.rows(Conversation)
    assert (conversation.blocked_at, conversation.stopped_at) == (clock(), clock())
    assert not echo.asked

    clock.pass_by(minutes=1)
    await sms.post("opting_in.form")
    await world.work()
    (conversation,) = await world.rows(Conversation)
    assert conversation.blocked_at is None
    states = [(row.state, row.error) for row in await world.outbound()]
    assert states == [(State.FAILED, "21610"), (State.SENT, None)]
