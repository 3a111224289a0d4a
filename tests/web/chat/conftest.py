"""The chat page with real services and PostgreSQL; a test says itself what the assistant would."""

import asyncio
import contextlib
import re
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import httpx
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import delete, func, select, update
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.conversation.inbox import Inbox
from bot.conversation.jobs import Jobs
from bot.conversation.outbox import Outbox
from bot.conversation.safety import Safety
from bot.messages import Choice, OutgoingMessage
from bot.services.content import Content
from bot.services.handoff import Handoffs
from bot.services.timeline import Timeline
from bot.settings import Settings
from bot.store.changes import Changes
from bot.store.database import Database
from bot.store.tables import Author, Conversation, Coordinator, Inbound, Outbound
from bot.store.vault import Vault
from bot.web import pages
from bot.web.chat.routes import routes
from tests.conftest import Clock
from tests.rasa_peer import free_port, served

BASE = "http://chat.test"


def settings_for(public_url: str = "") -> Settings:
    return Settings.model_validate(
        {
            "public_url": public_url,
            "secret_key": "a secret that is long enough for a test",
            "encryption_keys": Fernet.generate_key().decode(),
            "rasa_token": "a-token-for-rasa",
            "actions_token": "a-token-for-actions",
        }
    )


@dataclass
class Site:
    """The page and what is behind it."""

    inbox: Inbox
    outbox: Outbox
    database: Database
    changes: Changes
    clock: Clock

    def app(self, public_url: str = "") -> Starlette:
        """The chat as an application of its own, with one route that breaks."""
        chat = routes(
            inbox=self.inbox,
            timeline=Timeline(self.database),
            changes=self.changes,
            settings=settings_for(public_url),
            clock=self.clock,
        )
        https = public_url.startswith("https://")
        return Starlette(
            routes=[*chat, Route("/broken", _broken), pages.static_mount()],
            exception_handlers=pages.error_handlers(),
            middleware=[Middleware(pages.SecurityHeaders, https=https)],
        )

    async def conversations(self) -> list[uuid.UUID]:
        """All conversations, the oldest first."""
        async with self.database.transaction() as session:
            query = select(Conversation.id).order_by(Conversation.created_at, Conversation.id)
            return list(await session.scalars(query))

    async def inbound(self) -> list[Inbound]:
        """All that people wrote, in order."""
        async with self.database.transaction() as session:
            return list(await session.scalars(select(Inbound).order_by(Inbound.id)))

    async def answer(
        self,
        text: str,
        *choices: str,
        author: Author = Author.BOT,
        conversation: uuid.UUID | None = None,
        coordinator: int | None = None,
    ) -> int:
        """Answer all that waits in a conversation (the only one), and give the message's id."""
        conversation = conversation or (await self.conversations())[0]
        message = OutgoingMessage(text, tuple(Choice(title, f"/{title}") for title in choices))
        self.clock.pass_by(seconds=2)
        async with self.database.transaction() as session:
            await session.execute(
                update(Inbound)
                .where(Inbound.conversation_id == conversation, Inbound.done_at.is_(None))
                .values(done_at=self.clock())
            )
            await self.outbox.put(
                session, conversation, message, author=author, coordinator_id=coordinator
            )
            return (await session.execute(select(func.max(Outbound.id)))).scalar_one()

    async def erase(self) -> None:
        """Erase all that was said, as VERGEET MIJ does."""
        async with self.database.transaction() as session:
            await session.execute(delete(Outbound))
            await session.execute(delete(Inbound))

    def waiting_pages(self) -> int:
        """How many pages wait for a change right now."""
        return len(self.changes._waiting)

    async def anne(self) -> int:
        """Anne, who coordinates."""
        async with self.database.transaction() as session:
            row = Coordinator(
                name="Anne de Wit", email="anne@x.nl", password_hash="", created_at=_noon()
            )
            session.add(row)
            await session.flush()
            return row.id


def _noon() -> datetime:
    return Clock()()


async def _broken(_: Request) -> Response:
    raise RuntimeError("broken on purpose")


@pytest.fixture
def site(
    database: Database,
    database_url: str,
    jobs: Jobs,
    outbox: Outbox,
    handoffs: Handoffs,
    vault: Vault,
    content: Content,
    safety: Safety,
    clock: Clock,
) -> Site:
    inbox = Inbox(database, jobs, outbox, handoffs, vault, safety, content, clock)
    return Site(inbox, outbox, database, Changes(database_url), clock)


@pytest.fixture
async def listening(site: Site) -> AsyncIterator[Site]:
    """The same, hearing of changes in the database as the running application does."""
    async with heard(site):
        yield site


@contextlib.asynccontextmanager
async def heard(site: Site) -> AsyncIterator[None]:
    task = asyncio.create_task(site.changes.listen())
    async with site.changes.of(None) as changed:
        # A first change that arrives proves that the connection listens.
        while not changed.is_set():
            async with site.database.transaction() as session:
                await session.execute(select(func.pg_notify("conversation", str(uuid.uuid4()))))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), 0.1)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Visitor:
    """A person's browser without JavaScript: keeps cookies and fills in the page's form."""

    def __init__(self, app: Starlette, base: str = BASE) -> None:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url=base)
        self.page = ""

    async def look(self) -> str:
        """Open the page."""
        self.page = (await self.http.get("/chat")).text
        return self.page

    def hidden(self, name: str) -> str:
        """A hidden field of the page that is open."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        assert found, f"no field {name}"
        return found[1]

    async def send(
        self, text: str | None = None, *, json: bool = False, **fields: str
    ) -> httpx.Response:
        """Send the page's form; `fields` replace what it holds."""
        if not self.page:
            await self.look()
        form = {"token": self.hidden("token"), "key": self.hidden("key")} | fields
        if text is not None:
            form["text"] = text
        headers = {"Accept": "application/json"} if json else {}
        return await self.http.post("/chat/messages", data=form, headers=headers)

    async def say(self, text: str) -> httpx.Response:
        """Say something as a script does: nothing waits for the answer, the key is a new one."""
        return await self.send(text, json=True, key=uuid.uuid4().hex)


@pytest.fixture
async def riet(site: Site) -> AsyncIterator[Visitor]:
    visitor = Visitor(site.app())
    yield visitor
    await visitor.http.aclose()


@pytest.fixture
async def chris(site: Site) -> AsyncIterator[Visitor]:
    visitor = Visitor(site.app())
    yield visitor
    await visitor.http.aclose()


@dataclass
class Served:
    """The site on a port of loopback, for what needs a real connection."""

    site: Site
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextlib.asynccontextmanager
    async def up(self) -> AsyncIterator[None]:
        """Serve until the block ends; may be entered again, like a server that is restarted."""
        async with served(self.site.app(), self.port):
            yield


@pytest.fixture
async def address(listening: Site) -> AsyncIterator[str]:
    """Where the site is served, for as long as the test runs."""
    here = Served(listening, free_port())
    async with here.up():
        yield here.address
