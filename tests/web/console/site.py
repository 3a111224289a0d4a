"""The console with real services and PostgreSQL, and somebody at a browser without JavaScript."""

import asyncio
import contextlib
import re
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Self

import httpx
import uvicorn
from argon2 import PasswordHasher
from cryptography.fernet import Fernet
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from bot.services.content import Content
from bot.services.coordinators import CoordinatorCard, Coordinators
from bot.services.handoff import Handoffs
from bot.services.offers import Offers
from bot.services.plans import Plans
from bot.services.queue import Queue
from bot.services.replies import Replies
from bot.services.timeline import Timeline
from bot.settings import Settings
from bot.store.changes import Changes
from bot.store.database import Database
from bot.store.tables import Conversation
from bot.store.trackers import Trackers
from bot.store.vault import Vault
from bot.web import pages
from bot.web.console.desk import Desk
from bot.web.console.routes import routes
from bot.web.reading import READING
from tests.conftest import Clock
from tests.web.console.cast import ANNE, BILAL, PASSWORD, Cast

LIGHT = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass(frozen=True)
class Site:
    """The console and what is behind it."""

    app: Starlette
    routes: list[Route]
    database: Database
    coordinators: Coordinators
    handoffs: Handoffs
    timeline: Timeline
    changes: Changes
    cast: Cast
    clock: Clock
    anne: CoordinatorCard
    bilal: CoordinatorCard

    async def conversation(self, conversation: uuid.UUID) -> Conversation:
        """The conversation as it is stored."""
        async with self.database.transaction() as session:
            return await session.get_one(Conversation, conversation)

    async def said(self, conversation: uuid.UUID) -> list[str]:
        """What was written to the caregiver."""
        entries = await self.timeline.of(conversation)
        return [entry.text for entry in entries if entry.author]

    async def visitor(
        self, email: str = "", *, client: str = "192.0.2.7", served_at: str = ""
    ) -> "Visitor":
        """Somebody at a browser, logged in if an address is given; without a network if it can."""
        transport = httpx.ASGITransport(app=self.app, client=(client, 50000))
        visitor = Visitor(
            httpx.AsyncClient(base_url=served_at)
            if served_at
            else httpx.AsyncClient(transport=transport, base_url="https://console.test")
        )
        if email:
            await visitor.log_in(email)
        return visitor


async def build(
    database: Database,
    database_url: str,
    vault: Vault,
    content: Content,
    handoffs: Handoffs,
    clock: Clock,
    public_url: str = "",
) -> Site:
    """The console with Anne and Bilal, and nobody in the queue."""
    coordinators = Coordinators(database, vault, LIGHT)
    timeline, changes = Timeline(database), Changes(database_url)
    desk = Desk(
        coordinators=coordinators,
        queue=Queue(database, vault, content),
        timeline=timeline,
        handoffs=handoffs,
        replies=Replies(database, handoffs),
        plans=Plans(database, handoffs._outbox, Trackers(), content),
        offers=Offers(database, handoffs._outbox, Trackers(), content),
        changes=changes,
        clock=clock,
    )
    found = routes(desk, content, _settings(public_url))
    app = Starlette(
        routes=[*found, pages.static_mount()],
        exception_handlers=pages.error_handlers(),
        middleware=[Middleware(pages.SecurityHeaders)],
    )
    return Site(
        app=app,
        routes=[route for route in found if isinstance(route, Route)],
        database=database,
        coordinators=coordinators,
        handoffs=handoffs,
        timeline=timeline,
        changes=changes,
        cast=Cast(database, vault),
        clock=clock,
        anne=await coordinators.add("Anne", ANNE, PASSWORD, clock()),
        bilal=await coordinators.add("Bilal", BILAL, PASSWORD, clock()),
    )


def _settings(public_url: str) -> Settings:
    return Settings.model_validate(
        {
            "public_url": public_url,
            "secret_key": "a secret that is long enough for a test",
            "encryption_keys": Fernet.generate_key().decode(),
            "rasa_token": "a-token-for-rasa",
            "actions_token": "a-token-for-actions",
        }
    )


class Visitor:
    """Keeps cookies, and sends the forms of the page that is open."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.page = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def look(self, path: str) -> httpx.Response:
        """Open a page."""
        answer = await self.http.get(path)
        self.page = answer.text
        return answer

    def hidden(self, name: str) -> str:
        """A hidden field of the open page."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        assert found, f"no field {name}"
        return found[1]

    async def send(self, path: str, **fields: str) -> httpx.Response:
        """Send a form of the open page; `fields` are added to its token or replace it."""
        answer = await self.http.post(path, data={"csrf": self.hidden("csrf")} | fields)
        if answer.status_code != 303:
            self.page = answer.text
        return answer

    async def log_in(self, email: str, password: str = PASSWORD, **fields: str) -> httpx.Response:
        """Fill in the login page."""
        await self.look("/console/login")
        return await self.send("/console/login", email=email, password=password, **fields)

    async def open(self, conversation: uuid.UUID) -> httpx.Response:
        """Open the page of a conversation."""
        return await self.look(path(conversation))

    async def act(self, conversation: uuid.UUID, what: str) -> httpx.Response:
        """Press a button of the open page of a conversation."""
        return await self.send(f"{path(conversation)}/{what}")

    async def reply(self, conversation: uuid.UUID, text: str) -> httpx.Response:
        """Send the reply's form as the open page has it."""
        fields = {"text": text, "seen": self.hidden("seen")}
        return await self.send(f"{path(conversation)}/messages", **fields)


def path(conversation: uuid.UUID) -> str:
    """The page of a conversation."""
    return f"/console/conversations/{conversation}"


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def served(app: Starlette, port: int) -> AsyncIterator[None]:
    """The console on a port of loopback. At the end every open stream is cut off and over."""
    config = uvicorn.Config(
        app, port=port, log_config=None, lifespan="off", timeout_graceful_shutdown=0
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        streams = list(server.server_state.tasks)
        server.should_exit = True
        await task
        await asyncio.gather(*streams, return_exceptions=True)
        readings = [task for task in asyncio.all_tasks() if task.get_name() == READING]
        await asyncio.gather(*readings, return_exceptions=True)
