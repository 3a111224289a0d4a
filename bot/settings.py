"""The settings: environment variables or `.env`, parsed once into one frozen object.

Nothing else reads the environment. docs/settings.md lists the same names; a test compares.
"""

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("must be a web address such as https://adempauze.example")
    return value.rstrip("/")


def _fernet_keys(value: SecretStr) -> SecretStr:
    from bot.store.vault import check_keys

    check_keys(value.get_secret_value())
    return value


def _webhook_secret(value: SecretStr) -> SecretStr:
    # https://core.telegram.org/bots/api#setwebhook names these characters.
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", value.get_secret_value()):
        raise ValueError("must be 1 to 256 of A-Z a-z 0-9 _ -")
    return value


def _database(value: str) -> str:
    if value and not value.startswith(("postgresql://", "postgres://")):
        raise ValueError("must start with postgresql://")
    return value


Port = Annotated[int, Field(ge=1, le=65535)]
Address = Annotated[str, AfterValidator(_web_address)]
OptionalAddress = Annotated[str, AfterValidator(lambda v: _web_address(v) if v else v)]


class Settings(BaseSettings):
    """All settings. Names, defaults and meaning: docs/settings.md."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, env_file_encoding="utf-8"
    )

    database_url: Annotated[str, AfterValidator(_database)] = ""
    data_dir: Path = ROOT / ".data"
    public_url: OptionalAddress = ""
    host: str = "127.0.0.1"
    port: Port = 8000
    rasa_port: Port = 5005
    actions_port: Port = 5055
    rasa_url: OptionalAddress = ""
    region: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")] = "demo"
    worker_concurrency: Annotated[int, Field(ge=1, le=100)] = 8
    log_level: Annotated[str, Field(pattern=r"^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"

    secret_key: Annotated[SecretStr, Field(min_length=32)]
    encryption_keys: Annotated[SecretStr, AfterValidator(_fernet_keys)]
    rasa_token: Annotated[SecretStr, Field(min_length=16)]
    actions_token: Annotated[SecretStr, Field(min_length=16)]

    telegram_bot_token: SecretStr = SecretStr("")
    telegram_webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] = SecretStr("")
    telegram_api_url: Address = "https://api.telegram.org/bot"
    twilio_account_sid: Annotated[str, Field(pattern=r"^(AC[0-9a-fA-F]{32})?$")] = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_whatsapp_from: Annotated[str, Field(pattern=r"^(whatsapp:\+[0-9]{6,15})?$")] = ""
    twilio_sms_from: Annotated[str, Field(pattern=r"^(\+[0-9]{6,15})?$")] = ""
    twilio_api_url: OptionalAddress = ""

    @property
    def rasa_address(self) -> str:
        """Where Rasa answers: `RASA_URL`, otherwise this machine at `RASA_PORT`."""
        return self.rasa_url or f"http://127.0.0.1:{self.rasa_port}"

    @property
    def public_address(self) -> str:
        """Where people reach us: `PUBLIC_URL`, otherwise this machine at `PORT`."""
        return self.public_url or f"http://127.0.0.1:{self.port}"

    @property
    def content_dir(self) -> Path:
        """The folder with the content of this region."""
        return ROOT / "data" / "content" / self.region


def load(env_file: Path | None = ROOT / ".env") -> Settings:
    """The settings of this process; the environment wins over `env_file`.

    Raises:
        SettingsError: names every variable that is missing or wrong and says what to do.
    """
    try:
        settings = Settings(_env_file=env_file)  # type: ignore[call-arg]  # secrets come from the environment
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None
    _check_pairs(settings)
    return settings


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        name = str(problem["loc"][0]).upper() if problem["loc"] else "?"
        if problem["type"] == "missing":
            lines.append(f"{name} is missing: `make run` writes one to .env, or set it yourself")
        else:
            lines.append(f"{name} is wrong: {problem['msg'].removeprefix('Value error, ')}")
    return "\n".join(lines) + "\nAll settings are explained in docs/settings.md."


def _check_pairs(settings: Settings) -> None:
    senders = settings.twilio_whatsapp_from or settings.twilio_sms_from
    twilio = {
        "TWILIO_ACCOUNT_SID": bool(settings.twilio_account_sid),
        "TWILIO_AUTH_TOKEN": bool(settings.twilio_auth_token.get_secret_value()),
        "TWILIO_SMS_FROM or TWILIO_WHATSAPP_FROM": bool(senders),
    }
    missing = [name for name, given in twilio.items() if not given]
    if missing and len(missing) < len(twilio):
        raise SettingsError(f"{', '.join(missing)} is missing: Twilio needs all of them or none")
    if not missing and not settings.public_url:
        raise SettingsError(
            "PUBLIC_URL is missing: Twilio signs the public address of the webhook, "
            "so WhatsApp and SMS cannot work without it"
        )
    token = settings.telegram_bot_token.get_secret_value()
    if token and settings.public_url and not settings.telegram_webhook_secret.get_secret_value():
        raise SettingsError(
            "TELEGRAM_WEBHOOK_SECRET is missing: with PUBLIC_URL set Telegram uses the webhook, "
            "which needs a secret (1 to 256 of A-Z a-z 0-9 _ -)"
        )
