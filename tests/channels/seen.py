"""What Riet sees of our last message, read at the vendor on loopback or on the page."""

import html
import re
from dataclasses import dataclass

import httpx

from bot.messages import Request
from tests.channels.inbound import RIET_TELEGRAM
from tests.channels.peers import TelegramPeer, TwilioPeer

_ASKS = {"request_contact": Request.CONTACT, "request_location": Request.LOCATION}


@dataclass(frozen=True)
class Seen:
    """A message in one or more bubbles.

    Args:
        bubbles: how many.
        text: all words, those of a picture's caption too.
        choices: the titles that can be tapped.
        pictures: their addresses.
        asks: what a button shares; None without such a button.
    """

    bubbles: int
    text: str
    choices: tuple[str, ...]
    pictures: tuple[str, ...]
    asks: Request | None = None

    @property
    def words(self) -> str:
        """The text with single spaces, as a long one is cut at spaces."""
        return " ".join(self.text.split())


def at_vendor(twilio: TwilioPeer, telegram: TelegramPeer, before: int) -> Seen:
    """What the vendor that was handed anything was handed after so many bubbles."""
    return _on_telegram(telegram, before) if telegram.sent else _on_twilio(twilio, before)


async def on_page(browser: httpx.AsyncClient, messages: int) -> Seen:
    """The last so many messages on the page."""
    page = (await browser.get("/chat")).text
    blocks = re.findall(r'<div class="message .*?\n</div>', page, re.DOTALL)[-messages:]
    words = re.findall(r'<p dir="auto"[^>]*>(.*?)</p>', "".join(blocks), re.DOTALL)
    titles = re.findall(r'name="choice" value="[^"]+">([^<]+)<', page)
    return Seen(
        len(blocks),
        html.unescape(" ".join(re.sub(r"<[^>]+>", "", one) for one in words)),
        tuple(html.unescape(title) for title in titles),
        tuple(re.findall(r'<img class="photo" src="([^"]+)"', "".join(blocks))),
    )


def _on_twilio(twilio: TwilioPeer, before: int) -> Seen:
    sent = twilio.sent[before:]
    shown = [one.content for one in sent if one.content]
    return Seen(
        len(sent),
        " ".join([*(one.body for one in sent), *(one.body for one in shown)]),
        tuple(title for one in shown for title, _ in one.choices),
        tuple(one.media for one in sent if one.media),
    )


def _on_telegram(peer: TelegramPeer, before: int) -> Seen:
    sent = peer.sent[before:]
    keyboard = peer.keyboards.get(RIET_TELEGRAM, ())
    asks = [request for name, request in _ASKS.items() if any(name in one for one in keyboard)]
    return Seen(
        len(sent),
        " ".join(one.text for one in sent),
        tuple(title for one in sent for title, _ in one.buttons),
        tuple(one.photo for one in sent if one.photo),
        asks[0] if asks else None,
    )
