"""Make the environments: uv where it is missing, .venv (application), .venv-rasa (Rasa).

It runs before anything is installed, so it uses the standard library only and any Python from 3.8.
It must stay quick when nothing changed: a stamp in each environment says what it was made from.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # `python3 tools/setup.py` knows only its own folder

from tools import interpreters  # noqa: E402
from tools.interpreters import run  # noqa: E402

STAMP = "adempauze.stamp"
OLDEST_UV = (0, 5)


class SetupError(Exception):
    """Something outside this project is missing; the message says what to do next."""


@dataclass(frozen=True)
class Environment:
    """One virtual environment: where it is, what runs it and what goes into it."""

    folder: str
    purpose: str
    versions: tuple[str, ...]
    requirements: tuple[str, ...]
    with_project: bool
    hint: str


APPLICATION = Environment(
    folder=".venv",
    purpose="the application and its tests",
    versions=("3.11", "3.12", "3.13", "3.14"),
    requirements=("requirements/app.txt", "requirements/dev.txt"),
    with_project=True,
    hint="a few seconds, a minute the first time",
)
RASA = Environment(
    folder=".venv-rasa",
    purpose="Rasa 3.6",
    versions=("3.10",),
    requirements=("requirements/rasa.txt", "requirements/rasa-dev.txt"),
    with_project=False,
    hint="up to a few minutes the first time: TensorFlow is 600 MB",
)
LOCKS = (
    ("3.11", "requirements/app", ()),
    ("3.11", "requirements/dev", ()),
    ("3.10", "requirements/rasa", ("--override", "requirements/rasa-overrides.txt")),
    ("3.10", "requirements/rasa-dev", ()),
    ("3.8", "requirements/tools", ()),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Bring the environments up to date; 0 when they are, 1 with a line that says why not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--app-only", action="store_true", help="leave Rasa's environment out")
    parser.add_argument("--lock", action="store_true", help="compile requirements/*.in instead")
    options = parser.parse_args(arguments)
    wanted = [APPLICATION] if options.app_only else [APPLICATION, RASA]
    try:
        if options.lock:
            compile_locks(ROOT)
        else:
            bring_up_to_date(ROOT, wanted)
    except SetupError as error:
        sys.stderr.write(f"setup: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("setup: stopped; the next run goes on from here\n")
        return 130
    return 0


def bring_up_to_date(root: Path, environments: Sequence[Environment]) -> None:
    """Make or update what is out of date; does nothing, quickly, when all is well.

    Raises:
        SetupError: an interpreter or a package could not be had.
    """
    if all(is_current(root, environment) for environment in environments):
        return
    with only_one(root):
        stale = [each for each in environments if not is_current(root, each)]
        uv = find_uv(root, os.environ) or install_uv(root)
        for environment in stale:
            build(root, environment, uv)


def is_current(root: Path, environment: Environment) -> bool:
    """Whether the stamp says what it should and the interpreter below it still exists."""
    folder = root / environment.folder
    try:
        stamp = (folder / STAMP).read_text(encoding="utf-8")
    except OSError:
        return False
    return stamp == stamp_of(root, environment) and (folder / "bin" / "python").exists()


def stamp_of(root: Path, environment: Environment) -> str:
    """What an environment is made from: the digest of its files, and where it stands.

    The place counts because an environment that was moved or copied points to its old one.
    """
    files = [*environment.requirements, *(["pyproject.toml"] if environment.with_project else [])]
    digest = hashlib.sha256(repr(environment).encode())
    for name in files:
        content = (root / name).read_bytes()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return f"{digest.hexdigest()}\n{root}\n"


def build(root: Path, environment: Environment, uv: str) -> None:
    """Make one environment exactly what its lock files say, reusing what is there."""
    folder = root / environment.folder
    started = time.monotonic()
    say(f"{environment.folder}: {environment.purpose} ({environment.hint})")
    if not is_reusable(root, environment):
        remove(folder)
        interpreter = find_interpreter(environment, uv) or download_interpreter(environment, uv)
        say(f"{environment.folder}: made with {interpreter}")
        run_uv(uv, root, "venv", "--quiet", "--python", interpreter, str(folder))
    with contextlib.suppress(FileNotFoundError):
        (folder / STAMP).unlink()
    install(root, environment, uv)
    (folder / STAMP).write_text(stamp_of(root, environment), encoding="utf-8")
    say(f"{environment.folder}: ready ({time.monotonic() - started:.0f} s)")


def is_reusable(root: Path, environment: Environment) -> bool:
    """Whether the environment runs, with a right Python, and was made where it now stands."""
    folder = root / environment.folder
    try:
        made_here = str(folder) in (folder / "bin" / "activate").read_text(encoding="utf-8")
    except OSError:
        return False
    # Console scripts carry the path of their interpreter, so a copied environment is worthless.
    return made_here and interpreters.version_of(str(folder / "bin/python")) in environment.versions


def install(root: Path, environment: Environment, uv: str) -> None:
    """Install what the lock files name, remove what they do not, then the project itself."""
    target = ("--python", str(root / environment.folder / "bin" / "python"))
    quiet = () if sys.stderr.isatty() else ("--quiet",)
    # `uv pip install` refuses Rasa's file, in which an override drops jax; `sync` takes it.
    sync = ("pip", "sync", *quiet, *target, "--require-hashes")
    run_uv(uv, root, *sync, *environment.requirements)
    if environment.with_project:
        project = ("--no-deps", "--no-build-isolation", "--editable", ".")
        run_uv(uv, root, "pip", "install", "--quiet", *target, *project)


def find_interpreter(environment: Environment, uv: str) -> str | None:
    """The path of a Python for this environment that is on this machine, or None."""
    answer = run([uv, "python", "dir"], quiet=True)
    managed = Path(answer.stdout.strip()) if answer.returncode == 0 else None
    return interpreters.find(environment.versions, os.environ, managed)


def download_interpreter(environment: Environment, uv: str) -> str:
    """Let uv install a Python. Raises SetupError with what to do when that does not work."""
    version = environment.versions[0]
    say(f"{environment.folder}: no Python {version} on this machine, uv downloads one")
    run([uv, "python", "install", version])
    path = find_interpreter(environment, uv)
    if path is None:
        raise SetupError(
            f"{environment.purpose} needs Python {' or '.join(environment.versions)}: none was "
            "found (uv's own, $PYENV_ROOT/versions, ~/.pyenv/versions, PATH) and uv could not "
            f"download one. Install it, for instance with `pyenv install {version}`, and run "
            "this again."
        )
    return path


def find_uv(root: Path, environ: Mapping[str, str]) -> str | None:
    """uv on the PATH or in .tools, when it runs and is not too old."""
    on_path = shutil.which("uv", path=environ.get("PATH", ""))
    for path in filter(None, (on_path, str(root / ".tools" / "bin" / "uv"))):
        with contextlib.suppress(OSError):
            found = re.match(r"uv (\d+)\.(\d+)", run([path, "--version"], quiet=True).stdout)
            if found and (int(found[1]), int(found[2])) >= OLDEST_UV:
                return path
    return None


def install_uv(root: Path) -> str:
    """Put uv from PyPI into .tools. Raises SetupError with what to do when that does not work."""
    say("uv is missing: it goes into .tools")
    folder = root / ".tools"
    make_tool_environment(folder)
    pip = (str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet")
    only = ("--only-binary", ":all:", "--disable-pip-version-check", "--require-hashes")
    done = run([*pip, *only, "-r", str(root / "requirements/tools.txt")])
    if done.returncode != 0:
        raise SetupError(
            "uv could not be installed from PyPI (see above): check the network, or install uv "
            "yourself so that it is on the PATH, and run this again."
        )
    return str(folder / "bin" / "uv")


def make_tool_environment(folder: Path) -> None:
    """An environment with pip, made by the first Python that can (Debian's lacks ensurepip)."""
    versions = (*APPLICATION.versions, *RASA.versions)
    found = (path for each in versions for path in interpreters.candidates(each, os.environ, None))
    for python in dict.fromkeys((sys.executable, *found)):
        remove(folder)
        works = interpreters.version_of(python) is not None
        if works and run([python, "-m", "venv", str(folder)], quiet=True).returncode == 0:
            return
    remove(folder)
    raise SetupError(
        "uv is missing and no Python here can make an environment for it: install uv, or on "
        "Debian and Ubuntu `sudo apt-get install python3-venv`, and run this again."
    )


def compile_locks(root: Path) -> None:
    """Write requirements/*.txt anew from *.in: all platforms, with hashes, no registry named."""
    uv = find_uv(root, os.environ) or install_uv(root)
    for version, name, extra in LOCKS:
        say(f"{name}.in → {name}.txt")
        form = ("--universal", "--generate-hashes", "--no-emit-index-url", "--no-header")
        files = ("--python-version", version, *extra, f"{name}.in", "-o", f"{name}.txt")
        run_uv(uv, root, "pip", "compile", "--quiet", *form, *files)


def run_uv(uv: str, root: Path, *arguments: str) -> None:
    """Run uv in the project's folder; its own output says what went wrong."""
    if run([uv, *arguments], cwd=root).returncode != 0:
        raise SetupError(
            f"`uv {' '.join(arguments[:2])}` failed, see above. When the network was the cause, "
            "run this again: it goes on from here."
        )


@contextlib.contextmanager
def only_one(root: Path) -> Iterator[None]:
    """Let one process at a time build; a second one waits and then finds the work done."""
    handle = os.open(str(root), os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("another setup is at work here; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def remove(folder: Path) -> None:
    """Remove an environment; a link to one elsewhere loses only the link."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(str(folder))


def say(text: str) -> None:
    """One line of progress."""
    sys.stdout.write(f"setup: {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
