"""The web chat as a channel. The page reads its messages from the store; nothing leaves us."""

from bot.messages import Delivery
from bot.settings import Settings
from integrations.channel import Abilities, Rates


class WebChat:
    """The chat page, which needs no account anywhere. Its routes are in bot/web/chat/."""

    name = "webchat"
    label = "Chat op de website"
    # The page shows the stored message itself (bot/web/chat/view.py), whatever is in it.
    abilities = Abilities(
        buttons=100, button_title=500, body=10_000, images=True,
        caption_choices=True, contact_request=True, location_request=True,
    )  # fmt: skip
    rates: Rates | None = None

    async def send(self, delivery: Delivery) -> str | None:  # noqa: ARG002  # already stored
        """Nothing: the message was stored before this, and the page shows what is stored."""
        return None

    async def close(self) -> None:
        """Nothing is held open."""


def from_settings(settings: Settings) -> WebChat | str:  # noqa: ARG001  # always on
    """The channel; it is always on."""
    return WebChat()
