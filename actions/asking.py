"""The assistant's own questions. Each is an action, because it remembers what was asked."""

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import TurnAction
from actions.context import Events, Turn, say
from actions.slots import STAY_SLOTS
from bot.services.content import Content
from bot.services.fixed_texts import say as fixed
from bot.services.journey import Journey, Role, Stage

# Each question `utter_ask_<name>` of domain.yml, and how far somebody is who is asked it.
QUESTIONS: dict[str, Stage] = {
    "start": Stage.CONTACT,
    "referrer": Stage.CONTACT,
    "recipient": Stage.CONTACT,
    "more": Stage.CONTACT,
    "relation": Stage.CONTACT,
    "day": Stage.CONTACT,
    "you": Stage.RECOGNITION,
    "sleep": Stage.RECOGNITION,
    "own_day": Stage.RECOGNITION,
    "backup": Stage.NEED,
    "perseverance": Stage.NEED,
    "breather": Stage.NEED,
    "hurdle": Stage.CONSIDERATION,
    "other_hurdle": Stage.CONSIDERATION,
    "visit": Stage.CONSIDERATION,
    "human": Stage.CONTACT,
    "call": Stage.CONTACT,
    "family": Stage.CONTACT,
}


# Who somebody turned out to be who is asked this.
_ROLES = {"recipient": Role.RECIPIENT}


class Ask(TurnAction):
    """Ask one question and remember which."""

    def __init__(self, question: str, stage: Stage, journey: Journey) -> None:
        self._question = question
        self._stage = stage
        self._journey = journey

    def name(self) -> str:
        return f"action_ask_{self._question}"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        await self._journey.reach(turn.conversation_id, self._stage)
        if turn.form is None:
            # In a form its own question follows, and one question at a time is enough.
            dispatcher.utter_message(response=f"utter_ask_{self._question}")
        role = _ROLES.get(self._question)
        if role is None:
            return [SlotSet("asked", self._question)]
        await self._journey.is_a(turn.conversation_id, role)
        return [SlotSet("role", str(role)), SlotSet("asked", self._question)]


# The questions, also those of the forms, that have a reason of their own in domain.yml.
REASONS = frozenset(
    (
        *("relation", "day", "you", "sleep", "own_day", "backup", "perseverance"),
        *(*STAY_SLOTS, "consent_keep", "later_on", "later_consent"),
        *("callback_number", "callback_moment", "callback_consent"),
        *("referrer_role", "referrer_region"),
    )
)
# What is asked outside a form under another name than its reason's.
_REASON_OF = {"keep": "consent_keep", "keep_after": "consent_keep"}


class Explain(TurnAction):
    """Say why something is asked, and ask it again."""

    def __init__(self, content: Content) -> None:
        self._consents = {
            "keep": content.texts.consent_keep,
            "keep_after": content.texts.consent_keep,
            "share": content.texts.consent_testimonial,
        }

    def name(self) -> str:
        return "action_explain"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        asked = (turn.word("requested_slot") if turn.form else turn.asked) or ""
        reason = _REASON_OF.get(asked, asked)
        dispatcher.utter_message(
            response=f"utter_why_{reason}" if reason in REASONS else "utter_why"
        )
        if turn.form is not None:
            # A form asks again by itself.
            return []
        if asked in self._consents:
            say(dispatcher, fixed(self._consents[asked]))
        else:
            again = asked if asked in QUESTIONS else "more"
            dispatcher.utter_message(response=f"utter_ask_{again}")
        return []
