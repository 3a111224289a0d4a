"""Twilio on loopback: it checks what it gets as Twilio does, and records it.

Every call, and what it answers, is held against Twilio's OpenAPI (twilio_spec.py).
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import JSONResponse, Response

from tests.channels import twilio_spec
from tests.channels.content_peer import ContentPeer, Shown
from tests.channels.loopback import Call, Peer

TWILIO_ACCOUNT = "AC0123456789abcdef0123456789abcdef"
TWILIO_TOKEN = "a-twilio-token-of-the-tests"
WHATSAPP_SENDER = "whatsapp:+31850000000"
SMS_SENDER = "+3197000000000"


@dataclass(frozen=True)
class WhatsAppBubble:
    """A message that Twilio accepted."""

    sid: str
    to: str
    body: str
    status_callback: str
    media: str = ""
    content: Shown | None = None
    sender: str = WHATSAPP_SENDER


class TwilioPeer(Peer):
    """Twilio's Messages resource. `sent` are the accepted messages, oldest first.

    https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
    """

    usual_endpoint = "Messages.json"

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[WhatsAppBubble] = []
        self.contents = ContentPeer()

    @property
    def environment(self) -> dict[str, str]:
        """The settings that make the application use this peer (PUBLIC_URL is yours)."""
        return {
            "TWILIO_API_URL": self.url,
            "TWILIO_ACCOUNT_SID": TWILIO_ACCOUNT,
            "TWILIO_AUTH_TOKEN": TWILIO_TOKEN,
            "TWILIO_WHATSAPP_FROM": WHATSAPP_SENDER,
        }

    def reset(self) -> None:
        super().reset()
        self.sent.clear()
        self.contents = ContentPeer()

    def problem(self, call: Call) -> str | None:
        return twilio_spec.problem(call)

    async def answer(self, call: Call) -> Response:
        status, code, words = self._refusal(call)
        if status:
            page = f"https://www.twilio.com/docs/errors/{code}"
            refusal = {"code": code, "message": words, "more_info": page, "status": status}
            return JSONResponse(refusal, status)
        content = self.contents.answer(call) if _is_about_content(call) else self._create(call)
        if wrong := twilio_spec.wrong_answer(call, content):
            self.mistakes.append(f"our answer to {call.method} {call.endpoint}: {wrong}")
        return JSONResponse(content, 201 if call.method == "POST" else 200)

    def _create(self, call: Call) -> Mapping[str, object]:
        """Take a message."""
        bubble = WhatsAppBubble(
            sid=f"SM{len(self.sent) + 1:032x}",
            to=call.fields["To"],
            body=call.fields.get("Body", ""),
            status_callback=call.fields.get("StatusCallback", ""),
            media=call.fields.get("MediaUrl", ""),
            sender=call.fields["From"],
            content=self.contents.shown(call.fields) if call.fields.get("ContentSid") else None,
        )
        self.sent.append(bubble)
        return twilio_message(bubble)

    def _refusal(self, call: Call) -> tuple[int, int, str]:
        """Status, code and words of the first thing that is wrong; status 0 when nothing is."""
        if call.headers.get("authorization") != login():
            return 401, 20003, "Authenticate"
        if _is_about_content(call):
            status, code, words = self._content_refusal(call)
        else:
            status, code, words = self._message_refusal(call)
        if not status and (wrong := self.problem(call)):
            return 400, 20001, wrong
        return status, code, words

    def _content_refusal(self, call: Call) -> tuple[int, int, str]:
        return (0, 0, "") if self.contents.knows(call) else (404, 20404, "not found")

    def _message_refusal(self, call: Call) -> tuple[int, int, str]:
        status, code, words = _twilio_refusal(call)
        if not status and (wrong := self.contents.wrong_with(call.fields)):
            return 400, 21656, wrong
        return status, code, words


def _is_about_content(call: Call) -> bool:
    return call.path.startswith("/v1/")


def login() -> str:
    """What an account says in the header `authorization`."""
    return "Basic " + base64.b64encode(f"{TWILIO_ACCOUNT}:{TWILIO_TOKEN}".encode()).decode()


def _twilio_refusal(call: Call) -> tuple[int, int, str]:
    checks = (
        (_is_create(call), 404, 20404, "The requested resource was not found"),
        (bool(call.fields.get("To")), 400, 21604, "A 'To' phone number is required."),
        (*_right_sender(call), "That From cannot send to that To"),
        (_has_content(call), 400, 21619, "A text message body or media urls must be specified."),
        (len(call.fields.get("Body", "")) <= 1600, 400, 21617, "The message body is too long."),
    )
    for good, status, code, words in checks:
        if not good:
            return status, code, words
    return 0, 0, ""


def _right_sender(call: Call) -> tuple[bool, int, int]:
    sender, to = call.fields.get("From"), call.fields.get("To", "")
    if to.startswith("+"):
        return sender == SMS_SENDER, 400, 21606
    return sender == WHATSAPP_SENDER, 400, 63007


def _is_create(call: Call) -> bool:
    path = f"/2010-04-01/Accounts/{TWILIO_ACCOUNT}/Messages.json"
    return (call.method, call.path) == ("POST", path)


def _has_content(call: Call) -> bool:
    return any(call.fields.get(name) for name in ("Body", "ContentSid", "MediaUrl"))


def twilio_message(bubble: WhatsAppBubble) -> Mapping[str, object]:
    """The documented answer to a message that was accepted."""
    uri = f"/2010-04-01/Accounts/{TWILIO_ACCOUNT}/Messages/{bubble.sid}"
    return {
        "account_sid": TWILIO_ACCOUNT, "api_version": "2010-04-01", "body": bubble.body,
        "date_created": "Sat, 21 Nov 2026 10:00:00 +0000",
        "date_updated": "Sat, 21 Nov 2026 10:00:00 +0000",
        "date_sent": None, "direction": "outbound-api", "error_code": None,
        "error_message": None, "from": bubble.sender, "messaging_service_sid": None,
        "num_media": "0", "num_segments": "1", "price": None, "price_unit": None,
        "sid": bubble.sid, "status": "queued", "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": bubble.to, "uri": f"{uri}.json",
    }  # fmt: skip
