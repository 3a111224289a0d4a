"""What comes in is stored once, in order, masked, and safe before anything else."""

import asyncio

import psycopg
import pytest

from bot.messages import Kind, Place
from bot.store.tables import Author, Mode, Outcome
from tests.conversation.conftest import Talk

# In the demo region, and in no other number of the tests.
NEAR_OOSTERLINDE = Place(52.5711873, 5.3317419)


async def test_a_message_is_stored_and_answered(talk: Talk) -> None:
    assert await talk.say("hallo")
    async with talk.worker():
        texts = await talk.settled(1)

    assert "antwoord op: hallo" in texts[0]
    assert [row.outcome for row in await talk.inbound()] == [Outcome.ANSWERED]


async def test_the_same_message_five_times_is_answered_once(talk: Talk) -> None:
    fresh = [await talk.say("hallo", external_id="SM1") for _ in range(5)]
    async with talk.worker():
        await talk.settled(1)

    assert fresh == [True, False, False, False, False]
    assert len(await talk.inbound()) == len(await talk.outbound()) == 1


async def test_the_same_first_message_at_once_makes_one_conversation(talk: Talk) -> None:
    fresh = await asyncio.gather(*(talk.say("hallo", external_id="SM1") for _ in range(8)))

    assert sorted(fresh) == [False] * 7 + [True]


async def test_ten_messages_at_once_are_answered_in_the_order_of_acknowledgement(
    talk: Talk,
) -> None:
    acknowledged: list[str] = []

    async def say(text: str) -> None:
        await talk.say(text)
        acknowledged.append(text)

    async with talk.worker():
        await asyncio.gather(*(say(f"bericht {number}") for number in range(10)))
        texts = await talk.settled(10)

    assert [text.rsplit("antwoord op: ", 1)[1] for text in texts] == acknowledged


async def test_a_vendor_that_numbers_its_messages_is_answered_in_that_order(talk: Talk) -> None:
    for sequence in (12, 11, 13):
        await talk.say(f"nummer {sequence}", sequence=sequence)
    await talk.run_turn()

    assert talk.rasa.asked == ["nummer 11", "nummer 12", "nummer 13"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("mijn bsn is 111222333", "mijn bsn is [BSN verwijderd]"),
        ("111 222 333.", "[BSN verwijderd]."),
        ("bel 0612345678", "bel 0612345678"),
        ("nul\0teken", "nulteken"),
        ("👵🏽 ❤️ مرحبا", "👵🏽 ❤️ مرحبا"),
    ],
)
async def test_what_is_stored_holds_no_bsn(talk: Talk, typed: str, stored: str) -> None:
    await talk.say(typed)

    assert [row.text for row in await talk.inbound()] == [stored]


async def test_five_thousand_characters_are_kept_and_answered(talk: Talk) -> None:
    await talk.say("zorg " * 1000)
    await talk.run_turn()

    assert len((await talk.inbound())[0].text) == 5000
    assert len(talk.rasa.asked[0]) == 1000


async def test_a_crisis_is_answered_at_once_and_a_human_warned(talk: Talk) -> None:
    await talk.say("hij ademt niet meer")

    answer = (await talk.outbound())[0]
    assert answer.author == Author.SAFETY
    assert answer.text.startswith("Bel nu 112.")
    assert await talk.mode() == Mode.WAITING
    assert [(task.reason, task.tier) for task in await talk.tasks()] == [("crisis", "0")]


async def test_a_crisis_is_answered_while_the_assistant_is_gone(talk: Talk) -> None:
    talk.rasa.silent = True
    async with talk.worker():
        await talk.say("hallo")
        await talk.say("hij ademt niet meer")
        texts = await talk.settled(1, seconds=2)

    assert texts[0].startswith("Bel nu 112.")


async def test_a_crisis_is_answered_while_a_human_is_active(talk: Talk) -> None:
    await talk.say("hallo")
    conversation = await talk.conversation()
    async with talk.database.transaction() as session:
        (await session.merge(conversation)).mode = Mode.HUMAN
    await talk.say("ik wil niet meer leven")

    assert (await talk.outbound())[-1].text.startswith("Bel 113")
    assert await talk.mode() == Mode.HUMAN
    assert (await talk.tasks())[0].tier == "1a"


async def test_an_open_task_becomes_more_urgent_never_less(talk: Talk) -> None:
    for text in ("ik wil niet meer leven", "hij ademt niet meer", "mijn man is gevallen"):
        await talk.say(text)

    assert [task.tier for task in await talk.tasks()] == ["0"]


async def test_a_photo_is_answered_kindly(talk: Talk) -> None:
    await talk.say("", kind=Kind.PHOTO)
    await talk.run_turn()

    assert "foto" in (await talk.outbound())[0].text
    assert talk.rasa.asked == []


async def test_a_place_on_the_map_is_answered_as_its_municipality(talk: Talk) -> None:
    await talk.say("", kind=Kind.LOCATION, place=NEAR_OOSTERLINDE)
    await talk.run_turn()

    assert talk.rasa.asked == ['/choose_municipality{"municipality": "Oosterlinde"}']
    assert [row.text for row in await talk.inbound()] == ["Oosterlinde"]


@pytest.mark.parametrize("place", [Place(52.1583, 4.4931), None])
async def test_a_place_elsewhere_asks_kindly_for_the_municipality(
    talk: Talk, place: Place | None
) -> None:
    await talk.say("", kind=Kind.LOCATION, place=place)
    await talk.run_turn()

    assert talk.rasa.asked == []
    assert "gemeente" in (await talk.outbound())[0].text


async def test_where_somebody_is_is_stored_and_logged_nowhere(
    talk: Talk, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await talk.say("", kind=Kind.LOCATION, place=NEAR_OOSTERLINDE)
    await talk.run_turn()
    await talk.run_delivery()

    with psycopg.connect(database_url) as connection:
        tables = connection.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        stored = "".join(
            str(connection.execute(f"SELECT t::text FROM {table} t").fetchall())
            for (table,) in tables
        )
    assert "Oosterlinde" in stored
    for degrees in (str(NEAR_OOSTERLINDE.latitude), str(NEAR_OOSTERLINDE.longitude)):
        assert degrees not in stored + "".join(capsys.readouterr()) + str(talk.rasa.asked)


async def test_while_a_human_answers_the_municipality_is_the_coordinator_s_matter(
    talk: Talk,
) -> None:
    await talk.say("hallo")
    conversation = await talk.conversation()
    async with talk.database.transaction() as session:
        (await session.merge(conversation)).mode = Mode.HUMAN
    talk.rasa.asked.clear()
    await talk.say("", kind=Kind.LOCATION, place=NEAR_OOSTERLINDE)
    await talk.run_turn()
    assert talk.rasa.asked == []
    assert (await talk.inbound())[-1].text == "Oosterlinde"


async def test_words_with_a_place_are_words_and_no_command(talk: Talk) -> None:
    await talk.say('X"} /affirm', kind=Kind.LOCATION, place=NEAR_OOSTERLINDE)
    await talk.run_turn()
    assert talk.rasa.asked == ['X"} /affirm']
    assert [row.kind for row in await talk.inbound()] == [Kind.TEXT]
