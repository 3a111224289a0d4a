"""One short dialogue as it is read on each channel, played through the real doors and deliveries.

The assistant is a stand-in that says the same on every channel; the words around it (introduction,
waiting) are the region's own.
"""

import html
import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from textwrap import wrap

from bot.conversation.templates import Templates
from bot.messages import Choice, OutgoingMessage
from integrations.channel import TemplateChannel
from tests.channels.inbound import (
    RIET_SMS,
    telegram_message,
    telegram_tap,
    whatsapp_message,
)
from tests.channels.outbound import PUBLIC_URL, TELEGRAM_SECRET
from tests.channels.peers import TWILIO_ACCOUNT, TWILIO_TOKEN, TelegramPeer, TwilioPeer
from tests.channels.signing import form_body, vendor_headers
from tests.channels.world import World
from tests.conftest import Clock

QUESTION = "Is er plek in het weekend van 4 december?"
CHANNELS = ("whatsapp", "telegram", "sms", "webchat")
# What is done: words, or a place among the choices that were offered last.
STEPS: tuple[str | int, ...] = (QUESTION, 2, 2, "medewerker")
_ANSWERS = {
    QUESTION: OutgoingMessage(
        "In dat weekend zijn er 2 plekken vrij in De Zeven Stoelen. Wat past bij u?",
        (
            Choice("Dit weekend", "/this"),
            Choice("Een ander weekend", "/other"),
            Choice("Dichter bij huis", "/nearer"),
        ),
    ),
    "/nearer": OutgoingMessage(
        "In welke gemeente woont u?",
        tuple(
            Choice(name, f"/{name}")
            for name in ("Lindewaard", "Oosterlinde", "Kleibroek", "Wilgerzand")
        ),
    ),
    "/Kleibroek": OutgoingMessage("In Kleibroek is dat weekend nog 1 plek vrij. Fijn dichtbij!"),
}
_WIDTH = 88
_HERS = "message--you"


class Scripted:
    """Stands where Rasa is and says what the dialogue needs."""

    async def answer(
        self,
        conversation_id: uuid.UUID,  # noqa: ARG002  # the protocol's
        text: str,
        inbound_id: int,  # noqa: ARG002
    ) -> list[OutgoingMessage]:
        """The answer to words or to what a choice means."""
        return [_ANSWERS[text]]

    async def renew_session(self, conversation_id: uuid.UUID) -> None:
        """Nothing is remembered."""


@dataclass(frozen=True)
class Said:
    """One bubble, as somebody sees it.

    Args:
        by_riet: whether she said it.
        text: the words.
        choices: the titles on the buttons below it.
        opens: the words on the button that opens the choices as a list; empty for buttons.
        is_mark: whether it is no bubble but what the tapped one says from then on.
    """

    by_riet: bool
    text: str
    choices: tuple[str, ...] = ()
    opens: str = ""
    is_mark: bool = False


@dataclass
class Riet:
    """Riet on one channel: writes, taps, and remembers what she sees."""

    world: World
    clock: Clock
    twilio: TwilioPeer
    telegram: TelegramPeer
    channel: str
    seen: list[Said] = field(default_factory=list)
    # Which choice each button of the last bubble stands for, where its vendor tells it to her.
    _choice_ids: list[str] = field(default_factory=list)
    _number: int = 0

    async def play(self) -> tuple[Said, ...]:
        """The whole dialogue, from her side."""
        look = {"telegram": self._on_telegram, "webchat": self._on_page}
        for step in STEPS:
            self._number += 1
            did = self._write(step) if isinstance(step, str) else self._choose(step)
            self.seen.append(await did)
            await self.world.work()
            self.seen += await look.get(self.channel, self._on_twilio)()
            self.twilio.sent.clear()
            self.clock.pass_by(minutes=1)
        return tuple(self.seen)

    async def _write(self, words: str) -> Said:
        if self.channel == "telegram":
            await self._post(json.dumps(telegram_message(self._number, words)).encode())
        elif self.channel == "webchat":
            await self._submit(say=words)
        else:
            await self._form(words)
        return Said(by_riet=True, text=words)

    async def _choose(self, place: int) -> Said:
        title = self.seen[-1].choices[place] if self.seen[-1].choices else str(place + 1)
        if self.channel == "telegram":
            return await self._tap_telegram(place)
        if self.channel == "webchat":
            await self._submit(choice=self._choice_ids[place])
        elif self.channel == "whatsapp":
            await self._tap_whatsapp(title, self._choice_ids[place])
        else:
            await self._form(title)
        return Said(by_riet=True, text=title)

    async def _tap_whatsapp(self, title: str, choice: str) -> None:
        if self.seen[-1].opens:
            more = {"MessageType": "interactive", "ListTitle": title, "ListId": choice}
        else:
            more = {"MessageType": "button", "ButtonText": title, "ButtonPayload": choice}
        await self._form(title, **more)

    async def _tap_telegram(self, place: int) -> Said:
        bubble = self.telegram.sent[-1]
        update = telegram_tap(self._number, bubble, place, f"tap-{self._number}")
        await self._post(json.dumps(update).encode())
        shown = self.telegram.shown[bubble.message_id]
        assert not shown.buttons
        return Said(by_riet=True, text=shown.text.splitlines()[-1], is_mark=True)

    async def _form(self, words: str, **more: str) -> None:
        sid = f"SM{self._number:032x}"
        fields = whatsapp_message(TWILIO_ACCOUNT, sid, words, **more)
        if self.channel == "sms":
            fields = {**fields, "From": RIET_SMS, "To": "+3197000000000"}
        await self._post(form_body(fields))

    async def _post(self, body: bytes) -> None:
        path = f"/webhooks/{self.channel}"
        headers = vendor_headers(PUBLIC_URL + path, body, TWILIO_TOKEN, TELEGRAM_SECRET)
        answer = await self.world.http.post(path, content=body, headers=headers)
        assert answer.status_code == 200

    async def _submit(self, **fields: str) -> None:
        page = (await self.world.http.get("/chat")).text
        (token,) = re.findall(r'name="token" value="([^"]*)"', page)
        form = {"token": token, "key": str(self._number), **fields}
        answer = await self.world.http.post("/chat/messages", data=form)
        assert answer.status_code in (200, 303)

    async def _on_twilio(self) -> list[Said]:
        said, self._choice_ids = [], []
        for bubble in self.twilio.sent:
            if bubble.content is None:
                said.append(Said(by_riet=False, text=bubble.body))
                continue
            shown = bubble.content
            titles = tuple(title for title, _ in shown.choices)
            self._choice_ids = [choice for _, choice in shown.choices]
            said.append(Said(False, shown.body, titles, shown.button))
        return said

    async def _on_telegram(self) -> list[Said]:
        before = sum(not one.by_riet for one in self.seen)
        return [
            Said(False, bubble.text, tuple(title for title, _ in bubble.buttons))
            for bubble in self.telegram.sent[before:]
        ]

    async def _on_page(self) -> list[Said]:
        page = (await self.world.http.get("/chat")).text
        blocks = re.findall(r'<div class="message .*?\n</div>', page, re.DOTALL)
        theirs = [_paragraphs(block) for block in blocks if _HERS not in block]
        buttons = re.findall(r'name="choice" value="([^"]+)">([^<]+)<', page)
        self._choice_ids = [choice for choice, _ in buttons]
        before = sum(not one.by_riet for one in self.seen)
        said = [Said(by_riet=False, text=text) for text in theirs[before:]]
        titles = tuple(html.unescape(title) for _, title in buttons)
        return [*said[:-1], Said(False, said[-1].text, titles)]


def _paragraphs(block: str) -> str:
    found = re.findall(r'<p dir="auto"[^>]*>(.*?)</p>', block, re.DOTALL)
    return "\n\n".join(html.unescape(re.sub(r"<[^>]+>", "", one)) for one in found)


async def played(
    world: World, clock: Clock, twilio: TwilioPeer, telegram: TelegramPeer
) -> dict[str, tuple[Said, ...]]:
    """The dialogue on every channel, with WhatsApp's templates in place."""
    templates = Templates(world.parts.database, world.parts.content)
    for channel in world.channels.values():
        if isinstance(channel, TemplateChannel):
            await templates.synchronise(channel, clock())
    return {name: await Riet(world, clock, twilio, telegram, name).play() for name in CHANNELS}


def transcript(said: Sequence[Said]) -> str:
    """A dialogue as lines of plain text."""
    return "\n".join(line for one in said for line in _lines(one))


def _lines(said: Said) -> list[str]:
    who = "(taps)" if said.is_mark else "Riet" if said.by_riet else "Adempauze"
    paragraphs = [piece for line in said.text.splitlines() for piece in wrap(line, _WIDTH)]
    choices = "  ".join(f"[ {title} ]" for title in said.choices)
    shown = f"[ {said.opens} ] opens: {choices}" if said.opens else choices
    rest = [*paragraphs[1:], *([shown] if shown else [])]
    return [f"{who:<10} {paragraphs[0]}", *(f"{'':<10} {line}" for line in rest)]
