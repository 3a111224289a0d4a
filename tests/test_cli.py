"""The command line: help with examples, errors of one line, and JSON that others rely on."""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import typer
from cryptography.fernet import Fernet

from bot import cli
from bot.errors import NotFound, SettingsError
from bot.settings import Settings
from bot.stack import ports
from bot.stack.secrets_file import NAMES

SUBCOMMANDS = {"run", "serve", "worker", "train", "parse", "period", "retention", "chat"}


def commands() -> Iterator[tuple[str, str]]:
    """What one types for every command and group, and its help."""
    waiting = [("adempauze", typer.main.get_command(cli.app))]
    while waiting:
        path, command = waiting.pop()
        yield path, command.help or ""
        inner = getattr(command, "commands", {})
        waiting += [(f"{path} {name}", one) for name, one in inner.items()]


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which nothing was set up: no `.env`, no variables."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr("bot.settings.load.__defaults__", (tmp_path / ".env",))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def secrets(no_settings: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same machine with its secrets, and ports that are free."""
    for name in NAMES:
        monkeypatch.setenv(name, "x" * 32)
    monkeypatch.setenv("ENCRYPTION_KEYS", Fernet.generate_key().decode())
    for name in ("PORT", "RASA_PORT", "ACTIONS_PORT"):
        monkeypatch.setenv(name, str(ports.free_port()))


@pytest.fixture
def tests_database(
    secrets: None, database: object, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same machine with the tests' own database, empty."""
    monkeypatch.setenv("DATABASE_URL", database_url)


def adempauze(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the command in this process; its exit code."""
    monkeypatch.setattr(sys, "argv", ["adempauze", *arguments])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return int(end.value.code or 0)


class TestHelp:
    def test_the_subcommands_of_the_contract_exist(self) -> None:
        paths = {path for path, _ in commands()}
        assert {f"adempauze {name}" for name in SUBCOMMANDS} <= paths
        assert {f"adempauze coordinator {name}" for name in ("add", "list", "disable")} <= paths
        telegram = ("set-webhook", "delete-webhook", "status")
        assert {f"adempauze telegram {name}" for name in telegram} <= paths
        assert "adempauze bench turn" in paths
        assert {"adempauze whatsapp sync", "adempauze whatsapp status"} <= paths

    @pytest.mark.parametrize(("path", "text"), list(commands()))
    def test_every_command_shows_an_example_of_itself(self, path: str, text: str) -> None:
        _, _, examples = text.partition("Examples:")
        assert path in examples

    def test_help_imports_nothing_heavy(self) -> None:
        heavy = ("sqlalchemy", "starlette", "rasa_sdk", "telegram", "twilio", "dateparser", "httpx")
        code = f"import sys, bot.cli; print([name for name in {heavy} if name in sys.modules])"
        done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        assert done.stdout.strip() == b"[]"


class TestErrors:
    @pytest.mark.usefixtures("no_settings")
    @pytest.mark.parametrize("command", [("serve",), ("worker",), ("coordinator", "list")])
    def test_without_secrets_what_touches_data_refuses_to_start(
        self,
        command: Sequence[str],
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        assert adempauze(monkeypatch, *command) == cli.USAGE_ERROR
        said = capsys.readouterr().err
        assert all(f"{name} is missing" in said for name in NAMES)
        assert "Traceback" not in said

    @pytest.mark.parametrize("error", [SettingsError("PORT is wrong"), NotFound("No such thing.")])
    def test_an_error_of_ours_is_one_line_and_code_two(
        self,
        error: Exception,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        def fail() -> None:
            raise error

        monkeypatch.setattr(cli, "app", fail)
        assert adempauze(monkeypatch) == cli.USAGE_ERROR
        assert capsys.readouterr().err == f"adempauze: {error}\n"

    @pytest.mark.usefixtures("secrets")
    def test_a_database_that_does_not_answer_names_its_setting_and_not_its_password(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        nobody = f"postgresql://anne:geheim@127.0.0.1:{ports.free_port()}/x"
        monkeypatch.setenv("DATABASE_URL", nobody)
        assert adempauze(monkeypatch, "coordinator", "list") == cli.USAGE_ERROR
        said = capsys.readouterr().err
        assert said.startswith("adempauze: DATABASE_URL: the database does not answer")
        assert said.count("\n") == 1
        assert "geheim" not in said


@pytest.mark.usefixtures("tests_database")
class TestCoordinators:
    @pytest.fixture
    def coordinator(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> Callable[..., tuple[int, str]]:
        """Runs `adempauze coordinator …`: its exit code and all that it says."""

        def run(*arguments: str, typed: str = "") -> tuple[int, str]:
            monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
            code = adempauze(monkeypatch, "coordinator", *arguments)
            said = capsys.readouterr()
            return code, said.out + said.err

        return run

    def test_one_that_is_added_is_listed_also_after_being_disabled(
        self, coordinator: Callable[..., tuple[int, str]]
    ) -> None:
        anne = ("add", "Anne de Wit", "Anne@voorbeeld.nl", "--password-stdin")
        added = coordinator(*anne, typed="vier woorden op een rij\n")
        assert added == (0, "Anne de Wit may log in with anne@voorbeeld.nl\n")
        assert coordinator("list") == (0, "anne@voorbeeld.nl\tAnne de Wit\tactive\n")
        assert coordinator("disable", "anne@voorbeeld.nl")[0] == 0
        assert "\tdisabled 20" in coordinator("list")[1]

    def test_a_password_that_is_too_short_is_one_line_that_says_so(
        self, coordinator: Callable[..., tuple[int, str]]
    ) -> None:
        anne = ("add", "Anne", "anne@voorbeeld.nl", "--password-stdin")
        code, said = coordinator(*anne, typed="kort\n")
        assert code == cli.USAGE_ERROR
        assert said.startswith("adempauze: The password has 4 characters")
        assert said.count("\n") == 1


class TestPeriod:
    def run(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
    ) -> list[object]:
        assert adempauze(monkeypatch, "period", text, "--today", "2026-11-21") == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    def test_a_period_is_one_line_of_json(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (found,) = self.run(monkeypatch, capsys, "3 maart 2027")
        expected = {"start": "2027-03-03", "end": "2027-03-04", "nights": 1, "flexible": False}
        assert found == expected

    def test_lines_of_input_give_a_line_each_also_empty_ones(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys, "stdin", iter(["3 maart 2027\n", "\n", "geen idee\n"]))
        assert [found is None for found in self.run(monkeypatch, capsys, "-")] == [
            False,
            True,
            True,
        ]
