"""Delivers what waits in the outbox, in order per conversation, and never the same message twice.

`sending` is committed before the vendor is called. Found so afterwards, nobody knows whether the
message went out: it is *unknown*, shown to the coordinator and not repeated.
"""

import asyncio
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot import metrics
from bot.conversation.held import hold
from bot.conversation.jobs import Later
from bot.conversation.pacing import Pacing
from bot.conversation.sending import MARK, SENT, SHOWN, SHUT_OUT, TAKE
from bot.conversation.templates import Templates
from bot.errors import DeliveryError, Failure
from bot.messages import Choice, Delivery, Form, Image, OutgoingMessage, Request, Template
from bot.services.content import Content
from bot.services.handoff import Handoffs, locked
from bot.services.ports import Outbox
from bot.store.database import Database
from bot.store.tables import Outbound, State
from bot.store.vault import Vault
from integrations.channel import Channel, TemplateChannel
from integrations.degrade import Lines, degraded

log = structlog.get_logger(__name__)

# A message that could not be handed over for this long is shown as failed.
PATIENCE = timedelta(hours=1)
_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
_LONGEST_PAUSE = 600.0
# No vendor is waited for longer than this, whatever the channel's own time-outs say.
_LONGEST_CALL = 20.0
# Why a message failed that was never tried, as its person had blocked us.
BLOCKED = "blocked"

_Taken = tuple[Outbound, str, bytes, datetime, datetime | None]


class Deliveries:
    """The delivery job."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        channels: Mapping[str, Channel],
        outbox: Outbox,
        handoffs: Handoffs,
        templates: Templates,
        content: Content,
        public_url: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._vault = vault
        self._channels = channels
        self._outbox = outbox
        self._handoffs = handoffs
        self._templates = templates
        self._lines = _lines(content)
        self._share = {one: " ".join(text.bubbles) for one, text in content.texts.share.items()}
        self._public_url = public_url
        self._clock = clock
        self._pacing = Pacing(database, channels, clock)

    async def run(self, conversation_id: uuid.UUID) -> None:
        """Deliver all that waits in this conversation.

        Raises:
            Later: it is not this conversation's moment, the vendor asked to wait, or it could
                not be reached.
        """
        # Before a message is taken in hand, as what fails after that may have been sent.
        for channel in self._channels.values():
            await self._templates.teach(channel)
        while (task := await self._next(conversation_id)) is not None:
            started = time.perf_counter()
            try:
                sent = await self._deliver(task)
            except DeliveryError as error:
                await self._failed(task, error)
            else:
                if sent is not None:
                    await self._sent(task.row.id, sent)
                    await self._pacing.accepted(task.channel)
                metrics.part("delivery", time.perf_counter() - started)

    async def _next(self, conversation_id: uuid.UUID) -> "_Task | None":
        """The oldest waiting message, marked `sending`; one found so is unknown."""
        while (message_id := await self._pacing.next(conversation_id)) is not None:
            found = await self._take(message_id)
            if found is None:
                continue
            row, channel, sealed, wrote_at, blocked_at = found
            if row.state != State.SENDING:
                log.warning("delivery_unknown", message=row.id)
            elif blocked_at is not None:
                await self._mark(row, State.FAILED, error=BLOCKED)
                await self._pass_on(row)
            else:
                return _Task(row, channel, self._vault.decrypt(sealed), wrote_at)
        return None

    async def _take(self, message_id: int) -> _Taken | None:
        """Move an open message on: a queued one to `sending`, that one to `unknown`."""
        values = {"message": message_id, "now": self._clock()}
        async with self._database.statement() as session:
            row = (await session.execute(TAKE, values)).one_or_none()
        return None if row is None else (row[0], row[1], row[2], row[3], row[4])

    async def _deliver(self, task: "_Task") -> "_Sent | None":
        """Hand the message to its channel as that can show it; None when it is held."""
        channel = self._channels.get(task.channel)
        if channel is None:
            raise DeliveryError(Failure.CONFIGURATION, "channel_off")
        if isinstance(channel, TemplateChannel) and self._is_late(task, channel):
            return await self._by_template(task, channel)
        message, form = degraded(self._message(task.row), channel.abilities, self._lines)
        task.row.form = form
        if task.row.choices:
            await self._shown(task.row.id, form)
        delivery = Delivery(
            task.row.id,
            task.address,
            message,
            task.row.created_at,
            form,
            share=self._share[message.request] if message.request else "",
        )
        return _Sent(await _send(channel, delivery), form)

    def _is_late(self, task: "_Task", channel: TemplateChannel) -> bool:
        return self._clock() - task.wrote_at >= channel.window

    async def _by_template(self, task: "_Task", channel: TemplateChannel) -> "_Sent | None":
        """Send the approved text that fits, or hold the words until the person writes.

        Raises:
            DeliveryError: there is no such text, or WhatsApp did not approve it (yet).
        """
        row = task.row
        if row.template is None:
            raise DeliveryError(Failure.PERMANENT, "outside_window")
        template = Template(row.template)
        text = self._templates.text(template)
        sid = channel.approved(template, text)
        if sid is None:
            raise DeliveryError(Failure.PERMANENT, "template_not_approved")
        if template.announces and row.text != text:
            async with self._database.transaction() as session:
                await hold(session, row, self._outbox, text, task.wrote_at)
            return None
        message = OutgoingMessage(text)
        delivery = Delivery(row.id, task.address, message, row.created_at, template_sid=sid)
        return _Sent(await _send(channel, delivery), Form.PLAIN, text)

    def _message(self, row: Outbound) -> OutgoingMessage:
        return OutgoingMessage(
            row.text,
            tuple(Choice(**choice) for choice in row.choices),
            tuple(
                Image(self._public_url + image["url"], image["description"]) for image in row.images
            ),
            Request(row.request) if row.request else None,
        )

    async def _shown(self, message_id: int, form: Form) -> None:
        """Note how choices are shown before they are: a number may answer them while nobody knows
        whether they arrived, also when this worker dies now."""
        async with self._database.statement() as session:
            await session.execute(SHOWN, {"message": message_id, "form": form})

    async def _sent(self, message_id: int, sent: "_Sent") -> None:
        values = {
            "message": message_id,
            "now": self._clock(),
            "external_id": sent.external_id,
            "form": sent.form,
            "text": sent.text,
        }
        async with self._database.statement() as session:
            await session.execute(SENT, values)

    async def _failed(self, task: "_Task", error: DeliveryError) -> None:
        """One place decides what an error means: again, or shown to the coordinator."""
        row = task.row
        log.warning(
            "delivery_failed",
            message=row.id,
            failure=error.failure.value,
            code=error.code,
        )
        pause = _pause(row.attempts, error.retry_after)
        if error.failure == Failure.NOT_SENT and error.retry_after is not None:
            await self._pacing.refused(row.conversation_id, error, pause)
        # What was held counts from the sign that let it go.
        waited = self._clock() - max(row.created_at, task.wrote_at)
        if error.failure == Failure.NOT_SENT and waited <= PATIENCE:
            await self._mark(row, State.QUEUED, error=error.code, attempts=1)
            raise Later(pause) from error
        if error.failure == Failure.BLOCKED:
            await self._shut_out(row.conversation_id)
        state = State.UNKNOWN if error.failure == Failure.UNKNOWN else State.FAILED
        await self._mark(row, state, error=error.code)
        if state is State.FAILED:
            await self._pass_on(row)

    async def _pass_on(self, row: Outbound) -> None:
        """What somebody waits for and cannot be had here is a coordinator's matter."""
        if row.template is None:
            return
        async with self._database.transaction() as session:
            await locked(session, row.conversation_id)
            await self._handoffs.not_delivered(session, row.conversation_id, self._clock())

    async def _shut_out(self, conversation_id: uuid.UUID) -> None:
        """Note that this person blocked us: nothing is tried until they let us in again."""
        values = {"conversation": conversation_id, "now": self._clock()}
        async with self._database.statement() as session:
            await session.execute(SHUT_OUT, values)

    async def _mark(self, row: Outbound, state: State, *, error: str, attempts: int = 0) -> None:
        values = {
            "message": row.id,
            "to": state,
            "now": self._clock(),
            "error": error,
            "form": row.form,
            "attempts": attempts,
        }
        async with self._database.statement() as session:
            await session.execute(MARK, values)


@dataclass(frozen=True)
class _Task:
    """A message in hand: where it goes, and when the person last wrote."""

    row: Outbound
    channel: str
    address: str
    wrote_at: datetime


@dataclass(frozen=True)
class _Sent:
    """What became of it: the vendor's id, how it was shown, and the words if they were others."""

    external_id: str | None
    form: Form
    text: str | None = None


def _pause(attempts: int, retry_after: float | None) -> float:
    if retry_after is not None:
        return min(retry_after, _LONGEST_PAUSE)
    return _PAUSES[min(attempts, len(_PAUSES) - 1)]


async def _send(channel: Channel, delivery: Delivery) -> str | None:
    try:
        async with asyncio.timeout(_LONGEST_CALL):
            return await channel.send(delivery)
    except TimeoutError as error:
        raise DeliveryError(Failure.UNKNOWN, "timeout") from error


def _lines(content: Content) -> Lines:
    texts = content.texts
    return Lines(
        *(" ".join(text.bubbles) for text in (
            texts.how_to_choose, texts.type_contact, texts.type_location,
        ))
    )  # fmt: skip
