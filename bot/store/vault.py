"""Encrypts what identifies a person and finds it again by a keyed hash; knows no tables."""

import hashlib
import hmac

from cryptography.fernet import Fernet, MultiFernet


def check_keys(keys: str) -> None:
    """Refuse anything but comma-separated Fernet keys.

    Raises:
        ValueError: a key is not 32 url-safe base64-encoded bytes.
    """
    try:
        [Fernet(key) for key in _split(keys)] or Fernet("")
    except ValueError:
        raise ValueError(
            "must be one or more Fernet keys separated by commas, the newest first "
            "(docs/settings.md says how to make one)"
        ) from None


def _split(keys: str) -> list[str]:
    return [key.strip() for key in keys.split(",") if key.strip()]


class Vault:
    """Encryption at rest with rotation (the first key writes, all keys read)."""

    def __init__(self, keys: str, secret: str) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in _split(keys)])
        self._secret = hashlib.sha256(b"adempauze lookup\0" + secret.encode()).digest()

    def encrypt(self, text: str) -> bytes:
        """The text, unreadable without the keys; twice the same text gives two results."""
        return self._fernet.encrypt(text.encode())

    def decrypt(self, token: bytes) -> str:
        """The text that was encrypted. Raises InvalidToken when no key fits."""
        return self._fernet.decrypt(token).decode()

    def fingerprint(self, *parts: str) -> bytes:
        """A keyed hash (32 bytes) by which an encrypted value is found again."""
        text = "\0".join(parts).encode()
        return hmac.new(self._secret, text, hashlib.sha256).digest()
