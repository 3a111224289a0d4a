"""The doors of the console: nobody passes without a login, no form without its own token.

One place turns what goes wrong behind them into a page that says what to do.
"""

from collections.abc import Awaitable, Callable, Mapping

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from bot.errors import AdempauzeError, NotFound
from bot.web import pages
from bot.web.console import forms
from bot.web.console.visits import PATH, Visit, Visits

log = structlog.get_logger(__name__)

LOGIN = f"{PATH}/login"
CSRF = "csrf"

Handler = Callable[[Request], Awaitable[Response]]
Page = Callable[[Request, Visit], Awaitable[Response]]
Action = Callable[[Request, Visit, Mapping[str, str]], Awaitable[Response]]


class FormRefused(AdempauzeError):
    """A form was not made for this visitor, or long ago."""


def page(visits: Visits, show: Page) -> Handler:
    """A page for coordinators; others go to the login page and come back after it."""

    async def handle(request: Request) -> Response:
        visit = await visits.of(request)
        if visit is None:
            return RedirectResponse(f"{LOGIN}?next={request.url.path}", status_code=303)
        return await _guarded(request, visit, show(request, visit))

    return handle


def stream(visits: Visits, show: Page) -> Handler:
    """What a page's script reads; a script cannot log in, so it gets a plain refusal."""

    async def handle(request: Request) -> Response:
        visit = await visits.of(request)
        if visit is None:
            return PlainTextResponse("log in first", status_code=401)
        try:
            return await show(request, visit)
        except NotFound:
            return PlainTextResponse("gone", status_code=404)

    return handle


def action(visits: Visits, act: Action) -> Handler:
    """What a form does; it counts only with the token of its sender's own session."""

    async def handle(request: Request) -> Response:
        visit = await visits.of(request)
        if visit is None:
            return RedirectResponse(LOGIN, status_code=303)
        return await _guarded(request, visit, _act(visits, act, request, visit))

    return handle


async def _act(visits: Visits, act: Action, request: Request, visit: Visit) -> Response:
    sent = await forms.read(request)
    if not visits.genuine(visit, sent.get(CSRF, "")):
        raise FormRefused("the form's token is not of this session")
    return await act(request, visit, sent)


async def _guarded(request: Request, visit: Visit, work: Awaitable[Response]) -> Response:
    try:
        return await work
    except NotFound:
        return _problem(visit, 404)
    except FormRefused:
        log.warning("console_form_refused", path=request.url.path)
        return _problem(visit, 403)


_PROBLEMS = {
    403: (
        "Dit formulier is verlopen",
        "Er is niets veranderd. Ga terug, vernieuw de pagina en probeer het nog een keer.",
    ),
    404: (
        "Dit gesprek is er niet (meer)",
        "Misschien heeft de mantelzorger gevraagd om alles te wissen, of is het adres verkeerd.",
    ),
}


def _problem(visit: Visit, status: int) -> Response:
    heading, text = _PROBLEMS[status]
    return pages.page(
        "console/problem.html", status=status, visit=visit, heading=heading, text=text
    )
