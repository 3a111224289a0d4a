"""Which choice somebody means by a tap, a number ("2", "twee") or the words of the choice."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from bot.conversation.signs import is_no, is_yes
from bot.messages import Choice, Form, Template
from bot.nlu.text import words
from bot.store.tables import Author, Inbound, Outbound, State

_NUMBERS = ["een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien"]
_POSITION = {word: place for place, word in enumerate(_NUMBERS)} | {
    str(place + 1): place for place in range(99)
}
_FILLER = {"nummer", "optie", "keuze", "de", "het", "nr"}
# Nobody repeats a choice in so many characters.
_LONGEST = 200


def offered() -> ColumnElement[dict[str, Any] | None]:
    """What an inbound message could choose from, as a column of a statement about `Inbound`:
    the `choices`, whether they were `numbered` when they were sent, and the choices of a place that
    was offered just `before`.

    A tap points at its own message, also an older one; a number or words point at the last
    message that the assistant had sent before they were written.
    """
    said = _said_before()
    last = (
        select(Outbound)
        .where(or_(Outbound.id == Inbound.choice_message_id, said))
        .where(Outbound.conversation_id == Inbound.conversation_id)
        .order_by(Outbound.id.desc())
        .limit(1)
        .correlate(Inbound)
        .subquery()
    )
    before = (
        select(Outbound.choices, Outbound.template)
        .where(Outbound.conversation_id == Inbound.conversation_id, said)
        .order_by(Outbound.id.desc())
        .offset(1)
        .limit(1)
        .correlate(Inbound)
        .subquery()
    )
    offer = select(before.c.choices).where(before.c.template == Template.PLACE_OFFERED)
    found = func.jsonb_build_object(
        "choices",
        last.c.choices,
        "numbered",
        func.coalesce(last.c.form == Form.NUMBERED, False),
        "offer",
        last.c.template == Template.PLACE_OFFERED,
        "before",
        offer.scalar_subquery(),
    )
    return select(found).scalar_subquery()


def _said_before() -> ColumnElement[bool]:
    """What the assistant had said when a message without a tap was written."""
    return and_(
        Inbound.choice_message_id.is_(None),
        Outbound.author.in_((Author.BOT, Author.SAFETY, Author.SYSTEM)),
        or_(Outbound.in_reply_to.is_(None), Outbound.in_reply_to < Inbound.id),
        or_(Outbound.released_by.is_(None), Outbound.released_by < Inbound.id),
        Outbound.created_at <= Inbound.received_at,
        Outbound.state != State.HELD,
    )


def chosen(message: Inbound, asked: Mapping[str, Any] | None) -> Choice | None:
    """The choice that a message picks from what was offered; None when it is ordinary text.

    Args:
        message: a tap, or words.
        asked: what was offered, as the column `offered` gives it. A number only chooses where
            numbered lines were read; where buttons are tapped, "4" is an answer of its own. A
            place that was offered is taken by any plain yes, also after one question in between.
    """
    found = asked or {}
    choices = [Choice(**row) for row in found.get("choices") or ()]
    if message.choice_index is not None:
        return choices[message.choice_index] if message.choice_index < len(choices) else None
    if not message.text or len(message.text) > _LONGEST:
        return None
    by_words = _by_words(message.text, choices)
    if by_words is None and found.get("numbered"):
        by_words = _by_number(message.text, choices)
    if by_words is None:
        place = choices if found.get("offer") else _unless_asked(choices, found.get("before"))
        by_words = _of_an_offer(message.text, place)
    return by_words


def _unless_asked(choices: list[Choice], before: list[dict[str, str]] | None) -> list[Choice]:
    """What was offered before, unless a yes to something else was asked since."""
    asked = any(words(choice.title)[:1] == ["ja"] for choice in choices)
    return [] if asked else [Choice(**row) for row in before or ()]


def _of_an_offer(text: str, place: list[Choice]) -> Choice | None:
    """An offer's first choice is its yes, and its last one its no."""
    if not place:
        return None
    if is_yes(text):
        return place[0]
    return place[-1] if is_no(text) else None


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
