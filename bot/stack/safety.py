"""Have the safety layer's examples learnt when they, or how they are learnt, changed."""

import asyncio
import os
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import Callable
from pathlib import Path

from bot.conversation.safety_model import learnt_path
from bot.settings import ROOT
from bot.stack.child import last_lines, spawn, stop
from bot.stack.errors import StackError
from bot.stack.lock import alone

KEPT = 3
# A program of its own: what it needs to learn takes a hundred megabytes that serving does not need.
_LEARN = (sys.executable, "-m", "bot.conversation.safety_training")


async def learnt(root: Path, data_dir: Path, note: Callable[[str], None] = lambda _: None) -> Path:
    """What was learnt from today's example lines; learns it, in half a minute, when needed.

    Args:
        root: the project's folder.
        data_dir: gets `models/`.
        note: told in a few words what happens.

    Raises:
        ContentError: an example file is missing.
        StackError: learning failed; holds the last lines of what it said.
    """
    folder = data_dir / "models"
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    async with alone(folder, lambda: note("another process is training; waiting for it")):
        # Who edits meanwhile gets what belongs to the newer lines, never one under a wrong name.
        while not (path := learnt_path(root, data_dir)).exists():
            with tempfile.TemporaryDirectory(dir=folder, prefix=".training-") as made:
                note("learning from examples")
                fresh = Path(made) / path.name
                await _learn(root, fresh)
                if path == learnt_path(root, data_dir):
                    fresh.replace(path)
        path.touch()
        _prune(folder)
    return path


async def _learn(root: Path, fresh: Path) -> None:
    process = await spawn(
        [*_LEARN, str(root), str(fresh)], cwd=ROOT, environment=os.environ, output=PIPE
    )
    try:
        said, _ = await process.communicate()
    finally:
        await stop(process)
    if process.returncode != 0:
        lines = last_lines(said.decode(errors="replace"))
        raise StackError(f"the safety examples could not be learnt. The last lines:\n{lines}")


def _prune(folder: Path) -> None:
    kept = sorted(folder.glob("safety-*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[KEPT:]:
        path.unlink()
