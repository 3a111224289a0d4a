"""Every request that we make to Twilio passes a mock of Twilio's own OpenAPI."""

import base64
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
import pytest_asyncio

from integrations.whatsapp import WhatsApp
from tests.channels import prism
from tests.channels.inbound import RIET_WHATSAPP
from tests.channels.loopback import Call
from tests.channels.outbound import to_riet
from tests.channels.peers import TWILIO_ACCOUNT, TWILIO_TOKEN, WHATSAPP_SENDER, TwilioPeer
from tests.channels.specs import needs

SPECIFICATION = "twilio_api_v2010.json"
MESSAGES = f"/2010-04-01/Accounts/{TWILIO_ACCOUNT}/Messages.json"
TEMPLATE = "HX" + "1" * 32
HELLO = {"To": RIET_WHATSAPP, "From": WHATSAPP_SENDER, "Body": "Goedemiddag"}

pytestmark = [pytest.mark.slow, needs(SPECIFICATION)]


@pytest_asyncio.fixture(scope="session")
async def twilio_openapi(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    program = await prism.installed(tmp_path_factory.mktemp("prism"))
    async with prism.mock(program, SPECIFICATION) as address:
        yield address


async def ask(
    address: str, fields: Mapping[str, str], path: str = MESSAGES, *, login: bool = True
) -> httpx.Response:
    """Prism's answer to a form that is posted as Twilio wants it."""
    secret = base64.b64encode(f"{TWILIO_ACCOUNT}:{TWILIO_TOKEN}".encode()).decode()
    headers = {"authorization": f"Basic {secret}"} if login else {}
    async with httpx.AsyncClient(base_url=address) as client:
        return await client.post(path, data=dict(fields), headers=headers)


async def again(address: str, call: Call) -> httpx.Response:
    """Prism's answer to a request that our Twilio on loopback got, byte for byte the same form."""
    names = ("authorization", "content-type", "accept")
    headers = {name: call.headers[name] for name in names if name in call.headers}
    async with httpx.AsyncClient(base_url=address) as client:
        return await client.request(call.method, call.path, data=dict(call.fields), headers=headers)


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("Goedemiddag", ()),
        ("Wilt u dat?", ("Ja, graag", "Nee, nog niet")),
        ("é & = + % 🌷 مرحبا", ()),
        ("ja " * 1000, ("Ja",)),
    ],
    ids=["a text", "choices", "signs of all kinds", "two bubbles"],
)
async def test_every_message_of_ours_passes(
    twilio_openapi: str,
    whatsapp: WhatsApp,
    twilio: TwilioPeer,
    text: str,
    choices: tuple[str, ...],
) -> None:
    await whatsapp.send(to_riet(whatsapp, text, *choices))
    assert twilio.calls
    for call in twilio.calls:
        answer = await again(twilio_openapi, call)
        assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    "fields",
    [
        HELLO,
        {**HELLO, "StatusCallback": "https://adempauze.example/webhooks/whatsapp/status"},
        {"To": RIET_WHATSAPP, "From": WHATSAPP_SENDER, "ContentSid": TEMPLATE},
        {
            "To": RIET_WHATSAPP,
            "From": WHATSAPP_SENDER,
            "ContentSid": TEMPLATE,
            "ContentVariables": '{"1": "Riet"}',
        },
    ],
    ids=["a text", "with reports", "a template", "a template's words"],
)
async def test_what_twilio_documents_passes(twilio_openapi: str, fields: Mapping[str, str]) -> None:
    answer = await ask(twilio_openapi, fields)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({name: value for name, value in HELLO.items() if name != "To"}, "To"),
        ({**HELLO, "ContentSid": "HX1"}, "ContentSid"),
        ({**HELLO, "MessagingServiceSid": "XX" + "1" * 32}, "MessagingServiceSid"),
        ({**HELLO, "StatusCallback": "no address"}, "StatusCallback"),
    ],
)
async def test_what_twilio_does_not_allow_is_refused(
    twilio_openapi: str, fields: Mapping[str, str], where: str
) -> None:
    answer = await ask(twilio_openapi, fields)
    assert answer.status_code == 422
    assert where in str(answer.json()["validation"])


async def test_an_account_that_is_none_is_refused(twilio_openapi: str) -> None:
    answer = await ask(twilio_openapi, HELLO, "/2010-04-01/Accounts/riet/Messages.json")
    assert answer.status_code == 422


async def test_without_a_login_it_is_refused(twilio_openapi: str) -> None:
    assert (await ask(twilio_openapi, HELLO, login=False)).status_code == 401
