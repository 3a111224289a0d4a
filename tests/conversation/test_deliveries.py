"""What goes out goes out in order and once; what nobody knows is shown, not repeated."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation.jobs import Later
from bot.errors import DeliveryError, Failure
from bot.messages import Choice, Form, Image, OutgoingMessage, Request
from bot.services.content import Content
from bot.store.tables import Author, State
from integrations.channel import Abilities, DeliveryState, StatusUpdate
from tests.conversation.conftest import Talk

LOST = DeliveryError(Failure.NOT_SENT, "no_connection")


async def queued(talk: Talk, *texts: str) -> None:
    for text in texts:
        await talk.say(text)
    await talk.run_turn()


async def states(talk: Talk) -> list[str]:
    return [row.state for row in await talk.outbound()]


async def test_answers_go_out_in_order(talk: Talk) -> None:
    await queued(talk, "b", "c", "d")
    await talk.run_delivery()

    assert [text[-1] for text in talk.channel.texts] == ["b", "c", "d"]
    assert await states(talk) == [State.SENT] * 3


async def test_a_message_found_half_sent_is_unknown_and_later_ones_go_on(talk: Talk) -> None:
    await queued(talk, "b", "c")
    async with talk.database.transaction() as session:
        (await session.merge((await talk.outbound())[0])).state = State.SENDING
    await talk.run_delivery()

    assert await states(talk) == [State.UNKNOWN, State.SENT]
    assert [text[-1] for text in talk.channel.texts] == ["c"]


async def test_sending_is_committed_before_the_vendor_is_called(talk: Talk) -> None:
    seen: list[list[str]] = []

    async def look(_: object) -> None:
        seen.append(await states(talk))

    await queued(talk, "b")
    talk.channel.before = look
    await talk.run_delivery()

    assert seen == [[State.SENDING]]


@pytest.mark.parametrize(
    ("failure", "state"),
    [
        (Failure.UNKNOWN, State.UNKNOWN),
        (Failure.PERMANENT, State.FAILED),
        (Failure.CONFIGURATION, State.FAILED),
    ],
)
async def test_what_cannot_be_repeated_is_shown_and_later_ones_go_on(
    talk: Talk, failure: Failure, state: State
) -> None:
    await queued(talk, "b", "c")
    talk.channel.failures = [DeliveryError(failure, "63003")]
    await talk.run_delivery()

    assert await states(talk) == [state, State.SENT]
    assert (await talk.outbound())[0].error == "63003"


async def test_what_was_not_sent_is_sent_later_in_order(talk: Talk) -> None:
    await queued(talk, "b", "c")
    talk.channel.failures = [DeliveryError(Failure.NOT_SENT, "429", retry_after=7)]
    with pytest.raises(Later) as later:
        await talk.run_delivery()
    await talk.run_delivery()

    assert later.value.seconds == 7
    assert [text[-1] for text in talk.channel.texts] == ["b", "c"]


async def test_patience_with_a_vendor_ends(talk: Talk) -> None:
    await queued(talk, "b")
    began, talk.channel.failures = talk.clock(), [LOST] * 100
    await tried_until_it_ends(talk)

    assert await states(talk) == [State.FAILED]
    assert timedelta(minutes=55) < talk.clock() - began < timedelta(minutes=65)


async def test_a_vendor_s_order_is_obeyed_in_full_and_is_no_time_of_ours(talk: Talk) -> None:
    await queued(talk, "b")
    ordered = DeliveryError(Failure.NOT_SENT, "63038", 5 * 3600.0, everyone=True)
    talk.channel.failures = [ordered, LOST, ordered, LOST, LOST]
    began = talk.clock()
    await tried_until_it_ends(talk)

    assert await states(talk) == [State.SENT]
    assert talk.clock() - began > timedelta(hours=10)


@pytest.mark.parametrize("seconds", [7 * 3600.0, 3600.0 * 24 * 30, float("inf")])
async def test_after_a_day_of_orders_a_message_has_failed(talk: Talk, seconds: float) -> None:
    await queued(talk, "b")
    began = talk.clock()
    talk.channel.failures = [DeliveryError(Failure.NOT_SENT, "63038", seconds)] * 100
    await tried_until_it_ends(talk)

    assert await states(talk) == [State.FAILED]
    assert (await talk.outbound())[0].error == "63038"
    assert talk.clock() - began <= timedelta(days=1)


async def test_a_wait_that_we_chose_counts_and_grows(talk: Talk) -> None:
    await queued(talk, "b")
    began = talk.clock()
    talk.channel.failures = [DeliveryError(Failure.NOT_SENT, "63018", 6.0, ours=True)] * 100
    pauses = await tried_until_it_ends(talk)

    assert await states(talk) == [State.FAILED]
    assert pauses[:6] == [6.0, 6.0, 6.0, 8.0, 15.0, 30.0]
    assert timedelta(minutes=55) < talk.clock() - began < timedelta(minutes=65)


async def test_who_waited_for_hours_behind_another_s_pause_still_has_all_patience(
    talk: Talk,
) -> None:
    await queued(talk, "b")
    talk.clock.pass_by(hours=5)
    talk.channel.failures = [LOST]
    with pytest.raises(Later):
        await talk.run_delivery()
    talk.clock.pass_by(hours=5)
    talk.channel.failures = [LOST]
    with pytest.raises(Later):
        await talk.run_delivery()

    assert await states(talk) == [State.QUEUED]


async def tried_until_it_ends(talk: Talk) -> list[float]:
    """Run the delivery whenever it asked to be run again; how long it asked to wait."""
    pauses = []
    while True:
        try:
            await talk.run_delivery()
        except Later as later:
            pauses.append(later.seconds)
            talk.clock.pass_by(seconds=later.seconds)
        else:
            return pauses


async def test_one_who_must_wait_holds_up_nobody_else(talk: Talk) -> None:
    await talk.say("hallo", who="riet")
    await talk.say("hallo", who="bilal")
    talk.channel.failures = [DeliveryError(Failure.NOT_SENT, "429", retry_after=60)]
    async with talk.worker():
        texts = await talk.settled(1)

    assert len(texts) == 1


async def test_a_vendor_that_reports_a_failure_later_is_believed(talk: Talk) -> None:
    await queued(talk, "b")
    await talk.run_delivery()
    sent = (await talk.outbound())[0]
    await talk.reports.take(
        "webchat", StatusUpdate(str(sent.external_id), DeliveryState.SENT, None)
    )
    await talk.reports.take(
        "webchat", StatusUpdate(str(sent.external_id), DeliveryState.UNDELIVERED, "63016")
    )

    row = (await talk.outbound())[0]
    assert (row.state, row.error) == (State.FAILED, "63016")


async def test_all_that_a_message_has_is_stored_and_sent(talk: Talk) -> None:
    talk.channel.abilities = Abilities(items=10, item_title=24, item_description=72, body=900,
                                       images=True)  # fmt: skip
    message = OutgoingMessage(
        "Wat past bij u?",
        (Choice("Een weekend", "/weekend", "Drie nachten"), Choice("Nee", "/deny")),
        (Image("/photos/appel.jpg", "De tuin"),),
    )
    await queue_message(talk, message)
    await talk.run_delivery()

    picture, words = talk.channel.sent
    where = Image("https://adempauze.example/photos/appel.jpg", "De tuin")
    assert picture.message == OutgoingMessage("De tuin", images=(where,))
    assert words.message == replace(message, images=())
    assert words.form is Form.LIST
    assert (await talk.outbound())[-1].form == Form.LIST


async def test_what_a_message_requests_is_stored_and_sent_with_the_words_that_share_it(
    talk: Talk, content: Content
) -> None:
    talk.channel.abilities = Abilities(buttons=3, button_title=24, body=900, location_request=True)
    message = OutgoingMessage("Waar woont u?", (Choice("Sla over", "/skip"),), (), Request.LOCATION)
    await queue_message(talk, message)
    await talk.run_delivery()

    (sent,) = talk.channel.sent
    assert (sent.message, sent.form) == (message, Form.KEYBOARD)
    assert sent.share == " ".join(content.texts.share_location.bubbles)
    assert (await talk.outbound())[-1].form == Form.KEYBOARD


async def test_a_long_text_has_its_pictures_first_and_its_choices_last(talk: Talk) -> None:
    message = OutgoingMessage(
        "woord " * 400, (Choice("Ja", "/affirm"),), (Image("/photos/a.jpg", "De tuin"),)
    )
    await queue_message(talk, message)

    rows = (await talk.outbound())[1:]
    assert [len(row.images) for row in rows] == [1, 0, 0]
    assert [len(row.choices) for row in rows] == [0, 0, 1]


async def test_a_picture_that_fails_takes_no_words_with_it(talk: Talk) -> None:
    talk.channel.abilities = Abilities(images=True)
    await queue_message(talk, OutgoingMessage("Kijk.", images=(Image("/photos/a.jpg", "De tuin"),)))
    talk.channel.failures = [DeliveryError(Failure.PERMANENT, "21620")]
    await talk.run_delivery()

    assert (await states(talk))[-2:] == [State.FAILED, State.SENT]
    assert talk.channel.texts == ["Kijk."]


async def test_where_no_picture_can_be_sent_its_description_is_said_once(talk: Talk) -> None:
    await queue_message(talk, OutgoingMessage("Kijk.", images=(Image("/photos/a.jpg", "De tuin"),)))
    await talk.run_delivery()

    assert talk.channel.texts == ["De tuin", "Kijk."]


async def test_a_channel_that_can_do_nothing_sends_it_all_in_words(talk: Talk) -> None:
    await queue_message(talk, OutgoingMessage("Wat past bij u?", (Choice("Ja", "/affirm"),)))
    await talk.run_delivery()

    assert talk.channel.texts == ["Wat past bij u?\n\n1. Ja\n\nTyp het nummer van uw keuze."]
    assert (await talk.outbound())[-1].form == Form.NUMBERED


class Died(BaseException):
    """What ends a worker in the midst of its work."""


@pytest.mark.parametrize(
    ("abilities", "asked"),
    [(Abilities(), "/deny"), (Abilities(buttons=3, button_title=20, body=900), "2")],
    ids=["numbered lines", "buttons"],
)
async def test_a_worker_that_dies_while_sending_leaves_how_the_choices_were_shown(
    talk: Talk, abilities: Abilities, asked: str
) -> None:
    async def die(_: object) -> None:
        raise Died

    talk.channel.abilities = abilities
    choices = (Choice("Ja", "/affirm"), Choice("Nee", "/deny"))
    await queue_message(talk, OutgoingMessage("Wat past bij u?", choices))
    talk.channel.before = die
    with pytest.raises(Died):
        await talk.run_delivery()
    talk.channel.before = None
    await talk.say("2")
    await talk.run_turn()

    assert talk.rasa.asked[-1] == asked


async def queue_message(talk: Talk, message: OutgoingMessage, author: Author = Author.BOT) -> None:
    """Put a message for Riet, who said hello and was answered, into the outbox."""
    await queued(talk, "hallo")
    await talk.run_delivery()
    talk.channel.sent.clear()
    conversation = await talk.conversation()
    async with talk.database.transaction() as session:
        await talk.handoffs._outbox.put(session, conversation.id, message, author=author)
