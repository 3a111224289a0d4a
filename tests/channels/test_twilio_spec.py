"""Our Twilio on loopback refuses what Twilio's OpenAPI does not allow, in every test that uses it.

Prism is asked about the same requests in test_twilio_contract.py.
"""

import json
from collections.abc import Mapping

import httpx
import pytest

from integrations.twilio.fields import STATES
from tests.channels import twilio_spec
from tests.channels.inbound import RIET_WHATSAPP
from tests.channels.loopback import Call
from tests.channels.outbound import PUBLIC_URL
from tests.channels.peers import (
    TWILIO_ACCOUNT,
    WHATSAPP_SENDER,
    Trouble,
    TwilioPeer,
    WhatsAppBubble,
)
from tests.channels.signing import FORM, form_body
from tests.channels.specs import needs
from tests.channels.twilio_peer import login, twilio_message
from tests.channels.twilio_spec import CONTENT, MESSAGING

MESSAGES = f"/2010-04-01/Accounts/{TWILIO_ACCOUNT}/Messages.json"
CONTENTS = "/v1/Content"
APPROVALS = f"{CONTENTS}/HX{'1' * 32}/ApprovalRequests"
HELLO = {
    "To": RIET_WHATSAPP, "From": WHATSAPP_SENDER, "StatusCallback": f"{PUBLIC_URL}/status",
}  # fmt: skip
TEXT = {
    "friendly_name": "adempauze_reminder_1", "language": "nl", "variables": {},
    "types": {"twilio/text": {"body": "Dag"}},
}  # fmt: skip


def posted(path: str, **fields: str) -> Call:
    """A form as we post it."""
    headers = {"authorization": login(), "content-type": FORM}
    return Call("POST", path, headers, fields, body=form_body(fields))


def put_as_json(path: str, content: Mapping[str, object]) -> Call:
    """JSON as we post it."""
    headers = {"authorization": login(), "content-type": "application/json"}
    return Call("POST", path, headers, {}, content, body=json.dumps(content).encode())


def fetched(path: str, query: str = "") -> Call:
    return Call("GET", path, {"authorization": login()}, {}, query=query)


def template(kind: str, **content: object) -> Call:
    return put_as_json(CONTENTS, {**TEXT, "types": {f"twilio/{kind}": {"body": "Dag", **content}}})


def without(name: str, content: Mapping[str, object] = TEXT) -> Call:
    return put_as_json(CONTENTS, {key: one for key, one in content.items() if key != name})


# By what is wrong: the request, and a word of the refusal. `friendly_name` is no row: neither the
# specification nor its page requires it (https://www.twilio.com/docs/content/content-api-resources).
REFUSED = {
    "nobody to send to": (posted(MESSAGES, From=WHATSAPP_SENDER, Body="Hallo"), "To"),
    "a template's id that is none": (posted(MESSAGES, **HELLO, ContentSid="HX1"), "ContentSid"),
    "a service's id that is none": (
        posted(MESSAGES, **HELLO, Body="a", MessagingServiceSid=f"XX{'1' * 32}"),
        "MessagingServiceSid",
    ),
    "reports to no address": (
        posted(MESSAGES, **{**HELLO, "Body": "a", "StatusCallback": "no address"}),
        "StatusCallback",
    ),
    "a template without types": (without("types"), "types"),
    "a template without a language": (without("language"), "language"),
    "a template without words": (template("text", body=5), "body"),
    "a field that a text has not": (template("text", footer="Dag"), "footer"),
    "buttons without buttons": (template("quick-reply"), "actions"),
    "a button without a title": (
        template("quick-reply", actions=[{"type": "QUICK_REPLY", "id": "1:0"}]),
        "title",
    ),
    "a button of another type": (
        template("quick-reply", actions=[{"type": "URL", "title": "Ja", "id": "1:0"}]),
        "type",
    ),
    "a list that cannot be opened": (template("list-picker", items=[]), "button"),
    "an item without an id": (
        template("list-picker", button="Kies", items=[{"item": "Ja"}]),
        "id",
    ),
    "a variable that is a number": (put_as_json(CONTENTS, {**TEXT, "variables": {"1": 5}}), "1"),
    "a submission without a name": (
        put_as_json(f"{APPROVALS}/whatsapp", {"category": "UTILITY"}),
        "name",
    ),
    "a submission without a category": (
        put_as_json(f"{APPROVALS}/whatsapp", {"name": "adempauze_reminder_1"}),
        "category",
    ),
    "more on a page than there may be": (fetched(CONTENTS, "PageSize=1001"), "pagesize"),
    "a page that is no number": (fetched(CONTENTS, "Page=first&PageSize=50"), "page"),
}
# An id in a path that is none; to us a kind of request that we never make.
NOBODY = {
    "an account that is none": (
        posted(MESSAGES.replace(TWILIO_ACCOUNT, "riet"), **HELLO, Body="a"),
        "accountsid",
    ),
    "approval of no template": (fetched(f"{CONTENTS}/riet/ApprovalRequests"), "sid"),
}


@needs(CONTENT)
@needs(MESSAGING)
@pytest.mark.parametrize(("call", "where"), REFUSED.values(), ids=REFUSED)
def test_what_twilio_does_not_allow_is_found(call: Call, where: str) -> None:
    assert where.lower() in str(twilio_spec.against_specification(call)).lower()


# Stricter than the specification, which leaves open what else there may be.
@needs(CONTENT)
@needs(MESSAGING)
@pytest.mark.parametrize(
    ("call", "where"),
    [
        (posted(MESSAGES, **HELLO, Body="a", Buttons="Ja"), "Buttons"),
        (put_as_json(CONTENTS, {**TEXT, "category": "UTILITY"}), "category"),
        (put_as_json(CONTENTS, {**TEXT, "types": {"twilio/poll": {}}}), "twilio/poll"),
        (put_as_json(f"{APPROVALS}/whatsapp", {"name": "a", "category": "b", "c": "d"}), "'c'"),
        (fetched(CONTENTS, "PageSize=50&Language=nl"), "Language"),
    ],
)
def test_a_field_that_is_not_named_is_found(call: Call, where: str) -> None:
    assert where in str(twilio_spec.against_specification(call))


@pytest.mark.parametrize(("call", "_"), NOBODY.values(), ids=NOBODY)
def test_an_id_that_is_none_is_found(call: Call, _: str) -> None:
    assert "a new kind of request" in str(twilio_spec.problem(call))


def test_a_name_that_is_longer_than_its_page_allows_is_found() -> None:
    assert twilio_spec.problem(put_as_json(CONTENTS, {**TEXT, "friendly_name": "a" * 64})) is None
    assert twilio_spec.problem(put_as_json(CONTENTS, {**TEXT, "friendly_name": "a" * 65}))


async def test_our_twilio_takes_no_new_kind_of_request_and_says_so(twilio: TwilioPeer) -> None:
    async with httpx.AsyncClient(base_url=twilio.url) as client:
        call = posted(MESSAGES, **HELLO, Body="a", SendAt="2026-11-23T10:00:00Z")
        answer = await client.post(call.path, content=call.body, headers=dict(call.headers))
    assert (answer.status_code, twilio.sent) == (400, [])
    assert "to be replayed to Prism" in answer.json()["message"]
    with pytest.raises(AssertionError, match="SendAt"):
        twilio.verify()


async def test_a_call_that_our_twilio_cuts_off_is_looked_at_too(twilio: TwilioPeer) -> None:
    twilio.fail(Trouble.CUT)
    async with httpx.AsyncClient(base_url=twilio.url) as client:
        with pytest.raises(httpx.TransportError):
            await client.post(MESSAGES, data={"To": RIET_WHATSAPP})
    with pytest.raises(AssertionError, match="new kind of request"):
        twilio.verify()


@needs(MESSAGING)
def test_an_answer_of_ours_that_is_not_as_documented_is_found() -> None:
    call = posted(MESSAGES, **HELLO, Body="Hallo")
    good = twilio_message(WhatsAppBubble("SM" + "1" * 32, RIET_WHATSAPP, "Hallo", ""))
    assert twilio_spec.wrong_answer(call, good) is None
    for wrong in ({"sid": "SM1"}, {"status": "gone"}, {"error_code": "63016"}, {"text": "Hallo"}):
        assert next(iter(wrong)) in str(twilio_spec.wrong_answer(call, {**good, **wrong}))


@needs(MESSAGING)
def test_our_answer_has_every_field_that_is_documented() -> None:
    answer = twilio_message(WhatsAppBubble("SM", "to", "body", "callback"))
    assert (
        answer.keys()
        == twilio_spec.schemas(MESSAGING)["api.v2010.account.message"]["properties"].keys()
    )


@needs(MESSAGING)
def test_every_status_that_we_know_is_twilio_s() -> None:
    assert STATES.keys() <= set(twilio_spec.schemas(MESSAGING)["message_enum_status"]["enum"])
