"""The first hurdle, seeing yourself as a caregiver: says back what somebody does, without the
word for it, and asks on."""

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import TurnAction
from actions.context import Events, Turn
from actions.reading import carer_in, person_in, situation_in, whose
from bot.services.journey import Journey


class Recognise(TurnAction):
    """Say back for whom somebody cares and ask about their day, or ask for whom."""

    def __init__(self, journey: Journey) -> None:
        self._journey = journey

    def name(self) -> str:
        return "action_recognise"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        carer = None if turn.is_choice else carer_in(turn.text)
        if carer is not None and turn.form is None:
            return self._family(dispatcher, turn, *carer)
        found = None if turn.is_choice else person_in(turn.text)
        relation = turn.entities.get("relation") or (str(found[1]) if found else None)
        whom = found[0] if found else whose(relation) if relation else turn.word("whom")
        await self._journey.is_a(turn.conversation_id, None)
        events = [SlotSet("role", None)]
        events += [SlotSet("relation", relation), SlotSet("whom", whom)] if relation else []
        if (situation := situation_in(turn.text)) is not None:
            events.append(SlotSet("situation", str(situation)))
        if whom is None and turn.form is not None:
            dispatcher.utter_message(response="utter_told")
            return events
        if whom is None:
            dispatcher.utter_message(response="utter_ask_relation")
            return [*events, SlotSet("asked", "relation")]
        family = turn.intent == "not_a_caregiver"
        response = "utter_recognise_family" if family else "utter_recognise"
        dispatcher.utter_message(response=response, whom=whom)
        if turn.form is not None:
            return events
        dispatcher.utter_message(response="utter_ask_day")
        return [*events, SlotSet("asked", "day")]

    def _family(
        self, dispatcher: CollectingDispatcher, turn: Turn, carer: str, whom: str
    ) -> Events:
        """Somebody thinks along with who cares; their own day is not asked about."""
        dispatcher.utter_message(
            response="utter_recognise_carer", carer=carer[0].upper() + carer[1:], whom=whom
        )
        dispatcher.utter_message(response="utter_ask_family")
        situation = situation_in(turn.text)
        told = [SlotSet("situation", str(situation))] if situation else []
        whom_found = person_in(f"mijn {whom.rsplit(maxsplit=1)[-1]}")
        told += [SlotSet("relation", str(whom_found[1]))] if whom_found else []
        return [*told, SlotSet("role", None), SlotSet("asked", "family")]
