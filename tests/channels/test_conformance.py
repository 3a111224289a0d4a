"""One table, every channel: each passes the whole path, from its door to its vendor, as it says.

The rows are in situations.py (what comes in), knocks.py (what must not), outgoing.py (what goes
out) and refusals.py (what a vendor does not take).
"""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.conversation.templates import Templates
from bot.messages import Form, Request
from bot.services.fixed_texts import say
from bot.store.tables import Conversation, State
from integrations.channel import Abilities, TemplateChannel
from integrations.registry import build
from tests.channels import seen
from tests.channels.cases import GREETING
from tests.channels.knocks import KNOCKS, Key, Knock
from tests.channels.outbound import PUBLIC_URL
from tests.channels.outgoing import OUTGOING, Outgoing
from tests.channels.peers import Peer, TelegramPeer, TwilioPeer
from tests.channels.refusals import NEXT_WORDS, REFUSALS, Refusal
from tests.channels.seen import Seen
from tests.channels.sender import Sender
from tests.channels.situations import SITUATIONS, Situation
from tests.channels.test_registry import settings
from tests.channels.world import Echo, World
from tests.conftest import Clock

OPENING = {
    "whatsapp": "several_lines.form",
    "sms": "several_lines.form",
    "telegram": "start.json",
    "webchat": "new_fields.json",
}
ROWS = (*SITUATIONS, *KNOCKS, *OUTGOING, *REFUSALS)


def rows(table: Any) -> Iterator[Any]:
    """Each row of a table with each channel that it names."""
    for row in table:
        for channel in row.channels:
            yield pytest.param(row, channel, id=f"{channel}: {row.name}")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_no_row_leaves_out_a_channel_without_a_reason(row: Any) -> None:
    registry = build(settings())
    assert sorted([*row.channels, *row.without]) == sorted([*registry.channels, *registry.off])
    assert all(row.without.values())


# What comes in


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
    if situation.author:
        assert {row.author for row in sent} == {situation.author}
    assert all(row.done_at for row in await world.inbound())


@pytest.mark.parametrize(("knock", "channel"), list(rows(KNOCKS)))
async def test_who_must_not_get_in_leaves_nothing_behind(
    world: World, echo: Echo, knock: Knock, channel: str
) -> None:
    answer = await Sender(world, channel).knock(knock)
    assert answer.status_code == knock.statuses[channel]
    assert (await world.rows(Conversation), await world.inbound()) == ([], [])
    assert await world.work() == 0.0
    assert (echo.asked, await world.outbound()) == ([], [])


@pytest.mark.parametrize("key", [Key.CHRIS, Key.STALE, Key.NONE])
@pytest.mark.parametrize("door", ["fallback", "status"])
@pytest.mark.parametrize("channel", ["whatsapp", "sms"])
async def test_the_other_doors_are_as_shut(world: World, channel: str, door: str, key: Key) -> None:
    sender = Sender(world, channel, f"/{door}")
    assert (await sender.knock(Knock("", {}, key))).status_code == 403
    assert (await world.rows(Conversation), await world.inbound()) == ([], [])


@pytest.mark.parametrize("channel", OPENING)
async def test_a_knock_with_nothing_wrong_gets_in(world: World, channel: str) -> None:
    answer = await Sender(world, channel).knock(Knock("a greeting", {channel: 200}))
    assert (answer.status_code, len(await world.inbound())) == (200, 1)


# What goes out


@pytest.mark.parametrize(("row", "channel"), list(rows(OUTGOING)))
async def test_a_message_of_ours_is_seen_as_the_table_says(
    world: World,
    echo: Echo,
    twilio: TwilioPeer,
    peer: TelegramPeer,
    clock: Clock,
    row: Outgoing,
    channel: str,
) -> None:
    sender, echo.answers[GREETING] = Sender(world, channel), row.message
    if isinstance(asked := world.channels[channel], TemplateChannel):
        await Templates(world.parts.database, world.parts.content).synchronise(asked, clock())
    await sender.post(OPENING[channel])
    await world.work()
    clock.pass_by(minutes=20)
    before, handed_over = len(await world.outbound()), len(twilio.sent) + len(peer.sent)
    await sender.post(sender.greeting)
    # Each piece of a long message waits for its moment.
    for _ in range(row.bubbles):
        await world.work()
        clock.pass_by(seconds=10)

    stored = (await world.outbound())[before:]
    assert {one.state for one in stored} == {State.SENT}
    assert stored[-1].form == row.forms[channel]
    there = (
        await seen.on_page(world.http, len(stored))
        if channel == "webchat"
        else seen.at_vendor(twilio, peer, handed_over)
    )
    assert there.bubbles == row.bubbles
    assert " ".join(row.message.text.split()) in there.words
    _assert_choices(row, there, row.forms[channel], world)
    can = world.channels[channel].abilities
    _assert_pictures(row, there, can, channel)
    _assert_request(row, there, can, world, channel)


def _assert_choices(row: Outgoing, there: Seen, form: Form, world: World) -> None:
    titles = tuple(choice.title for choice in row.message.choices)
    how_to_choose = say(world.parts.content.texts.how_to_choose).text
    if form is Form.NUMBERED:
        lines = [f"{number}. {title}" for number, title in enumerate(titles, 1)]
        assert there.words.endswith(" ".join([*lines, how_to_choose]))
        assert there.choices == ()
    else:
        assert there.choices == titles
        assert how_to_choose not in there.words


def _assert_pictures(row: Outgoing, there: Seen, can: Abilities, channel: str) -> None:
    # The page is on our own site; a vendor fetches the whole address.
    site = "" if channel == "webchat" else PUBLIC_URL
    assert there.pictures == tuple(site + one.url for one in row.message.images if can.images)
    assert all(one.description in there.words for one in row.message.images)


def _assert_request(row: Outgoing, there: Seen, can: Abilities, world: World, channel: str) -> None:
    """What is asked for has a button that shares it where there is one, otherwise a line."""
    texts, request = world.parts.content.texts, row.message.request
    lines = {Request.CONTACT: texts.type_contact, Request.LOCATION: texts.type_location}
    buttons = {Request.CONTACT: can.contact_request, Request.LOCATION: can.location_request}
    # The page says that it can, as it writes the line itself: a browser has no such button.
    by_button = request is not None and buttons[request] and channel != "webchat"
    assert there.asks is (request if by_button else None)
    asked = [one for one, line in lines.items() if say(line).text in there.words]
    assert asked == ([request] if request and not by_button else [])


# What a vendor does not take


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
