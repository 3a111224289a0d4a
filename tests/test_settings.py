"""Settings are parsed once, an error names its variable, and the documentation is complete."""

import re
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from bot.errors import SettingsError
from bot.settings import ROOT, Settings, load

SECRETS = {
    "SECRET_KEY": "s" * 32,
    "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    "RASA_TOKEN": "r" * 16,
    "ACTIONS_TOKEN": "a" * 16,
}
TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "t" * 32,
    "TWILIO_WHATSAPP_FROM": "whatsapp:+31850001122",
    "PUBLIC_URL": "https://adempauze.example",
}


@pytest.fixture(autouse=True)
def only_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which nothing but the secrets is set."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


def set_all(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_with_the_secrets_alone_all_else_has_a_default() -> None:
    settings = load(env_file=None)
    assert settings.port == 8000
    assert settings.rasa_address == "http://127.0.0.1:5005"
    assert settings.content_dir == ROOT / "data" / "content" / "demo"


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("PORT=8001\nREGION=rivierenland\n", encoding="utf-8")
    monkeypatch.setenv("PORT", "8002")
    settings = load(env_file)
    assert (settings.port, settings.region) == (8002, "rivierenland")


def test_an_empty_value_counts_as_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    assert load(env_file=None).port == 8000


def test_an_address_loses_its_last_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://adempauze.example/")
    assert load(env_file=None).public_url == "https://adempauze.example"


def test_with_everything_twilio_needs_it_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, TWILIO)
    assert load(env_file=None).twilio_account_sid == TWILIO["TWILIO_ACCOUNT_SID"]


@pytest.mark.parametrize("name", SECRETS)
def test_a_missing_secret_stops_the_start_and_is_named(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(SettingsError, match=f"{name} is missing"):
        load(env_file=None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "many"),
        ("RASA_PORT", "65536"),
        ("ACTIONS_PORT", "-1"),
        ("DATABASE_URL", "mysql://db/adempauze"),
        ("PUBLIC_URL", "adempauze.example"),
        ("RASA_URL", "rasa:5005"),
        ("REGION", "../secret"),
        ("WORKER_CONCURRENCY", "0"),
        ("LOG_LEVEL", "LOUD"),
        ("SECRET_KEY", "short"),
        ("ENCRYPTION_KEYS", "not a key"),
        ("RASA_TOKEN", "short"),
        ("ACTIONS_TOKEN", "short"),
        ("TELEGRAM_WEBHOOK_SECRET", "a space"),
        ("TELEGRAM_API_URL", "api.telegram.org"),
        ("TWILIO_ACCOUNT_SID", "AC123"),
        ("TWILIO_WHATSAPP_FROM", "+31850001122"),
        ("TWILIO_SMS_FROM", "whatsapp:+31850001122"),
        ("TWILIO_SMS_FROM", "Adempauze"),
        ("TWILIO_API_URL", "127.0.0.1:9101"),
    ],
)
def test_a_wrong_value_stops_the_start_and_is_named(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"{name} is wrong"):
        load(env_file=None)


def test_an_error_never_shows_the_value_of_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "a-short-secret")
    with pytest.raises(SettingsError) as raised:
        load(env_file=None)
    assert "a-short-secret" not in str(raised.value)


@pytest.mark.parametrize("name", TWILIO)
def test_half_of_what_twilio_needs_stops_the_start(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_all(monkeypatch, TWILIO)
    monkeypatch.delenv(name)
    with pytest.raises(SettingsError, match=f"{name} is missing"):
        load(env_file=None)


def test_a_number_for_sms_alone_is_enough_for_twilio(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, TWILIO | {"TWILIO_SMS_FROM": "+3197000001122"})
    monkeypatch.delenv("TWILIO_WHATSAPP_FROM")
    assert load(env_file=None).twilio_sms_from == "+3197000001122"


def test_a_telegram_webhook_needs_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, {"TELEGRAM_BOT_TOKEN": "1:a", "PUBLIC_URL": "https://a.example"})
    with pytest.raises(SettingsError, match="TELEGRAM_WEBHOOK_SECRET is missing"):
        load(env_file=None)


def documented() -> dict[str, str]:
    """Each setting of the documentation with its default, as it is written there."""
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    assert len(rows) == len({row[0] for row in rows}), "a setting is documented twice"
    return {name: default.strip("`") for name, default, _, _ in rows}


def written(name: str) -> str:
    """How the documentation has to write the default of a setting."""
    default = Settings.model_fields[name.lower()].default
    if default is PydanticUndefined:
        return "required"
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if isinstance(default, Path):
        default = default.relative_to(ROOT)
    return str(default) or "none"


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    assert set(documented()) == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("name", sorted(documented()))
def test_the_documented_default_is_the_default(name: str) -> None:
    assert documented()[name] == written(name)
