"""Turns what services return into what the templates show, every word already Dutch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.messages import Kind, Tier
from bot.services.queue_card import Card, ConsentCard, QueueRow, StayCard, StayDates
from bot.services.timeline import Entry
from bot.store.tables import Author, Mode, Reason, State
from bot.web.console import words


@dataclass(frozen=True)
class RowView:
    """A conversation in a list."""

    id: str
    label: str
    channel: str
    crisis: bool
    why: str
    who: str
    said: str
    quoted: bool
    since: str
    waited: str
    wrote: str
    unanswered: int
    failed: int
    unknown: int
    stay: str


def row_view(row: QueueRow, now: datetime) -> RowView:
    """A row of a list, as it is at this moment."""
    return RowView(
        id=str(row.conversation_id),
        label=row.label,
        channel=words.CHANNELS.get(row.channel, row.channel),
        crisis=row.crisis,
        why=why(row),
        who=row.coordinator or "",
        said=row.said or words.KINDS.get(row.kind, ""),
        quoted=bool(row.said),
        since=row.waiting_since.isoformat() if row.waiting_since else "",
        waited=words.duration(row.waited) if row.waited is not None else "",
        wrote=words.moment(row.last_inbound_at, now),
        unanswered=row.unanswered,
        failed=row.failed,
        unknown=row.unknown,
        stay=_in_short(row.stay) if row.stay else "",
    )


def _in_short(stay: StayDates) -> str:
    return f"{stay.location}, {words.period_in_short(stay.start, stay.end)}"


def why(row: QueueRow) -> str:
    """Why a coordinator is needed; for a crisis which one."""
    if row.tier is not Tier.NONE:
        return words.TIERS[row.tier]
    return words.REASONS[row.reason] if row.reason else words.MODES[row.mode]


@dataclass(frozen=True)
class EntryView:
    """A message of the timeline, or the day above the first message of it.

    Args:
        key: unique in the timeline, and the element's id.
        side: "day", "them" (the caregiver) or "us".
        tone: which kind of author wrote it, for its looks.
        who: who wrote it, in words.
        text: what was written, or in words what was sent instead.
        quoted: whether `text` is what somebody wrote.
        pictures: what is to be seen on the pictures that went with it.
        choices: the answers that were offered.
        state: how far its delivery is, for its looks.
        delivery: the same in words.
        advice: what to do about it.
        alarm: which crisis was recognised in it.
        mark: what is still to be done with it.
        at: the moment, for machines.
        clock: the time of day.
    """

    key: str
    side: str
    tone: str = ""
    who: str = ""
    text: str = ""
    quoted: bool = True
    pictures: Sequence[str] = ()
    choices: Sequence[str] = ()
    state: str = ""
    delivery: str = ""
    advice: str = ""
    alarm: str = ""
    mark: str = ""
    at: str = ""
    clock: str = ""


def entry_views(entries: Sequence[Entry], row: QueueRow) -> list[EntryView]:
    """The timeline with its days, oldest first."""
    views: list[EntryView] = []
    shown = ""
    for entry in entries:
        day = words.day(entry.at)
        if day != shown:
            shown = day
            views.append(EntryView(key=f"day-{entry.key}", side="day", text=day))
        views.append(_theirs(entry, row) if entry.author is None else _ours(entry))
    return views


def _theirs(entry: Entry, row: QueueRow) -> EntryView:
    return EntryView(
        key=entry.key,
        side="them",
        tone="caregiver",
        who="Mantelzorger",
        text=words.said(entry.kind, entry.text),
        quoted=bool(entry.text) and entry.kind is not Kind.LOCATION,
        alarm=words.TIERS.get(entry.tier, ""),
        mark=_mark(entry, row),
        at=entry.at.isoformat(),
        clock=words.clock(entry.at),
    )


def _mark(entry: Entry, row: QueueRow) -> str:
    if row.mode is Mode.BOT:
        return "De assistent is nog bezig" if entry.waiting else ""
    since = row.unanswered_since
    return "Nog geen antwoord" if since is not None and entry.at >= since else ""


def _ours(entry: Entry) -> EntryView:
    author = entry.author or Author.BOT
    state = entry.state or State.QUEUED
    return EntryView(
        key=entry.key,
        side="us",
        tone=author.value,
        who=_author(author, entry.name),
        text=entry.text,
        pictures=[image.description for image in entry.images],
        choices=[choice.title for choice in entry.choices],
        state="sending" if state is State.QUEUED else state.value,
        delivery=words.delivery(state, entry.error),
        advice=words.advice(state, announced=_is_from_a_coordinator(entry)),
        at=entry.at.isoformat(),
        clock=words.clock(entry.at),
    )


def _is_from_a_coordinator(entry: Entry) -> bool:
    """An answer, or the offer of a place; a line of our own beside it asks for nothing."""
    return entry.author is Author.COORDINATOR or entry.name is not None


def _author(author: Author, name: str | None) -> str:
    """Who wrote it; a fixed text that a coordinator had sent is the offer of a place."""
    if author is Author.SYSTEM and name:
        return f"Aanbod van {name}"
    return words.AUTHORS.get(author) or name or "Een collega"


@dataclass(frozen=True)
class StayView:
    """A stay request on the card."""

    where: str
    when: str
    state: str
    needs: str
    first_name: str
    callback: str
    consent: str


@dataclass(frozen=True)
class CallView:
    """A request to be called, on the card."""

    number: str
    moment: str
    asked: str


@dataclass(frozen=True)
class CardView:
    """The card beside a conversation; an empty text is not shown."""

    stage: str
    role: str
    perseverance: str
    hurdles: Sequence[str]
    stays: Sequence[StayView]
    calls: Sequence[CallView]
    consents: Sequence[str]
    reminder: str
    bereaved: str
    liftable: bool
    last_question: str
    first_contact: str
    crisis: str
    stopped: str
    window: str
    window_closed: bool
    blocked: str


def card_view(card: Card, now: datetime) -> CardView:
    """The card, as it is at this moment."""
    left = card.writable_until - now if card.writable_until else None
    closed = left is not None and left.total_seconds() <= 0
    return CardView(
        stage=words.STAGES.get(card.stage, card.stage),
        role=words.ROLES.get(card.role or "", ""),
        perseverance=words.PERSEVERANCE.get(card.perseverance or "", ""),
        hurdles=[words.HURDLES.get(hurdle, hurdle) for hurdle in card.hurdles],
        stays=[_stay(stay, now) for stay in card.stays],
        calls=[
            CallView(call.number, call.moment or "maakt niet uit", words.moment(call.asked_at, now))
            for call in card.calls
        ],
        consents=[_consent(one, now) for one in card.consents],
        reminder=words.date_in_full(card.reminder_on) if card.reminder_on else "",
        bereaved=words.moment(card.bereaved_at, now) if card.bereaved_at else "",
        liftable=card.crisis_at is not None and card.row.reason is not Reason.CRISIS,
        last_question=card.last_question or "",
        first_contact=words.moment(card.created_at, now),
        crisis=words.moment(card.crisis_at, now) if card.crisis_at else "",
        stopped=words.moment(card.stopped_at, now) if card.stopped_at else "",
        window=words.duration(left) if left is not None and not closed else "",
        window_closed=closed,
        blocked=words.moment(card.blocked_at, now) if card.blocked_at else "",
    )


def _consent(one: ConsentCard, now: datetime) -> str:
    answer = "ja" if one.given else "nee"
    return f"{words.PURPOSES[one.purpose]}: {answer}, {words.moment(one.at, now)}"


def _stay(stay: StayCard, now: datetime) -> StayView:
    dates = stay.dates
    return StayView(
        where=dates.location,
        when=f"{words.period(dates.start, dates.end)} ({words.nights(dates.nights)})",
        state=words.STAYS[stay.state],
        needs=stay.needs or "",
        first_name=stay.first_name or "",
        callback=stay.callback or "",
        consent=words.moment(stay.consented_at, now),
    )
