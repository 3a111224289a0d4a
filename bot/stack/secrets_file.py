"""Write the secrets that an installation needs to `.env`, so that nobody has to invent them.

What is there is kept and the environment wins. A secret is never shown and never replaced.
"""

import base64
import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from dotenv import dotenv_values


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


_MAKERS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_hex(32),
    "ENCRYPTION_KEYS": _fernet_key,
    "RASA_TOKEN": lambda: secrets.token_hex(24),
    "ACTIONS_TOKEN": lambda: secrets.token_hex(24),
}
NAMES = tuple(_MAKERS)


def ensure(env_file: Path, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Add the missing secrets to the file, readable by its owner only.

    Returns:
        The names that were written now; empty when nothing was missing.
    """
    fresh = missing(env_file, environ)
    before = env_file.read_text(encoding="utf-8") if env_file.exists() else ""
    if fresh:
        ending = "" if not before or before.endswith("\n") else "\n"
        lines = "".join(f"{name}={value}\n" for name, value in fresh.items())
        _replace(env_file, before + ending + lines)
    elif env_file.exists():
        env_file.chmod(0o600)
    return tuple(fresh)


def missing(env_file: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """A new value for each secret that neither the environment nor the file holds."""
    known = {name.upper() for name, value in environ.items() if value}
    known |= {name.upper() for name, value in dotenv_values(env_file).items() if value}
    return {name: make() for name, make in _MAKERS.items() if name not in known}


def _replace(env_file: Path, content: str) -> None:
    """Write all or nothing; `mkstemp` makes its file readable by the owner only."""
    handle, temporary = tempfile.mkstemp(dir=env_file.parent, prefix=".env-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(content)
    Path(temporary).replace(env_file)
