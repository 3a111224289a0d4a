"""Which channels there are. A channel without its settings is off, and says so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.settings import Settings
from integrations import sms, telegram, webchat, whatsapp
from integrations.channel import Channel

# Adding a channel is one line here: its name, and what makes it or says why it is off.
_CHANNELS: Mapping[str, Callable[[Settings], Channel | str]] = {
    "whatsapp": whatsapp.from_settings,
    "sms": sms.from_settings,
    "telegram": telegram.from_settings,
    "webchat": webchat.from_settings,
}


@dataclass(frozen=True)
class Registry:
    """The channels by name.

    Args:
        channels: those that are on.
        off: one English line for each of the others: why, and what to set.
    """

    channels: Mapping[str, Channel]
    off: Mapping[str, str]

    async def close(self) -> None:
        """Let go of all connections."""
        for channel in self.channels.values():
            await channel.close()


def build(settings: Settings) -> Registry:
    """Make every channel that the settings allow; nothing is connected yet."""
    made = {name: make(settings) for name, make in _CHANNELS.items()}
    channels = {name: found for name, found in made.items() if not isinstance(found, str)}
    off = {name: found for name, found in made.items() if isinstance(found, str)}
    return Registry(MappingProxyType(channels), MappingProxyType(off))
