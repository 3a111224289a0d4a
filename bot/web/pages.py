"""What all pages share: templates, static files, security headers, and pages for what goes wrong.

Every folder in bot/web/ may have `templates/` and `static/`. Those of `chat/` are named
"chat/page.html" in code and `asset('chat/chat.css')` in templates. No page may hold an inline
script or style: the policy below refuses them.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
)
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, ExceptionHandler, Message, Receive, Scope, Send

WEB = Path(__file__).resolve().parent

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
# `same-origin` and not `no-referrer`: the latter makes browsers send `Origin: null` with our own
# forms (https://fetch.spec.whatwg.org/#append-a-request-origin-header), which we check.
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_HSTS = "max-age=31536000"
_FOR_EVER = "public, max-age=31536000, immutable"


class SecurityHeaders:
    """Middleware: the security headers on every answer; one that an answer sets itself stays.

    Args:
        app: what it is put around.
        https: whether PUBLIC_URL is https, so that browsers may insist on it.
    """

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self._app = app
        self._headers = _HEADERS | ({"Strict-Transport-Security": _HSTS} if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add the headers when its answer starts."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(MutableHeaders(scope=message), self._headers)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def static_mount() -> Mount:
    """/static: the files of bot/web/static, and of `<part>/static` at /static/<part>."""
    parts = [
        Mount(f"/{part.name}", _Static(directory=part / "static")) for part in _parts("static")
    ]
    return Mount("/static", routes=[*parts, Mount("/", _Static(directory=WEB / "static"))])


def photos_mount(folder: Path) -> Mount:
    """/photos: the pictures of the region's houses. WhatsApp and Telegram fetch them here."""
    return Mount("/photos", StaticFiles(directory=folder if folder.is_dir() else None))


def asset(path: str) -> str:
    """The address of a static file; it changes when the file does, so it may be kept for ever.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return f"/static/{path}?v={_version(path)}"


def render(template: str, **words: object) -> str:
    """A template as text, everything in it escaped."""
    return _environment().get_template(template).render(**words)


def page(template: str, *, status: int = 200, **words: object) -> HTMLResponse:
    """A template as a page."""
    return HTMLResponse(render(template, **words), status_code=status)


def error_handlers() -> Mapping[int | type[Exception], ExceptionHandler]:
    """For Starlette's `exception_handlers`: kind Dutch pages for what goes wrong."""
    return {HTTPException: _http_error, 500: _server_error}


def error_page(request: Request, status: int) -> Response:
    """The page of a status: HTML for a browser, JSON for what asked for that.

    It brings its own security headers, because a 500 is made outside all middleware.
    """
    title, text = _WHAT_HAPPENED.get(status, _WHAT_HAPPENED[400 if status < 500 else 500])
    answer: Response
    if wants_json(request):
        answer = JSONResponse({"problem": f"{title} {text}"}, status_code=status)
    else:
        answer = page("error.html", status=status, heading=title, text=text)
    _add(answer.headers, _HEADERS)
    return answer


def wants_json(request: Request) -> bool:
    """Whether a script asks, rather than a person's browser."""
    return "application/json" in request.headers.get("accept", "")


class _Static(StaticFiles):
    """Static files; one that is asked for with its version may be kept for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        versioned = scope.get("query_string", b"").startswith(b"v=")
        response.headers["Cache-Control"] = _FOR_EVER if versioned else "no-cache"
        return response


_WHAT_HAPPENED = {
    400: ("Dit verzoek begrijpen wij niet.", "Ga terug en probeer het nog een keer."),
    403: ("Dit mag niet.", "U heeft geen toegang tot deze pagina."),
    404: ("Deze pagina bestaat niet.", "Misschien is het adres niet goed overgenomen."),
    405: ("Dit kan hier niet.", "Ga terug en probeer het nog een keer."),
    500: (
        "Er ging iets mis.",
        "Dat ligt aan ons en niet aan u. Probeer het over een paar minuten nog een keer.",
    ),
}


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    if status < 400 or status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
        return Response(status_code=status, headers=headers)
    answer = error_page(request, status)
    answer.headers.update(headers or {})
    return answer


async def _server_error(request: Request, _error: Exception) -> Response:
    return error_page(request, 500)


def _add(headers: MutableHeaders, wanted: Mapping[str, str]) -> None:
    for name, value in wanted.items():
        headers.setdefault(name, value)


@cache
def _environment() -> Environment:
    own: BaseLoader = FileSystemLoader(WEB / "templates")
    parts = {part.name: FileSystemLoader(part / "templates") for part in _parts("templates")}
    environment = Environment(
        loader=ChoiceLoader([own, PrefixLoader(parts)]),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = asset
    return environment


def _parts(folder: str) -> list[Path]:
    return sorted(path.parent for path in WEB.glob(f"*/{folder}") if path.is_dir())


@cache
def _version(path: str) -> str:
    part, _, rest = path.partition("/")
    inside = WEB / part / "static" / rest if rest else WEB / "static" / path
    file = inside if inside.is_file() else WEB / "static" / path
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]
