"""Who visits the console: the cookie of a login, and the token that proves a form is ours.

The cookie holds a random secret that only the database can tie to somebody; the token of a form is
signed for exactly that secret.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from itsdangerous import Signer
from starlette.requests import Request
from starlette.responses import Response

from bot.services.coordinators import SESSION, CoordinatorCard, Coordinators
from bot.settings import Settings

PATH = "/console"
# Before somebody is logged in a cookie of its own protects the login form.
_BEFORE_LOGIN = 3600  # seconds


@dataclass(frozen=True)
class Visit:
    """A coordinator at work.

    Args:
        coordinator: who it is.
        token: the session's secret, which no page shows.
        csrf: the token for this session's forms.
    """

    coordinator: CoordinatorCard
    token: str
    csrf: str


@dataclass(frozen=True)
class Stranger:
    """A browser at the login form: a random secret and the token for the form."""

    secret: str
    csrf: str


class Visits:
    """Knows visitors by their cookies."""

    def __init__(
        self, coordinators: Coordinators, settings: Settings, clock: Callable[[], datetime]
    ) -> None:
        self._coordinators = coordinators
        self._clock = clock
        self._forms = Signer(settings.secret_key.get_secret_value(), salt="console form")
        self._secure = settings.public_url.startswith("https://")
        # The prefix makes browsers refuse a cookie that did not come over https.
        prefix = "__Secure-" if self._secure else ""
        self._session_cookie = f"{prefix}adempauze-console"
        self._login_cookie = f"{prefix}adempauze-login"

    async def of(self, request: Request) -> Visit | None:
        """Who visits; None for everybody who is not logged in."""
        token = request.cookies.get(self._session_cookie, "")
        coordinator = await self._coordinators.session(token, self._clock()) if token else None
        return Visit(coordinator, token, self._csrf(token)) if coordinator else None

    async def lasts(self, visit: Visit) -> bool:
        """Whether somebody who came in a while ago is still logged in."""
        return await self._coordinators.session(visit.token, self._clock()) is not None

    def stranger(self, request: Request) -> Stranger:
        """The browser at the login form."""
        secret = request.cookies.get(self._login_cookie) or secrets.token_urlsafe(24)
        return Stranger(secret, self._csrf(secret))

    def genuine(self, visitor: Visit | Stranger, sent: str) -> bool:
        """Whether a form's token was made for this visitor."""
        return secrets.compare_digest(sent.encode(), visitor.csrf.encode())

    def keep(self, stranger: Stranger, response: Response) -> None:
        """Let the browser bring its secret along with the login form."""
        self._set(response, self._login_cookie, stranger.secret, _BEFORE_LOGIN)

    async def begin(self, request: Request, response: Response, token: str) -> None:
        """Start a session; an older one of the same browser ends."""
        await self._coordinators.logout(request.cookies.get(self._session_cookie, ""))
        self._set(response, self._session_cookie, token, int(SESSION.total_seconds()))
        self._drop(response, self._login_cookie)

    async def end(self, visit: Visit, response: Response) -> None:
        """Log out."""
        await self._coordinators.logout(visit.token)
        self._drop(response, self._session_cookie)

    def _csrf(self, secret: str) -> str:
        return self._forms.get_signature(secret).decode()

    def _set(self, response: Response, name: str, value: str, max_age: int) -> None:
        response.set_cookie(
            name,
            value,
            max_age=max_age,
            path=PATH,
            secure=self._secure,
            httponly=True,
            samesite="strict",
        )

    def _drop(self, response: Response, name: str) -> None:
        response.delete_cookie(
            name, path=PATH, secure=self._secure, httponly=True, samesite="strict"
        )
