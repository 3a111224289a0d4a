"""May what is said be kept: asked once, when there is something to keep, and always answered."""

from collections.abc import Callable
from datetime import datetime

from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.asking import Ask
from actions.base import TurnAction
from actions.context import Events, Turn, say
from bot.services.consents import Consents
from bot.services.content import Content
from bot.services.fixed_texts import say as fixed
from bot.store.tables import Purpose

Clock = Callable[[], datetime]
SLOT = "consent_keep"
# What `asked` is while the question stands open outside a form.
KEEP = ("keep", "keep_after")


class AskKeep(TurnAction):
    """Ask whether what is said may be kept; who answered before is asked the next question.

    Outside a form it says itself that it listens, as no rule can know which of both was asked.
    """

    def __init__(self, content: Content, then: Ask) -> None:
        self._text = content.texts.consent_keep
        self._then = then

    def name(self) -> str:
        return f"action_ask_{SLOT}"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if turn.slots.get(SLOT) is not None:
            events = await self._then.answer(dispatcher, turn)
            return [*events, FollowupAction("action_listen")]
        say(dispatcher, fixed(self._text))
        if turn.form is not None:
            return []
        return [SlotSet("asked", "keep"), FollowupAction("action_listen")]


class KeepConsent:
    """Writes the answer down, wherever in the talk it is given."""

    def __init__(self, consents: Consents, content: Content, clock: Clock) -> None:
        self._consents = consents
        self._text = content.texts.consent_keep
        self._clock = clock

    async def note(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        """Only a plain yes is one."""
        given = turn.intent == "affirm"
        await self._consents.record(
            turn.conversation_id,
            turn.inbound_id,
            Purpose.KEEP,
            self._text,
            self._clock(),
            given=given,
        )
        dispatcher.utter_message(response="utter_kept" if given else "utter_not_kept")
        return [SlotSet(SLOT, given)]


class NoteKeep(TurnAction):
    """The answer outside a form. `last` when nothing is asked after it."""

    def __init__(self, name: str, keep: KeepConsent, *, last: bool = False) -> None:
        self._name = name
        self._keep = keep
        self._asked = [SlotSet("asked", "nothing")] if last else []

    def name(self) -> str:
        return self._name

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        return [*await self._keep.note(dispatcher, turn), *self._asked]


class NoteShare(TurnAction):
    """May a story be used to give others courage: the answer, for a coordinator to act on."""

    def __init__(self, consents: Consents, content: Content, clock: Clock) -> None:
        self._consents = consents
        self._text = content.texts.consent_testimonial
        self._clock = clock

    def name(self) -> str:
        return "action_note_share"

    async def answer(
        self,
        dispatcher: CollectingDispatcher,  # noqa: ARG002  # the next action says what follows
        turn: Turn,
    ) -> Events:
        await self._consents.record(
            turn.conversation_id,
            turn.inbound_id,
            Purpose.TESTIMONIAL,
            self._text,
            self._clock(),
            given=turn.intent == "affirm",
        )
        return []


class AskShare(TurnAction):
    """Ask once whether a story may be shared; after that only what else is wanted."""

    def __init__(self, content: Content, more: Ask) -> None:
        self._text = content.texts.consent_testimonial
        self._more = more

    def name(self) -> str:
        return "action_ask_share"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        if turn.slots.get("share_asked") or turn.form is not None:
            return await self._more.answer(dispatcher, turn)
        say(dispatcher, fixed(self._text))
        return [SlotSet("asked", "share"), SlotSet("share_asked", True)]
