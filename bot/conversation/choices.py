"""Which choice somebody means by a tap, a number ("2", "twee") or the words of the choice."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from bot.messages import Choice, Form
from bot.nlu.text import words
from bot.store.tables import Author, Inbound, Outbound

_NUMBERS = ["een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien"]
_POSITION = {word: place for place, word in enumerate(_NUMBERS)} | {
    str(place + 1): place for place in range(99)
}
_FILLER = {"nummer", "optie", "keuze", "de", "het", "nr"}
# Nobody repeats a choice in so many characters.
_LONGEST = 200


def offered() -> ColumnElement[dict[str, Any] | None]:
    """What an inbound message could choose from, as a column of a statement about `Inbound`:
    the `choices`, and whether they were `numbered` when they were sent.

    A tap points at its own message, also an older one; a number or words point at the last
    message that the assistant had sent.
    """
    last_said = and_(
        Inbound.choice_message_id.is_(None),
        Outbound.author.in_((Author.BOT, Author.SAFETY, Author.SYSTEM)),
        or_(Outbound.in_reply_to.is_(None), Outbound.in_reply_to < Inbound.id),
        # An approved text asks nothing; what it announced was stored before it and came after it.
        or_(Outbound.template.is_(None), Outbound.choices != []),
    )
    return (
        select(
            func.jsonb_build_object(
                "choices",
                Outbound.choices,
                "numbered",
                func.coalesce(Outbound.form == Form.NUMBERED, False),
            )
        )
        .where(
            Outbound.conversation_id == Inbound.conversation_id,
            or_(Outbound.id == Inbound.choice_message_id, last_said),
        )
        .order_by(Outbound.id.desc())
        .limit(1)
        .correlate(Inbound)
        .scalar_subquery()
    )


def chosen(message: Inbound, asked: Mapping[str, Any] | None) -> Choice | None:
    """The choice that a message picks from what was offered; None when it is ordinary text.

    Args:
        message: a tap, or words.
        asked: what was offered, as the column `offered` gives it. A number only chooses where
            numbered lines were read; where buttons are tapped, "4" is an answer of its own.
    """
    found = asked or {}
    choices = [Choice(**row) for row in found.get("choices", ())]
    if message.choice_index is not None:
        return choices[message.choice_index] if message.choice_index < len(choices) else None
    if not message.text or len(message.text) > _LONGEST:
        return None
    by_words = _by_words(message.text, choices)
    return by_words or (_by_number(message.text, choices) if found.get("numbered") else None)


def _by_words(text: str, offered: list[Choice]) -> Choice | None:
    said = words(text)
    exact = next((choice for choice in offered if said and words(choice.title) == said), None)
    # "ja" is "Ja, laten we kijken", when no other choice begins like that.
    begun = [choice for choice in offered if words(choice.title.partition(",")[0]) == said]
    return exact or (begun[0] if said and len(begun) == 1 else None)


def _by_number(text: str, offered: list[Choice]) -> Choice | None:
    said = [word for word in words(text) if word not in _FILLER]
    if len(said) == 1 and _POSITION.get(said[0], len(offered)) < len(offered):
        return offered[_POSITION[said[0]]]
    return None
