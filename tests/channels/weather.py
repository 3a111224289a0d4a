"""A vendor in bad weather: it refuses a third of our messages, cuts off a tenth, and a few times is
too busy for everybody. It keeps a record of all that came, with what it asked for.
"""

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from integrations.channel import Rates
from integrations.telegram import Telegram
from integrations.whatsapp import WhatsApp
from tests.channels.inbound import telegram_message, whatsapp_message
from tests.channels.loopback import Answer, Call, Peer, Trouble
from tests.channels.peers import TWILIO_ACCOUNT
from tests.channels.signing import form_body

# Which sendings are refused to everybody. A few only: while such a pause lasts nothing goes out, so
# a third of the sendings would be minutes of waiting, and would show nothing besides.
BUSY_AT = (60, 120, 180)
BUSY_SECONDS = 2.0


@dataclass(frozen=True)
class Vendor:
    """A channel as its vendor's side of the load.

    Args:
        name: the channel's.
        rates: what it promises to keep to.
        first_writes: how many messages the first person writes; everybody else writes five.
        to: the field of a sending that holds the address.
        text: the field that holds the words.
        body: what the vendor posts to us, from a number, the words and a person.
        refusal: the answer to one message, by seconds.
        busy: the answer that holds for everybody.
    """

    name: str
    rates: Rates | None
    first_writes: int
    to: str
    text: str
    body: Callable[[int, str, int], bytes]
    refusal: Callable[[int], Answer]
    busy: Answer


@dataclass(frozen=True)
class Sending:
    """A call as it came in at the peer: when, to whom, what, what became of it, and how long the
    person is not to be written to, or nobody.
    """

    at: float
    address: str
    text: str
    outcome: str
    pause: float = 0.0

    @property
    def is_refused(self) -> bool:
        return self.outcome in ("refused", "busy")


@dataclass
class Weather:
    """What becomes of each sending; a peer's `habit`. Each person has the same luck in every run.

    The cut ones are by turns taken and not taken, which nobody on our side can tell apart.
    """

    vendor: Vendor
    peer: Peer
    dice: dict[str, random.Random] = field(default_factory=dict)
    record: list[Sending] = field(default_factory=list)

    def __call__(self, call: Call) -> Answer | Trouble | None:
        if call.endpoint != self.peer.usual_endpoint:
            return None
        address, text = call.fields[self.vendor.to], call.fields[self.vendor.text]
        dice = self.dice.setdefault(address, random.Random(f"2026 {address}"))
        what, outcome, pause = self._becomes(dice)
        self.record.append(Sending(time.time(), address, text, outcome, pause))
        return what

    def _becomes(self, dice: random.Random) -> tuple[Answer | Trouble | None, str, float]:
        thrown, seconds = dice.random(), dice.choice((1, 2, 3))
        if len(self.record) + 1 in BUSY_AT:
            return self.vendor.busy, "busy", BUSY_SECONDS
        if thrown < 1 / 3:
            return self.vendor.refusal(seconds), "refused", float(seconds)
        if thrown < 1 / 3 + 1 / 10:
            cut = dice.choice((Trouble.CUT, Trouble.CUT_AFTER))
            return cut, cut.name.lower(), 0.0
        return None, "taken", 0.0

    @property
    def people(self) -> set[str]:
        """Everybody to whom something was sent."""
        return {sending.address for sending in self.record}

    @property
    def busy(self) -> list[Sending]:
        """What was refused to everybody."""
        return [sending for sending in self.record if sending.outcome == "busy"]

    def of(self, address: str) -> list[Sending]:
        """All sendings to a person, in order."""
        return [sending for sending in self.record if sending.address == address]

    def waiting_at(
        self, moment: Sending, written: Mapping[tuple[str, str], float]
    ) -> set[tuple[str, str]]:
        """The messages (to whom, what) that were written by then and neither taken nor cut."""
        gone = {
            (one.address, one.text)
            for one in self.record
            if one.at < moment.at and not one.is_refused
        }
        return {message for message, at in written.items() if at < moment.at} - gone

    def extra_waits(self, written: Mapping[tuple[str, str], float]) -> dict[str, list[float]]:
        """How long each call to each person came after it might have: its message was there, the
        one before it was gone, the pauses of its person and of everybody were over, and the
        person's pace had room.
        """
        return {
            who: [
                self._besides_busy(max(free, written[who, one.text]), one.at)
                for one, free in self._free(who)
            ]
            for who in self.people
        }

    def margins(self) -> Iterator[float]:
        """How far each call stayed from the pace to one person, in seconds; too soon below zero."""
        return (one.at - free for who in self.people for one, free in self._paced(who))

    def _free(self, address: str) -> Iterator[tuple[Sending, float]]:
        """Each call, with the moment from which its person's pace, pauses and order allowed it."""
        over = 0.0
        for one, paced in self._paced(address):
            yield one, max(paced, over)
            over = one.at + (one.pause if one.outcome == "refused" else 0.0)

    def _paced(self, address: str) -> Iterator[tuple[Sending, float]]:
        """Each call, with the moment from which the pace to one person had room for it."""
        assert self.vendor.rates is not None
        rate, spent = self.vendor.rates.person, 0.0
        for one in self.of(address):
            yield one, spent - rate.seconds * (rate.burst - 1)
            spent = max(spent, one.at) + rate.seconds

    def _besides_busy(self, start: float, end: float) -> float:
        """The time from `start` to `end` in which the vendor was not too busy for everybody."""
        pauses = ((max(start, one.at), min(end, one.at + one.pause)) for one in self.busy)
        return end - start - sum(max(0.0, over - began) for began, over in pauses)


def _telegram_body(number: int, words: str, person: int) -> bytes:
    return json.dumps(telegram_message(number, words, 710000000 + person)).encode()


def _whatsapp_body(number: int, words: str, person: int) -> bytes:
    sender = f"whatsapp:+316{person:08}"
    return form_body(whatsapp_message(TWILIO_ACCOUNT, f"SM{number:032x}", words, sender))


def _telegram_refusal(seconds: int) -> Answer:
    parameters = {"retry_after": seconds}
    words = {"ok": False, "description": "Too Many Requests", "parameters": parameters}
    return Answer(429, words)


VENDORS = (
    Vendor(
        "telegram",
        Telegram.rates,
        5,
        "chat_id",
        "text",
        _telegram_body,
        _telegram_refusal,
        # From something before the Bot API, so without `retry_after`: two seconds for everybody.
        Answer(429, {"ok": False, "description": "Too Many Requests"}),
    ),
    Vendor(
        "whatsapp",
        WhatsApp.rates,
        # More than the burst of 20 with what is refused, so that the pace over time shows as well.
        18,
        "To",
        "Body",
        _whatsapp_body,
        # 63018 is about one person, 20429 about the whole account (integrations/twilio/errors.py).
        lambda seconds: Answer(429, {"code": 63018}, {"Retry-After": str(seconds)}),
        Answer(429, {"code": 20429}, {"Retry-After": str(int(BUSY_SECONDS))}),
    ),
)
