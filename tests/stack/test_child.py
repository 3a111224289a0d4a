"""A child never outlives its parent, and one that does not listen is ended."""

import os
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import psutil
import pytest

from bot.settings import ROOT
from bot.stack.child import last_lines, spawn, stop

DEAF = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""
PARENT = """
import asyncio, os, sys
from pathlib import Path
from bot.stack.child import spawn

async def main():
    child = await spawn(
        [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"],
        cwd=Path("."), environment=os.environ, output=asyncio.subprocess.PIPE,
    )
    await child.stdout.readline()
    print(child.pid, flush=True)
    await child.wait()

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_it_dies_with_a_parent_that_is_killed_without_warning() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    child = psutil.Process(int(parent.stdout.readline()))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert child.wait(timeout=10) is None or not child.is_running()


async def test_one_that_does_not_listen_is_killed_after_some_patience(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DEAF]
    child = await spawn(command, cwd=tmp_path, environment=os.environ, output=PIPE)
    assert child.stdout
    await child.stdout.readline()
    await stop(child, patience=0.1)
    assert child.returncode == -signal.SIGKILL


async def test_one_that_ended_by_itself_may_be_stopped_too(tmp_path: Path) -> None:
    child = await spawn(["/bin/true"], cwd=tmp_path, environment=os.environ, output=PIPE)
    await child.wait()
    await stop(child)
    assert child.returncode == 0


async def test_ctrl_c_in_the_terminal_does_not_reach_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DEAF]
    child = await spawn(command, cwd=tmp_path, environment=os.environ, output=PIPE)
    assert os.getpgid(child.pid) != os.getpgid(os.getpid())
    await stop(child, patience=0)


def test_the_last_lines_have_no_colours_and_no_empty_ones() -> None:
    assert last_lines("a\n\n\x1b[31mb\x1b[0m\n\nc  \n", count=2) == "    b\n    c"
