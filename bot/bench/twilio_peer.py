"""Twilio on loopback for the benchmark: posts signed messages and receives the answers."""

import asyncio
import itertools
from urllib.parse import urlencode

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # no types

SID = "AC" + "0" * 32
TOKEN = "a-token-for-the-benchmark"  # noqa: S105  # of a peer on loopback
SENDER = "whatsapp:+31600000000"
PUBLIC_URL = "https://bench.example"


class TwilioPeer:
    """Says something as a person, and waits until the answer to that person arrives."""

    def __init__(self, application: str) -> None:
        self._http = httpx.AsyncClient(base_url=application, timeout=30)
        self._answers: dict[str, asyncio.Queue[None]] = {}
        self._numbers = itertools.count(1)
        self._validator = RequestValidator(TOKEN)

    def app(self) -> Starlette:
        """What stands in for Twilio's REST interface."""
        path = "/2010-04-01/Accounts/{sid}/Messages.json"
        return Starlette(routes=[Route(path, self._receive, methods=["POST"])])

    async def say(self, person: int, sentence: str) -> None:
        """Post a signed message and wait for the call that carries its answer."""
        address = f"whatsapp:+316{person:08d}"
        queue = self._answers.setdefault(address, asyncio.Queue())
        fields = {
            "MessageSid": f"SM{next(self._numbers):032x}",
            "AccountSid": SID,
            "From": address,
            "To": SENDER,
            "Body": sentence,
            "NumMedia": "0",
        }
        path = "/webhooks/whatsapp"
        signature = self._validator.compute_signature(PUBLIC_URL + path, fields)
        headers = {
            "X-Twilio-Signature": signature,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        response = await self._http.post(path, content=urlencode(fields), headers=headers)
        response.raise_for_status()
        async with asyncio.timeout(60):
            await queue.get()

    async def _receive(self, request: Request) -> Response:
        form = await request.form()
        self._answers[str(form["To"])].put_nowait(None)
        sid = f"SM{next(self._numbers):032x}"
        return JSONResponse({"sid": sid, "status": "queued"}, status_code=201)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()
