"""What the assistant makes of a sentence: intent, decision and the safety layer's tier.

Asks a Rasa that runs, or starts one for the call, with its conversations in memory and without
actions: nothing of this reaches the database.
"""

import asyncio
import contextlib
import tempfile
import uuid
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

from bot.conversation import safety
from bot.conversation.safety import Safety
from bot.nlu.decision import decide
from bot.settings import ROOT, Settings
from bot.stack import model
from bot.stack import safety as learning
from bot.stack.display import Display
from bot.stack.errors import StackError
from bot.stack.ports import free_port
from bot.stack.rasa_server import RasaLaunch, RasaServer

_FALLBACK = "nlu_fallback"
_TIMEOUT = 30.0
_ALONE = "tracker_store:\n  type: in_memory\n"


@dataclass(frozen=True)
class Parsed:
    """One sentence, understood; intent and ranking are those before any threshold."""

    intent: str | None
    confidence: float
    ranking: list[tuple[str, float]]
    decision: str
    choices: tuple[str, ...]
    safety: str

    def as_json(self) -> dict[str, Any]:
        """The form that design and tests agree on."""
        return asdict(self)


class Parser:
    """Understands sentences.

    Args:
        http: a client of a running Rasa, with its token.
        safety: the safety layer.
    """

    def __init__(self, http: httpx.AsyncClient, safety: Safety) -> None:
        self._http = http
        self._safety = safety

    async def parse(self, text: str, asked: str | None = None) -> Parsed:
        """Understand one sentence.

        Args:
            text: what somebody typed.
            asked: the name of the question that the assistant had just asked.

        Raises:
            StackError: Rasa did not answer.
        """
        found = await (self._in_context(text, asked) if asked else self._alone(text))
        ranking = _ranking(found)
        decision, choices = decide(ranking)
        intent, confidence = ranking[0] if ranking else (None, 0.0)
        tier = self._safety.assess(text).value
        return Parsed(intent, confidence, ranking, decision, choices, tier)

    async def _alone(self, text: str) -> dict[str, Any]:
        return await self._post("/model/parse", {"text": text})

    async def _in_context(self, text: str, asked: str) -> dict[str, Any]:
        """In a conversation of its own in which the question was asked."""
        conversation = f"/conversations/{uuid.uuid4()}"
        before = [
            {"event": "action", "name": "action_session_start"},
            {"event": "session_started"},
            {"event": "slot", "name": "asked", "value": asked},
            {"event": "action", "name": "action_listen"},
        ]
        await self._post(f"{conversation}/tracker/events", before)
        tracker = await self._post(f"{conversation}/messages", {"text": text, "sender": "user"})
        latest = tracker.get("latest_message")
        return latest if isinstance(latest, dict) else {}

    async def _post(self, path: str, body: object) -> dict[str, Any]:
        try:
            answer = await self._http.post(path, json=body)
            answer.raise_for_status()
        except httpx.HTTPStatusError as error:
            hint = ": is RASA_TOKEN the one it was started with?"
            code = error.response.status_code
            raise StackError(
                f"Rasa at {self._http.base_url} answers {code}"
                + (hint if code == httpx.codes.UNAUTHORIZED else "")
            ) from None
        except httpx.TransportError as error:
            reason = f"{type(error).__name__} {error}".strip()
            raise StackError(f"Rasa at {self._http.base_url} does not answer: {reason}") from None
        found = answer.json()
        return found if isinstance(found, dict) else {}


def _ranking(found: dict[str, Any]) -> list[tuple[str, float]]:
    """All intents but the fallback, which is a threshold's work, the likeliest first."""
    named = [(str(each["name"]), float(each["confidence"])) for each in found["intent_ranking"]]
    return [pair for pair in named if pair[0] != _FALLBACK]


@contextlib.asynccontextmanager
async def parser(
    settings: Settings, display: Display, *, in_context: bool = False
) -> AsyncIterator[Parser]:
    """A parser on the Rasa of `RASA_URL`, else on one that runs here, else on a new one.

    With `in_context` only `RASA_URL` or a new one will do: the conversations that it needs are
    not to be kept in an installation's database.
    """
    with display.step("Safety examples") as note:
        learnt = await learning.learnt(ROOT, settings.data_dir, note)
    layer = safety.load(ROOT / "data" / "safety", learnt)
    token = settings.rasa_token.get_secret_value()
    if settings.rasa_url or (not in_context and await _runs(settings)):
        async with _client(settings.rasa_address, token) as http:
            yield Parser(http, layer)
        return
    async with _own_rasa(settings, display) as launch, _client(launch.address, token) as http:
        yield Parser(http, layer)


def _client(address: str, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=address, params={"token": token}, timeout=_TIMEOUT)


async def _runs(settings: Settings) -> bool:
    """Whether a Rasa with our token and today's model answers at `RASA_PORT`."""
    wanted = model.model_path(ROOT, settings.data_dir).name
    try:
        async with _client(settings.rasa_address, settings.rasa_token.get_secret_value()) as http:
            found = (await http.get("/status")).json()
    except (httpx.HTTPError, ValueError):
        return False
    return isinstance(found, dict) and found.get("model_file") == wanted


@contextlib.asynccontextmanager
async def _own_rasa(settings: Settings, display: Display) -> AsyncIterator[RasaLaunch]:
    """A Rasa for one call, on a free port."""
    with display.step("Model") as note:
        trained = await model.train(ROOT, settings.data_dir, note=note)
    with tempfile.TemporaryDirectory(prefix="adempauze-") as folder:
        endpoints = Path(folder) / "endpoints.yml"
        endpoints.write_text(_ALONE, encoding="utf-8")
        token = settings.rasa_token.get_secret_value()
        launch = RasaLaunch(
            ROOT, Path(folder), trained, free_port(), token, endpoints=str(endpoints)
        )
        ready = asyncio.Event()
        task = asyncio.create_task(RasaServer(launch).keep_running(ready))
        waiting = asyncio.create_task(ready.wait())
        try:
            with display.step("Rasa for this call"):
                await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                await task
            yield launch
        finally:
            for each in (task, waiting):
                each.cancel()
            await asyncio.gather(task, waiting, return_exceptions=True)
