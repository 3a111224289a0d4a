"""Become another program that dies with its parent, even when that is killed without warning.

    python tether.py PARENT PROGRAM [ARGUMENT …]

A program of its own, because code between fork and exec is unsafe where threads run.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2); it outlives exec


def main(parent: int, command: list[str]) -> None:
    """Ask the kernel for the signal (Linux has it, others go without), then be the program."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() == parent:  # otherwise it died before it was asked
        os.execv(command[0], command)  # noqa: S606  # the caller names the program


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
