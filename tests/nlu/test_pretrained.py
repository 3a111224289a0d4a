"""The optional pretrained model, with a tiny one that is made here and trained into Rasa."""

import json
import subprocess
from pathlib import Path

import pytest

from bot.settings import ROOT
from bot.stack.rasa_environment import rasa_environment

PYTHON = ROOT / ".venv-rasa" / "bin" / "python"


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(not PYTHON.exists(), reason="Rasa is not installed: run `make run` once")
def test_a_word_that_only_the_pretrained_model_knows_is_understood(tmp_path: Path) -> None:
    answer = tmp_path / "answer.json"
    found = subprocess.run(
        [str(PYTHON), str(ROOT / "tests/nlu/pretrained_check.py"), str(tmp_path), str(answer)],
        cwd=tmp_path,
        env=rasa_environment(tmp_path) | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr[-2000:]
    told = json.loads(answer.read_text())
    assert told["understood"]["hond"][0] == "ask_pets"
    assert told["understood"]["geld"][0] == "ask_cost"
    assert min(confidence for _, confidence in told["understood"].values()) > 0.6
    assert told["lengths"] == pytest.approx([1, 1, 1])
    assert told["shape"] == [3, 3]
    assert told["padded_is_the_same"]


def test_it_is_off_by_default() -> None:
    assert 'pretrained: ""' in (ROOT / "config.yml").read_text()
