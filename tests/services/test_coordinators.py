"""Who may log in to the console: Anne may, Bilal no longer, Chris never."""

import asyncio
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from bot.errors import Conflict, NotFound
from bot.services.coordinators import (
    SESSION,
    CoordinatorCard,
    Coordinators,
    InvalidCoordinator,
    LoginFailed,
    TooManyAttempts,
)
from bot.store.database import Database
from bot.store.tables import ConsoleSession, Coordinator, LoginAttempt
from bot.store.vault import Vault
from tests.conftest import Clock

PASSWORD = "vier woorden achter elkaar"
ANNE = "anne@logeerpunt.example"
OFFICE = "192.0.2.7"
LIGHT = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def coordinators(database: Database, vault: Vault) -> Coordinators:
    return Coordinators(database, vault, LIGHT)


@pytest.fixture
async def anne(coordinators: Coordinators, clock: Clock) -> CoordinatorCard:
    return await coordinators.add("Anne", ANNE, PASSWORD, clock())


async def fail(coordinators: Coordinators, clock: Clock, times: int, **other: str) -> None:
    for _ in range(times):
        with pytest.raises(LoginFailed):
            await coordinators.login(
                other.get("email", ANNE), "guess", other.get("client", OFFICE), clock()
            )


async def test_who_logs_in_has_a_session_until_it_expires(
    coordinators: Coordinators, anne: CoordinatorCard, clock: Clock
) -> None:
    token = await coordinators.login(f" {ANNE.upper()} ", PASSWORD, OFFICE, clock())
    assert await coordinators.session(token, clock()) == anne
    clock.moment += SESSION - timedelta(seconds=1)
    assert await coordinators.session(token, clock()) == anne
    clock.pass_by(seconds=1)
    assert await coordinators.session(token, clock()) is None


async def test_each_login_gives_another_token_and_only_its_hash_is_kept(
    coordinators: Coordinators, anne: CoordinatorCard, clock: Clock, database: Database
) -> None:
    first = await coordinators.login(ANNE, PASSWORD, OFFICE, clock())
    second = await coordinators.login(ANNE, PASSWORD, OFFICE, clock())
    assert first != second
    async with database.transaction() as session:
        hashes = list(await session.scalars(select(ConsoleSession.token_hash)))
        stored = (await session.scalars(select(Coordinator.password_hash))).one()
    assert len(hashes) == 2
    assert first.encode() not in hashes
    assert PASSWORD not in stored


async def test_passwords_are_hashed_slowly_and_with_much_memory(
    database: Database, vault: Vault, clock: Clock
) -> None:
    await Coordinators(database, vault).add("Anne", ANNE, PASSWORD, clock())
    async with database.transaction() as session:
        stored = (await session.scalars(select(Coordinator.password_hash))).one()
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_logging_out_ends_this_session_only(
    coordinators: Coordinators, anne: CoordinatorCard, clock: Clock
) -> None:
    phone = await coordinators.login(ANNE, PASSWORD, OFFICE, clock())
    desk = await coordinators.login(ANNE, PASSWORD, OFFICE, clock())
    await coordinators.logout(phone)
    await coordinators.logout("a token that never was")
    assert await coordinators.session(phone, clock()) is None
    assert await coordinators.session(desk, clock()) == anne


@pytest.mark.parametrize("token", ["", "x", "0" * 43, "\0"])
async def test_a_made_up_token_is_nobody(
    coordinators: Coordinators, anne: CoordinatorCard, clock: Clock, token: str
) -> None:
    assert await coordinators.session(token, clock()) is None


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (ANNE, "wrong"),
        (ANNE, ""),
        (ANNE, PASSWORD + " "),
        (ANNE, "x" * 100_000),
        ("chris@elsewhere.example", PASSWORD),
        ("", ""),
        ("\0", "\0"),
    ],
)
async def test_the_wrong_address_or_password_is_refused_in_the_same_words(
    coordinators: Coordinators, anne: CoordinatorCard, clock: Clock, email: str, password: str
) -> None:
    with pytest.raises(LoginFailed, match=r"The address or the password is wrong\."):
        await coordinators.login(email, password, OFFICE, clock())


async def test_a_disabled_account_is_out_at_once_and_stays_out(
    coordinators: Coordinators, anne: CoordinatorCard, clock: Clock
) -> None:
    token = await coordinators.login(ANNE, PASSWORD, OFFICE, clock())
    await coordinators.disable(ANNE.upper(), clock())
    assert await coordinators.session(token, clock()) is None
    with pytest.raises(LoginFailed):
        await coordinators.login(ANNE, PASSWORD, OFFICE, clock())
    assert [card.disabled_at for card in await coordinators.list()] == [clock()]


async def test_disabling_who_does_not_exist_says_so(
    coordinators: Coordinators, clock: Clock
) -> None:
    with pytest.raises(NotFound):
        await coordinators.disable("chris@elsewhere.example", clock())


@pytest.mark.parametrize(
    ("name", "email", "password", "words"),
    [
        (" ", ANNE, PASSWORD, "name is empty"),
        ("Anne", "anne", PASSWORD, "not an e-mail address"),
        ("Anne", "an ne@logeerpunt.example", PASSWORD, "not an e-mail address"),
        ("Anne", ANNE, "elf tekens!", "11 characters: use at least 12"),
        ("Anne", ANNE, "x" * 1001, "use at most 1000"),
    ],
)
async def test_an_unusable_account_is_refused_with_what_to_do(
    coordinators: Coordinators, clock: Clock, name: str, email: str, password: str, words: str
) -> None:
    with pytest.raises(InvalidCoordinator, match=words):
        await coordinators.add(name, email, password, clock())
    assert await coordinators.list() == []


async def test_an_address_has_one_account(
    coordinators: Coordinators, anne: CoordinatorCard, clock: Clock
) -> None:
    with pytest.raises(Conflict):
        await coordinators.add("Another Anne", ANNE.upper(), PASSWORD, clock())


async def test_after_five_failures_the_right_password_waits_too(
    coordinators: Coordinators, anne: CoordinatorCard, clock: Clock
) -> None:
    await fail(coordinators, clock, 5)
    with pytest.raises(TooManyAttempts):
        await coordinators.login(ANNE, PASSWORD, "198.51.100.1", clock())
    clock.pass_by(minutes=15)
    assert await coordinators.login(ANNE, PASSWORD, OFFICE, clock())


async def test_one_place_cannot_try_address_after_address(
    coordinators: Coordinators, anne: CoordinatorCard, clock: Clock
) -> None:
    for number in range(5):
        await fail(coordinators, clock, 1, email=f"chris{number}@elsewhere.example")
    with pytest.raises(TooManyAttempts):
        await coordinators.login(ANNE, PASSWORD, OFFICE, clock())
    assert await coordinators.login(ANNE, PASSWORD, "198.51.100.1", clock())


async def test_guesses_that_arrive_at_once_are_all_counted(
    coordinators: Coordinators, anne: CoordinatorCard, clock: Clock
) -> None:
    guesses = [coordinators.login(ANNE, f"guess {n}", OFFICE, clock()) for n in range(12)]
    outcomes = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(outcome, LoginFailed) for outcome in outcomes) == 5
    assert sum(isinstance(outcome, TooManyAttempts) for outcome in outcomes) == 7


async def test_a_login_forgets_the_typing_errors_before_it(
    coordinators: Coordinators, anne: CoordinatorCard, clock: Clock
) -> None:
    for client in ("198.51.100.1", "198.51.100.2"):
        await fail(coordinators, clock, 4, client=client)
        await coordinators.login(ANNE, PASSWORD, client, clock())


async def test_attempts_and_sessions_are_cleaned_up(
    coordinators: Coordinators, anne: CoordinatorCard, clock: Clock, database: Database
) -> None:
    await fail(coordinators, clock, 3, email="chris@elsewhere.example", client="203.0.113.9")
    await coordinators.login(ANNE, PASSWORD, OFFICE, clock())
    clock.moment += SESSION
    await coordinators.login(ANNE, PASSWORD, OFFICE, clock())
    async with database.transaction() as session:
        attempts = await session.scalar(select(func.count()).select_from(LoginAttempt))
        sessions = await session.scalar(select(func.count()).select_from(ConsoleSession))
    assert (attempts, sessions) == (0, 1)
