"""The composition root: makes every part once and puts them together. Nothing else constructs.

One process runs two uvicorn servers on one event loop: the public one, and an internal one on
loopback with the custom actions and the figures. The worker runs beside them.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from actions import registry as actions_registry
from actions.endpoint import Actions
from bot import logs, metrics
from bot.conversation import safety, safety_model, webhooks
from bot.conversation.deliveries import Deliveries
from bot.conversation.inbox import Inbox
from bot.conversation.jobs import Jobs
from bot.conversation.outbox import Outbox
from bot.conversation.patience import Patience
from bot.conversation.presence import Presence
from bot.conversation.reception import Reception
from bot.conversation.reports import Reports
from bot.conversation.rights import Rights
from bot.conversation.templates import Templates
from bot.conversation.turns import Turns
from bot.errors import Conflict, DeliveryError
from bot.messages import Event
from bot.services import content as contents
from bot.services import region
from bot.services.availability import Availability
from bot.services.callbacks import Callbacks
from bot.services.content import Content
from bot.services.coordinators import Coordinators
from bot.services.failures import Failures
from bot.services.handoff import Handoffs
from bot.services.offers import Offers
from bot.services.plans import Plans
from bot.services.queue import Queue
from bot.services.replies import Replies
from bot.services.retention import Retention
from bot.services.stays import Stays
from bot.services.testimonials import Testimonials
from bot.services.timeline import Timeline
from bot.serving import announce_ready, server, until_stopped
from bot.settings import ROOT, Settings
from bot.store.changes import Changes
from bot.store.database import Database
from bot.store.trackers import Trackers
from bot.store.vault import Vault
from bot.web import health, pages
from bot.web.chat import routes as chat
from bot.web.console import routes as console
from bot.web.console.desk import Desk
from integrations import registry
from integrations.channel import Channel, PollingChannel
from integrations.rasa.client import Rasa
from integrations.telegram.channel import Telegram

log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]

DEMO_NAME = "Anne de Wit"
DEMO_EMAIL = "anne@voorbeeld.nl"
DEMO_PASSWORD = "logeren-voor-beginners"  # noqa: S105  # printed at every start of the demo
_RETENTION_PAUSE = 3600.0
_ANNOUNCE_PAUSE = 30.0
_PLANS_PAUSE = 60.0


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


class App:
    """Every part of the application, made once.

    Args:
        settings: this installation's settings.
        database_url: where PostgreSQL answers.
        clock: tells the present moment.
        patience: how long a message waits for the assistant.
    """

    def __init__(
        self,
        settings: Settings,
        database_url: str,
        *,
        clock: Clock = now,
        patience: Patience | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.content = contents.load(settings.content_dir)
        self.vault = Vault(
            settings.encryption_keys.get_secret_value(), settings.secret_key.get_secret_value()
        )
        self.database = Database(database_url)
        self.changes = Changes(database_url)
        self.jobs = Jobs(database_url)
        self.safety = safety.load(
            ROOT / "data" / "safety", safety_model.learnt_path(ROOT, settings.data_dir)
        )
        self.channels = registry.build(settings)
        self.rasa = Rasa(settings.rasa_address, settings.rasa_token.get_secret_value())
        self._make_services()
        self._make_conversation(patience or Patience())

    def _make_services(self) -> None:
        self.outbox = Outbox(self.jobs, self.clock)
        self.handoffs = Handoffs(self.database, self.outbox, self.content)
        self.availability = Availability(self.database)
        self.stays = Stays(self.database, self.vault, self.handoffs)
        self.plans = Plans(self.database, self.outbox, Trackers(), self.content)
        self.offers = Offers(self.database, self.outbox, Trackers(), self.content)
        self.callbacks = Callbacks(self.database, self.vault, self.handoffs, self.content)
        self.testimonials = Testimonials(self.database, self.content)
        self.coordinators = Coordinators(self.database, self.vault)
        self.queue = Queue(self.database, self.vault, self.content)
        self.replies = Replies(self.database, self.handoffs)
        self.timeline = Timeline(self.database)
        self.trackers = Trackers()
        self.retention = Retention(self.database, self.trackers)

    def _make_conversation(self, patience: Patience) -> None:
        rights = Rights(self.handoffs, self.trackers, self.content)
        self.inbox = Inbox(
            self.database,
            self.jobs,
            self.outbox,
            self.handoffs,
            self.vault,
            self.safety,
            self.content,
            self.clock,
        )
        self.reception = Reception(self.inbox, self.database, self.vault, self.content)
        self.turns = Turns(
            self.database,
            self.rasa,
            self.outbox,
            self.handoffs,
            rights,
            self.trackers,
            self.content,
            self.clock,
            patience,
            Presence(self.database, self.vault, self.channels.channels),
        )
        self.deliveries = Deliveries(
            self.database,
            self.vault,
            self.channels.channels,
            self.outbox,
            self.handoffs,
            Templates(self.database, self.content),
            self.content,
            self.settings.public_url,
            self.clock,
        )
        self.reports = Reports(self.database, self.handoffs, self.clock)
        self.jobs.register(self.turns.run, self.deliveries.run)

    def public(self) -> Starlette:
        """What the internet may reach."""
        routes = [
            *webhooks.routes(self.channels.channels.values(), self.reception, self.reports),
            *chat.routes(
                inbox=self.inbox,
                timeline=self.timeline,
                changes=self.changes,
                settings=self.settings,
                clock=self.clock,
            ),
            *console.routes(self._desk(), self.content, self.settings),
            *health.routes(self.database, self.rasa.ready),
            pages.static_mount(),
            pages.photos_mount(self.settings.content_dir / "photos"),
        ]
        https = self.settings.public_url.startswith("https://")
        return Starlette(
            routes=routes,
            exception_handlers=pages.error_handlers(),
            middleware=[Middleware(pages.SecurityHeaders, https=https)],
        )

    def _desk(self) -> Desk:
        return Desk(
            coordinators=self.coordinators,
            queue=self.queue,
            timeline=self.timeline,
            handoffs=self.handoffs,
            replies=self.replies,
            plans=self.plans,
            offers=self.offers,
            changes=self.changes,
            clock=self.clock,
        )

    def internal(self) -> Starlette:
        """What only this machine may reach: the custom actions and the figures."""
        services = actions_registry.ActionServices(
            database=self.database,
            content=self.content,
            availability=self.availability,
            stays=self.stays,
            handoffs=self.handoffs,
            testimonials=self.testimonials,
            plans=self.plans,
            callbacks=self.callbacks,
            chat_url=f"{self.settings.public_address}/chat",
            clock=self.clock,
        )
        endpoint = Actions(
            actions_registry.build(services),
            Failures(self.database),
            self.settings.actions_token.get_secret_value(),
            self.clock,
        )
        return Starlette(
            routes=[
                Route("/webhook", endpoint.handle, methods=["POST"]),
                Route("/metrics", _metrics, methods=["GET"]),
            ]
        )

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator["App"]:
        """Open the connections, and give them back at the end."""
        await self.jobs.open()
        try:
            yield self
        finally:
            await self.jobs.close()
            await self.channels.close()
            await self.rasa.close()
            await self.database.close()

    async def work(self) -> None:
        """Run jobs, what was promised and the hourly retention until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.jobs.work(self.settings.worker_concurrency))
            group.create_task(_every(_RETENTION_PAUSE, self._retain))
            group.create_task(_every(_PLANS_PAUSE, self._keep_promises))

    async def connect_channels(self) -> None:
        """Tell vendors where to call us, or fetch messages where none can; until cancelled."""
        async with asyncio.TaskGroup() as group:
            for channel in self.channels.channels.values():
                if isinstance(channel, Telegram):
                    group.create_task(_announce(channel, self.settings, self.content))
                if isinstance(channel, PollingChannel) and not self.settings.public_url:
                    group.create_task(channel.poll(partial(self._accept, channel)))

    async def _accept(self, channel: Channel, event: Event) -> None:
        courtesy = await self.reception.take(channel, event)
        if courtesy is not None:
            await courtesy()

    async def _keep_promises(self) -> None:
        kept = await self.plans.keep(self.clock())
        if any(asdict(kept).values()):
            log.info("plans", **asdict(kept))

    async def _retain(self) -> None:
        removed = await self.retention.run(self.clock())
        log.info("retention", messages=removed.messages, requests=removed.stay_requests)


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Do something again and again; without a database the next round does it."""
    while True:
        try:
            await work()
        except (SQLAlchemyError, OSError) as error:
            log.error(
                "round_failed", work=getattr(work, "__name__", ""), error=type(error).__name__
            )
        await asyncio.sleep(seconds)


async def _announce(channel: Telegram, settings: Settings, content: Content) -> None:
    """Register the menu and the webhook; a vendor that cannot be reached is asked again."""
    secret = settings.telegram_webhook_secret.get_secret_value()
    while True:
        try:
            for language, commands in content.texts.commands.items():
                await channel.set_commands(language, commands)
            if settings.public_url:
                await channel.set_webhook(f"{settings.public_url}/webhooks/telegram", secret)
        except DeliveryError as error:
            log.warning("channel_not_announced", channel=channel.name, code=error.code)
            await asyncio.sleep(error.retry_after or _ANNOUNCE_PAUSE)
        else:
            return


async def _metrics(_: Request) -> Response:
    return Response(metrics.exposition(), media_type="text/plain; version=0.0.4")


async def prepare(settings: Settings, database_url: str) -> tuple[str, str] | None:
    """Bring content into the database; in the demo region also a coordinator to try with.

    Returns:
        The demo coordinator's email address and password, None in a real region.
    """
    app = App(settings, database_url)
    try:
        await region.synchronise(app.database, app.content, app.clock())
        if settings.region != "demo":
            return None
        with contextlib.suppress(Conflict):
            await app.coordinators.add(DEMO_NAME, DEMO_EMAIL, DEMO_PASSWORD, app.clock())
        return DEMO_EMAIL, DEMO_PASSWORD
    finally:
        await app.database.close()
        await app.rasa.close()


async def serve(
    settings: Settings, database_url: str, ready: Callable[[], None] | None = None
) -> None:
    """Run web, actions and worker in one process until SIGINT or SIGTERM.

    Args:
        settings: this installation's settings.
        database_url: where PostgreSQL answers, migrated.
        ready: called once both servers accept connections.
    """
    logs.configure(settings.log_level)
    app = App(settings, database_url)
    for name, reason in app.channels.off.items():
        log.info("channel_off", channel=name, reason=reason)
    servers = [
        server(app.public(), settings.host, settings.port, forwarded=bool(settings.public_url)),
        server(app.internal(), "127.0.0.1", settings.actions_port, forwarded=False),
    ]
    async with app.opened():
        await until_stopped(
            *(one.serve_until_cancelled() for one in servers),
            app.work(),
            app.changes.listen(),
            app.connect_channels(),
            announce_ready(servers, ready),
        )


async def work(settings: Settings, database_url: str) -> None:
    """Run a further worker (no web server) until SIGINT or SIGTERM."""
    logs.configure(settings.log_level)
    app = App(settings, database_url)
    async with app.opened():
        await until_stopped(app.work())
