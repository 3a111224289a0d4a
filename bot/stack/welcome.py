"""What `adempauze run` says once everything runs: the addresses, the login, what to try first."""

from collections.abc import Iterator, Mapping

from bot.settings import Settings

# Sentences that show what the assistant is for; a test of the dialogue says all of them.
TRY_FIRST = (
    "Ik zorg voor mijn man, hij heeft dementie",
    "Ik voel me schuldig als ik hem wegbreng",
    "Wat kost logeren?",
    "Is er volgende week vrijdag plek voor drie nachten?",
    "Ik wil graag iemand spreken",
)


def welcome(
    settings: Settings, login: tuple[str, str] | None, off: Mapping[str, str]
) -> Iterator[str]:
    """The lines to print.

    Args:
        settings: this installation's settings.
        login: the demo coordinator's address and password, None in a real region.
        off: the channels that are off, each with a line that says why.
    """
    site = settings.public_url or f"http://{reachable(settings.host)}:{settings.port}"
    yield "\nAdempauze is running.\n"
    yield f"  web chat   {site}/chat"
    yield f"  console    {site}/console"
    if login:
        yield f"             log in with {login[0]} and {login[1]}"
    else:
        yield "             make a login with `adempauze coordinator add`"
    if off:
        yield ""
    yield from (f"  {reason}" for reason in off.values())
    yield "\nTry first, in the web chat:\n"
    yield from (f"  {sentence}" for sentence in TRY_FIRST)
    yield "\nThe last one brings you to the console. Ctrl-C stops everything.\n"


def reachable(host: str) -> str:
    """The address to open for a server that listens on `host`."""
    if host in ("0.0.0.0", "::"):  # noqa: S104  # compared, not listened on
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
