"""Tells one browser from another by a signed cookie; its random id is the address of the channel.

Nobody can make up or read somebody else's conversation without that cookie, and a form counts only
when it comes from our own page in the browser that the page was made for.
"""

import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from itsdangerous import BadSignature, Signer, TimestampSigner
from starlette.requests import Request
from starlette.responses import Response

from bot.settings import Settings

KEPT = 30 * 24 * 3600  # seconds


@dataclass(frozen=True)
class Browser:
    """A browser that may have a conversation.

    Args:
        id: random and opaque; the address of channel "webchat". Whoever knows it may read along.
        token: proves that a form was made for this browser.
        known: whether the browser brought its cookie itself.
    """

    id: str
    token: str
    known: bool

    @property
    def name(self) -> str:
        """Stands for the id where that must not be read, such as in a message's own id."""
        return hashlib.sha256(self.id.encode()).hexdigest()[:16]


class Browsers:
    """Gives browsers their cookie and knows them again."""

    def __init__(self, settings: Settings) -> None:
        key = settings.secret_key.get_secret_value()
        self._cookies = TimestampSigner(key, salt="chat cookie")
        self._forms = Signer(key, salt="chat form")
        self._site = urlsplit(settings.public_url).netloc
        self._secure = settings.public_url.startswith("https://")
        # The prefix makes browsers refuse one that another host of the domain has set.
        self._name = "__Host-adempauze" if self._secure else "adempauze"

    def of(self, request: Request) -> Browser:
        """The browser that asks; a new one when its cookie is missing, too old or not ours."""
        found = self._read(request)
        browser_id = found or secrets.token_urlsafe(24)
        token = self._forms.get_signature(browser_id).decode()
        return Browser(browser_id, token, known=found is not None)

    def keep(self, browser: Browser, response: Response) -> None:
        """Let the browser bring its id along for the next thirty days."""
        response.set_cookie(
            self._name,
            self._cookies.sign(browser.id).decode(),
            max_age=KEPT,
            httponly=True,
            samesite="lax",
            secure=self._secure,
        )

    def forget(self, response: Response) -> None:
        """Let the browser drop its id; nobody can find the conversation from there any more."""
        response.delete_cookie(self._name, httponly=True, samesite="lax", secure=self._secure)

    def from_own_page(self, request: Request, browser: Browser, token: str) -> bool:
        """Whether a form was sent by our own page, in the browser that the page was made for."""
        return (
            browser.known
            and secrets.compare_digest(token.encode(), browser.token.encode())
            and self._same_site(request)
        )

    def _same_site(self, request: Request) -> bool:
        site = request.headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        origin = request.headers.get("origin")
        if origin is None:
            # An old browser that tells neither: the cookie and the token have to do.
            return True
        return urlsplit(origin).netloc in {self._site, request.headers.get("host")} - {"", None}

    def _read(self, request: Request) -> str | None:
        try:
            return self._cookies.unsign(request.cookies.get(self._name, ""), max_age=KEPT).decode()
        except (BadSignature, UnicodeError):
            return None
