"""How the console says things in Dutch: times, states, reasons. Pure."""

from datetime import date, datetime, timedelta

from bot.messages import Kind, Tier
from bot.services.office import AMSTERDAM, MONTHS
from bot.store.tables import Author, Mode, Purpose, Reason, State, StayState

_DAYS = ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"]

CHANNELS = {"whatsapp": "WhatsApp", "sms": "SMS", "telegram": "Telegram", "webchat": "Website"}

TIERS = {
    Tier.IMMEDIATE: "Direct gevaar",
    Tier.SUICIDE: "Gedachten aan de dood",
    Tier.VIOLENCE: "Onveilig thuis",
    Tier.MEDICAL: "Medisch",
    Tier.OVERLOAD: "Houdt het niet meer vol",
}
# What the person was told at once, so that a coordinator knows it.
TIER_ANSWERS = {
    Tier.IMMEDIATE: "112 genoemd",
    Tier.SUICIDE: "113 genoemd",
    Tier.VIOLENCE: "Veilig Thuis genoemd",
    Tier.MEDICAL: "huisarts en 112 genoemd",
    Tier.OVERLOAD: "huisarts genoemd; vandaag nog contact",
}
REASONS = {
    Reason.ASKED: "Vraagt om een mens",
    Reason.CRISIS: "Spoed",
    Reason.TURN_FAILED: "De assistent kon niet antwoorden",
    Reason.STAY_REQUEST: "Logeeraanvraag",
    Reason.CALLBACK: "Wil gebeld worden",
    Reason.NOT_DELIVERED: "Een bericht van ons kwam niet aan",
}
ROLES = {
    "referrer": "Verwijzer",
    "recipient": "Degene die zelf zou logeren",
    "young": "Kind of tiener die zorgt",
}
PERSEVERANCE = {
    "days": "Minder dan een week",
    "weeks": "Een paar weken",
    "months": "Een paar maanden",
    "year": "Ongeveer een jaar",
    "longer": "Langer dan een jaar",
}
PURPOSES = {
    Purpose.KEEP: "Bewaren wat iemand vertelt",
    Purpose.PASS_ON: "Doorgeven",
    Purpose.REMINDERS: "Eén keer herinneren",
    Purpose.TESTIMONIAL: "Verhaal gebruiken",
}
MODES = {
    Mode.BOT: "De assistent antwoordt",
    Mode.WAITING: "Wacht op een mens",
    Mode.HUMAN: "Een collega antwoordt",
}
STAGES = {
    "contact": "Eerste contact",
    "recognition": "Herkent zich als mantelzorger",
    "need": "Ziet dat er hulp nodig is",
    "consideration": "Denkt na over logeren",
    "request": "Heeft een aanvraag gedaan",
    "stay": "De naaste logeert",
    "return": "Na het logeren",
}
HURDLES = {
    "hurdle_guilt": "Schuldgevoel",
    "hurdle_refuses": "De naaste wil niet",
    "hurdle_quality": "Twijfel over de kwaliteit",
    "hurdle_control": "Moeite met loslaten",
    "hurdle_too_big": "De stap is te groot",
    "hurdle_paperwork": "Het geregel",
}
KINDS = {
    Kind.PHOTO: "Een foto",
    Kind.VOICE: "Een spraakbericht",
    Kind.DOCUMENT: "Een document",
    Kind.LOCATION: "Een plek op de kaart",
    Kind.CONTACT: "Een visitekaartje",
    Kind.STICKER: "Een sticker",
    Kind.OTHER: "Een bericht dat wij niet kunnen tonen",
}
AUTHORS = {
    Author.BOT: "Assistent",
    Author.SYSTEM: "Vaste tekst",
    Author.SAFETY: "Veiligheidsbericht",
}
STATES = {
    State.QUEUED: "Onderweg",
    State.SENDING: "Onderweg",
    State.HELD: "Wacht tot de mantelzorger weer schrijft",
    State.SENT: "Verstuurd",
    State.DELIVERED: "Aangekomen",
    State.READ: "Gelezen",
    State.FAILED: "Mislukt",
    State.UNKNOWN: "Misschien aangekomen",
}
STAYS = {StayState.HELD: "plek vastgehouden", StayState.WITHDRAWN: "ingetrokken"}

UNKNOWN_ADVICE = (
    "Wij weten niet of dit bericht is aangekomen en sturen het niet vanzelf nog een keer. "
    "Vraag of het gelezen is, of stuur het opnieuw."
)
ANNOUNCED_ADVICE = (
    "De 24 uur van WhatsApp zijn voorbij. Met een vaste tekst is om een berichtje gevraagd; "
    "daarna gaat dit vanzelf weg."
)
HELD_ADVICE = (
    "De 24 uur van WhatsApp zijn voorbij. Schrijft de mantelzorger weer, dan gaat dit vanzelf weg."
)
_LATE = "de 24 uur van WhatsApp zijn voorbij; bel, of wacht op een bericht"
_BLOCKED = "de ontvanger heeft ons geblokkeerd of zich afgemeld; bel als er een nummer is"
_UNREACHABLE = "dit adres is niet bereikbaar; bel als er een nummer is"
_BUSY = "het bleef te druk bij de dienst; probeer het later opnieuw"
_SET_UP = "onze instellingen kloppen niet; meld dit bij uw beheerder"
_CONNECTION = "er was geen verbinding met de dienst; probeer het later opnieuw"

# The codes of integrations/*/errors.py and bot/conversation/deliveries.py. What is not here is
# shown as the code that it is.
ERRORS = {
    **dict.fromkeys(("63016", "outside_window"), _LATE),
    "template_not_approved": (
        "de 24 uur van WhatsApp zijn voorbij en de vaste tekst hiervoor is nog niet goedgekeurd; "
        "bel, of wacht op een bericht"
    ),
    **dict.fromkeys(("63014", "21610", "forbidden", "blocked"), _BLOCKED),
    **dict.fromkeys(("63003", "21211", "63024", "bad_request", "chat_migrated"), _UNREACHABLE),
    **dict.fromkeys(("20429", "63017", "63018", "21611", "30001", "63038"), _BUSY),
    "too_many_requests": _BUSY,
    **dict.fromkeys(("20003", "63007", "63008", "11200", "invalid_token", "conflict"), _SET_UP),
    "invalid_url": _SET_UP,
    "template_missing": _SET_UP,
    "no_connection": _CONNECTION,
    "stopped": "de mantelzorger wil geen berichten",
    "declined": "de mantelzorger zei nee voordat de plek genoemd was",
    "otherwise": "de mantelzorger schreef iets anders; lees dat, en bied de plek dan weer aan",
    "place_gone": "de plek was al weg toen de mantelzorger reageerde; dat is gezegd",
    "replaced": "een nieuwer aanbod kwam ervoor in de plaats",
    "human": "er antwoordde al een mens",
    "crisis": "er was een spoedmelding",
    "bereaved": "er is een overlijden gemeld",
    "channel_off": "dit kanaal staat uit; meld dit bij uw beheerder",
}


def delivery(state: State, error: str | None) -> str:
    """How far a message is; of one that failed also why, and what to do."""
    if state is State.QUEUED and error is not None:
        return "Onderweg, wordt opnieuw geprobeerd"
    if state is not State.FAILED:
        return STATES[state]
    why = ERRORS.get(error or "", f"foutcode {error or 'onbekend'}")
    return f"Mislukt: {why}"


def advice(state: State, *, announced: bool) -> str:
    """What to do about a message, if anything.

    Args:
        state: how far it is.
        announced: whether an approved text asked for a sign on its behalf, when it is held.
    """
    if state is State.HELD:
        return ANNOUNCED_ADVICE if announced else HELD_ADVICE
    return UNKNOWN_ADVICE if state is State.UNKNOWN else ""


def said(kind: Kind, text: str) -> str:
    """What a person wrote, or sent instead; of a place on the map the municipality is known."""
    if kind is Kind.LOCATION and text:
        return f"{KINDS[kind]}: {text}"
    return text or KINDS.get(kind, "Een leeg bericht")


def duration(time: timedelta) -> str:
    """How long something takes, as roughly as people say it; console.js says the same.

    >>> duration(timedelta(minutes=65)), duration(timedelta(seconds=50))
    ('1 uur 5 min', 'minder dan 1 min')
    """
    minutes = int(time.total_seconds() // 60)
    hours, days = minutes // 60, minutes // (24 * 60)
    if minutes < 1:
        return "minder dan 1 min"
    if hours < 1:
        return f"{minutes} min"
    if days < 1:
        return f"{hours} uur {minutes % 60} min" if minutes % 60 else f"{hours} uur"
    return "1 dag" if days == 1 else f"{days} dagen"


def clock(moment: datetime) -> str:
    """The time of day in the Netherlands.

    >>> from datetime import UTC
    >>> clock(datetime(2026, 11, 24, 9, 5, tzinfo=UTC))
    '10:05'
    """
    return f"{moment.astimezone(AMSTERDAM):%H:%M}"


def day(moment: datetime) -> str:
    """The day in the Netherlands, such as "dinsdag 24 november"."""
    return _weekday(moment.astimezone(AMSTERDAM).date())


def moment(at: datetime, now: datetime) -> str:
    """A day and a time.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    >>> moment(noon, noon), moment(noon - timedelta(days=1), noon)
    ('vandaag 12:00', 'gisteren 12:00')
    >>> moment(noon - timedelta(days=2), noon)
    'zondag 22 november, 12:00'
    """
    ago = (now.astimezone(AMSTERDAM).date() - at.astimezone(AMSTERDAM).date()).days
    if ago in (0, 1):
        return f"{('vandaag', 'gisteren')[ago]} {clock(at)}"
    return f"{day(at)}, {clock(at)}"


def date_in_full(on: date) -> str:
    """A day with its year.

    >>> date_in_full(date(2027, 9, 1))
    'woensdag 1 september 2027'
    """
    return f"{_weekday(on)} {on.year}"


def period(start: date, end: date) -> str:
    """A stay: "vrijdag 11 december – maandag 14 december"."""
    return f"{_weekday(start)} – {_weekday(end)}"


def period_in_short(start: date, end: date) -> str:
    """The same where there is little room.

    >>> period_in_short(date(2026, 12, 11), date(2026, 12, 14))
    'vr 11 – ma 14 december'
    """
    month = "" if start.month == end.month else f" {MONTHS[start.month - 1]}"
    first, last = _DAYS[start.weekday()][:2], _DAYS[end.weekday()][:2]
    return f"{first} {start.day}{month} – {last} {end.day} {MONTHS[end.month - 1]}"


def nights(number: int) -> str:
    """How long a stay is."""
    return "1 nacht" if number == 1 else f"{number} nachten"


def _weekday(on: date) -> str:
    return f"{_DAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]}"
