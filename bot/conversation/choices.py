"""Which choice somebody means by a tap, a number ("2", "twee") or the words of the choice."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from bot.messages import Choice
from bot.nlu.text import words
from bot.store.tables import Author, Inbound, Outbound

_NUMBERS = ["een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien"]
_POSITION = {word: place for place, word in enumerate(_NUMBERS)} | {
    str(place + 1): place for place in range(10)
}
_FILLER = {"nummer", "optie", "keuze", "de", "het", "nr"}
# Nobody repeats a choice in so many characters.
_LONGEST = 200


def offered() -> ColumnElement[list[dict[str, str]] | None]:
    """What an inbound message could choose from, as a column of a statement about `Inbound`.

    A tap points at its own message, also an older one; a number or words point at the last
    message that the assistant had sent.
    """
    last_said = and_(
        Inbound.choice_message_id.is_(None),
        Outbound.author.in_((Author.BOT, Author.SAFETY, Author.SYSTEM)),
        or_(Outbound.in_reply_to.is_(None), Outbound.in_reply_to < Inbound.id),
    )
    return (
        select(Outbound.choices)
        .where(
            Outbound.conversation_id == Inbound.conversation_id,
            or_(Outbound.id == Inbound.choice_message_id, last_said),
        )
        .order_by(Outbound.id.desc())
        .limit(1)
        .correlate(Inbound)
        .scalar_subquery()
    )


def chosen(message: Inbound, rows: Iterable[dict[str, Any]] | None) -> Choice | None:
    """The choice that a message picks from what was offered; None when it is ordinary text."""
    choices = [Choice(**row) for row in rows or ()]
    if message.choice_index is not None:
        return choices[message.choice_index] if message.choice_index < len(choices) else None
    if not message.text or len(message.text) > _LONGEST:
        return None
    return picked(message.text, choices)


def picked(text: str, offered: list[Choice]) -> Choice | None:
    """The choice among `offered` that `text` names by its number or by its own words."""
    said = [word for word in words(text) if word not in _FILLER]
    for choice in offered:
        if words(choice.title) == words(text) and said:
            return choice
    if len(said) == 1 and _POSITION.get(said[0], len(offered)) < len(offered):
        return offered[_POSITION[said[0]]]
    return None
