"""WhatsApp: only Twilio is believed, and a message arrives as it was meant."""

import asyncio
from pathlib import Path

import pytest

from bot.errors import BadSignature, Failure, Malformed
from bot.messages import Image, OutgoingMessage
from integrations.channel import (
    DeliveryState,
    StatusChannel,
    StatusUpdate,
    WebhookChannel,
    WebhookRequest,
)
from integrations.twilio.bodies import bodies
from integrations.whatsapp import WhatsApp
from tests.channels.inbound import RIET_WHATSAPP
from tests.channels.outbound import ACCOUNT, PUBLIC_URL, failing, sending, to_riet
from tests.channels.peers import TWILIO_TOKEN, Trouble, TwilioPeer
from tests.channels.signing import sign, twilio_headers

PAYLOADS = Path(__file__).parent.parent / "payloads" / "whatsapp"
PATH = "/webhooks/whatsapp"
TEXT = (PAYLOADS / "text.form").read_bytes().strip()
LATE = StatusUpdate("SM" + "1" * 32, DeliveryState.UNDELIVERED, "63016", failure=Failure.TOO_LATE)


@pytest.fixture
def edge() -> WhatsApp:
    return WhatsApp(ACCOUNT, PUBLIC_URL)


def test_it_is_a_webhook_and_a_status_channel(edge: WhatsApp) -> None:
    assert isinstance(edge, WebhookChannel)
    assert isinstance(edge, StatusChannel)
    assert edge.acknowledgement.body == b"<Response/>"
    assert edge.acknowledgement.media_type == "text/xml"


# Believing


def test_our_signing_agrees_with_the_example_in_twilio_s_own_tests() -> None:
    # twilio-python, tests/unit/test_request_validator.py
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert sign(url, fields, "12345") == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_the_query_is_part_of_what_is_signed(edge: WhatsApp) -> None:
    path = f"{PATH}?rc=2&rp=all"
    headers = twilio_headers(PUBLIC_URL + path, TEXT, TWILIO_TOKEN)
    assert edge.receive(WebhookRequest(path, headers, TEXT))
    with pytest.raises(BadSignature):
        edge.receive(WebhookRequest(PATH, headers, TEXT))


def test_a_public_url_with_a_slash_at_the_end_is_the_same() -> None:
    headers = twilio_headers(PUBLIC_URL + PATH, TEXT, TWILIO_TOKEN)
    assert WhatsApp(ACCOUNT, PUBLIC_URL + "/").receive(WebhookRequest(PATH, headers, TEXT))


@pytest.mark.parametrize(
    ("url", "token", "body"),
    [
        (PUBLIC_URL + PATH, "the-token-of-Chris", TEXT),
        ("https://chris.example" + PATH, TWILIO_TOKEN, TEXT),
        (PUBLIC_URL + "/webhooks/whatsapp/status", TWILIO_TOKEN, TEXT),
        (PUBLIC_URL + PATH, TWILIO_TOKEN, TEXT + b"&Extra="),
        (PUBLIC_URL + PATH, TWILIO_TOKEN, TEXT.replace(b"Riet", b"Chris")),
    ],
    ids=["another token", "another site", "another path", "a blank field less", "another name"],
)
def test_chris_never_gets_in(edge: WhatsApp, url: str, token: str, body: bytes) -> None:
    headers = twilio_headers(url, body, token)
    with pytest.raises(BadSignature):
        edge.receive(WebhookRequest(PATH, headers, TEXT))


@pytest.mark.parametrize("signature", ["", "x", "é", "=" * 28])
def test_without_a_signature_nothing_is_read(edge: WhatsApp, signature: str) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    headers["x-twilio-signature"] = signature
    with pytest.raises(BadSignature):
        edge.receive(WebhookRequest(PATH, headers, TEXT))


# Reports


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("sent", StatusUpdate("SM" + "1" * 32, DeliveryState.SENT)),
        ("delivered", StatusUpdate("SM" + "1" * 32, DeliveryState.DELIVERED)),
        ("read", StatusUpdate("SM" + "1" * 32, DeliveryState.READ)),
        ("undelivered", LATE),
        ("failed_without_code", StatusUpdate("SM" + "1" * 32, DeliveryState.FAILED, "failed")),
        ("queued", None),
        ("unknown_step", None),
    ],
)
def test_a_report_says_how_far_a_message_came(
    edge: WhatsApp, payload: str, expected: StatusUpdate | None
) -> None:
    assert edge.receive_status(_report(payload)) == expected


@pytest.mark.parametrize("payload", ["no_sid", "no_status"])
def test_a_report_of_nothing_is_malformed(edge: WhatsApp, payload: str) -> None:
    with pytest.raises(Malformed):
        edge.receive_status(_report(payload))


def test_a_report_of_chris_is_not_believed(edge: WhatsApp) -> None:
    with pytest.raises(BadSignature):
        edge.receive_status(_report("delivered", token="the-token-of-Chris"))


def _report(payload: str, token: str = TWILIO_TOKEN) -> WebhookRequest:
    path = f"{PATH}/status"
    body = (PAYLOADS / f"status_{payload}.form").read_bytes().strip()
    return WebhookRequest(path, twilio_headers(PUBLIC_URL + path, body, token), body)


# Sending


async def test_a_message_is_sent_with_its_choices_numbered(
    whatsapp: WhatsApp, twilio: TwilioPeer
) -> None:
    sid = await whatsapp.send(to_riet(whatsapp, "Wilt u dat?", "Ja", "Nee", "Weet ik niet"))
    (bubble,) = twilio.sent
    assert sid == bubble.sid
    assert bubble.to == RIET_WHATSAPP
    assert bubble.status_callback == f"{PUBLIC_URL}/webhooks/whatsapp/status?message=4711&attempt=1"
    assert bubble.body == (
        "Wilt u dat?\n\n1. Ja\n2. Nee\n3. Weet ik niet\n\nTyp het nummer van uw keuze."
    )


def test_a_text_without_choices_stays_as_it_is() -> None:
    text = "  Eerste regel\n\n\nTweede\tregel – 0800-2000"
    assert bodies(text) == [text]


def test_no_bubble_is_longer_than_twilio_takes_and_no_word_is_lost() -> None:
    text = " ".join(f"woord{number}" for number in range(500))
    pieces = bodies(text)
    assert len(pieces) > 1
    assert all(len(piece) <= 1600 for piece in pieces)
    assert " ".join(pieces).split() == text.split()


async def test_a_long_message_goes_out_in_order(whatsapp: WhatsApp, twilio: TwilioPeer) -> None:
    sid = await whatsapp.send(to_riet(whatsapp, "ja " * 1000))
    assert " ".join(bubble.body for bubble in twilio.sent).split() == ["ja"] * 1000
    assert len(twilio.sent) == 2
    assert sid == twilio.sent[-1].sid


async def test_one_message_that_hangs_does_not_hold_up_another(
    whatsapp: WhatsApp, twilio: TwilioPeer
) -> None:
    twilio.fail(Trouble.HANG)
    stuck = asyncio.create_task(failing(whatsapp))
    await twilio.until(lambda: len(twilio.calls) == 1)
    await whatsapp.send(to_riet(whatsapp, "Hallo"))
    assert not stuck.done()
    assert (await stuck).failure is Failure.UNKNOWN


async def test_it_can_be_used_again_after_closing(whatsapp: WhatsApp, twilio: TwilioPeer) -> None:
    await whatsapp.send(to_riet(whatsapp, "Een"))
    await whatsapp.close()
    await whatsapp.send(to_riet(whatsapp, "Twee"))
    assert [bubble.body for bubble in twilio.sent] == ["Een", "Twee"]


async def test_neither_words_nor_the_token_are_logged(
    whatsapp: WhatsApp, twilio: TwilioPeer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await whatsapp.send(to_riet(whatsapp, "Iets van Riet alleen"))
    assert twilio.sent
    assert "Riet alleen" not in caplog.text
    assert TWILIO_TOKEN not in caplog.text


async def test_a_picture_goes_before_the_words_with_its_description(
    whatsapp: WhatsApp, twilio: TwilioPeer
) -> None:
    picture = Image(f"{PUBLIC_URL}/photos/appel.jpg", "De tuin van De Zeven Stoelen")
    await whatsapp.send(sending(whatsapp, OutgoingMessage("Kijk eens.", images=(picture,))))
    assert [(bubble.media, bubble.body) for bubble in twilio.sent] == [
        (picture.url, picture.description),
        ("", "Kijk eens."),
    ]
