"""Requests as the vendors sign them, for tests of channels and for whole conversations."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlencode

FORM = "application/x-www-form-urlencoded"
SECRET_HEADER = "x-telegram-bot-api-secret-token"
SIGNATURES = (SECRET_HEADER, "x-twilio-signature")

Pairs = Mapping[str, str] | Iterable[tuple[str, str]]


def sign(url: str, fields: Pairs, token: str) -> str:
    """Twilio's signature of a form, written from its page and not with its library.

    https://www.twilio.com/docs/usage/webhooks/webhooks-security#how-twilio-signs-requests

    Args:
        url: the public address with its query string, as Twilio calls it.
        fields: the form's fields; a mapping, or pairs when one is repeated.
        token: the account's auth token.
    """
    pairs = fields.items() if isinstance(fields, Mapping) else fields
    signed = url + "".join(name + value for name, value in sorted(set(pairs)))
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def twilio_headers(url: str, body: bytes, token: str) -> dict[str, str]:
    """The headers (lower case) with which Twilio posts `body`, a form, to `url`."""
    fields = parse_qsl(body.decode(), keep_blank_values=True)
    return {"content-type": FORM, "x-twilio-signature": sign(url, fields, token)}


def telegram_headers(secret: str) -> dict[str, str]:
    """The headers (lower case) with which Telegram posts an update."""
    return {"content-type": "application/json", SECRET_HEADER: secret}


def vendor_headers(url: str, body: bytes, token: str, secret: str) -> dict[str, str]:
    """The headers (lower case) with which the vendor of the door at `url` posts `body`.

    Args:
        url: the public address of the door, such as "https://…/webhooks/telegram".
        body: what is posted.
        token: with which Twilio signs.
        secret: what Telegram sends along.
    """
    if url.partition("/webhooks/")[2].partition("/")[0] == "telegram":
        return telegram_headers(secret)
    return twilio_headers(url, body, token)


def form_body(fields: Pairs) -> bytes:
    """The fields as a form's bytes."""
    return urlencode(list(fields.items()) if isinstance(fields, Mapping) else list(fields)).encode()
