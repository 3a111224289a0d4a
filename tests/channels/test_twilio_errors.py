"""WhatsApp: every way of failing says what may be done, and nothing is ever sent twice."""

import contextlib
import socket
from dataclasses import replace

import aiohttp
import pytest

from bot.errors import Failure
from bot.store.tables import State
from integrations.channel import StatusUpdate
from integrations.twilio.callbacks import Reference
from integrations.twilio.errors import (
    EVERYONE_LATER,
    NEVER,
    OUR_SETUP,
    SHUT_OUT,
    TOO_LATE,
    TRY_LATER,
    broken,
    refused,
)
from integrations.twilio.fields import status_update
from integrations.whatsapp import WhatsApp
from tests.channels.inbound import RIET_WHATSAPP, whatsapp_message
from tests.channels.outbound import ACCOUNT, PUBLIC_URL, failing, to_riet
from tests.channels.peers import TWILIO_ACCOUNT, TWILIO_TOKEN, Answer, Trouble, TwilioPeer
from tests.channels.signing import form_body, twilio_headers
from tests.channels.world import World

REFERENCE = Reference(4711, 2)


async def test_a_message_half_out_is_unknown(whatsapp: WhatsApp, twilio: TwilioPeer) -> None:
    good = {"sid": "SM" + "9" * 32}
    twilio.fail(Answer(201, good), Answer(429, {"code": 20429}))
    error = await failing(whatsapp, "ja " * 1000)
    assert error.failure is Failure.UNKNOWN
    assert error.code == "bubble_2:20429"


async def test_an_empty_message_will_never_go(whatsapp: WhatsApp, twilio: TwilioPeer) -> None:
    error = await failing(whatsapp, " ")
    assert error.failure is Failure.PERMANENT
    assert not twilio.calls


async def test_too_many_requests_waits_as_long_as_asked(
    whatsapp: WhatsApp, twilio: TwilioPeer
) -> None:
    twilio.fail(Answer(429, {"code": 20429}, {"Retry-After": "7"}))
    error = await failing(whatsapp)
    assert (error.failure, error.code, error.retry_after) == (Failure.NOT_SENT, "20429", 7.0)


@pytest.mark.parametrize("asked", ["", "soon", "-1", "Wed, 21 Oct 2026 07:28:00 GMT"])
async def test_too_many_requests_without_seconds_waits_two(
    whatsapp: WhatsApp, twilio: TwilioPeer, asked: str
) -> None:
    twilio.fail(Answer(429, "busy", {"Retry-After": asked}))
    error = await failing(whatsapp)
    assert (error.failure, error.code, error.retry_after) == (Failure.NOT_SENT, "http_429", 2.0)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_after_a_server_error_it_is_unknown(
    whatsapp: WhatsApp, twilio: TwilioPeer, status: int
) -> None:
    twilio.fail(Answer(status, "<html>oops</html>"))
    error = await failing(whatsapp)
    assert (error.failure, error.code) == (Failure.UNKNOWN, f"http_{status}")
    assert len(twilio.calls) == 1


@pytest.mark.parametrize("trouble", Trouble)
async def test_without_an_answer_it_is_unknown_and_not_sent_again(
    whatsapp: WhatsApp, twilio: TwilioPeer, trouble: Trouble
) -> None:
    await whatsapp.send(to_riet(whatsapp, "Eerst dit, zodat de verbinding al open is"))
    twilio.fail(trouble)
    error = await failing(whatsapp)
    expected = "timed_out" if trouble is Trouble.HANG else "connection_lost"
    assert (error.failure, error.code) == (Failure.UNKNOWN, expected)
    assert len(twilio.calls) == 2


@pytest.mark.parametrize("content", ["<html>", "[]", "{}", '{"sid": null}'])
async def test_an_answer_that_cannot_be_read_is_unknown(
    whatsapp: WhatsApp, twilio: TwilioPeer, content: str
) -> None:
    twilio.fail(Answer(201, content))
    error = await failing(whatsapp)
    assert (error.failure, error.code) == (Failure.UNKNOWN, "unexpected")


async def test_without_a_connection_it_was_not_sent() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        channel = WhatsApp(ACCOUNT, PUBLIC_URL, f"http://127.0.0.1:{unused.getsockname()[1]}")
        error = await failing(channel)
    await channel.close()
    assert (error.failure, error.code) == (Failure.NOT_SENT, "no_connection")


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_connection_that_hangs_while_it_is_made_was_not_sent(scheme: str) -> None:
    # With http nobody takes the call, as two others fill the line; with https somebody does and
    # never says a word.
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0 if scheme == "http" else 5)
        host, port = listening.getsockname()
        for _ in range(2 if scheme == "http" else 0):
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex((host, port))
        channel = WhatsApp(ACCOUNT, PUBLIC_URL, f"{scheme}://{host}:{port}", 1.0)
        error = await failing(channel)
    await channel.close()
    assert (error.failure, error.code) == (Failure.NOT_SENT, "no_connection")


def test_a_time_out_after_that_is_unknown() -> None:
    assert broken(aiohttp.ConnectionTimeoutError()).failure is Failure.NOT_SENT
    assert broken(TimeoutError()).failure is Failure.UNKNOWN


async def test_a_wrong_token_is_our_configuration(twilio: TwilioPeer) -> None:
    channel = WhatsApp(replace(ACCOUNT, token="wrong"), PUBLIC_URL, twilio.url)
    error = await failing(channel)
    await channel.close()
    assert (error.failure, error.code) == (Failure.CONFIGURATION, "20003")


@pytest.mark.parametrize(
    ("codes", "failure"),
    [
        (SHUT_OUT, Failure.BLOCKED),
        (NEVER, Failure.PERMANENT),
        (TOO_LATE, Failure.TOO_LATE),
        (OUR_SETUP, Failure.CONFIGURATION),
        (frozenset(TRY_LATER), Failure.NOT_SENT),
        (frozenset({99999}), Failure.PERMANENT),
    ],
)
def test_every_code_of_the_table_has_its_meaning(codes: frozenset[int], failure: Failure) -> None:
    for code in codes:
        error = refused(400, f'{{"code": {code}}}', {})
        assert (error.failure, error.code) == (failure, str(code))
        assert error.retry_after == TRY_LATER.get(code)
        assert error.everyone is (code in EVERYONE_LATER)


def test_limits_of_the_account_are_everyone_s_and_a_person_s_are_not() -> None:
    assert EVERYONE_LATER.keys() == {20429, 63017, 21611, 30001, 63038}
    assert refused(429, '{"code": 20429}', {}).everyone
    assert not refused(400, '{"code": 63018}', {}).everyone


def test_who_blocked_us_or_replied_stop_shut_us_out() -> None:
    assert {63014, 21610} == SHUT_OUT


@pytest.mark.parametrize("status", [301, 401, 403, 404, 405])
def test_a_wrong_address_or_login_is_our_configuration(status: int) -> None:
    assert refused(status, "", {}).failure is Failure.CONFIGURATION


# Whom a refusal holds up


@pytest.mark.parametrize(
    ("code", "sent"),
    [(20429, 0), (63017, 0), (21611, 0), (30001, 0), (63038, 0), (63018, 1)],
)
async def test_a_refusal_holds_up_those_whom_it_is_about(
    world: World, twilio: TwilioPeer, code: int, sent: int
) -> None:
    for number, person in enumerate((RIET_WHATSAPP, "whatsapp:+31600000002"), start=1):
        fields = whatsapp_message(TWILIO_ACCOUNT, f"SM{number:032x}", "hallo", person)
        body = form_body(fields)
        headers = twilio_headers(f"{PUBLIC_URL}/webhooks/whatsapp", body, TWILIO_TOKEN)
        await world.http.post("/webhooks/whatsapp", content=body, headers=headers)
    twilio.fail(Answer(429, {"code": code}))
    await world.work()
    states = sorted(row.state for row in await world.outbound())
    assert states == sorted([State.QUEUED, State.SENT if sent else State.QUEUED])
    assert len(twilio.calls) == 1 + sent


# What a code means in a report that comes later


def late(code: object, about: Reference = REFERENCE) -> StatusUpdate:
    fields = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": str(code)}
    report = status_update(fields, about)
    assert report is not None
    return report


@pytest.mark.parametrize(
    "code", sorted({*TRY_LATER, *SHUT_OUT, *TOO_LATE, *NEVER, *OUR_SETUP, 99999})
)
def test_a_code_means_the_same_on_the_spot_and_in_a_late_report(code: int) -> None:
    spot, report = refused(400, f'{{"code": {code}}}', {}), late(code)
    for name in ("failure", "code", "retry_after", "everyone", "ours"):
        assert getattr(report.refusal, name) == getattr(spot, name)
    assert (report.message_id, report.attempt) == (4711, 2)


@pytest.mark.parametrize("code", ["failed", "", "²", "9" * 400])
def test_a_code_that_is_none_is_a_failure_for_good(code: str) -> None:
    assert late(code).failure is Failure.PERMANENT


def test_only_a_wait_that_twilio_orders_is_not_ours() -> None:
    assert refused(429, '{"code": 20429}', {"Retry-After": "7"}).ours is False
    assert refused(429, '{"code": 63038}', {}).ours is False
    assert refused(429, '{"code": 20429}', {}).ours is True


def test_there_is_no_other_text_in_place_of_an_approved_one() -> None:
    assert late(63016, Reference(4711, 2, approved=True)).failure is Failure.PERMANENT
    assert late(63018, Reference(4711, 2, approved=True)).failure is Failure.NOT_SENT


@pytest.mark.parametrize("code", [63016, 63018])
def test_what_went_out_in_part_is_not_repeated_but_the_person_is_left_in_peace(code: int) -> None:
    report = late(code, Reference(4711, 2, whole=False))
    assert report.failure is Failure.PERMANENT
    assert report.retry_after == TRY_LATER.get(code)


async def test_of_several_bubbles_the_address_says_that_it_is_the_last(
    whatsapp: WhatsApp, twilio: TwilioPeer
) -> None:
    await whatsapp.send(to_riet(whatsapp, "ja " * 1000))
    first, last = (bubble.status_callback for bubble in twilio.sent)
    assert Reference.of(first) == Reference()
    assert Reference.of(last) == Reference(4711, 1, whole=False)


@pytest.mark.parametrize(
    "reference",
    [REFERENCE, Reference(4711, approved=True), Reference(4711, 12, approved=True, whole=False)],
)
def test_the_address_brings_back_what_it_was_given(reference: Reference) -> None:
    assert Reference.of(reference.address(f"{PUBLIC_URL}/status")) == reference


@pytest.mark.parametrize("query", ["", "?message=4711", "?message=4711&attempt=x&attempt="])
def test_an_address_from_before_attempts_were_named_means_the_first(query: str) -> None:
    assert Reference.of(f"/webhooks/whatsapp/status{query}").attempt == 1
