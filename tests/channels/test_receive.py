"""Every body in tests/payloads/ is understood, refused or left alone as cases.py says."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Malformed, WebhookError
from bot.messages import Event, IncomingMessage
from integrations.channel import WebhookChannel, WebhookRequest
from integrations.sms import Sms
from integrations.telegram import Telegram
from integrations.whatsapp import WhatsApp
from tests.channels.cases import CASES, Case
from tests.channels.outbound import ACCOUNT, PUBLIC_URL, SMS_ACCOUNT, TELEGRAM_SECRET
from tests.channels.peers import TELEGRAM_TOKEN, TWILIO_ACCOUNT, TWILIO_TOKEN
from tests.channels.signing import form_body, telegram_headers, vendor_headers

PAYLOADS = Path(__file__).parent.parent / "payloads"
CHANNELS: dict[str, WebhookChannel] = {
    "whatsapp": WhatsApp(ACCOUNT, PUBLIC_URL),
    "sms": Sms(SMS_ACCOUNT, PUBLIC_URL),
    "telegram": Telegram(TELEGRAM_TOKEN, TELEGRAM_SECRET),
}


def signed(channel: str, body: bytes, media_type: str = "") -> WebhookRequest:
    """A request that the vendor of `channel` could have sent."""
    path = f"/webhooks/{channel}"
    headers = vendor_headers(PUBLIC_URL + path, body, TWILIO_TOKEN, TELEGRAM_SECRET)
    return WebhookRequest(
        path, {**headers, "content-type": media_type or headers["content-type"]}, body
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.channel}: {case.name}")
def test_a_body_is_what_the_table_says(case: Case) -> None:
    body = (PAYLOADS / case.channel / case.payload).read_bytes().strip()
    other = "application/json" if case.channel == "whatsapp" and ".json" in case.payload else ""
    request = signed(case.channel, body, other)
    if isinstance(case.expected, Event):
        assert CHANNELS[case.channel].receive(request) == (case.expected,)
    elif case.expected is None:
        assert CHANNELS[case.channel].receive(request) == ()
    else:
        with pytest.raises(case.expected):
            CHANNELS[case.channel].receive(request)


def test_every_payload_is_in_the_table() -> None:
    files = {str(path.relative_to(PAYLOADS)) for path in PAYLOADS.rglob("*") if path.is_file()}
    ours = {name for name in files if name.startswith(tuple(f"{name}/" for name in CHANNELS))}
    statuses = {name for name in ours if "/status_" in name}
    assert ours - statuses == {f"{case.channel}/{case.payload}" for case in CASES}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["message", "chat", "id", "type", "text", "data", "date"]) | st.text(),
            inner,
        )
    ),
    max_leaves=12,
)


@given(
    update=st.fixed_dictionaries(
        {"update_id": st.integers() | st.text()},
        optional=dict.fromkeys(
            ("message", "edited_message", "callback_query", "my_chat_member", "poll"), json_values
        ),
    )
)
@settings(deadline=None)
def test_no_update_gets_past_the_telegram_edge_unless_it_is_one(update: dict[str, object]) -> None:
    try:
        found = CHANNELS["telegram"].receive(signed("telegram", json.dumps(update).encode()))
    except WebhookError:
        return
    assert all(isinstance(event, Event) and event.address for event in found)


@given(
    fields=st.dictionaries(
        st.sampled_from(["MessageSid", "From", "Body", "NumMedia", "ButtonPayload", "Latitude"]),
        st.text(),
    )
)
@settings(deadline=None)
def test_no_form_gets_past_the_whatsapp_edge_unless_it_is_one(fields: dict[str, str]) -> None:
    body = form_body({"AccountSid": TWILIO_ACCOUNT, **fields})
    try:
        (message,) = CHANNELS["whatsapp"].receive(signed("whatsapp", body))
    except WebhookError:
        return
    assert isinstance(message, IncomingMessage)
    assert message.address == fields["From"]
    assert "\x00" not in message.text


@pytest.mark.parametrize("body", [b"", b"[" * 1_000, b"%", b"=&=&=", b"null", b"{}", b"[]"])
@pytest.mark.parametrize("channel", CHANNELS)
def test_rubbish_is_refused_though_it_is_signed(channel: str, body: bytes) -> None:
    with pytest.raises(Malformed):
        CHANNELS[channel].receive(signed(channel, body))


@pytest.mark.parametrize("body", [b"\xff\xfe", b"\x00" * 10, b"[" * 100_000])
@pytest.mark.parametrize("channel", CHANNELS)
def test_what_nobody_could_sign_is_refused(channel: str, body: bytes) -> None:
    headers = {**telegram_headers(TELEGRAM_SECRET), "x-twilio-signature": "c2ln"}
    with pytest.raises(WebhookError):
        CHANNELS[channel].receive(WebhookRequest(f"/webhooks/{channel}", headers, body))
