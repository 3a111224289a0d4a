"""Progress is readable where there is no terminal, and nothing of it is markup."""

import io

import pytest
from rich.console import Console

from bot.stack.display import Display


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def display(said: io.StringIO) -> Display:
    return Display(Console(file=said, width=40, highlight=False))


def test_a_step_is_plain_lines_with_its_notes_and_its_time(
    display: Display, said: io.StringIO
) -> None:
    with display.step("Model") as note:
        note("RulePolicy")
    first, second, third = said.getvalue().splitlines()
    assert (first, second) == ("Model …", "Model: RulePolicy")
    assert third.startswith("✓ Model (")


def test_a_step_that_fails_is_not_ticked_off(display: Display, said: io.StringIO) -> None:
    with pytest.raises(ValueError, match="no"), display.step("Model"):
        raise ValueError("no")
    assert "✓" not in said.getvalue()


def test_a_line_is_shown_as_it_is_however_long(display: Display, said: io.StringIO) -> None:
    line = "[bold]" + "x" * 100
    display.line(line)
    assert said.getvalue() == line + "\n"


def test_on_a_terminal_only_the_ticked_line_stays(said: io.StringIO) -> None:
    console = Console(file=said, width=80, highlight=False, force_terminal=True)
    with Display(console).step("Model") as note:
        note("RulePolicy")
    assert "✓ Model (" in said.getvalue().splitlines()[-1]
