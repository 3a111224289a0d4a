"""Rasa's model: which one belongs to the data, and training it when it is not there yet.

The name of a model is the digest of everything it is made from, so whether to train is decided
without importing Rasa, in milliseconds.
"""

import hashlib
import re
import shutil
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.errors import ContentError
from bot.stack.child import last_lines, spawn, stop
from bot.stack.errors import StackError
from bot.stack.lock import alone
from bot.stack.rasa_environment import rasa_environment

KEPT = 3
_FILES = ("config.yml", "domain.yml", "requirements/rasa.txt")
_DATA = ("data/nlu", "data/stories", "data/rules")
# It works on what Rasa found and is not loaded by it: tuning it needs no training.
_NOT_IN_RASA = "bot/nlu/decision.py"
_COMPONENT = re.compile(r"Starting to train component '(\w+)'")

Note = Callable[[str], None]


def digest(root: Path) -> str:
    """A name for exactly this data, configuration, components and version of Rasa.

    Raises:
        ContentError: a file without which there is no assistant is missing.
    """
    total = hashlib.sha256()
    for path in _ingredients(root):
        content = path.read_bytes()
        total.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode() + content)
    return total.hexdigest()[:20]


def _ingredients(root: Path) -> Iterator[Path]:
    for name in _FILES:
        if not (root / name).is_file():
            raise ContentError(f"{name} is missing: without it there is no assistant to train")
        yield root / name
    for folder in _DATA:
        yield from sorted((root / folder).rglob("*.yml"))
    found = sorted((root / "bot/nlu").glob("*.py"))
    yield from (path for path in found if path != root / _NOT_IN_RASA)


def model_path(root: Path, data_dir: Path) -> Path:
    """Where the model of today's data is, or will be."""
    return data_dir / "models" / f"{digest(root)}.tar.gz"


async def train(
    root: Path, data_dir: Path, *, rasa: Path | None = None, note: Note = lambda _: None
) -> Path:
    """The model of today's data; trained only when it is not there yet.

    Args:
        root: the project's folder.
        data_dir: gets `models/`, Rasa's cache and `train.log`.
        rasa: the `rasa` command; the one of `.venv-rasa` by default.
        note: told in a few words what happens.

    Raises:
        ContentError: a file is missing.
        StackError: Rasa could not train; holds the last lines of what it said.
    """
    folder = _models(data_dir)
    data_dir = folder.parent
    command = str(rasa or rasa_command(root))
    async with alone(folder, lambda: note("another process is training; waiting for it")):
        # Who edits while Rasa trains gets a model of the newer data, never one under a wrong name.
        while not (model := model_path(root, data_dir)).exists():
            with tempfile.TemporaryDirectory(dir=folder, prefix=".training-") as made:
                note("training")
                fresh = Path(made) / model.name
                await _run([command, "train", *_arguments(root, fresh)], root, data_dir, note)
                if model == model_path(root, data_dir):
                    fresh.replace(model)
        model.touch()
        _prune(folder)
    return model


def _models(data_dir: Path) -> Path:
    """The models' folder, made when it is missing; absolute, since Rasa runs elsewhere."""
    folder = data_dir.resolve() / "models"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def rasa_command(root: Path) -> Path:
    """The `rasa` of its own environment. Raises StackError when that was not made yet."""
    command = root / ".venv-rasa" / "bin" / "rasa"
    if not command.exists():
        raise StackError("Rasa's environment is missing: `python3 tools/setup.py` makes it")
    return command


def _arguments(root: Path, model: Path) -> list[str]:
    files = ("--config", "config.yml", "--domain", "domain.yml", "--data")
    data = [folder for folder in _DATA if any((root / folder).rglob("*.yml"))]
    name = model.name.removesuffix(".tar.gz")
    # tests/rasa checks the data; Rasa's own check reads it all once more, for a minute.
    return [
        "--skip-validation",
        *files,
        *data,
        "--out",
        str(model.parent),
        "--fixed-model-name",
        name,
    ]


async def _run(command: list[str], root: Path, data_dir: Path, note: Note) -> None:
    process = await spawn(command, cwd=root, environment=rasa_environment(data_dir), output=PIPE)
    try:
        said = await _listen(process, data_dir / "train.log", note)
    finally:
        await stop(process)
    if process.returncode != 0:
        raise StackError(
            f"Rasa could not train a model. Its last lines ({data_dir / 'train.log'} has all):\n"
            + last_lines(said)
        )


async def _listen(process: Process, log: Path, note: Note) -> str:
    """All that Rasa says, also written to the log; names the component that it works on."""
    said = ""
    assert process.stdout  # noqa: S101  # it was started with a pipe
    with log.open("w", encoding="utf-8") as file:
        # In chunks: a progress bar is one endless line.
        while raw := await process.stdout.read(4096):
            chunk = raw.decode(errors="replace")
            said += chunk
            file.write(chunk)
            file.flush()
            if components := _COMPONENT.findall(chunk):
                note(components[-1])
    await process.wait()
    return said


def _prune(folder: Path) -> None:
    """Keep the models that were used last, and nothing of a training that was cut off."""
    models = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for model in models[KEPT:]:
        model.unlink()
    for leftover in folder.glob(".training-*"):
        shutil.rmtree(leftover, ignore_errors=True)
