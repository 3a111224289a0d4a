"""Show what a command is doing: a spinner and the time on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class Display:
    """The steps of one command, one after the other.

    Args:
        console: where to show them; the standard error by default, so that a command's result
            can be piped.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)

    @contextmanager
    def step(self, title: str) -> Iterator[Callable[[str], None]]:
        """Show that a step is going on; what it yields takes a few words about how far it is."""
        started = time.monotonic()
        if self._console.is_terminal:
            with self._spinner(title) as note:
                yield note
        else:
            self.line(f"{title} …")
            yield lambda words: self.line(f"{title}: {words}")
        self.line(f"✓ {title} ({time.monotonic() - started:.1f} s)")

    @contextmanager
    def _spinner(self, title: str) -> Iterator[Callable[[str], None]]:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=self._console, transient=True) as progress:
            task = progress.add_task(title, total=None)
            yield lambda words: progress.update(task, description=f"{title}: {words}")

    def line(self, text: str = "") -> None:
        """One line as it is, whatever the width of the terminal."""
        self._console.print(text, markup=False, soft_wrap=True)
