"""Twilio's webhooks over HTTP: the fallback is the same door, and no log says who writes what."""

import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx
import pytest
import structlog
from starlette.applications import Starlette

from bot import logs
from bot.conversation import webhooks
from bot.conversation.templates import Templates
from bot.messages import Choice, OutgoingMessage
from bot.services.content import Content
from bot.store.tables import Author, State
from integrations.channel import TemplateChannel
from integrations.telegram import Telegram
from integrations.whatsapp import WhatsApp
from tests.channels.inbound import whatsapp_message, whatsapp_status
from tests.channels.outbound import ACCOUNT, PUBLIC_URL
from tests.channels.peers import TWILIO_ACCOUNT, TWILIO_TOKEN, Answer, TwilioPeer
from tests.channels.signing import form_body, twilio_headers
from tests.conversation.conftest import Talk

MESSAGES, FALLBACK = "/webhooks/whatsapp", "/webhooks/whatsapp/fallback"
STATUS = "/webhooks/whatsapp/status"
RIET, USERNAME = "whatsapp:+31600000001", "whatsapp:NL.1a2b3c4d5e"


@dataclass
class Door:
    """The application's webhooks, as Twilio reaches them."""

    http: httpx.AsyncClient
    talk: Talk
    twilio: TwilioPeer

    async def post(self, path: str, fields: dict[str, str], token: str = TWILIO_TOKEN) -> int:
        body = form_body(fields)
        headers = twilio_headers(PUBLIC_URL + path, body, token)
        return (await self.http.post(path, content=body, headers=headers)).status_code

    async def say(self, text: str, sender: str = RIET, path: str = MESSAGES, sid: str = "") -> int:
        number = len(await self.talk.inbound()) + 1
        fields = whatsapp_message(TWILIO_ACCOUNT, sid or f"SM{number:032x}", text, sender)
        return await self.post(path, fields)


@pytest.fixture
async def door(talk: Talk) -> AsyncIterator[Door]:
    async with TwilioPeer() as twilio:
        channel = WhatsApp(ACCOUNT, PUBLIC_URL, twilio.url, 5.0)
        talk.deliveries._channels = {"whatsapp": channel}
        app = Starlette(routes=webhooks.routes([channel], talk.reception, talk.reports))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as http:
            yield Door(http, talk, twilio)
        await channel.close()


async def answered(door: Door) -> None:
    """Every conversation's turn and delivery."""
    for conversation in {row.conversation_id for row in await door.talk.inbound()}:
        await door.talk.turns.run(conversation)
        await door.talk.deliveries.run(conversation)


async def test_a_message_that_the_first_address_missed_comes_in_by_the_fallback(
    door: Door,
) -> None:
    fields = whatsapp_message(
        TWILIO_ACCOUNT, "SM1", "hallo", ErrorCode="11200", ErrorUrl=PUBLIC_URL + MESSAGES
    )
    assert await door.post(FALLBACK, fields) == 200
    assert [row.text for row in await door.talk.inbound()] == ["hallo"]


async def test_a_message_that_comes_by_both_is_stored_and_answered_once(door: Door) -> None:
    for path in (MESSAGES, FALLBACK, MESSAGES):
        assert await door.say("hallo", path=path, sid="SM1") == 200
    await answered(door)
    assert len(await door.talk.inbound()) == 1
    assert len(door.twilio.sent) == 1


async def test_the_fallback_believes_nobody_else(door: Door) -> None:
    fields = whatsapp_message(TWILIO_ACCOUNT, "SM1", "hallo")
    assert await door.post(FALLBACK, fields, "the-token-of-Chris") == 403
    assert await door.talk.inbound() == []


def test_only_who_has_a_fallback_gets_its_address(talk: Talk) -> None:
    telegram = Telegram("123456:a-token", "a-secret")
    paths = [route.path for route in webhooks.routes([telegram], talk.reception, talk.reports)]
    assert paths == ["/webhooks/telegram"]


async def test_a_username_is_an_address_like_any_other(door: Door) -> None:
    assert await door.say("hallo", USERNAME) == 200
    await answered(door)
    assert door.twilio.sent[-1].to == USERNAME


async def test_a_report_s_address_finds_the_message(door: Door) -> None:
    await door.say("hallo")
    await answered(door)
    sent = door.twilio.sent[-1]
    path = sent.status_callback.removeprefix(PUBLIC_URL)
    assert path.startswith(f"{STATUS}?message=")
    for status in ("queued", "read", "delivered", "sent"):
        assert await door.post(path, whatsapp_status(TWILIO_ACCOUNT, sent.sid, status)) == 204
    assert (await door.talk.outbound())[-1].state == State.READ


@pytest.mark.parametrize("query", ["", "?message=", "?message=x", "?message=" + "9" * 30, "?a=1"])
async def test_a_report_with_any_other_query_still_counts_by_its_sid(
    door: Door, query: str
) -> None:
    await door.say("hallo")
    await answered(door)
    fields = whatsapp_status(TWILIO_ACCOUNT, door.twilio.sent[-1].sid, "delivered")
    assert await door.post(STATUS + query, fields) == 204
    assert (await door.talk.outbound())[-1].state == State.DELIVERED


@pytest.fixture
async def synced(door: Door, content: Content) -> Door:
    """After `adempauze whatsapp sync`."""
    channel = door.talk.deliveries._channels["whatsapp"]
    assert isinstance(channel, TemplateChannel)
    await Templates(door.talk.database, content).synchronise(channel, door.talk.clock())
    await door.say("hallo")
    await answered(door)
    door.talk.rasa.asked.clear()
    return door


async def offered(door: Door, *titles: str) -> tuple[tuple[str, str], ...]:
    """Let the assistant offer choices; what Riet sees of them, as (title, id)."""
    conversation = (await door.talk.inbound())[0].conversation_id
    choices = tuple(Choice(title, f"/{title.lower()}") for title in titles)
    async with door.talk.database.transaction() as session:
        await door.talk.handoffs._outbox.put(
            session, conversation, OutgoingMessage("Wat past?", choices), author=Author.BOT
        )
    await door.talk.deliveries.run(conversation)
    shown = door.twilio.sent[-1].content
    assert shown is not None
    return shown.choices


@pytest.mark.parametrize(
    ("titles", "payload", "words"),
    [
        (("Ja", "Nee"), "ButtonPayload", "ButtonText"),
        (("Een", "Twee", "Drie", "Vier"), "ListId", "ListTitle"),
    ],
)
async def test_a_tap_on_a_button_or_a_list_tells_the_assistant_what_it_means(
    synced: Door, titles: tuple[str, ...], payload: str, words: str
) -> None:
    title, key = (await offered(synced, *titles))[1]
    fields = whatsapp_message(
        TWILIO_ACCOUNT, "SM77", title, **{payload: key, words: title}, MessageType="interactive"
    )
    assert await synced.post(MESSAGES, fields) == 200
    await answered(synced)
    assert synced.talk.rasa.asked == [f"/{title.lower()}"]
    assert (await synced.talk.inbound())[-1].text == title


async def test_the_words_of_a_button_choose_too_and_a_number_does_not(synced: Door) -> None:
    for said, asked in (("nee", "/nee"), ("2", "2")):
        await offered(synced, "Ja", "Nee")
        await synced.say(said)
        await answered(synced)
        assert synced.talk.rasa.asked[-1] == asked


async def test_someone_else_s_choice_is_not_chosen(synced: Door) -> None:
    (_, key), *_ = await offered(synced, "Ja", "Nee")
    fields = whatsapp_message(TWILIO_ACCOUNT, "SM77", "Ja", USERNAME, ButtonPayload=key)
    await synced.post(MESSAGES, fields)
    await answered(synced)
    assert "/ja" not in synced.talk.rasa.asked


@pytest.fixture
def everything_logged() -> Iterator[None]:
    """Logging as in production, at its most talkative."""
    root = logging.getLogger()
    before = root.level
    logs.configure("DEBUG")
    root.setLevel(logging.DEBUG)
    yield
    root.setLevel(before)
    structlog.reset_defaults()


@pytest.mark.usefixtures("everything_logged")
async def test_no_log_line_holds_a_number_a_name_or_a_word_of_anybody(
    door: Door, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    for sender in (RIET, USERNAME):
        await door.say("Mijn geheim van vandaag", sender)
    await door.post(MESSAGES, whatsapp_message(TWILIO_ACCOUNT, "SM9", "x"), "the-token-of-Chris")
    door.twilio.fail(Answer(400, {"code": 63003}), Answer(500, "oops"))
    await answered(door)
    await door.say("Nog een geheim")
    await answered(door)
    for number, status in enumerate(("failed", "read")):
        fields = whatsapp_status(TWILIO_ACCOUNT, f"SM{number:032x}", status, ErrorCode="63024")
        await door.post(f"{STATUS}?message={number + 1}", fields)

    logged = "".join(capsys.readouterr()) + caplog.text
    for expected in ("webhook_refused", "delivery_failed", "delivery_reported_failed"):
        assert expected in logged
    for private in ("600000001", "1a2b3c4d5e", "geheim", "Riet", TWILIO_TOKEN):
        assert private not in logged
