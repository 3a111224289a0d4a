"""The texts that are said without Rasa, made ready to send: one message, choices included."""

from datetime import date, datetime

from bot.messages import Choice, OutgoingMessage, Tier, joined
from bot.services import office
from bot.services.content import Content, Text

# What a tap on "Verder met de assistent" means; rights, not Rasa, understands it.
RESUME = "!resume"


def say(text: Text, **words: str) -> OutgoingMessage:
    """A fixed text as one message.

    A choice's id becomes what the assistant is told when it is chosen: an intent's name, but for
    the way back to the assistant, which works without it.
    """
    message = joined(text.messages(**words))
    choices = (Choice(choice.title, _payload(choice.payload)) for choice in message.choices)
    return OutgoingMessage(message.text, tuple(choices))


def waiting(content: Content, now: datetime) -> OutgoingMessage:
    """One honest message about the wait for a human, with the way back to the assistant."""
    if office.is_open(content.region, now):
        return say(content.texts.waiting_open, expected=office.expected(content.region, now))
    return say(content.texts.waiting_closed, opens=office.opens(content.region, now))


def safety(
    content: Content, tier: Tier, now: datetime, *, resumable: bool = True
) -> OutgoingMessage:
    """The fixed answer of a tier: the number first, then the human who was warned.

    Args:
        content: the region's.
        tier: how urgent it is.
        now: the present moment, aware.
        resumable: whether the person may go on with the assistant meanwhile.
    """
    if office.is_open(content.region, now):
        answer = say(content.texts.safety[tier])
    else:
        answer = say(
            content.texts.safety_closed[tier],
            **_only(content.texts.safety_closed[tier], opens=office.opens(content.region, now)),
        )
    return OutgoingMessage(answer.text, say_resume(content) if resumable else ())


def say_resume(content: Content) -> tuple[Choice, ...]:
    """The one choice of somebody who waits for a human: go on with the assistant."""
    return tuple(
        Choice(choice.title, _payload(choice.payload))
        for choice in content.texts.waiting_open.choices
    )


def municipality_payload(name: str) -> str:
    """What the assistant is told when a municipality is chosen, by its button or on the map."""
    return f'/choose_municipality{{"municipality": "{name}"}}'


def stay_payload(location: str, start: date, end: date) -> str:
    """What the assistant is told when somebody wants a stay at a house, from `start` to `end`."""
    return (
        f'/request_stay{{"stay_location": "{location}", '
        f'"stay_start": "{start}", "stay_end": "{end}"}}'
    )


def _only(text: Text, **words: str) -> dict[str, str]:
    """The words that this text has a place for."""
    return {name: word for name, word in words.items() if name in text.placeholders}


def _payload(choice_id: str) -> str:
    return RESUME if choice_id == "resume" else f"/{choice_id}"
