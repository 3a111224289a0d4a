"""Rasa's own test of whole talks, in Rasa's environment and with the run's one trained model."""

import subprocess
from pathlib import Path

import pytest
import yaml

from bot.settings import ROOT
from bot.stack.rasa_environment import rasa_environment

RASA = ROOT / ".venv-rasa" / "bin" / "rasa"
STORIES = ROOT / "tests" / "stories"


def rasa(*arguments: str, folder: Path) -> None:
    found = subprocess.run(
        [str(RASA), *arguments],
        cwd=folder,
        env=rasa_environment(folder) | {"PYTHONPATH": str(ROOT), "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.skipif(not RASA.exists(), reason="Rasa is not installed: run `make run` once")
@pytest.mark.timeout(600)
def test_the_talks_go_as_they_were_written(trained_model: Path, tmp_path: Path) -> None:
    rasa(
        *("test", "core", "--model", str(trained_model), "--stories", str(STORIES)),
        *("--out", str(tmp_path), "--no-plot", "--fail-on-prediction-errors"),
        folder=tmp_path,
    )
    failed = tmp_path / "failed_test_stories.yml"
    told = yaml.safe_load(failed.read_text()) if failed.exists() else None
    assert not (told or {}).get("stories")
