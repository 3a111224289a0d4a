"""Every kind of request that we make to Twilio passes Prism, a mock of Twilio's own OpenAPI.

Our code makes the requests to our Twilio on loopback, which takes no kind that is not in
`twilio_spec.KINDS`; here each of those is posted again to Prism, byte for byte.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from bot.messages import Choice, Delivery, Form, Image, OutgoingMessage, Template
from integrations.channel import Channel, KnownTemplate
from integrations.sms import Sms
from integrations.whatsapp import WhatsApp
from integrations.whatsapp.templates import ALL_INTERACTIVE
from tests.channels import prism, twilio_spec
from tests.channels.loopback import Call
from tests.channels.outbound import PUBLIC_URL, sending, to_riet
from tests.channels.peers import TwilioPeer
from tests.channels.specs import needs
from tests.channels.test_twilio_spec import MESSAGES, NOBODY, REFUSED, posted
from tests.channels.test_whatsapp_command import adempauze
from tests.channels.twilio_spec import CONTENT, MESSAGING

PICTURE = Image(f"{PUBLIC_URL}/photos/appel.jpg", "De tuin van De Zeven Stoelen")
TEXTS = {template: f"Dag, dit is het logeerpunt: {template}." for template in Template}
SIX_LINES = "\n".join(f"Regel {number}" for number in range(6))
SIGNS = "é & = + % 🌷 مرحبا"
TITLE = "é&=+% 🌷"

needs_prism = [pytest.mark.slow, needs(MESSAGING), needs(CONTENT)]


@dataclass(frozen=True)
class Mocks:
    """The addresses of the two mocks: messages, and templates."""

    messages: str
    contents: str

    async def answer(self, call: Call) -> httpx.Response:
        """The answer to a request that our Twilio got, byte for byte the same."""
        address = self.contents if call.path.startswith("/v1/") else self.messages
        hops = ("host", "content-length", "accept-encoding", "connection")
        headers = {name: value for name, value in call.headers.items() if name not in hops}
        url = f"{call.path}?{call.query}" if call.query else call.path
        async with httpx.AsyncClient(base_url=address) as client:
            return await client.request(call.method, url, content=call.body, headers=headers)

    async def take(self, calls: Sequence[Call]) -> None:
        """Post all calls again and see each one accepted."""
        assert calls
        for call in calls:
            answer = await self.answer(call)
            expected = 201 if call.method == "POST" else 200
            assert answer.status_code == expected, (twilio_spec.kind(call), answer.text)


@pytest_asyncio.fixture(scope="session")
async def mocks(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Mocks]:
    """One process for each specification, for all tests together."""
    program: Path = await prism.installed(tmp_path_factory.mktemp("prism"))
    async with (
        prism.mock(program, MESSAGING) as messages,
        prism.mock(program, CONTENT) as contents,
    ):
        yield Mocks(messages, contents)


@pytest_asyncio.fixture
async def synced(whatsapp: WhatsApp, twilio: TwilioPeer) -> WhatsApp:
    """WhatsApp with all its templates, the fixed texts approved."""
    await whatsapp.synchronise(TEXTS)
    twilio.contents.decide("adempauze", "approved")
    found = await whatsapp.synchronise(TEXTS)
    known = {one.name: KnownTemplate(one.digest, one.sid, one.approval) for one in found}
    whatsapp.learn(known, "Bekijk de keuzes")
    twilio.calls.clear()
    return whatsapp


# Messages


@dataclass(frozen=True)
class Sent:
    """A message, and the form and the kinds of requests in which it goes on WhatsApp."""

    name: str
    message: OutgoingMessage
    whatsapp: Form
    kinds: frozenset[str]


def choices(count: int) -> tuple[Choice, ...]:
    return tuple(Choice(f"Keuze {number} {TITLE}", "/a") for number in range(count))


def sent(name: str, message: OutgoingMessage, form: Form, *kinds: str) -> Sent:
    return Sent(name, message, form, frozenset(kinds))


WORDS, PICTURES, FILLED = twilio_spec.WORDS, twilio_spec.PICTURE, twilio_spec.INTERACTIVE
CAPTION = OutgoingMessage(PICTURE.description, images=(PICTURE,))
ALBUM = OutgoingMessage("Mooi?", choices(2), (PICTURE, PICTURE))
SENT = (
    sent("a text", OutgoingMessage("Goedemiddag"), Form.PLAIN, WORDS),
    sent("signs of all kinds", OutgoingMessage(f"{SIGNS}\n\n{SIGNS}"), Form.PLAIN, WORDS),
    sent("five thousand characters", OutgoingMessage("ja, " * 1250), Form.PLAIN, WORDS),
    sent("one button", OutgoingMessage(SIGNS, choices(1)), Form.BUTTONS, FILLED),
    sent("three buttons", OutgoingMessage(SIGNS, choices(3)), Form.BUTTONS, FILLED),
    sent("a list of four", OutgoingMessage(SIX_LINES, choices(4)), Form.LIST, FILLED),
    sent("a list of ten", OutgoingMessage(SIX_LINES, choices(10)), Form.LIST, FILLED),
    sent("eleven choices", OutgoingMessage(SIGNS, choices(11)), Form.NUMBERED, WORDS),
    sent("a caption", CAPTION, Form.PLAIN, PICTURES),
    sent("pictures, words and buttons", ALBUM, Form.BUTTONS, PICTURES, FILLED),
)


EACH_SENT = [pytest.param(one, id=one.name, marks=needs_prism) for one in SENT]


async def deliver(channel: Channel, delivery: Delivery, twilio: TwilioPeer) -> set[str]:
    """Send it, and tell the kinds of the requests that it took."""
    await channel.send(delivery)
    reports = [call.fields["StatusCallback"] for call in twilio.calls]
    # Only the last bubble stands for the message.
    assert f"/webhooks/{channel.name}/status?message=4711&attempt=1" in reports[-1]
    return {twilio_spec.kind(call) for call in twilio.calls}


@pytest.mark.parametrize("one", EACH_SENT)
async def test_every_whatsapp_message_passes(
    mocks: Mocks, synced: WhatsApp, twilio: TwilioPeer, one: Sent
) -> None:
    delivery = sending(synced, one.message)
    assert delivery.form is one.whatsapp
    assert await deliver(synced, delivery, twilio) == one.kinds
    await mocks.take(twilio.calls)


@pytest.mark.parametrize("one", EACH_SENT)
async def test_every_sms_passes(mocks: Mocks, sms: Sms, twilio: TwilioPeer, one: Sent) -> None:
    assert await deliver(sms, sending(sms, one.message), twilio) == {WORDS}
    await mocks.take(twilio.calls)


@pytest.mark.parametrize(
    "template", [pytest.param(one, id=one, marks=needs_prism) for one in Template]
)
async def test_every_approved_text_passes(
    mocks: Mocks, synced: WhatsApp, twilio: TwilioPeer, template: Template
) -> None:
    sid = synced.approved(template, TEXTS[template])
    assert sid
    late = replace(to_riet(synced, "Iets anders"), template_sid=sid)
    assert await deliver(synced, late, twilio) == {twilio_spec.APPROVED}
    await mocks.take(twilio.calls)


# Templates

FIRST_SYNC = {
    twilio_spec.FIRST_PAGE, twilio_spec.QUICK_REPLY, twilio_spec.LIST_PICKER,
    twilio_spec.FIXED_TEXT, twilio_spec.APPROVAL, twilio_spec.SUBMISSION,
}  # fmt: skip
LATER_SYNC = {twilio_spec.FIRST_PAGE, twilio_spec.NEXT_PAGE, twilio_spec.APPROVAL}


@pytest.mark.slow
@needs(CONTENT)
async def test_every_call_of_adempauze_whatsapp_sync_passes(
    mocks: Mocks, environment: dict[str, str], twilio: TwilioPeer
) -> None:
    for kinds in (FIRST_SYNC, LATER_SYNC):
        code, said = await adempauze(environment, "whatsapp", "sync")
        assert code == 0, said
        assert {twilio_spec.kind(call) for call in twilio.calls} == kinds
        await mocks.take(twilio.calls)
        twilio.calls.clear()
    assert len(twilio.contents.made) == len(ALL_INTERACTIVE) + len(Template)


def test_every_kind_of_request_is_replayed() -> None:
    by_message = {kind for one in SENT for kind in one.kinds}
    assert by_message | {twilio_spec.APPROVED} | FIRST_SYNC | LATER_SYNC == twilio_spec.KINDS


# What Prism refuses, so that passing means something


WRONG = REFUSED | NOBODY
EACH_WRONG = [pytest.param(*row, id=name, marks=needs_prism) for name, row in WRONG.items()]


@pytest.mark.parametrize(("call", "where"), EACH_WRONG)
async def test_what_twilio_does_not_allow_is_refused(mocks: Mocks, call: Call, where: str) -> None:
    answer = await mocks.answer(call)
    assert answer.status_code == 422
    assert where in str(answer.json()["validation"])


@pytest.mark.slow
@needs(MESSAGING)
async def test_without_a_login_it_is_refused(mocks: Mocks) -> None:
    call = replace(posted(MESSAGES, To="+31600000001", Body="Hallo"), headers={})
    assert (await mocks.answer(call)).status_code == 401
