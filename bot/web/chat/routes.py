"""The chat page. It works without JavaScript; with it, messages come and go without a reload.

`GET /chat` the page · `POST /chat/messages` a message · `GET /chat/messages` what there is to
show, for a page whose stream is held up · `GET /chat/events` the stream · `/chat/close` lets this
browser forget its conversation.
"""

import asyncio
import secrets
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from bot.conversation.inbox import Inbox
from bot.messages import ChoiceRef, IncomingMessage, Kind
from bot.services.timeline import Timeline
from bot.settings import Settings
from bot.store.changes import Changes
from bot.web import pages
from bot.web.chat import forms
from bot.web.chat.browsers import Browser, Browsers
from bot.web.chat.forms import Refused, Sent
from bot.web.chat.pace import Pace
from bot.web.chat.stream import stream
from bot.web.chat.view import NOTHING, View, view

log = structlog.get_logger(__name__)

CHANNEL = "webchat"
# Without JavaScript the next page waits this long for the answer, in seconds.
_PATIENCE = 4.0
# Where a page without JavaScript begins: at the newest message.
_NEWEST = "/chat#laatste"
_SUGGESTIONS = (
    "Ik zorg voor mijn man",
    "Wat is logeren precies?",
    "Ik wil een mens spreken",
)

Handler = Callable[[Request], Awaitable[Response]]


def routes(
    *,
    inbox: Inbox,
    timeline: Timeline,
    changes: Changes,
    settings: Settings,
    clock: Callable[[], datetime],
) -> list[Route | Mount]:
    """The routes of the chat."""
    chat = _Chat(inbox, timeline, changes, Browsers(settings), clock)
    return [
        Route("/", _to_chat, methods=["GET"]),
        Route("/chat", chat.show, methods=["GET"]),
        Route("/chat/messages", chat.look, methods=["GET"]),
        Route("/chat/messages", chat.send, methods=["POST"]),
        Route("/chat/events", chat.events, methods=["GET"]),
        Route("/chat/close", chat.ask_close, methods=["GET"]),
        Route("/chat/close", chat.close, methods=["POST"]),
    ]


async def _to_chat(_: Request) -> Response:
    return RedirectResponse("/chat")


class _Chat:
    def __init__(
        self,
        inbox: Inbox,
        timeline: Timeline,
        changes: Changes,
        browsers: Browsers,
        clock: Callable[[], datetime],
    ) -> None:
        self._inbox = inbox
        self._timeline = timeline
        self._changes = changes
        self._browsers = browsers
        self._clock = clock
        self._pace = Pace()

    async def show(self, request: Request) -> Response:
        """The page."""
        return await self._page(self._browsers.of(request))

    async def look(self, request: Request) -> Response:
        """What there is to show, as JSON."""
        now = await self._view_of(self._browsers.of(request))
        return JSONResponse(now.besides({}))

    async def send(self, request: Request) -> Response:
        """Take a message in; a page without JavaScript gets the conversation back."""
        browser = self._browsers.of(request)
        try:
            await self._receive(request, browser, await forms.read(request))
        except Refused as refused:
            log.info("chat_refused", status=refused.status)
            return await self._refuse(request, browser, refused)
        if pages.wants_json(request):
            return JSONResponse({"sent": True})
        await self._answered(browser)
        return RedirectResponse(_NEWEST, status_code=303)

    async def events(self, request: Request) -> Response:
        """The stream; none before the first message (204 tells a browser not to come back)."""
        browser = self._browsers.of(request)
        conversation_id = await self._conversation(browser)
        if conversation_id is None:
            return Response(status_code=204)
        version = request.headers.get("last-event-id") or request.query_params.get("since", "")
        return stream(lambda: self._view(conversation_id), self._changes, conversation_id, version)

    async def ask_close(self, request: Request) -> Response:
        """Explain what closing does, before it is done."""
        return pages.page("chat/close.html", token=self._browsers.of(request).token)

    async def close(self, request: Request) -> Response:
        """Let this browser forget its conversation."""
        browser = self._browsers.of(request)
        sent = await forms.read(request)
        if not self._browsers.from_own_page(request, browser, sent.token):
            return await self._refuse(request, browser, Refused(403, forms.EXPIRED))
        answer = RedirectResponse("/chat", status_code=303)
        self._browsers.forget(answer)
        return answer

    async def _receive(self, request: Request, browser: Browser, sent: Sent) -> None:
        if not self._browsers.from_own_page(request, browser, sent.token):
            raise Refused(403, forms.EXPIRED, sent.text)
        forms.check(sent)
        if not self._pace.allows(browser.id, self._clock()):
            raise Refused(429, forms.TOO_FAST, sent.text)
        await self._inbox.receive(await self._message(browser, sent))

    async def _message(self, browser: Browser, sent: Sent) -> IncomingMessage:
        return IncomingMessage(
            channel=CHANNEL,
            address=browser.id,
            external_id=f"{browser.name}:{sent.digest}",
            kind=Kind.CHOICE if sent.choice else Kind.TEXT,
            text=await self._title(browser, sent.choice) if sent.choice else sent.text,
            choice=sent.choice,
        )

    async def _title(self, browser: Browser, choice: ChoiceRef) -> str:
        """What the tapped button said; only buttons of this browser's own conversation count."""
        conversation_id = await self._conversation(browser)
        entries = await self._timeline.of(conversation_id) if conversation_id else ()
        for entry in entries:
            meant = entry.author is not None and entry.message_id == choice.message_id
            if meant and choice.index < len(entry.choices):
                return entry.choices[choice.index].title
        raise Refused(409, forms.GONE)

    async def _answered(self, browser: Browser) -> None:
        """Wait a little for the answer, so that the next page can show it."""
        conversation_id = await self._conversation(browser)
        if conversation_id is None:
            return
        try:
            async with asyncio.timeout(_PATIENCE), self._changes.of(conversation_id) as changed:
                while (await self._view(conversation_id)).status:
                    await changed.wait()
                    changed.clear()
        except TimeoutError:
            return

    async def _refuse(self, request: Request, browser: Browser, refused: Refused) -> Response:
        if pages.wants_json(request):
            return JSONResponse({"problem": refused.problem}, status_code=refused.status)
        answer = await self._page(browser, refused)
        answer.status_code = refused.status
        return answer

    async def _page(self, browser: Browser, refused: Refused | None = None) -> Response:
        now = await self._view_of(browser)
        answer = pages.page(
            "chat/page.html",
            view=now,
            token=browser.token,
            key=secrets.token_urlsafe(12),
            problem=refused.problem if refused else "",
            draft=refused.draft if refused else "",
            suggestions=_SUGGESTIONS,
        )
        self._browsers.keep(browser, answer)
        return answer

    async def _view_of(self, browser: Browser) -> View:
        conversation_id = await self._conversation(browser)
        return await self._view(conversation_id) if conversation_id else NOTHING

    async def _view(self, conversation_id: uuid.UUID) -> View:
        return view(await self._timeline.of(conversation_id), self._clock())

    async def _conversation(self, browser: Browser) -> uuid.UUID | None:
        if not browser.known:
            return None
        return await self._inbox.conversation_of(CHANNEL, browser.id)
