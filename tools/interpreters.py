"""Find a Python that really runs: uv's own, pyenv's (active or not) or one on the PATH.

Standard library only and Python 3.8 and up, like tools/setup.py, which uses it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# What an interpreter says of itself; 32 bits and other implementations have no wheels here.
_WHO = "import sys; print(sys.implementation.name, sys.maxsize > 2**32, *sys.version_info[:2])"


def find(versions: Sequence[str], environ: Mapping[str, str], managed: Path | None) -> str | None:
    """The path of the first Python that runs, in the order of `versions` ("3.10"), or None.

    `managed` is the folder where uv keeps the interpreters that it downloaded.
    """
    for version in versions:
        for path in candidates(version, environ, managed):
            if version_of(path) == version:
                return path
    return None


def candidates(version: str, environ: Mapping[str, str], managed: Path | None) -> Iterator[str]:
    """Where a Python of this version may be, the most wanted first; not all of them run."""
    name = f"python{version}"
    if managed:
        yield from _inside(managed, f"cpython-{version}[.-]*", name)
    home = Path(environ.get("HOME", "~")).expanduser()
    for pyenv in dict.fromkeys((environ.get("PYENV_ROOT", ""), str(home / ".pyenv"))):
        if pyenv:
            yield from _inside(Path(pyenv) / "versions", f"{version}*", name)
    # A shim that refuses may stand before a Python that works: so the whole PATH, not `which`.
    for folder in filter(None, environ.get("PATH", "").split(os.pathsep)):
        yield from (str(Path(folder) / each) for each in (name, "python3"))
    yield sys.executable


def _inside(folder: Path, pattern: str, name: str) -> Iterator[str]:
    for found in sorted(folder.glob(pattern), key=_numbers, reverse=True):
        yield str(found / "bin" / name)


def _numbers(path: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", path.name)]


def version_of(interpreter: str) -> str | None:
    """`3.10` and the like, or None when it does not run: pyenv's shims exist but may refuse."""
    if not os.access(interpreter, os.X_OK):
        return None
    try:
        answer = run([interpreter, "-I", "-c", _WHO], quiet=True)
    except OSError:
        return None
    said = answer.stdout.split()
    return f"{said[2]}.{said[3]}" if said[:2] == ["cpython", "True"] else None


def run(
    command: Sequence[str], *, quiet: bool = False, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; `quiet` keeps its output for the caller instead of showing it."""
    output = subprocess.PIPE if quiet else None
    return subprocess.run(command, check=False, text=True, cwd=cwd, stdout=output, stderr=output)  # noqa: S603  # ours
