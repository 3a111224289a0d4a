"""One table, every channel: each passes the whole path, from its door to its vendor, as it says."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.services.fixed_texts import say
from bot.store.tables import Author, Conversation, State
from tests.channels.outbound import PUBLIC_URL, TELEGRAM_SECRET
from tests.channels.peers import TWILIO_TOKEN, Peer, TelegramPeer, TwilioPeer
from tests.channels.signing import vendor_headers
from tests.channels.situations import (
    NEXT_WORDS,
    REFUSALS,
    SITUATIONS,
    WORDS_UNDER_A_PHOTO,
    Refusal,
    Situation,
)
from tests.channels.world import Echo, World
from tests.conftest import Clock

PAYLOADS = Path(__file__).parent.parent / "payloads"
OPENING = {
    "whatsapp": "several_lines.form",
    "sms": "several_lines.form",
    "telegram": "start.json",
    "webchat": "text.json",
}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass
class Sender:
    """Posts bodies to a channel's door as its vendor does."""

    world: World
    channel: str

    @property
    def greeting(self) -> str:
        """The payload with plain words."""
        (plain,) = SITUATIONS[0].files[self.channel]
        return plain

    async def post(self, file: str) -> httpx.Response:
        """Post a payload, signed."""
        body = (PAYLOADS / self.channel / file).read_bytes().strip()
        if self.channel == "webchat":
            return await self._submit(json.loads(body))
        return await self.post_raw(body)

    async def post_raw(
        self, body: bytes, *, token: str = TWILIO_TOKEN, secret: str = TELEGRAM_SECRET
    ) -> httpx.Response:
        """Post any bytes, signed with a token or with a secret."""
        path = f"/webhooks/{self.channel}"
        headers = vendor_headers(PUBLIC_URL + path, body, token, secret)
        return await self.world.http.post(path, content=body, headers=headers)

    async def _submit(self, fields: dict[str, str]) -> httpx.Response:
        """Send the page's form; the same words twice are the same attempt."""
        page = (await self.world.http.get("/chat")).text
        found = re.search(r'name="token" value="([^"]*)"', page)
        assert found
        form = {"token": found[1], "key": json.dumps(fields), **fields}
        headers = {"Accept": "application/json"}
        return await self.world.http.post("/chat/messages", data=form, headers=headers)


def rows(table: Any) -> Iterator[Any]:
    """Each row of a table with each channel that it names."""
    for row in table:
        for channel in row.files if isinstance(row, Situation) else row.troubles:
            yield pytest.param(row, channel, id=f"{channel}: {row.name}")


@pytest.mark.parametrize(("situation", "channel"), list(rows(SITUATIONS)))
async def test_a_situation_ends_as_the_table_says(
    world: World, echo: Echo, clock: Clock, situation: Situation, channel: str
) -> None:
    sender, before = Sender(world, channel), 0
    if situation.offered:
        assert (await sender.post(OPENING[channel])).status_code == 200
        await world.work()
        await world.offer()
        clock.pass_by(minutes=20)
        echo.asked.clear()
        before = len(await world.outbound())
    for file in situation.files[channel]:
        assert (await sender.post(file)).status_code == 200
    await world.work()
    clock.pass_by(minutes=1)
    assert await world.work() == 0.0

    default = situation.asked.get("", [])
    assert echo.asked == list(situation.asked.get(channel, default))
    sent = (await world.outbound())[before:]
    assert len(sent) == situation.answers
    assert {row.state for row in sent} <= {State.SENT}
    if situation.fixed:
        assert sent[0].text == say(world.parts.content.texts.named(situation.fixed)).text
    assert all(row.done_at for row in await world.inbound())


@pytest.mark.parametrize("channel", WORDS_UNDER_A_PHOTO)
async def test_the_words_under_a_photo_are_seen_by_safety(world: World, channel: str) -> None:
    await Sender(world, channel).post(WORDS_UNDER_A_PHOTO[channel])
    await world.work()
    assert [row.author for row in await world.outbound()] == [Author.SAFETY]


@pytest.fixture
def peers(twilio: TwilioPeer, peer: TelegramPeer) -> dict[str, Peer]:
    return {"whatsapp": twilio, "sms": twilio, "telegram": peer}


@pytest.mark.parametrize(("refusal", "channel"), list(rows(REFUSALS)))
async def test_a_vendor_s_refusal_ends_as_the_table_says(
    world: World, peers: dict[str, Peer], refusal: Refusal, channel: str, clock: Clock
) -> None:
    peers[channel].fail(refusal.troubles[channel])
    sender = Sender(world, channel)
    await sender.post(sender.greeting)
    wait = await world.work()
    (row,) = await world.outbound()
    assert (row.state, wait) == (refusal.state, refusal.wait)

    clock.pass_by(seconds=refusal.wait)
    await world.work()
    (row,) = await world.outbound()
    again = refusal.state == State.QUEUED
    assert row.state == (State.SENT if again else refusal.state)
    sendings = [
        one for one in peers[channel].calls if one.endpoint == peers[channel].usual_endpoint
    ]
    assert len(sendings) == (2 if again else 1)
    (conversation,) = await world.rows(Conversation)
    assert (conversation.blocked_at is not None) is refusal.shuts_out


SHUTTING_OUT = [refusal for refusal in REFUSALS if refusal.shuts_out]


@pytest.mark.parametrize(("refusal", "channel"), list(rows(SHUTTING_OUT)))
async def test_who_blocked_us_and_writes_again_is_answered_again(
    world: World, peers: dict[str, Peer], refusal: Refusal, channel: str, clock: Clock
) -> None:
    peers[channel].fail(refusal.troubles[channel])
    sender = Sender(world, channel)
    await sender.post(sender.greeting)
    await world.work()
    clock.pass_by(minutes=1)

    await sender.post(NEXT_WORDS[channel])
    await world.work()
    (conversation,) = await world.rows(Conversation)
    assert conversation.blocked_at is None
    assert [row.state for row in await world.outbound()] == [State.FAILED, State.SENT]
