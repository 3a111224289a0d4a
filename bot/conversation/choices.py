"""Which choice somebody means by a tap, a number ("2", "twee") or the words of the choice."""

import uuid

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.messages import Choice, ChoiceRef
from bot.nlu.text import words
from bot.store.tables import Author, Inbound, Outbound

_NUMBERS = ["een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien"]
_POSITION = {word: place for place, word in enumerate(_NUMBERS)} | {
    str(place + 1): place for place in range(10)
}
_FILLER = {"nummer", "optie", "keuze", "de", "het", "nr"}


async def resolve(session: AsyncSession, message: Inbound) -> Choice | None:
    """The choice that a message picks, or None when it is ordinary text.

    A tap points at its own message, also an older one; a number or words point at the last
    message that the assistant sent.
    """
    if message.choice_message_id is not None and message.choice_index is not None:
        ref = ChoiceRef(message.choice_message_id, message.choice_index)
        return await _tapped(session, message.conversation_id, ref)
    if not message.text or len(message.text) > 200:
        return None
    return picked(message.text, await _offered(session, message.conversation_id, message.id))


def picked(text: str, offered: list[Choice]) -> Choice | None:
    """The choice among `offered` that `text` names by its number or by its own words."""
    said = [word for word in words(text) if word not in _FILLER]
    for choice in offered:
        if words(choice.title) == words(text) and said:
            return choice
    if len(said) == 1 and _POSITION.get(said[0], len(offered)) < len(offered):
        return offered[_POSITION[said[0]]]
    return None


async def _tapped(
    session: AsyncSession, conversation_id: uuid.UUID, ref: ChoiceRef
) -> Choice | None:
    query = select(Outbound.choices).where(
        Outbound.id == ref.message_id, Outbound.conversation_id == conversation_id
    )
    choices = (await session.execute(query)).scalar_one_or_none()
    if choices is None or ref.index >= len(choices):
        return None
    return Choice(**choices[ref.index])


async def _offered(
    session: AsyncSession, conversation_id: uuid.UUID, before_inbound: int
) -> list[Choice]:
    query = (
        select(Outbound.choices)
        .where(
            Outbound.conversation_id == conversation_id,
            Outbound.author.in_((Author.BOT, Author.SAFETY, Author.SYSTEM)),
            (Outbound.in_reply_to.is_(None)) | (Outbound.in_reply_to < before_inbound),
        )
        .order_by(Outbound.id.desc())
        .limit(1)
    )
    choices = (await session.execute(query)).scalar_one_or_none()
    return [Choice(**choice) for choice in choices or []]
