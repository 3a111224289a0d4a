"""Twilio's REST API: creating a message. Nothing is ever sent twice by this module.

https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import aiohttp
from twilio.base import values  # type: ignore[import-untyped]  # no types
from twilio.http.async_http_client import (  # type: ignore[import-untyped]  # no types
    AsyncTwilioHttpClient,
)
from twilio.rest import Client  # type: ignore[import-untyped]  # no types

from bot.errors import DeliveryError, Failure
from integrations.twilio.callbacks import Reference
from integrations.twilio.errors import broken, refused

# A connection that Twilio closed while it was idle looks like one cut after the message was
# taken; so idle ones are dropped long before a server would.
_KEEP_IDLE_SECONDS = 4.0
# The part of the time of a call that its connection may take. As long as there is none, nothing was
# sent; once the time as a whole is over nobody can tell.
_CONNECTING = 0.5


@dataclass(frozen=True)
class Account:
    """A Twilio account and one of its senders ("whatsapp:+31…")."""

    sid: str
    token: str = field(repr=False)
    sender: str


@dataclass(frozen=True)
class Bubble:
    """One message of Twilio's: words, a picture with a caption, or a template with its variables.

    https://www.twilio.com/docs/whatsapp/guidance-whatsapp-media-messages and
    https://www.twilio.com/docs/content/send-templates-created-with-the-content-template-builder
    """

    body: str = ""
    media_url: str = ""
    content_sid: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)


class Messages:
    """Creates messages of one account.

    Args:
        account: who sends.
        status_callback: where Twilio reports what became of a message.
        api_url: scheme and host that replace Twilio's own; empty for Twilio itself.
        timeout: seconds that one call may take altogether.
    """

    def __init__(
        self, account: Account, status_callback: str, api_url: str, timeout: float
    ) -> None:
        self._sender = account.sender
        self._status_callback = status_callback
        self._http = _Http(api_url, timeout)
        # Named here because twilio imports it on first use, which takes most of a second.
        self.client = Client(account.sid, account.token, http_client=self._http)
        self._resource = self.client.messages

    async def create(self, to: str, bubble: Bubble, about: Reference | None = None) -> str:
        """Have a bubble sent to the address `to` and return Twilio's Sid of it.

        Twilio's reports bring `about` back: they may come before we have the Sid, and even when
        its answer never reached us.

        Raises:
            DeliveryError: it was not, or perhaps not, accepted.
        """
        try:
            message = await self._resource.create_async(
                to=to,
                from_=self._sender,
                body=bubble.body or values.unset,
                media_url=[bubble.media_url] if bubble.media_url else values.unset,
                content_sid=bubble.content_sid or values.unset,
                content_variables=_json(bubble.variables) or values.unset,
                status_callback=self._report_to(about),
            )
        except DeliveryError:
            raise
        except Exception as error:
            raise broken(error) from error
        if not message.sid:
            raise DeliveryError(Failure.UNKNOWN, "unexpected")
        return str(message.sid)

    def _report_to(self, about: Reference | None) -> str:
        return about.address(self._status_callback) if about else self._status_callback

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()


def _json(variables: Mapping[str, str]) -> str:
    return json.dumps(variables, ensure_ascii=False) if variables else ""


class _Http(AsyncTwilioHttpClient):  # type: ignore[misc]  # twilio has no types
    """Twilio's own client, with a time limit, another host if asked, and refusals as errors.

    `max_retries` stays unset: it would send a POST again whose answer was lost.
    """

    session: "_Session | None"

    def __init__(self, api_url: str, timeout: float) -> None:
        # Its log lines name the account and the headers of every call.
        logger = logging.getLogger("twilio.async_http_client")
        logger.setLevel(logging.WARNING)
        super().__init__(pool_connections=False, timeout=timeout, logger=logger)
        self._place = urlsplit(api_url)[:2] if api_url else None

    async def request(self, method: str, url: str, **options: Any) -> Any:
        """Twilio's answer, if it is a success.

        Raises:
            DeliveryError: Twilio refused.
        """
        self._open()
        if options["headers"].get("Content-Type") == "application/json":
            # The base class would send a form under that name.
            options["data"] = json.dumps(options["data"], ensure_ascii=False)
        # The base class would use an aiohttp.BasicAuth, which aiohttp warns about.
        options["headers"]["Authorization"] = aiohttp.encode_basic_auth(*options.pop("auth"))
        response = await super().request(method, self._moved(url), **options)
        if not 200 <= response.status_code < 300:
            raise refused(response.status_code, response.text, response.headers)
        return response

    async def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        await super().close()
        self.session = None

    def _open(self) -> None:
        # A session can only be made while the event loop runs, so not in the constructor.
        if self.session is None:
            self.session = _Session(self.timeout)

    def _moved(self, url: str) -> str:
        if self._place is None:
            return url
        return urlunsplit((*self._place, *urlsplit(url)[2:]))


class _Session:
    """What twilio uses of an aiohttp session, with time limits that it cannot name itself."""

    def __init__(self, timeout: float) -> None:
        connector = aiohttp.TCPConnector(keepalive_timeout=_KEEP_IDLE_SECONDS)
        self._session = aiohttp.ClientSession(connector=connector)
        self._limits = aiohttp.ClientTimeout(total=timeout, connect=timeout * _CONNECTING)

    async def request(self, **options: Any) -> aiohttp.ClientResponse:
        """The answer to a request, within the limits."""
        return await self._session.request(**{**options, "timeout": self._limits})

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()
