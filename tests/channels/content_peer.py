"""Twilio's Content API on loopback: it keeps templates, and fills them in as WhatsApp shows them.

https://www.twilio.com/docs/content/content-api-resources
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.channels.loopback import Call

# Small, so that there is more than one page: a real one holds up to 1000.
PAGE = 50
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_PATHS = {
    ("GET", r"/v1/Content"), ("POST", r"/v1/Content"),
    ("GET", r"/v1/Content/HX\w+/ApprovalRequests"),
    ("POST", r"/v1/Content/HX\w+/ApprovalRequests/whatsapp"),
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A filled-in template: its kind and words, the choices as (title, id), the list's button."""

    kind: str
    body: str
    choices: tuple[tuple[str, str], ...] = ()
    button: str = ""


class ContentPeer:
    """The templates of an account: `made` are those created, `submitted` those sent to WhatsApp."""

    def __init__(self) -> None:
        self.made: dict[str, dict[str, Any]] = {}
        self.submitted: dict[str, Mapping[str, Any]] = {}
        self.approvals: dict[str, dict[str, Any]] = {}

    def knows(self, call: Call) -> bool:
        """Whether there is such a path, of a template that exists."""
        known = any(
            method == call.method and re.fullmatch(path, call.path) for method, path in _PATHS
        )
        return known and (call.path == "/v1/Content" or _sid(call) in self.made)

    def answer(self, call: Call) -> Mapping[str, Any]:
        """The documented answer."""
        if call.path == "/v1/Content":
            return self._create(call.json) if call.method == "POST" else self._page(call)
        if call.method == "POST":
            return self._submit(_sid(call), call.json)
        return {"sid": _sid(call), "whatsapp": self.approvals.get(_sid(call))}

    def decide(self, name: str, status: str, reason: str = "") -> None:
        """WhatsApp's decision on the template whose friendly name begins with `name`."""
        for sid, made in self.made.items():
            if made["friendly_name"].startswith(name):
                self.approvals[sid] = {"status": status, "rejection_reason": reason}

    def wrong_with(self, fields: Mapping[str, str]) -> str:
        """What Twilio would refuse about a message with a template; empty when nothing."""
        sid = fields.get("ContentSid", "")
        if not sid:
            return ""
        if sid not in self.made:
            return "no such content"
        values = json.loads(fields.get("ContentVariables", "{}"))
        if values.keys() - self.made[sid]["variables"].keys():
            return "a variable that the template does not have"
        for value in values.values():
            if not value or re.search(r"[\n\t]|\s{5}", value):
                return "a variable that is empty, or holds a newline"
        return _too_long(self.shown(fields))

    def shown(self, fields: Mapping[str, str]) -> Shown:
        """The template as WhatsApp shows it."""
        made = self.made[fields["ContentSid"]]
        values = {**made["variables"], **json.loads(fields.get("ContentVariables", "{}"))}
        ((kind, content),) = made["types"].items()

        def fill(text: str) -> str:
            return _VARIABLE.sub(lambda found: str(values[found[1]]), text)

        pairs = [(one["title"], one["id"]) for one in content.get("actions", ())]
        pairs += [(one["item"], one["id"]) for one in content.get("items", ())]
        choices = tuple((fill(title), fill(key)) for title, key in pairs)
        return Shown(kind, fill(content["body"]), choices, fill(content.get("button", "")))

    def _create(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        sid = f"HX{len(self.made) + 1:032x}"
        self.made[sid] = {"sid": sid, **body}
        return self.made[sid]

    def _page(self, call: Call) -> Mapping[str, Any]:
        page = int(call.fields.get("Page", "0"))
        contents = list(self.made.values())
        rest = len(contents) > (page + 1) * PAGE
        following = f"https://content.twilio.com/v1/Content?PageSize={PAGE}&Page={page + 1}"
        return {
            "contents": contents[page * PAGE : (page + 1) * PAGE],
            "meta": {"page": page, "page_size": PAGE, "next_page_url": following if rest else None},
        }

    def _submit(self, sid: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        self.submitted[sid] = body
        self.approvals[sid] = {"status": "received", "rejection_reason": ""}
        return {**body, "status": "received", "rejection_reason": ""}


def _sid(call: Call) -> str:
    return call.path.split("/")[3]


def _too_long(shown: Shown) -> str:
    title = 20 if shown.kind == "twilio/quick-reply" else 24
    most = 3 if shown.kind == "twilio/quick-reply" else 10
    titles = [one for one, _ in shown.choices]
    if len(shown.body) > 1024 or len(shown.choices) > most or len(set(titles)) < len(titles):
        return "too long a body, too many choices, or the same title twice"
    if any(len(one) > title for one in titles) or len(shown.button) > 20:
        return "too long a title"
    return ""
