"""`adempauze parse`: what a Rasa understood, before any threshold, and what becomes of it."""

import json

import httpx
import pytest

from bot.conversation.safety import Safety
from bot.stack.errors import StackError
from bot.stack.parse import Parser

UNDERSTOOD = {
    "intent": {"name": "nlu_fallback", "confidence": 0.4},
    "intent_ranking": [
        {"name": "nlu_fallback", "confidence": 0.4},
        {"name": "ask_cost", "confidence": 0.2},
        {"name": "affirm", "confidence": 0.15},
        {"name": "ask_duration", "confidence": 0.1},
    ],
}


class RasaPeer:
    """Answers like Rasa's HTTP interface and keeps what it was asked."""

    def __init__(self, status: int = 200) -> None:
        self.asked: list[tuple[str, object]] = []
        self._status = status

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        self.asked.append((request.url.path.split("/")[-1], body))
        in_context = request.url.path.endswith("/messages")
        answer = {"latest_message": UNDERSTOOD} if in_context else UNDERSTOOD
        return httpx.Response(self._status, json=answer)

    def parser(self, safety: Safety) -> Parser:
        transport = httpx.MockTransport(self)
        return Parser(httpx.AsyncClient(transport=transport, base_url="http://rasa"), safety)


async def test_it_tells_what_was_understood_before_the_fallback(safety: Safety) -> None:
    found = await RasaPeer().parser(safety).parse("hoeveel")
    assert found.as_json() == {
        "intent": "ask_cost",
        "confidence": 0.2,
        "ranking": [("ask_cost", 0.2), ("affirm", 0.15), ("ask_duration", 0.1)],
        "decision": "choose",
        "choices": ("ask_cost", "ask_duration"),
        "safety": "none",
    }


async def test_the_safety_layer_alone_says_how_safe_it_is(safety: Safety) -> None:
    found = await RasaPeer().parser(safety).parse("ik wil dood")
    assert (found.intent, found.safety) == ("ask_cost", "1a")


async def test_what_was_asked_is_put_into_a_conversation_before_the_sentence(
    safety: Safety,
) -> None:
    peer = RasaPeer()
    found = await peer.parser(safety).parse("gaat wel", asked="sleep")
    (events, before), (messages, said) = peer.asked
    assert (events, messages) == ("events", "messages")
    assert isinstance(before, list)
    assert {"event": "slot", "name": "asked", "value": "sleep"} in before
    assert said == {"text": "gaat wel", "sender": "user"}
    assert found.intent == "ask_cost"


async def test_a_wrong_token_is_an_error_that_names_the_setting(safety: Safety) -> None:
    with pytest.raises(StackError, match=r"answers 401: is RASA_TOKEN"):
        await RasaPeer(status=401).parser(safety).parse("hoeveel")
