"""A conversation in the terminal, over the same path as every channel (`adempauze chat`).

What is typed goes into the inbox; the running application's worker answers. Beside each answer it
can show what was understood, and at the end it can keep the talk as a journey test.
"""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bot.conversation.inbox import Inbox
from bot.errors import AdempauzeError
from bot.messages import IncomingMessage, Kind
from bot.services.timeline import Entry, Timeline
from bot.store.database import Database
from bot.store.tables import Conversation, State
from integrations.rasa.client import Rasa

# The web chat's channel: its answers wait to be read, nobody has to be called.
CHANNEL = "webchat"
PATIENCE = 40.0
_LOOK_AGAIN = 0.05
# So much of an answer's first sentence is what a kept talk expects.
_EXPECTED = 40


class NobodyAnswers(AdempauzeError):
    """No answer came; the message says what to look at."""


@dataclass
class Terminal:
    """One person's conversation.

    Args:
        inbox: where messages go in.
        timeline: where answers are read.
        database: where the conversation's state is.
        rasa: tells what was understood.
        address: who talks; a new one by default.
        steps: what was said and answered so far, in the form of tests/journeys/talks.
    """

    inbox: Inbox
    timeline: Timeline
    database: Database
    rasa: Rasa
    address: str = field(default_factory=lambda: f"terminal-{uuid.uuid4()}")
    steps: list[dict[str, object]] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    async def say(self, text: str) -> Sequence[Entry]:
        """Say something and wait for what comes back; the answers, oldest first.

        Raises:
            NobodyAnswers: nothing came for a long time.
        """
        message = IncomingMessage(
            channel=CHANNEL,
            address=self.address,
            external_id=uuid.uuid4().hex,
            kind=Kind.TEXT,
            text=text,
        )
        await self.inbox.receive(message)
        answers = await self._answers()
        heard = [answer.text.splitlines()[0][:_EXPECTED] for answer in answers[-1:]]
        self.steps.append({"types": text, **({"hears": heard} if heard else {"silent": True})})
        return answers

    async def details(self) -> dict[str, object]:
        """What was understood of the last message, and where the conversation stands."""
        conversation = await self._conversation()
        state = await self.rasa.state(conversation.id)
        return {
            "intent": state.intent,
            "confidence": round(state.confidence, 2),
            "mode": conversation.mode,
            "stage": conversation.stage,
            "slots": state.slots,
        }

    def keep(self, path: Path, who: str) -> None:
        """Write the talk as a journey test; see tests/journeys/talks.py."""
        talk = {"who": who, "talk": self.steps}
        path.write_text(yaml.safe_dump(talk, allow_unicode=True, sort_keys=False), encoding="utf-8")

    async def _answers(self) -> list[Entry]:
        conversation = await self._conversation()
        try:
            async with asyncio.timeout(PATIENCE):
                while await self._under_way(conversation.id):  # noqa: ASYNC110
                    await asyncio.sleep(_LOOK_AGAIN)
        except TimeoutError:
            raise NobodyAnswers(
                "Nobody answers: is `make run` (or `adempauze serve`) running on this database?"
            ) from None
        return await self._unread(conversation.id)

    async def _under_way(self, conversation_id: uuid.UUID) -> bool:
        entries = await self.timeline.of(conversation_id)
        leaving = any(entry.state in (State.QUEUED, State.SENDING) for entry in entries)
        # A message that a human has to answer waits for ever; the assistant's do not.
        conversation = await self._conversation()
        answered = conversation.mode != "bot" or not any(entry.waiting for entry in entries)
        return leaving or not answered

    async def _unread(self, conversation_id: uuid.UUID) -> list[Entry]:
        entries = await self.timeline.of(conversation_id)
        fresh = [e for e in entries if e.author is not None and e.key not in self._seen]
        self._seen |= {entry.key for entry in fresh}
        return fresh

    async def _conversation(self) -> Conversation:
        found = await self.inbox.conversation_of(CHANNEL, self.address)
        async with self.database.transaction() as session:
            return await session.get_one(Conversation, found)


async def talk(
    terminal: Terminal,
    read: Callable[[], str | None],
    write: Callable[[str], None],
    *,
    details: bool,
) -> None:
    """Read and answer until the person has nothing more to say.

    Args:
        terminal: the conversation.
        read: the next line, None at the end; called in a thread, since it waits.
        write: shows a line.
        details: whether to show what was understood.
    """
    while (text := await asyncio.to_thread(read)) is not None:
        if not text.strip():
            continue
        for answer in await terminal.say(text):
            write(shown(answer))
        if details:
            for name, value in (await terminal.details()).items():
                write(f"    {name}: {value}")


def shown(answer: Entry) -> str:
    """An answer with its numbered choices."""
    choices = [f"  {number}. {one.title}" for number, one in enumerate(answer.choices, start=1)]
    return "\n".join([answer.text, *choices])
