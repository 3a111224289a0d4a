"""Real services and the demo region; only Rasa's tracker is made by hand."""

import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.registry import ActionServices, build
from bot.messages import Tier
from bot.services.availability import Availability
from bot.services.callbacks import Callbacks
from bot.services.content import Content
from bot.services.handoff import Handoffs
from bot.services.plans import Plans
from bot.services.stays import Stays
from bot.services.testimonials import Testimonials
from bot.store.database import Database
from bot.store.tables import Conversation, Inbound
from bot.store.vault import Vault
from tests.conftest import Clock


@dataclass
class Said:
    """What an action gave back: its bubbles and what Rasa has to remember."""

    messages: list[dict[str, Any]]
    events: list[dict[str, Any]]

    @property
    def text(self) -> str:
        """All words and names of responses, in order."""
        return "\n".join(str(m.get("response") or m.get("text")) for m in self.messages)

    @property
    def titles(self) -> list[str]:
        """The titles of the choices under the last bubble that has any."""
        found = [m["buttons"] for m in self.messages if m.get("buttons")]
        return [button["title"] for button in found[-1]] if found else []

    @property
    def slots(self) -> dict[str, Any]:
        """The slots after the action."""
        return {e["name"]: e["value"] for e in self.events if e["event"] == "slot"}


@dataclass
class Riet:
    """Riet writes to the assistant; each message is a row, as in real life."""

    database: Database
    clock: Clock
    actions: dict[str, Action]
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    inbound_id: int = 0
    slots: dict[str, Any] = field(default_factory=dict)
    form: str | None = None
    users: list[dict[str, Any]] = field(default_factory=list)

    async def arrives(self) -> None:
        """Her conversation begins."""
        async with self.database.transaction() as session:
            session.add(
                Conversation(
                    id=self.id,
                    channel="telegram",
                    address_hash=self.id.bytes,
                    address_sealed=b"sealed",
                    created_at=self.clock(),
                    last_inbound_at=self.clock(),
                )
            )

    async def says(
        self,
        action: str,
        text: str,
        intent: str = "nlu_fallback",
        confidence: float = 0.9,
        ranking: list[tuple[str, float]] | None = None,
        entities: dict[str, str] | None = None,
    ) -> Said:
        """A new message of hers, handled by this action."""
        self.clock.pass_by(seconds=30)
        async with self.database.transaction() as session:
            row = Inbound(
                conversation_id=self.id,
                channel="webchat",
                external_id=str(uuid.uuid4()),
                kind="text",
                text=text,
                tier=Tier.NONE,
                received_at=self.clock(),
            )
            session.add(row)
            await session.flush()
            self.inbound_id = row.id
        message = {
            "text": text,
            "intent": {"name": intent, "confidence": confidence},
            "intent_ranking": [{"name": n, "confidence": c} for n, c in ranking or []],
            "entities": [{"entity": n, "value": v} for n, v in (entities or {}).items()],
            "metadata": {"inbound_id": self.inbound_id},
        }
        self.users.append({"event": "user", "parse_data": message})
        return await self.again(action)

    async def again(self, action: str) -> Said:
        """The same message once more, as after a failed turn."""
        message = self.users[-1]["parse_data"] if self.users else {}
        loop = {"name": self.form} if self.form else {}
        tracker = Tracker(
            str(self.id), dict(self.slots), message, list(self.users), False, None, loop, None
        )
        dispatcher = CollectingDispatcher()
        events = await self.actions[action].run(dispatcher, tracker, {})
        said = Said(dispatcher.messages, events or [])
        self.slots |= said.slots
        for event in said.events:
            if event["event"] == "active_loop":
                self.form = event["name"]
        return said


@pytest.fixture
def testimonials(database: Database, content: Content) -> Testimonials:
    return Testimonials(database, content)


@pytest.fixture
def actions(
    database: Database,
    content: Content,
    availability: Availability,
    stays: Stays,
    handoffs: Handoffs,
    testimonials: Testimonials,
    plans: Plans,
    vault: Vault,
    clock: Clock,
) -> dict[str, Action]:
    services = ActionServices(
        database,
        content,
        availability,
        stays,
        handoffs,
        testimonials,
        plans,
        Callbacks(database, vault, handoffs, content),
        "https://adempauze.example/chat",
        clock,
    )
    return {action.name(): action for action in build(services)}


@pytest.fixture
async def riet(database: Database, clock: Clock, actions: dict[str, Action]) -> Riet:
    riet = Riet(database, clock, actions)
    await riet.arrives()
    return riet
