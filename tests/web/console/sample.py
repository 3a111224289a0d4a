"""Sample conversations for the console's pictures and browser tests. All of it is made up."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.messages import Kind, Tier
from bot.store.tables import Author, Conversation, Handoff, Mode, Outcome, Reason, State
from tests.web.console.cast import Cast


@dataclass(frozen=True)
class Sample:
    """The conversations that the browser tests open."""

    riet: uuid.UUID
    crisis: uuid.UUID


async def sample(cast: Cast, anne: int, bilal: int, now: datetime) -> Sample:
    """A morning at the coordination point."""
    riet = await _riet(cast, anne, now)
    crisis = await _crisis(cast, now)
    await _asks(cast, now)
    await _stay(cast, now)
    await _not_understood(cast, now)
    await _with_bilal(cast, bilal, now)
    await _assistant_only(cast, now)
    return Sample(riet, crisis)


async def _riet(cast: Cast, anne: int, now: datetime) -> uuid.UUID:
    """Riet cares for Jan. Anne has the conversation; two messages went wrong."""

    def ago(minutes: float) -> datetime:
        return now - timedelta(minutes=minutes)

    riet = await cast.caregiver(ago(1500), channel="whatsapp", stage="request", start="7f3a")
    await cast.writes(riet, "Dag, ik zorg voor mijn man Jan. Hij heeft dementie.", ago(1500))
    await cast.reads(
        riet,
        "Dag, ik ben Adempauze, een digitale assistent. Een mens kan altijd: typ medewerker.\n\n"
        "Fijn dat u schrijft. Hoe gaat het met u zelf?",
        ago(1499),
        choices=("Het gaat wel", "Het is zwaar"),
    )
    await cast.writes(riet, "Zwaar. Hij wil niet weg en ik voel me schuldig.", ago(1490))
    await cast.hurdles(riet, ago(1490), "hurdle_refuses", "hurdle_guilt")
    await cast.reads(
        riet,
        "Dat u hiermee zit, laat zien hoeveel u om uw naaste geeft. Logeren is voor even, en "
        "daarna haalt u hem weer op. Wilt u eens zien hoe zo’n huis eruitziet?",
        ago(1489),
        choices=("Ja, graag", "Nu niet"),
    )
    wish = await cast.writes(riet, "Ja. Kan het het weekend van 11 december?", ago(95))
    await cast.asks_for_stay(riet, wish, ago(90), location="de-zeven-stoelen")
    await cast.reads(
        riet,
        "Vrijdag 11 – maandag 14 december in De Zeven Stoelen: ik houd de plek voor u vast. "
        "Een medewerker van Logeerpunt Lindeland belt u terug.",
        ago(89),
    )
    await cast.task(riet, ago(89), Reason.STAY_REQUEST)
    await cast.writes(
        riet,
        "Mijn bsn is [BSN verwijderd], heeft u dat nodig?",
        ago(24),
        outcome=Outcome.COORDINATOR,
    )
    await cast.reads(
        riet,
        "Anne van Logeerpunt Lindeland leest nu mee en antwoordt u zelf.",
        ago(18),
        author=Author.SYSTEM,
    )
    await _with(cast, riet, anne, ago(18))
    for text, minutes, state, error in (
        ("Dag mevrouw, met Anne. Een BSN is hier nooit nodig.", 18, State.SENT, None),
        ("Zal ik u vanmiddag bellen over het weekend?", 17, State.UNKNOWN, "timeout"),
        ("Het logeerhuis is open: kom gerust eens kijken.", 16, State.FAILED, "63014"),
        ("Past dat bij u?", 15, State.QUEUED, "63018"),
    ):
        await cast.reads(
            riet,
            text,
            ago(minutes),
            author=Author.COORDINATOR,
            coordinator_id=anne,
            state=state,
            error=error,
        )
    await cast.writes(riet, "Bellen mag, liefst na twee uur.", ago(6), outcome=Outcome.COORDINATOR)
    await cast.writes(riet, "", ago(5), outcome=Outcome.COORDINATOR, kind=Kind.PHOTO)
    return riet


async def _crisis(cast: Cast, now: datetime) -> uuid.UUID:
    at = now - timedelta(minutes=4)
    conversation = await cast.caregiver(at - timedelta(minutes=9), start="c41e", stage="need")
    await cast.writes(conversation, "Ik slaap al weken niet meer.", at - timedelta(minutes=9))
    await cast.reads(
        conversation,
        "Dat is lang. Wie is er voor u als het even niet gaat?",
        at - timedelta(minutes=8),
    )
    await cast.writes(
        conversation,
        "Niemand. Soms denk ik: was het maar voorbij.",
        at,
        tier=Tier.SUICIDE,
        outcome=Outcome.SAFETY,
    )
    await cast.reads(
        conversation,
        "Bel 113 of 0800-0113: gratis, dag en nacht. Chatten kan op 113.nl. Is er nu gevaar, bel "
        "dan 112.\n\nGoed dat u dit schrijft; u hoeft hier niet alleen mee te blijven. Ik heb een "
        "medewerker van Logeerpunt Lindeland gewaarschuwd.",
        at,
        author=Author.SAFETY,
        choices=("Verder met de assistent",),
    )
    await cast.task(conversation, at, Reason.CRISIS, Tier.SUICIDE)
    return conversation


async def _asks(cast: Cast, now: datetime) -> None:
    at = now - timedelta(minutes=38)
    conversation = await cast.caregiver(at, channel="webchat", start="0b92", stage="consideration")
    await cast.writes(
        conversation, "Kan ik met iemand praten over mijn vader? Hij dwaalt ’s nachts.", at
    )
    await cast.task(conversation, at, Reason.ASKED)
    await cast.writes(
        conversation,
        "Ik ben tot vier uur thuis.",
        at + timedelta(minutes=3),
        outcome=Outcome.COORDINATOR,
    )


async def _stay(cast: Cast, now: datetime) -> None:
    at = now - timedelta(hours=2, minutes=10)
    conversation = await cast.caregiver(at, channel="whatsapp", start="e7d0", stage="request")
    wish = await cast.writes(conversation, "Ja, geef door", at)
    await cast.asks_for_stay(conversation, wish, at, location="hoeve-kievitsveer")
    await cast.task(conversation, at, Reason.STAY_REQUEST)


async def _not_understood(cast: Cast, now: datetime) -> None:
    at = now - timedelta(minutes=12)
    conversation = await cast.caregiver(at, start="55ac", stage="contact")
    await cast.writes(conversation, "", at, kind=Kind.VOICE, outcome=Outcome.COORDINATOR)
    await cast.reads(
        conversation,
        "Het lukt mij nu niet om u te antwoorden.",
        at,
        author=Author.SYSTEM,
        state=State.UNKNOWN,
        error="timed_out",
    )
    await cast.task(conversation, at, Reason.TURN_FAILED)


async def _with_bilal(cast: Cast, bilal: int, now: datetime) -> None:
    at = now - timedelta(minutes=50)
    conversation = await cast.caregiver(at, channel="webchat", start="9a1f", stage="stay")
    await cast.writes(conversation, "Dank u wel, tot morgen!", at)
    await cast.task(conversation, at)
    await _with(cast, conversation, bilal, at)
    await cast.reads(
        conversation,
        "Graag gedaan, tot morgen.",
        at + timedelta(minutes=2),
        author=Author.COORDINATOR,
        coordinator_id=bilal,
    )


async def _assistant_only(cast: Cast, now: datetime) -> None:
    at = now - timedelta(hours=5)
    conversation = await cast.caregiver(at, channel="webchat", start="3c08", stage="contact")
    await cast.writes(conversation, "Wat kost logeren eigenlijk?", at)
    await cast.reads(conversation, "Vaak betaalt u een kleine eigen bijdrage.", at)


async def _with(cast: Cast, conversation: uuid.UUID, coordinator: int, at: datetime) -> None:
    """This coordinator has it."""
    async with cast.database.transaction() as session:
        row = await session.get_one(Conversation, conversation)
        row.mode, row.coordinator_id = Mode.HUMAN, coordinator
        task = (
            await session.scalars(select(Handoff).where(Handoff.conversation_id == conversation))
        ).one()
        task.taken_at, task.taken_by = at, coordinator
