"""Check before anything starts that the ports of this installation are free."""

import errno
import socket

from bot.errors import SettingsError
from bot.settings import Settings

LOOPBACK = "127.0.0.1"


def check(settings: Settings) -> None:
    """Refuse a port that is in use or given twice.

    Raises:
        SettingsError: names the setting, the port and what to do.
    """
    wanted = {
        "PORT": (settings.host, settings.port),
        "ACTIONS_PORT": (LOOPBACK, settings.actions_port),
    }
    if not settings.rasa_url:
        wanted["RASA_PORT"] = (LOOPBACK, settings.rasa_port)
    seen: dict[int, str] = {}
    for name, (host, port) in wanted.items():
        if port in seen:
            raise SettingsError(f"{name} and {seen[port]} are both {port}: give each its own port")
        seen[port] = name
        _check(name, host, port)


def free_port() -> int:
    """A port of loopback on which nobody listens just now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _check(name: str, host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # Like the servers themselves: a connection that just ended does not hold its port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise SettingsError(f"{name} {port} needs more rights: take one above 1023") from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise SettingsError(
                    f"{name} {port} is in use by another program: stop that, or set {name} to "
                    f"another port, such as {name}={free_port()}"
                ) from None
            raise SettingsError(f"HOST {host} is not an address of this machine") from None
