"""Rasa's own test of whole talks, in Rasa's environment and with a freshly trained model."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from bot.settings import ROOT

RASA = ROOT / ".venv-rasa" / "bin" / "rasa"
STORIES = ROOT / "tests" / "stories"


def rasa(*arguments: str, folder: Path) -> None:
    found = subprocess.run(
        [str(RASA), *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "RASA_TELEMETRY_ENABLED": "false", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr[-2000:]


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model of the data as it is now."""
    folder = tmp_path_factory.mktemp("model")
    config, domain = ROOT / "config.yml", ROOT / "domain.yml"
    data = [str(ROOT / "data" / part) for part in ("nlu", "rules", "stories")]
    rasa(
        *("train", "--config", str(config), "--domain", str(domain), "--data", *data),
        *("--out", str(folder), "--fixed-model-name", "model"),
        folder=folder,
    )
    return folder / "model.tar.gz"


@pytest.mark.slow
@pytest.mark.skipif(not RASA.exists(), reason="Rasa is not installed: run `make run` once")
@pytest.mark.timeout(600)
def test_the_talks_go_as_they_were_written(model: Path, tmp_path: Path) -> None:
    rasa(
        *("test", "core", "--model", str(model), "--stories", str(STORIES)),
        *("--out", str(tmp_path), "--no-plot", "--fail-on-prediction-errors"),
        folder=tmp_path,
    )
    failed = tmp_path / "failed_test_stories.yml"
    told = yaml.safe_load(failed.read_text()) if failed.exists() else None
    assert not (told or {}).get("stories")
