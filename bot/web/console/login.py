"""Logging in and out."""

import re
from collections.abc import Mapping

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.services.coordinators import WINDOW, LoginFailed, TooManyAttempts
from bot.web import pages
from bot.web.console import forms
from bot.web.console.desk import Desk
from bot.web.console.doors import CSRF, LOGIN
from bot.web.console.visits import PATH, Visit, Visits

log = structlog.get_logger(__name__)

# Only to a page of the console itself, whatever the address says.
_NEXT = re.compile(r"/console(/[0-9a-z-]+)*")

_WRONG = "Dit e-mailadres en dit wachtwoord horen niet bij elkaar. Kijk ze na en probeer opnieuw."
_TOO_OFTEN = (
    "Er is te vaak een verkeerd wachtwoord ingevuld. Wacht een kwartier en probeer opnieuw."
)
_EXPIRED = "Deze pagina stond te lang open. Vul uw gegevens nog een keer in."


class Login:
    """The pages of the door."""

    def __init__(self, desk: Desk, visits: Visits) -> None:
        self._desk = desk
        self._visits = visits

    async def show(self, request: Request) -> Response:
        """`GET /console/login`"""
        wanted = _next(request.query_params.get("next", ""))
        if await self._visits.of(request) is not None:
            return RedirectResponse(wanted, status_code=303)
        return self._form(request, wanted=wanted)

    async def enter(self, request: Request) -> Response:
        """`POST /console/login`"""
        sent = await forms.read(request)
        wanted, email = _next(sent.get("next", "")), sent.get("email", "")
        if not self._visits.genuine(self._visits.stranger(request), sent.get(CSRF, "")):
            return self._form(request, _EXPIRED, 403, wanted=wanted, email=email)
        client = request.client.host if request.client else ""
        try:
            token = await self._desk.coordinators.login(
                email, sent.get("password", ""), client, self._desk.clock()
            )
        except LoginFailed:
            log.warning("console_login_failed")
            return self._form(request, _WRONG, 401, wanted=wanted, email=email)
        except TooManyAttempts:
            log.warning("console_login_too_often")
            response = self._form(request, _TOO_OFTEN, 429, wanted=wanted, email=email)
            response.headers["Retry-After"] = str(int(WINDOW.total_seconds()))
            return response
        response = RedirectResponse(wanted, status_code=303)
        await self._visits.begin(request, response, token)
        return response

    async def leave(self, _: Request, visit: Visit, _sent: Mapping[str, str]) -> Response:
        """`POST /console/logout`"""
        response = RedirectResponse(LOGIN, status_code=303)
        await self._visits.end(visit, response)
        return response

    def _form(
        self, request: Request, problem: str = "", status: int = 200, **fields: str
    ) -> Response:
        stranger = self._visits.stranger(request)
        words = {"problem": problem, "email": "", "csrf": stranger.csrf, **fields}
        response = pages.page("console/login.html", status=status, **words)
        self._visits.keep(stranger, response)
        return response


def _next(wanted: str) -> str:
    return wanted if _NEXT.fullmatch(wanted) and wanted != LOGIN else PATH
