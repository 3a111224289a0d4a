"""After 24 hours on WhatsApp only an approved text goes out, and nothing is lost in silence."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import psycopg
import pytest

from bot.conversation.deliveries import Deliveries
from bot.conversation.jobs import Later
from bot.conversation.templates import Templates
from bot.messages import Choice, Image, OutgoingMessage, Template
from bot.services.content import Content
from bot.store.tables import Author, Coordinator, Mode, Outbound, Outcome, Reason, State
from integrations.whatsapp import WhatsApp
from tests.channels.outbound import ACCOUNT, PUBLIC_URL
from tests.channels.peers import Answer, TwilioPeer
from tests.conversation.conftest import Talk


@dataclass
class Late:
    """Riet, who wrote on WhatsApp and was answered."""

    talk: Talk
    twilio: TwilioPeer
    templates: Templates
    channel: WhatsApp
    coordinator: int
    url: str

    async def approve(self, *names: Template) -> None:
        """Bring the templates to Twilio; WhatsApp approves these."""
        await self.templates.synchronise(self.channel, self.talk.clock())
        for name in names:
            self.twilio.contents.decide(f"adempauze_{name}", "approved")
        await self.templates.synchronise(self.channel, self.talk.clock())

    async def write(self, message: OutgoingMessage, author: Author = Author.SYSTEM) -> None:
        """Put a message into the outbox and deliver what waits there."""
        conversation = await self.talk.conversation()
        async with self.talk.database.transaction() as session:
            await self.talk.handoffs._outbox.put(session, conversation.id, message, author=author)
        await self.talk.run_delivery()

    async def reply(self, text: str) -> None:
        """A coordinator answers."""
        conversation = await self.talk.conversation()
        await self.talk.handoffs.reply(conversation.id, self.coordinator, text, self.talk.clock())
        await self.talk.run_delivery()

    def heard(self) -> list[str]:
        """What reached Riet, oldest first."""
        return [one.content.body if one.content else one.body for one in self.twilio.sent]

    async def row(self, text: str) -> Outbound:
        return next(row for row in await self.talk.outbound() if text in row.text)


@pytest.fixture
async def late(talk: Talk, content: Content, database_url: str) -> AsyncIterator[Late]:
    """Her last message is 24 hours ago."""
    async with TwilioPeer() as twilio:
        channel = WhatsApp(ACCOUNT, PUBLIC_URL, twilio.url, 5.0)
        templates = Templates(talk.database, content)
        talk.deliveries = Deliveries(
            talk.database, talk.inbox._vault, {"webchat": channel}, talk.handoffs._outbox,
            talk.handoffs, templates, content, PUBLIC_URL, talk.clock,
        )  # fmt: skip
        await talk.say("hallo")
        await talk.run_turn()
        await talk.run_delivery()
        twilio.sent.clear()
        async with talk.database.transaction() as session:
            anne = Coordinator(
                name="Anne", email="anne@voorbeeld.nl", password_hash="-", created_at=talk.clock()
            )
            session.add(anne)
            await session.flush()
        talk.clock.pass_by(hours=24)
        yield Late(talk, twilio, templates, channel, anne.id, database_url)
        await channel.close()


REMINDER = OutgoingMessage(
    "Zullen wij weer naar logeren kijken?", (Choice("Ja", "/affirm"),), template=Template.REMINDER
)


async def test_just_before_the_end_free_words_go_out(late: Late) -> None:
    late.talk.clock.pass_by(seconds=-1)
    await late.write(REMINDER)
    assert late.heard() == [
        "Zullen wij weer naar logeren kijken?\n\n1. Ja\n\nTyp het nummer van uw keuze."
    ]


async def test_after_it_the_approved_text_goes_instead_and_is_what_the_console_shows(
    late: Late,
) -> None:
    await late.approve(Template.REMINDER)
    await late.write(OutgoingMessage("Eigen woorden.", template=Template.REMINDER))

    text = late.templates.text(Template.REMINDER)
    assert late.heard() == [text]
    row = (await late.talk.outbound())[-1]
    assert (row.text, row.state, row.external_id) == (text, State.SENT, late.twilio.sent[-1].sid)


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (OutgoingMessage("Zomaar iets."), "outside_window"),
        (REMINDER, "template_not_approved"),
    ],
)
async def test_what_cannot_be_sent_has_failed_and_says_why(
    late: Late, message: OutgoingMessage, error: str
) -> None:
    await late.approve()
    await late.write(message)

    row = (await late.talk.outbound())[-1]
    assert (row.state, row.error, row.text) == (State.FAILED, error, message.text)
    assert not late.twilio.sent


async def test_an_answer_waits_for_a_sign_that_is_asked_for_once(late: Late) -> None:
    await late.approve(Template.ANSWER_WAITING)
    await late.reply("Er is plek in het weekend van 12 december.")
    await late.reply("Belt u ons gerust.")

    assert late.heard() == [late.templates.text(Template.ANSWER_WAITING)]
    for text in ("Er is plek", "Belt u ons", "Anne van"):
        assert (await late.row(text)).state == State.HELD

    await late.talk.say("ja?")
    await late.talk.run_delivery()
    assert [text[:10] for text in late.heard()[1:]] == ["Anne van L", "Er is plek", "Belt u ons"]
    assert {row.state for row in await late.talk.outbound()} == {State.SENT}


async def test_the_sign_defers_the_delivery(late: Late, database_url: str) -> None:
    await late.approve(Template.ANSWER_WAITING)
    await late.reply("Er is plek.")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
        await late.talk.say("ja?")
        found = connection.execute("SELECT task_name FROM procrastinate_jobs").fetchall()
    assert sorted(name for (name,) in found) == ["delivery", "turn"]


async def test_without_an_approved_text_an_answer_has_failed_and_says_why(late: Late) -> None:
    await late.approve(Template.REMINDER)
    await late.reply("Er is plek.")

    row = await late.row("Er is plek")
    assert (row.state, row.error) == (State.FAILED, "template_not_approved")
    assert not late.twilio.sent


async def test_after_another_day_of_silence_a_new_answer_is_announced_again(late: Late) -> None:
    await late.approve(Template.ANSWER_WAITING)
    await late.reply("Een.")
    await late.talk.say("ja?")
    await late.talk.run_delivery()
    late.talk.clock.pass_by(hours=25)
    await late.reply("Twee.")

    assert late.heard().count(late.templates.text(Template.ANSWER_WAITING)) == 2
    assert (await late.row("Twee")).state == State.HELD


async def test_where_there_is_no_window_everything_goes_out(talk: Talk) -> None:
    await talk.say("hallo")
    await talk.run_turn()
    talk.clock.pass_by(days=30)
    await talk.run_delivery()
    assert [row.state for row in await talk.outbound()] == [State.SENT]


async def test_editing_a_text_makes_it_unapproved_until_the_next_sync(late: Late) -> None:
    await late.approve(Template.REMINDER)
    await late.templates.teach(late.channel)
    text = late.templates.text(Template.REMINDER)
    assert late.channel.approved(Template.REMINDER, text)
    assert late.channel.approved(Template.REMINDER, text.replace("Dag", "Hallo")) is None


async def test_somebody_who_writes_at_that_very_moment_is_answered_at_once(late: Late) -> None:
    await late.approve(Template.ANSWER_WAITING)
    approved = late.channel.approved

    def and_riet_writes(template: Template, text: str) -> str | None:
        late.talk.clock.pass_by(seconds=1)
        with psycopg.connect(late.url, autocommit=True) as connection:
            connection.execute(
                "UPDATE conversations SET last_inbound_at = %s", (late.talk.clock(),)
            )
        return approved(template, text)

    late.channel.approved = and_riet_writes  # type: ignore[method-assign]  # the moment between
    await late.reply("Er is plek.")
    assert [text[:10] for text in late.heard()] == ["Anne van L", "Er is plek"]
    assert {row.state for row in await late.talk.outbound()} == {State.SENT}


async def test_a_reminder_that_cannot_be_delivered_is_a_coordinator_s_to_keep(late: Late) -> None:
    await late.write(OutgoingMessage("Past het nu beter?", template=Template.REMINDER))
    assert late.heard() == []
    (task,) = await late.talk.tasks()
    assert task.reason == Reason.NOT_DELIVERED
    assert await late.talk.mode() == Mode.BOT


async def test_what_was_held_gets_its_patience_from_the_sign_on(late: Late) -> None:
    await late.approve(Template.ANSWER_WAITING)
    await late.reply("Er is plek.")
    late.talk.clock.pass_by(hours=2)
    await late.talk.say("ja?")
    late.twilio.fail(Answer(429, {"code": 63018, "status": 429}, {"Retry-After": "7"}))
    with pytest.raises(Later):
        await late.talk.run_delivery()
    late.talk.clock.pass_by(seconds=8)
    await late.talk.run_delivery()
    assert late.heard()[-1] == "Er is plek."


OFFER = OutgoingMessage(
    "Er is een plek vrij: Huis Zonder Haast, van vrijdag 4 tot maandag 7 december, 3 nachten.",
    (
        Choice("Ja, deze plek", '/request_stay{"stay_location": "x"}'),
        Choice("Nee, nu niet", "/later"),
    ),
    template=Template.PLACE_OFFERED,
)


@pytest.mark.parametrize("sign", ["ja graag", "Hallo", "👍", "Vertel maar"])
async def test_an_offered_place_is_announced_once_and_told_at_a_sign_which_needs_no_other_answer(
    late: Late, sign: str
) -> None:
    await late.approve(Template.PLACE_OFFERED)
    await late.write(OFFER)
    await late.write(OFFER)
    assert late.heard() == [late.templates.text(Template.PLACE_OFFERED)]

    late.talk.rasa.asked.clear()
    await late.talk.say(sign)
    await late.talk.run_turn()
    await late.talk.run_delivery()
    assert [text.splitlines()[0] for text in late.heard()[1:]] == [OFFER.text] * 2
    assert late.talk.rasa.asked == []
    assert [row.outcome for row in await late.talk.inbound()][-1] == Outcome.ANSWERED


@pytest.mark.parametrize("words", ["wat kost dat?", "ik denk er over na", "سأفكر"])
async def test_who_says_more_than_a_sign_is_answered_too(late: Late, words: str) -> None:
    await late.approve(Template.PLACE_OFFERED)
    await late.write(OFFER)
    late.talk.rasa.asked.clear()
    await late.talk.say(words)
    await late.talk.run_turn()
    await late.talk.run_delivery()
    assert late.talk.rasa.asked == [words]
    assert late.heard()[1].startswith(OFFER.text)


async def test_a_no_to_the_announcement_is_a_no_to_the_place(late: Late) -> None:
    await late.approve(Template.PLACE_OFFERED)
    await late.write(OFFER)
    await late.talk.say("nee")
    await late.talk.run_turn()
    assert late.talk.rasa.asked[-1] == "/later"


async def test_a_plain_yes_after_the_offer_takes_the_place(late: Late) -> None:
    await late.approve(Template.PLACE_OFFERED)
    await late.write(OFFER)
    for word in ("ja", "ja"):
        await late.talk.say(word)
        await late.talk.run_turn()
        await late.talk.run_delivery()
    assert late.talk.rasa.asked[-1] == OFFER.choices[0].payload


async def test_after_stop_no_place_is_offered_any_more(late: Late) -> None:
    await late.approve(Template.PLACE_OFFERED)
    await late.write(OFFER)
    await late.talk.say("STOP")
    await late.talk.run_turn()
    await late.talk.run_delivery()
    assert not any(text.startswith(OFFER.text) for text in late.heard())
    row = await late.row(OFFER.text)
    assert (row.state, row.error) == (State.FAILED, "stopped")


async def test_who_wants_to_be_forgotten_reads_nothing_that_was_held(late: Late) -> None:
    await late.approve(Template.PLACE_OFFERED)
    await late.write(OFFER)
    await late.talk.say("VERGEET MIJ")
    await late.talk.run_delivery()
    await late.talk.run_turn()
    await late.talk.run_delivery()
    assert not any(text.startswith(OFFER.text) for text in late.heard())


@pytest.mark.parametrize(
    "message", [OFFER, OutgoingMessage("Ja.", template=Template.ANSWER_WAITING)]
)
async def test_what_cannot_even_be_announced_is_a_coordinator_s_to_tell(
    late: Late, message: OutgoingMessage
) -> None:
    await late.write(message, Author.COORDINATOR)
    (task,) = await late.talk.tasks()
    assert (task.reason, late.heard()) == (Reason.NOT_DELIVERED, [])


async def test_an_announcement_that_twilio_does_not_take_is_a_coordinator_s_to_tell(
    late: Late,
) -> None:
    await late.approve(Template.PLACE_OFFERED)
    late.twilio.fail(Answer(400, {"code": 63003, "status": 400}))
    await late.write(OFFER)
    (task,) = await late.talk.tasks()
    assert task.reason == Reason.NOT_DELIVERED


TUIN = Image("/photos/tuin.jpg", "De tuin")


async def test_a_reminder_with_a_picture_is_its_approved_text_alone(late: Late) -> None:
    await late.approve(Template.REMINDER)
    await late.write(replace(REMINDER, images=(TUIN,)))
    assert late.heard() == [late.templates.text(Template.REMINDER)]
    assert {row.state for row in await late.talk.outbound()} == {State.SENT}
    assert not await late.talk.tasks()


async def test_the_pictures_of_what_is_announced_come_with_it_after_the_sign(late: Late) -> None:
    await late.approve(Template.PLACE_OFFERED)
    await late.write(replace(OFFER, images=(TUIN,)))
    assert late.heard() == [late.templates.text(Template.PLACE_OFFERED)]
    await late.talk.say("ja?")
    await late.talk.run_delivery()
    _, picture, words = late.twilio.sent
    assert (picture.media, picture.body) == (f"{PUBLIC_URL}/photos/tuin.jpg", "De tuin")
    assert words.content is not None
    assert words.content.body == OFFER.text
