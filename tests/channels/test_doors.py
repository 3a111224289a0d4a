"""The doors as a proxy calls them: what the vendor signed counts, not the address that we see.

The application is called at http://10.0.0.5:8000; Twilio signs PUBLIC_URL.
"""

from collections.abc import Mapping, Sequence

import httpx
import pytest

from integrations.whatsapp import WhatsApp
from tests.channels.conftest import world_of
from tests.channels.inbound import whatsapp_message
from tests.channels.outbound import ACCOUNT, PUBLIC_URL
from tests.channels.peers import TWILIO_ACCOUNT, TWILIO_TOKEN
from tests.channels.signing import FORM, form_body, sign
from tests.channels.world import Echo, Parts, World

PATH = "/webhooks/whatsapp"
FIELDS = list(whatsapp_message(TWILIO_ACCOUNT, "SM" + "1" * 32, "Hallo").items())
FORWARDED = {"x-forwarded-proto": "http", "x-forwarded-host": "chris.example", "host": "10.0.0.5"}
Pairs = Sequence[tuple[str, str]]


async def post(
    world: World,
    path: str,
    fields: Pairs,
    *,
    signed: str,
    sent: Pairs | None = None,
    headers: Mapping[str, str] = FORWARDED,
) -> httpx.Response:
    """Post a form to `path` that Twilio signed for the address `signed`; `sent` if it differs."""
    signature = {"content-type": FORM, "x-twilio-signature": sign(signed, fields, TWILIO_TOKEN)}
    body = form_body(fields if sent is None else sent)
    return await world.http.post(path, content=body, headers={**headers, **signature})


@pytest.mark.parametrize(
    ("path", "more"),
    [
        (PATH, []),
        (f"{PATH}?rc=2&rp=all", []),
        (f"{PATH}?bron=hu%20arts&leeg=&x=%2F", []),
        (PATH, [("ReferralBody", ""), ("ProfileName", "")]),
        (PATH, [("Label", "Thuis"), ("Label", "Werk")]),
        (PATH, [("Label", "Thuis"), ("Label", "Thuis")]),
        (PATH, [("Label", "é & = + % 🌷")]),
        (f"{PATH}?rc=2", [("Label", "b"), ("Label", ""), ("Label", "a")]),
    ],
    ids=[
        "plain",
        "a query",
        "a query with signs",
        "blank fields",
        "a repeated field",
        "the same field twice",
        "signs of all kinds",
        "all of it at once",
    ],
)
async def test_what_twilio_signed_for_the_public_address_gets_in_through_a_proxy(
    world: World, path: str, more: Pairs
) -> None:
    fields = [*FIELDS, *more]
    answer = await post(world, path, fields, signed=PUBLIC_URL + path)
    assert (answer.status_code, len(await world.inbound())) == (200, 1)


@pytest.mark.parametrize(
    ("path", "signed", "sent"),
    [
        (PATH, f"http://10.0.0.5:8000{PATH}", FIELDS),
        (PATH, f"http://chris.example{PATH}", FIELDS),
        (f"{PATH}?rc=3", f"{PUBLIC_URL}{PATH}?rc=2", FIELDS),
        (PATH, f"{PUBLIC_URL}{PATH}?rc=2", FIELDS),
        (PATH, f"{PUBLIC_URL}{PATH}", [*FIELDS, ("Label", "")]),
        (PATH, f"{PUBLIC_URL}{PATH}", [*FIELDS, ("Body", "Ik ben Chris")]),
        (PATH, f"{PUBLIC_URL}{PATH}", FIELDS[:-1]),
    ],
    ids=[
        "signed for the inner address",
        "signed for what the proxy says",
        "another query",
        "a query less",
        "a blank field more",
        "a field twice",
        "a field less",
    ],
)
async def test_chris_does_not_get_in_through_a_proxy(
    world: World, path: str, signed: str, sent: Pairs
) -> None:
    answer = await post(world, path, FIELDS, signed=signed, sent=sent)
    assert (answer.status_code, await world.inbound()) == (403, [])


async def test_a_public_address_with_a_path_of_its_own_is_signed_with_it(
    parts: Parts, echo: Echo
) -> None:
    # The proxy takes the prefix away before it calls us.
    public = "https://regio.example/adempauze"
    async with world_of(parts, echo, WhatsApp(ACCOUNT, public)) as world:
        assert (await post(world, PATH, FIELDS, signed=public + PATH)).status_code == 200
        answer = await post(world, PATH, FIELDS, signed="https://regio.example" + PATH)
        assert answer.status_code == 403
