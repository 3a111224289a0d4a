"""Other help beside a stay: a few kinds to choose from, then one line about the one chosen."""

from collections.abc import Callable
from datetime import datetime

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import TurnAction
from actions.context import Events, Turn, say
from bot.messages import Choice, OutgoingMessage
from bot.services.content import Content, PaletteEntry
from bot.services.fixed_texts import say as fixed
from bot.services.journey import Journey
from bot.services.office import AMSTERDAM

# WhatsApp shows a list of ten at most; the last one leads to the rest.
_PAGE = 5


class ShowPalette(TurnAction):
    """Show the kinds of help a page at a time, or the one that was chosen."""

    def __init__(self, content: Content, journey: Journey, clock: Callable[[], datetime]) -> None:
        self._content = content
        self._journey = journey
        self._clock = clock

    def name(self) -> str:
        return "action_show_palette"

    async def answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        chosen = self._content.palette.get(turn.entities.get("support", ""))
        if chosen is not None:
            return self._entry(dispatcher, chosen)
        page = int(turn.entities.get("page", "0"))
        intro = self._content.answers["ask_other_support"].text
        said = await self._said(turn)
        if page == 0 and turn.form is None and any(said & {*e.fits} for e in self._entries):
            dispatcher.utter_message(response="utter_palette_fits")
        choices = () if turn.form else self._page(page, said)
        say(dispatcher, OutgoingMessage(intro, choices))
        return [SlotSet("asked", "support")]

    def _entry(self, dispatcher: CollectingDispatcher, entry: PaletteEntry) -> Events:
        if not entry.shown_on(self._clock().astimezone(AMSTERDAM).date()):
            say(dispatcher, fixed(self._content.texts.ask_coordinator))
            dispatcher.utter_message(response="utter_yes_or_no")
            return [SlotSet("asked", "human")]
        choices = (
            Choice("Andere hulp", "/ask_other_support"),
            Choice("Een mens spreken", "/ask_human"),
            Choice("Is er plek?", "/check_availability"),
        )
        say(dispatcher, OutgoingMessage(entry.text, choices))
        return [SlotSet("asked", "more")]

    async def _said(self, turn: Turn) -> set[str]:
        """What is known of somebody: situation, relation and the hurdles that were named."""
        hurdles = await self._journey.hurdles(turn.conversation_id)
        known = (turn.word("situation"), turn.word("relation"), *map(str, hurdles))
        return {name for name in known if name}

    @property
    def _entries(self) -> list[PaletteEntry]:
        return list(self._content.palette.values())

    def _page(self, page: int, said: set[str]) -> tuple[Choice, ...]:
        # sorted() keeps the order of the file among what fits equally well.
        entries = sorted(self._entries, key=lambda entry: -len(said & {*entry.fits}))
        first = page * _PAGE if page * _PAGE < len(entries) else 0
        choices = [
            Choice(entry.name, f'/choose_support{{"support": "{entry.slug}"}}')
            for entry in entries[first : first + _PAGE]
        ]
        if first + _PAGE < len(entries):
            choices.append(Choice("Meer soorten hulp", f'/choose_support{{"page": "{page + 1}"}}'))
        return tuple(choices)
