"""Settings for tests of what runs beside the application: own secrets, free ports."""

from cryptography.fernet import Fernet

from bot.settings import Settings
from bot.stack import ports


def settings(**values: object) -> Settings:
    """Settings that name no file and no variable of this machine."""
    free = {name: ports.free_port() for name in ("port", "rasa_port", "actions_port")}
    secrets = {
        "secret_key": "s" * 32,
        "encryption_keys": Fernet.generate_key().decode(),
        "rasa_token": "r" * 16,
        "actions_token": "a" * 16,
    }
    return Settings.model_validate(secrets | free | values)
