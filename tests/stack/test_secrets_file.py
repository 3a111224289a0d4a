"""Missing secrets are written to .env once; nothing that is there is ever replaced."""

from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot.settings import load
from bot.stack.secrets_file import NAMES, ensure, missing


@pytest.fixture
def env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return tmp_path / ".env"


def permissions(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_the_settings_accept_what_was_written(env_file: Path) -> None:
    assert ensure(env_file, {}) == NAMES
    load(env_file)


def test_only_the_owner_may_read_the_file(env_file: Path) -> None:
    ensure(env_file, {})
    assert permissions(env_file) == 0o600


def test_a_file_that_others_could_read_is_closed(env_file: Path) -> None:
    env_file.write_text("PORT=8001\n")
    env_file.chmod(0o644)
    ensure(env_file, dict.fromkeys(NAMES, "given"))
    assert permissions(env_file) == 0o600


def test_the_second_time_nothing_changes(env_file: Path) -> None:
    ensure(env_file, {})
    before = env_file.read_bytes()
    assert ensure(env_file, {}) == ()
    assert env_file.read_bytes() == before


def test_what_is_there_is_kept_also_without_a_last_newline(env_file: Path) -> None:
    env_file.write_text("# ours\nPORT=8001\nSECRET_KEY=chosen by hand")
    assert "SECRET_KEY" not in ensure(env_file, {})
    values = dotenv_values(env_file)
    assert (values["PORT"], values["SECRET_KEY"]) == ("8001", "chosen by hand")
    assert env_file.read_text().startswith("# ours\n")


def test_what_the_environment_has_is_not_written(env_file: Path) -> None:
    assert ensure(env_file, {"RASA_TOKEN": "t", "actions_token": "t"}) == NAMES[:2]


def test_an_empty_value_counts_as_missing_and_the_new_one_holds(env_file: Path) -> None:
    env_file.write_text("".join(f"{name}=\n" for name in NAMES))
    assert ensure(env_file, {"SECRET_KEY": ""}) == NAMES
    assert all(dotenv_values(env_file).values())


def test_every_secret_is_new_each_time(env_file: Path) -> None:
    first, second = missing(env_file, {}), missing(env_file, {})
    assert len({*first.values(), *second.values()}) == 2 * len(NAMES)
