"""Believes a request only when Twilio signed it for our account and our public address.

https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # no types

from bot.errors import BadSignature, Malformed
from integrations.channel import WebhookRequest
from integrations.twilio.api import Account

Fields = ImmutableMultiDict[str, str]
FORM = "application/x-www-form-urlencoded"


def verified_fields(request: WebhookRequest, account: Account, public_url: str) -> Fields:
    """The form fields of a request that Twilio signed.

    Args:
        request: as it arrived.
        account: whose token signs, and whose messages are accepted.
        public_url: scheme, host and prefix as Twilio calls them; proxies change what we see.

    Raises:
        BadSignature: the signature is missing or wrong.
        Malformed: the body is not a form, or is about another account.
    """
    signature = request.headers.get("x-twilio-signature", "")
    if not signature:
        raise BadSignature("X-Twilio-Signature is missing")
    fields = _form(request)
    if not RequestValidator(account.token).validate(public_url + request.path, fields, signature):
        raise BadSignature("X-Twilio-Signature is wrong")
    if fields.get("AccountSid") != account.sid:
        raise Malformed("AccountSid is not ours")
    return fields


def _form(request: WebhookRequest) -> Fields:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != FORM:
        raise Malformed("the body is not form-encoded")
    try:
        # Blank and repeated fields count in the signature, so none may be dropped.
        return ImmutableMultiDict(parse_qsl(request.body.decode(), keep_blank_values=True))
    except ValueError as error:
        raise Malformed("the form cannot be read") from error
