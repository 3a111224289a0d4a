"""How well messages are understood, measured in Rasa's environment on what nobody trained on."""

import json
import subprocess
from functools import cache
from typing import Any

import pytest

from bot.settings import ROOT

PYTHON = ROOT / ".venv-rasa" / "bin" / "python"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not PYTHON.exists(), reason="Rasa is not installed: run `make run` once"),
]


@cache
def figures() -> dict[str, Any]:
    found = subprocess.run(
        [str(PYTHON), "tools/nlu_report.py", "--chosen", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr[-2000:]
    loaded: dict[str, Any] = json.loads(found.stdout)["chosen"]
    return loaded


@pytest.mark.parametrize("part", ["unseen", "hard", "in context"])
def test_messages_that_nobody_trained_on_are_understood(part: str) -> None:
    assert figures()["parts"][part]["accuracy"] >= 0.78
    assert figures()["parts"][part]["top3"] >= 0.92


@pytest.mark.parametrize("part", ["unseen", "hard", "in context"])
def test_it_rather_asks_than_answers_wrong(part: str) -> None:
    assert figures()["outcomes"][part]["wrong at once"] <= 0.08


def test_what_was_asked_helps_to_read_an_answer() -> None:
    heard, not_heard = figures()["parts"]["in context"], figures()["question_withheld"]
    assert heard["accuracy"] >= not_heard["accuracy"] + 0.03
