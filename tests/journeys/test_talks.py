"""Every talk in tests/journeys/talks goes as it is written there, over the real path."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, time, timedelta

import pytest

from bot.services.offers import Place
from bot.services.office import AMSTERDAM
from bot.store.tables import Conversation
from tests.channels.peers import TelegramBubble
from tests.journeys.conftest import TelegramPerson, Town, WhatsAppPerson
from tests.journeys.passing_time import longer_ago
from tests.journeys.talks import PUBLISHED, Step, Talk, Transcript, all_talks, chapters
from tests.journeys.test_whatsapp import a_coordinator

pytestmark = pytest.mark.slow

# How long nothing must come where somebody should stay silent, in seconds.
SILENCE = 1.0
BOT, HUMAN = "Adempauze", "Anne, coördinator"


class Speaker:
    """Plays one person's part of a talk and writes down what is said."""

    def __init__(self, town: Town, talk: Talk) -> None:
        self.town = town
        self.channel = talk.channel
        self.person: WhatsAppPerson | TelegramPerson = (
            town.kees() if talk.channel == "telegram" else town.riet()
        )
        self.transcript = Transcript(talk.who)

    async def play(self, step: Step) -> None:
        """Do what a step says and check what comes of it."""
        before = len(self.person.heard)
        said = await self._do(step)
        if step.silent:
            await asyncio.sleep(SILENCE)
            assert len(self.person.heard) == before, self._heard()[-1]
            if not step.days_later:
                self.transcript.note("geen antwoord: een mens is aan zet")
        else:
            await self._until_heard(before)
            # A coordinator's first words come in two messages; both belong to this step.
            await self.town.settled()
            answer = "\n\n".join(self._heard()[before:])
            self.transcript.add(HUMAN if step.coordinator else BOT, self._shown(before))
            for words in step.hears:
                assert words.lower() in answer.lower(), f"{said!r} was answered with: {answer}"
            for words in step.never:
                assert words.lower() not in answer.lower(), f"{said!r}: {answer}"
        if step.mode:
            assert (await self._conversation()).mode == step.mode

    async def _do(self, step: Step) -> str:
        if step.coordinator:
            await self._coordinator_says(step.coordinator)
            return step.coordinator
        if step.hands_back:
            await self._hand_back()
            self.transcript.note("Anne geeft het gesprek terug aan de assistent")
            return "(hands back)"
        if step.offers:
            await self._offer()
            self.transcript.note("Anne biedt een plek aan die vrijkwam")
            return "(offers a place)"
        if step.days_later:
            await self._let_days_pass(step.days_later)
            later = "een dag" if step.days_later == 1 else f"{step.days_later} dagen"
            self.transcript.note(f"{later} later{': er komt geen bericht' if step.silent else ''}")
            return "(days later)"
        said = step.types or step.taps
        self.transcript.add(self.transcript.who, said)
        act = self.person.press if step.taps else self.person.post
        assert await act(said) == 200
        return said

    async def _until_heard(self, before: int) -> None:
        peer = self.town.twilio if self.channel == "whatsapp" else self.town.telegram
        await peer.until(lambda: len(self.person.heard) > before, within=20)

    def _heard(self) -> list[str]:
        return [one if isinstance(one, str) else one.text for one in self.person.heard]

    def _shown(self, before: int) -> str:
        """What came since, with Telegram's buttons as words between brackets."""
        bubbles = [
            one if isinstance(one, str) else "\n".join([one.text, *_buttons(one)])
            for one in self.person.heard[before:]
        ]
        return "\n".join(["\n\n".join(bubbles), *self._keyboard()])

    def _keyboard(self) -> list[str]:
        """The buttons that stand in place of the letters, if any do."""
        if isinstance(self.person, WhatsAppPerson):
            return []
        keys = self.town.telegram.keyboards.get(self.person.chat, ())
        return ["  ".join(f"[{key['text']}]" for key in keys)] if keys else []

    async def _conversation(self) -> Conversation:
        address = (
            self.person.address
            if isinstance(self.person, WhatsAppPerson)
            else str(self.person.chat)
        )
        return await self.town.conversation(self.channel, address)

    async def _coordinator_says(self, text: str) -> None:
        conversation = await self._conversation()
        anne = await a_coordinator(self.town)
        await self.town.app.handoffs.reply(conversation.id, anne, text, self.town.app.clock())

    async def _let_days_pass(self, days: int) -> None:
        """All that is known of this person is so much older; then the rounds are made at noon."""
        app, conversation = self.town.app, await self._conversation()
        async with app.database.transaction() as session:
            await longer_ago(session, conversation.id, days)
        noon = datetime.combine(app.clock().astimezone(AMSTERDAM).date(), time(12), AMSTERDAM)
        await app.plans.keep(noon)
        await app.retention.run(app.clock())

    async def _hand_back(self) -> None:
        conversation = await self._conversation()
        anne = await a_coordinator(self.town)
        await self.town.app.handoffs.hand_back(conversation.id, anne, self.town.app.clock())

    async def _offer(self) -> None:
        """The first stay of two nights that is free in three weeks' time."""
        app, conversation = self.town.app, await self._conversation()
        start = app.clock().astimezone(AMSTERDAM).date() + timedelta(weeks=3)
        free = (await app.offers.free(start, 2, app.clock())).openings[0]
        place = Place(free.location, free.start, free.end)
        anne = await a_coordinator(self.town)
        await app.offers.make(conversation.id, anne, place, 0, app.clock())


def _buttons(bubble: TelegramBubble) -> list[str]:
    return ["  ".join(f"[{title}]" for title, _ in bubble.buttons)] if bubble.buttons else []


@pytest.fixture(scope="session")
def transcripts(request: pytest.FixtureRequest) -> Iterator[list[Transcript]]:
    """Where the talks that are published leave what was said; written at the end when asked to."""
    said: list[Transcript] = []
    yield said
    wanted = [talk for talk in all_talks() if talk.published]
    if request.config.getoption("--publish") and len(said) == len(wanted):
        PUBLISHED.write_text(chapters(said), encoding="utf-8")


@pytest.mark.parametrize("talk", all_talks(), ids=lambda talk: talk.name)
async def test_a_talk_goes_as_it_is_written(
    town: Town, talk: Talk, transcripts: list[Transcript]
) -> None:
    speaker = Speaker(town, talk)
    for step in talk.steps:
        await speaker.play(step)
    if talk.published:
        transcripts.append(speaker.transcript)
