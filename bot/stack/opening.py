"""Open what a command works on (settings, database, accounts) and close it again."""

import os
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

import uvloop

from bot.settings import ROOT, Settings, load
from bot.stack import secrets_file

if TYPE_CHECKING:
    from bot.services.coordinators import Coordinators

WithDatabase = Callable[[Settings, str], Coroutine[Any, Any, None]]
WithCoordinators = Callable[["Coordinators"], Coroutine[Any, Any, None]]


def settings_without_secrets() -> Settings:
    """The settings, for what touches no data: missing secrets are made up for this process."""
    os.environ.update(secrets_file.missing(ROOT / ".env", os.environ))
    return load()


def with_database(work: WithDatabase) -> None:
    """Do something with the settings and the address of a migrated database."""
    from bot.stack import postgres

    settings = load()

    async def opened() -> None:
        async with postgres.opened(settings) as url:
            await work(settings, url)

    uvloop.run(opened())


def with_coordinators(work: WithCoordinators) -> None:
    """Do something with the coordinators' accounts."""

    async def opened(settings: Settings, url: str) -> None:
        from bot.services.coordinators import Coordinators
        from bot.store.database import Database
        from bot.store.vault import Vault

        keys, secret = settings.encryption_keys, settings.secret_key
        database = Database(url)
        try:
            vault = Vault(keys.get_secret_value(), secret.get_secret_value())
            await work(Coordinators(database, vault))
        finally:
            await database.close()

    with_database(opened)
