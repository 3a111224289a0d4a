"""Whether a call to Twilio, and our Twilio's answer to it, is as Twilio's own OpenAPI says.

Read more strictly than OpenAPI asks: a field that the specification does not name is a mistake of
ours, though Twilio would ignore it. Where the files are absent only a call's kind is looked at.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jsonschema import (  # type: ignore[import-untyped]  # no types
    Draft202012Validator,
    FormatChecker,
)

from tests.channels.loopback import Call
from tests.channels.specs import SPECS

MESSAGING, CONTENT = "twilio_api_v2010.json", "twilio_content_v1.json"
_MESSAGE = "POST /2010-04-01/Accounts/{AC}/Messages.json: "
_TEMPLATE = "POST /v1/Content: friendly_name language types"
# Every kind of request that we make: method, path and fields, and the type of a template. Each is
# replayed to Prism in test_twilio_contract.py; one that is not in this list is a mistake.
WORDS = f"{_MESSAGE}Body From StatusCallback To"
PICTURE = f"{_MESSAGE}Body From MediaUrl StatusCallback To"
APPROVED = f"{_MESSAGE}ContentSid From StatusCallback To"
INTERACTIVE = f"{_MESSAGE}ContentSid ContentVariables From StatusCallback To"
QUICK_REPLY = f"{_TEMPLATE} variables twilio/quick-reply"
LIST_PICKER = f"{_TEMPLATE} variables twilio/list-picker"
FIXED_TEXT = f"{_TEMPLATE} variables twilio/text"
FIRST_PAGE = "GET /v1/Content: PageSize"
NEXT_PAGE = "GET /v1/Content: Page PageSize"
APPROVAL = "GET /v1/Content/{HX}/ApprovalRequests: "
SUBMISSION = "POST /v1/Content/{HX}/ApprovalRequests/whatsapp: category name"
KINDS = frozenset({
    WORDS, PICTURE, APPROVED, INTERACTIVE, QUICK_REPLY, LIST_PICKER, FIXED_TEXT, FIRST_PAGE,
    NEXT_PAGE, APPROVAL, SUBMISSION,
})  # fmt: skip
# The specification names no lengths: https://www.twilio.com/docs/content/content-api-resources.
LONGEST_NAME = 64
_SID = re.compile(r"\b([A-Z]{2})[0-9a-fA-F]{32}\b")

_FORMATS = FormatChecker(formats=())


def kind(call: Call) -> str:
    """The kind of a request, as in KINDS."""
    names = sorted(call.json if call.json is not None else call.fields)
    types = sorted((call.json or {}).get("types", ()))
    path = _SID.sub(r"{\1}", call.path)
    return f"{call.method} {path}: {' '.join([*names, *types])}"


def problem(call: Call) -> str | None:
    """What is wrong with a call, in a few words; None when it is as documented."""
    if kind(call) not in KINDS:
        return f"a new kind of request, to be replayed to Prism: {kind(call)}"
    if len((call.json or {}).get("friendly_name", "")) > LONGEST_NAME:
        return "the friendly_name is too long"
    return against_specification(call)


def against_specification(call: Call) -> str | None:
    """What the specification has against a call; None when nothing, and where it is absent."""
    operation = _operation(call.method, call.path)
    return operation.problem(call) if operation else None


def wrong_answer(call: Call, content: object) -> str | None:
    """What is wrong with what our Twilio answers to a call; None when it is as documented."""
    operation = _operation(call.method, call.path)
    return _first(operation.answer, content) if operation else None


def schemas(file: str) -> Mapping[str, Any]:
    """The named schemas of a specification."""
    found: Mapping[str, Any] = _components(file)["schemas"]
    return found


@dataclass(frozen=True)
class _Operation:
    """What a method of a path takes, and what it answers."""

    body: Draft202012Validator | None
    query: Draft202012Validator
    answer: Draft202012Validator

    def problem(self, call: Call) -> str | None:
        asked = dict(parse_qsl(call.query, keep_blank_values=True))
        query = {name: int(one) if one.isdigit() else one for name, one in asked.items()}
        if found := _first(self.query, query):
            return found
        if self.body is None:
            return "a body where none is documented" if call.body else None
        return _first(self.body, call.json if call.json is not None else self._form(call))

    def _form(self, call: Call) -> Mapping[str, object]:
        """The form's fields: a field that is a list may come with one value or with several."""
        assert self.body is not None
        known = self.body.schema["properties"]
        pairs = parse_qsl(call.body.decode(), keep_blank_values=True)
        lists = {name for name, one in known.items() if one.get("type") == "array"}
        several = {name: [value for key, value in pairs if key == name] for name in lists}
        return dict(pairs) | {name: values for name, values in several.items() if values}


def _first(validator: Draft202012Validator, content: object) -> str | None:
    found = next(iter(validator.iter_errors(content)), None)
    return None if found is None else f"{found.json_path}: {found.message}"


@cache
def _operation(method: str, path: str) -> _Operation | None:
    """What is documented there; None where the files are absent."""
    file = CONTENT if path.startswith("/v1/") else MESSAGING
    if not (SPECS / file).is_file():
        return None
    documented = _paths(file)[_template(file, path)][method.lower()]
    body = documented.get("requestBody")
    answers = next(iter(documented["responses"].values()))
    parameters = [one for one in documented.get("parameters", ()) if one["in"] == "query"]
    return _Operation(
        _validator(file, next(iter(body["content"].values()))["schema"]) if body else None,
        _validator(file, {"type": "object", "properties": {
            one["name"]: one["schema"] for one in parameters
        }}),
        _validator(file, answers["content"]["application/json"]["schema"]),
    )  # fmt: skip


def _template(file: str, path: str) -> str:
    """The documented path with names for its ids, whose patterns the ids have."""
    bare = _SID.sub("{}", path)
    return next(one for one in _paths(file) if re.sub(r"\{\w+\}", "{}", one) == bare)


@cache
def _document(file: str) -> Any:
    return json.loads((SPECS / file).read_text())


def _paths(file: str) -> Mapping[str, Any]:
    paths: Mapping[str, Any] = _document(file)["paths"]
    return paths


@cache
def _components(file: str) -> Any:
    return _strict(_document(file)["components"])


def _validator(file: str, schema: Mapping[str, Any]) -> Draft202012Validator:
    whole = {**_strict(schema), "components": _components(file)}
    return Draft202012Validator(whole, format_checker=_FORMATS)


def _strict(schema: Any) -> Any:
    """A schema of OpenAPI 3.0 as one of JSON Schema, in which only the named fields may occur."""
    if isinstance(schema, Sequence) and not isinstance(schema, str):
        return [_strict(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    made = {name: _strict(value) for name, value in schema.items()}
    if "properties" in made and "type" in made:
        made.setdefault("additionalProperties", False)
    if made.get("nullable") and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    return made


def _is_address(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme and urlsplit(value).netloc)


def _is_date(value: object) -> bool:
    return not isinstance(value, str) or bool(parsedate_to_datetime(value))


_FORMATS.checks("uri")(_is_address)
_FORMATS.checks("date-time-rfc-2822", raises=ValueError)(_is_date)
