"""Who may log in to the console, and for how long. Keeps no password and no token itself."""

import asyncio
import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import AdempauzeError, Conflict, NotFound
from bot.store.database import Database
from bot.store.tables import ConsoleSession, Coordinator, LoginAttempt
from bot.store.vault import Vault

# Length is what counts: https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver
MIN_PASSWORD = 12
MAX_PASSWORD = 1000
SESSION = timedelta(hours=12)
MAX_FAILURES = 5
WINDOW = timedelta(minutes=15)
# One check of a password takes 64 MiB; more at once would only slow each other down.
_CHECKS_AT_ONCE = 4

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


class InvalidCoordinator(AdempauzeError):
    """A name, address or password that cannot be used. The message says what to do."""


class LoginFailed(AdempauzeError):
    """The address and the password do not belong together; it never says which is wrong."""


class TooManyAttempts(AdempauzeError):
    """Too many failed logins for this address or from this place: wait `WINDOW`."""


@dataclass(frozen=True)
class CoordinatorCard:
    """A coordinator, without anything secret. `disabled_at` is None for who may log in."""

    id: int
    name: str
    email: str
    disabled_at: datetime | None


class Coordinators:
    """The coordinators' accounts and logins."""

    def __init__(
        self, database: Database, vault: Vault, hasher: PasswordHasher | None = None
    ) -> None:
        """`hasher` is argon2id with the parameters of RFC 9106; tests take a lighter one."""
        self._database = database
        self._vault = vault
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_urlsafe())
        self._checks = asyncio.Semaphore(_CHECKS_AT_ONCE)

    async def add(self, name: str, email: str, password: str, now: datetime) -> CoordinatorCard:
        """Make an account.

        Raises:
            InvalidCoordinator: the name, address or password cannot be used.
            Conflict: the address has an account already.
        """
        name, email = name.strip(), _normal(email)
        _check(name, email, password)
        row = Coordinator(
            name=name,
            email=email,
            password_hash=await asyncio.to_thread(self._hasher.hash, password),
            created_at=now,
        )
        try:
            async with self._database.transaction() as session:
                session.add(row)
        except IntegrityError as error:
            raise Conflict(f"{email} has an account already: use another address.") from error
        return _card(row)

    async def list(self) -> Sequence[CoordinatorCard]:
        """All accounts in order of name, also the disabled ones."""
        query = select(Coordinator).order_by(Coordinator.name, Coordinator.id)
        async with self._database.transaction() as session:
            return [_card(row) for row in await session.scalars(query)]

    async def disable(self, email: str, now: datetime) -> None:
        """Nobody logs in with this account any more, and who is logged in is out at once.

        Raises:
            NotFound: there is no such account.
        """
        async with self._database.transaction() as session:
            row = (await session.scalars(_with_email(_normal(email)))).one_or_none()
            if row is None:
                raise NotFound(f"There is no coordinator with the address {email!r}.")
            row.disabled_at = row.disabled_at or now
            await session.execute(
                delete(ConsoleSession).where(ConsoleSession.coordinator_id == row.id)
            )

    async def login(self, email: str, password: str, client: str, now: datetime) -> str:
        """Log in and return a new token, of which only the hash is kept.

        Args:
            email: as typed.
            password: as typed.
            client: where the request comes from, such as an IP address.
            now: the present moment, aware.

        Raises:
            LoginFailed: the address and the password do not belong together.
            TooManyAttempts: too often wrong, so that also the right password waits.
        """
        email = _normal(email)
        subjects = [
            self._vault.fingerprint("login email", email),
            self._vault.fingerprint("login client", client),
        ]
        attempts = await self._admit(subjects, now)
        coordinator = await self._recognised(email, password)
        if coordinator is None:
            raise LoginFailed("The address or the password is wrong.")
        succeeded = LoginAttempt.id.in_(attempts) | (LoginAttempt.subject_hash == subjects[0])
        return await self._begin(coordinator.id, succeeded, now)

    async def session(self, token: str, now: datetime) -> CoordinatorCard | None:
        """Whose token this is; None when it is unknown, expired or the account is disabled."""
        query = (
            select(Coordinator)
            .join(ConsoleSession, ConsoleSession.coordinator_id == Coordinator.id)
            .where(
                ConsoleSession.token_hash == _hash(token),
                ConsoleSession.expires_at > now,
                Coordinator.disabled_at.is_(None),
            )
        )
        async with self._database.transaction() as session:
            row = (await session.scalars(query)).one_or_none()
        return _card(row) if row else None

    async def logout(self, token: str) -> None:
        """The token is worth nothing any more; an unknown one is fine too."""
        async with self._database.transaction() as session:
            await session.execute(
                delete(ConsoleSession).where(ConsoleSession.token_hash == _hash(token))
            )

    async def _admit(self, subjects: Sequence[bytes], now: datetime) -> Sequence[int]:
        """Count this attempt as failed before it is checked, so that many at once count too."""
        async with self._database.transaction() as session:
            for subject in sorted(subjects):
                await _lock(session, subject)
            await session.execute(delete(LoginAttempt).where(LoginAttempt.at <= now - WINDOW))
            counts = await session.execute(
                select(func.count())
                .where(LoginAttempt.subject_hash.in_(subjects))
                .group_by(LoginAttempt.subject_hash)
            )
            if any(count >= MAX_FAILURES for (count,) in counts):
                raise TooManyAttempts("Too many failed logins: try again in 15 minutes.")
            rows = [LoginAttempt(subject_hash=subject, at=now) for subject in subjects]
            session.add_all(rows)
            await session.flush()
            return [row.id for row in rows]

    async def _recognised(self, email: str, password: str) -> Coordinator | None:
        """The account, if the password is its own. An unknown address takes as long."""
        async with self._database.transaction() as session:
            row = (await session.scalars(_with_email(email))).one_or_none()
        known = row.password_hash if row else self._nobody
        async with self._checks:
            fits = await asyncio.to_thread(self._fits, known, password)
        return row if row and fits and row.disabled_at is None else None

    def _fits(self, known: str, password: str) -> bool:
        try:
            return self._hasher.verify(known, password[: MAX_PASSWORD + 1])
        except (VerificationError, InvalidHashError):
            return False

    async def _begin(
        self, coordinator_id: int, succeeded: ColumnElement[bool], now: datetime
    ) -> str:
        token = secrets.token_urlsafe(32)
        async with self._database.transaction() as session:
            await session.execute(delete(LoginAttempt).where(succeeded))
            await session.execute(delete(ConsoleSession).where(ConsoleSession.expires_at <= now))
            session.add(
                ConsoleSession(
                    token_hash=_hash(token),
                    coordinator_id=coordinator_id,
                    created_at=now,
                    expires_at=now + SESSION,
                )
            )
        return token


def _check(name: str, email: str, password: str) -> None:
    if not name:
        raise InvalidCoordinator("The name is empty: caregivers read it, so give a first name.")
    if not _EMAIL.fullmatch(email):
        raise InvalidCoordinator(f"{email!r} is not an e-mail address such as anne@example.nl.")
    if len(password) < MIN_PASSWORD:
        raise InvalidCoordinator(
            f"The password has {len(password)} characters: use at least {MIN_PASSWORD}, "
            "such as four words in a row."
        )
    if len(password) > MAX_PASSWORD:
        raise InvalidCoordinator(f"The password is too long: use at most {MAX_PASSWORD}.")


def _normal(email: str) -> str:
    # PostgreSQL refuses NUL in a text.
    return email.replace("\0", "").strip().casefold()


def _with_email(email: str) -> Select[Coordinator]:
    return select(Coordinator).where(Coordinator.email == email)


def _hash(token: str) -> bytes:
    # A random token of 256 bits needs no slow or keyed hash.
    return hashlib.sha256(token.encode()).digest()


async def _lock(session: AsyncSession, subject: bytes) -> None:
    """One attempt per subject at a time is counted; released at the transaction's end."""
    key = int.from_bytes(subject[:8], signed=True)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


def _card(row: Coordinator) -> CoordinatorCard:
    return CoordinatorCard(row.id, row.name, row.email, row.disabled_at)
