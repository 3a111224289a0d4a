"""Twilio's Content API: what templates there are, making one, and having WhatsApp approve it.

https://www.twilio.com/docs/content/content-api-resources
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from twilio.rest import Client  # type: ignore[import-untyped]  # no types

from bot.errors import DeliveryError, Failure
from integrations.channel import SyncedTemplate
from integrations.twilio.errors import broken
from integrations.whatsapp.templates import CATEGORY, Definition

_ADDRESS = "https://content.twilio.com"
_PAGE_SIZE = 500
_JSON = {"Content-Type": "application/json"}
# Not sent to WhatsApp yet; Twilio's answer has no status at all then, or this one.
_UNSUBMITTED = "unsubmitted"
_RECEIVED = "received"
# https://www.twilio.com/docs/api/errors/92009: somebody else did, since we asked.
_SUBMITTED_ALREADY = "92009"


@dataclass(frozen=True)
class _Content:
    sid: str
    friendly_name: str
    types: object


class Contents:
    """The templates of one account; all calls raise DeliveryError and nothing else."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def synchronise(self, wanted: Iterable[Definition]) -> tuple[SyncedTemplate, ...]:
        """Make what is missing, submit what is not submitted, and tell how each one stands.

        Nothing is changed or deleted: an edited text has another name and is a new template.
        """
        there = await self._all()
        return tuple([await self._one(definition, there) for definition in wanted])

    async def _one(self, wanted: Definition, there: Iterable[_Content]) -> SyncedTemplate:
        sid = next((c.sid for c in there if wanted.matches(c.friendly_name, c.types)), None)
        made = sid is None
        if sid is None:
            sid = await self._create(wanted)
        approval, rejection = None, None
        if wanted.approved:
            approval, rejection = await self._approval(sid)
            if approval == _UNSUBMITTED:
                approval = await self._submit(sid, wanted.friendly_name)
        return SyncedTemplate(wanted.name, wanted.digest, sid, approval, rejection, made=made)

    async def _all(self) -> list[_Content]:
        found: list[_Content] = []
        address: str | None = f"/v1/Content?PageSize={_PAGE_SIZE}"
        while address:
            page = await self._call("GET", address)
            found += [
                _Content(str(one["sid"]), str(one.get("friendly_name")), one.get("types"))
                for one in page["contents"]
            ]
            following = (page.get("meta") or {}).get("next_page_url")
            address = str(following).removeprefix(_ADDRESS) if following else None
        return found

    async def _create(self, wanted: Definition) -> str:
        return str((await self._call("POST", "/v1/Content", wanted.body()))["sid"])

    async def _approval(self, sid: str) -> tuple[str, str | None]:
        found = (await self._call("GET", f"/v1/Content/{sid}/ApprovalRequests")).get("whatsapp")
        approval = found or {}
        reason = approval.get("rejection_reason")
        return str(approval.get("status") or _UNSUBMITTED), str(reason) if reason else None

    async def _submit(self, sid: str, name: str) -> str:
        path = f"/v1/Content/{sid}/ApprovalRequests/whatsapp"
        try:
            answer = await self._call("POST", path, {"name": name, "category": CATEGORY})
        except DeliveryError as error:
            if error.code != _SUBMITTED_ALREADY:
                raise
            return _RECEIVED
        return str(answer.get("status") or _RECEIVED)

    async def _call(
        self, method: str, path: str, data: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        try:
            response = await self._client.request_async(
                method, _ADDRESS + path, data=data, headers=dict(_JSON) if data else None
            )
            answer = json.loads(response.text)
        except DeliveryError:
            raise
        except Exception as error:
            raise broken(error) from error
        if not isinstance(answer, dict):
            raise DeliveryError(Failure.UNKNOWN, "unexpected")
        return answer
