"""Delivers what waits in the outbox, in order per conversation, and never the same message twice.

`sending` is committed before the vendor is called. Found so afterwards, nobody knows whether the
message went out: it is *unknown*, shown to the coordinator and not repeated.
"""

import asyncio
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot import metrics
from bot.conversation.held import hold, is_awaited
from bot.conversation.jobs import Later
from bot.conversation.pacing import Pacing
from bot.conversation.refusals import judged
from bot.conversation.sending import Steps
from bot.conversation.templates import Templates
from bot.errors import DeliveryError, Failure
from bot.messages import Choice, Delivery, Form, Image, OutgoingMessage, Request, Template
from bot.services.content import Content
from bot.services.handoff import Handoffs, locked
from bot.services.ports import Outbox
from bot.store.database import Database
from bot.store.tables import Outbound, State
from bot.store.vault import Vault
from integrations.channel import Channel, CountingChannel, TemplateChannel
from integrations.degrade import Lines, degraded

log = structlog.get_logger(__name__)

# No vendor is waited for longer than this, whatever the channel's own time-outs say.
_LONGEST_CALL = 20.0
# Why a message failed that was never tried, as its person had blocked us.
BLOCKED = "blocked"


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
        self._steps = Steps(database, clock)

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
                    await self._steps.sent(task.row, sent.external_id, self._instead(task))
                    await self._pacing.accepted(task.channel)
                metrics.part("delivery", time.perf_counter() - started)

    async def _next(self, conversation_id: uuid.UUID) -> "_Task | None":
        """The oldest waiting message, marked `sending`; one found so is unknown."""
        while (message_id := await self._pacing.next(conversation_id)) is not None:
            found = await self._steps.take(message_id)
            if found is None:
                continue
            row, channel, sealed, wrote_at, blocked_at, closed_at, keyboard_open = found
            if row.state != State.SENDING:
                log.warning("delivery_unknown", message=row.id)
            elif blocked_at is not None:
                await self._steps.mark(row, State.FAILED, error=BLOCKED)
                await self._pass_on(row)
            else:
                is_late = self._is_late(channel, wrote_at, closed_at)
                address = self._vault.decrypt(sealed)
                return _Task(row, channel, address, wrote_at, is_late, keyboard_open)
        return None

    async def _deliver(self, task: "_Task") -> "_Sent | None":
        """Hand the message to its channel as that can show it; None when it is held."""
        channel = self._channels.get(task.channel)
        if channel is None:
            raise DeliveryError(Failure.CONFIGURATION, "channel_off")
        if task.is_late:
            return await self._by_template(task, channel)
        message, form = degraded(
            self._message(task.row),
            channel.abilities,
            self._lines,
            keyboard_open=task.keyboard_open,
        )
        task.row.form = form
        if form is not Form.PLAIN:
            await self._steps.shown(task.row)
        delivery = Delivery(
            task.row.id,
            task.address,
            message,
            task.row.created_at,
            form,
            share=self._share[message.request] if message.request else "",
            attempt=task.row.attempts,
        )
        if isinstance(channel, CountingChannel):
            await self._pacing.charge(task.channel, channel.units(delivery))
        return _Sent(await _send(channel, delivery))

    def _is_late(self, name: str, wrote_at: datetime, closed_at: datetime | None) -> bool:
        """Whether free words may not be sent any more, by our clock or by the vendor's."""
        channel = self._channels.get(name)
        if closed_at is not None and closed_at >= wrote_at:
            return True
        return isinstance(channel, TemplateChannel) and self._clock() - wrote_at >= channel.window

    async def _by_template(self, task: "_Task", channel: Channel) -> "_Sent | None":
        """Send the approved text that fits, or hold the words until the person writes.

        Raises:
            DeliveryError: there is no such text, or WhatsApp did not approve it (yet).
        """
        row = task.row
        if row.template is None or not isinstance(channel, TemplateChannel):
            raise DeliveryError(Failure.PERMANENT, "outside_window")
        template = Template(row.template)
        text = self._templates.text(template)
        sid = channel.approved(template, text)
        if sid is None:
            raise DeliveryError(Failure.PERMANENT, "template_not_approved")
        if template.announces and not row.announcement:
            async with self._database.transaction() as session:
                await hold(session, row, self._outbox, text, task.wrote_at, self._clock())
            return None
        row.form = Form.PLAIN
        delivery = Delivery(
            row.id,
            task.address,
            OutgoingMessage(text),
            row.created_at,
            template_sid=sid,
            attempt=row.attempts,
        )
        return _Sent(await _send(channel, delivery))

    def _instead(self, task: "_Task") -> str | None:
        """The approved text that was handed over in place of the message's own words."""
        template = task.row.template if task.is_late else None
        return self._templates.text(Template(template)) if template else None

    def _message(self, row: Outbound) -> OutgoingMessage:
        return OutgoingMessage(
            row.text,
            tuple(Choice(**choice) for choice in row.choices),
            tuple(
                Image(self._public_url + image["url"], image["description"]) for image in row.images
            ),
            Request(row.request) if row.request else None,
        )

    async def _failed(self, task: "_Task", error: DeliveryError) -> None:
        """Do what a refusal means (refusals.py): again, or shown to the coordinator."""
        row = task.row
        if task.is_late and error.failure is Failure.TOO_LATE:
            # There is no other text in place of an approved one.
            error = DeliveryError(Failure.PERMANENT, error.code)
        log.warning(
            "delivery_failed",
            message=row.id,
            failure=error.failure.value,
            code=error.code,
        )
        verdict = judged(row, task.wrote_at, error, self._clock())
        await self._hold_back(row.conversation_id, error, verdict.pause)
        if error.failure is Failure.BLOCKED:
            await self._steps.shut_out(row.conversation_id)
        elif error.failure is Failure.TOO_LATE:
            at = max(row.state_at, task.wrote_at)
            await self._steps.close_window(row.conversation_id, at)
        # Words that certainly did not arrive are not what the message says.
        text = self._instead(task) if verdict.state is State.UNKNOWN else None
        await self._steps.mark(
            row, verdict.state, error=error.code, waited=verdict.waited, text=text
        )
        if verdict.state is State.FAILED:
            await self._pass_on(row)
        elif verdict.pause:
            # Without a connection, too, all of the channel are in the same boat.
            crowd = error.everyone or error.retry_after is None
            raise Later(verdict.pause, crowd=crowd) from error

    async def _hold_back(
        self, conversation_id: uuid.UUID, error: DeliveryError, seconds: float
    ) -> None:
        if error.retry_after is not None:
            await self._pacing.refused(conversation_id, error, seconds)
        elif error.failure is Failure.NOT_SENT:
            await self._pacing.put_off(conversation_id, seconds)

    async def _pass_on(self, row: Outbound) -> None:
        """What somebody waits for and cannot be had here is a coordinator's matter."""
        if not is_awaited(row):
            return
        async with self._database.transaction() as session:
            await locked(session, row.conversation_id)
            await self._handoffs.not_delivered(session, row.conversation_id, self._clock())


@dataclass(frozen=True)
class _Task:
    """A message in hand: where it goes, when the person last wrote, whether that is so long ago
    that free words may not be sent any more, and whether buttons of an earlier message may stand
    in place of the letters. Its row holds how it is shown, as sent."""

    row: Outbound
    channel: str
    address: str
    wrote_at: datetime
    is_late: bool
    keyboard_open: bool


@dataclass(frozen=True)
class _Sent:
    """A message that the vendor took, and the vendor's id of it."""

    external_id: str | None


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
