"""Posts bodies to a channel's door as its vendor does, or as somebody who must not get in."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import httpx

from tests.channels.knocks import Key, Knock
from tests.channels.outbound import PUBLIC_URL, TELEGRAM_SECRET
from tests.channels.peers import TWILIO_TOKEN
from tests.channels.signing import FORM, SIGNATURES, vendor_headers
from tests.channels.situations import SITUATIONS
from tests.channels.world import World

PAYLOADS = Path(__file__).parent.parent / "payloads"
_OLD = "last-year-s-secret"
_HIS = "a-secret-of-Chris"
_TWILIO = {Key.CHRIS: _HIS, Key.STALE: _OLD}
# His is longer, and last year's as long as today's.
_TELEGRAM = {Key.CHRIS: _HIS * 2, Key.STALE: TELEGRAM_SECRET[::-1]}


@dataclass
class Sender:
    """Whoever posts to one channel; `door` is what follows the address of its usual one."""

    world: World
    channel: str
    door: str = ""

    @property
    def greeting(self) -> str:
        """The payload with plain words."""
        (plain,) = SITUATIONS[0].files[self.channel]
        return plain

    async def post(self, file: str) -> httpx.Response:
        """Post a payload, signed."""
        body = self._body(file)
        if self.channel == "webchat":
            return await self._submit(json.loads(body), await self._token(self.world.http))
        return await self.post_raw(body)

    async def post_raw(self, body: bytes) -> httpx.Response:
        """Post any bytes to a vendor's door, signed."""
        headers = self._headers(body, Key.RIGHT)
        return await self.world.http.post(self._path, content=body, headers=headers)

    async def knock(self, knock: Knock) -> httpx.Response:
        """Post what the knock says, with the key that it has."""
        if self.channel == "webchat":
            return await self._knock_at_page(knock)
        body = self._body(knock.files.get(self.channel, self.greeting))
        if knock.body is not None:
            body = knock.body
        headers = self._headers(body, knock.key)
        if knock.media_type:
            headers["content-type"] = knock.media_type
        sent = body + b"x" if knock.changed else body
        return await self.world.http.post(self._path, content=sent, headers=headers)

    def _body(self, file: str) -> bytes:
        return (PAYLOADS / self.channel / file).read_bytes().strip()

    @property
    def _path(self) -> str:
        return f"/webhooks/{self.channel}{self.door}"

    def _headers(self, body: bytes, key: Key) -> dict[str, str]:
        token, secret = _TWILIO.get(key, TWILIO_TOKEN), _TELEGRAM.get(key, TELEGRAM_SECRET)
        headers = vendor_headers(PUBLIC_URL + self._path, body, token, secret)
        if key is Key.NONE:
            headers = {name: one for name, one in headers.items() if name not in SIGNATURES}
        return headers

    async def _token(self, browser: httpx.AsyncClient) -> str:
        """What the page puts into its form for a browser."""
        found = re.search(r'name="token" value="([^"]*)"', (await browser.get("/chat")).text)
        assert found
        return found[1]

    async def _submit(
        self, fields: Mapping[str, str], token: str, media_type: str = FORM
    ) -> httpx.Response:
        """Send the page's form; the same words twice are the same attempt."""
        form = {"token": token, "key": json.dumps(fields), **fields}
        return await self._send(urlencode(form).encode(), media_type)

    async def _send(self, body: bytes, media_type: str) -> httpx.Response:
        headers = {"Accept": "application/json", "content-type": media_type}
        return await self.world.http.post("/chat/messages", content=body, headers=headers)

    async def _knock_at_page(self, knock: Knock) -> httpx.Response:
        tokens = {Key.RIGHT: await self._token(self.world.http), Key.NONE: ""}
        if knock.key is Key.STALE:
            # The page from before this browser forgot its conversation.
            tokens[Key.STALE] = tokens[Key.RIGHT]
            self.world.http.cookies.clear()
            await self._token(self.world.http)
        async with self.world.browser() as his:
            tokens[Key.CHRIS] = await self._token(his)
        if knock.body is not None:
            return await self._send(knock.body, knock.media_type or FORM)
        fields = json.loads(self._body(knock.files.get(self.channel, self.greeting)))
        return await self._submit(fields, tokens[knock.key])
