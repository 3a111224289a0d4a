"""Start and stop a program beside the application; it never outlives the application."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Mapping, Sequence
from pathlib import Path

PATIENCE = 10.0
_TETHER = Path(__file__).with_name("tether.py")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


async def spawn(
    command: Sequence[str], *, cwd: Path, environment: Mapping[str, str], output: int
) -> Process:
    """Start a program in a session of its own, so that Ctrl-C reaches only the application.

    Args:
        command: an absolute path and its arguments.
        output: where its output and errors go: a file descriptor or asyncio's PIPE.
    """
    tether = (sys.executable, "-I", "-S", str(_TETHER), str(os.getpid()))
    return await asyncio.create_subprocess_exec(
        *tether,
        *command,
        cwd=cwd,
        env=dict(environment),
        stdin=DEVNULL,
        stdout=output,
        stderr=STDOUT,
        start_new_session=True,
    )


async def stop(process: Process, patience: float = PATIENCE) -> None:
    """Ask the program to end, and after `patience` seconds end it and all that it started."""
    try:
        if process.returncode is None:
            _signal(process, signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), patience)
    finally:
        _signal(process, signal.SIGKILL)
    await process.wait()


def _signal(process: Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def last_lines(text: str, count: int = 15) -> str:
    """The end of a program's output, without colours, for an error message."""
    lines = [line.rstrip() for line in _COLOURS.sub("", text).splitlines() if line.strip()]
    return "\n".join(f"    {line}" for line in lines[-count:])
