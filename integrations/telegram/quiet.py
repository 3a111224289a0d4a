"""When courtesies are left out, because Telegram asked to wait: the wait is for messages to use."""

from collections.abc import Callable

from bot.errors import DeliveryError


class Quiet:
    """Until when each chat is left alone. A wait is never shortened; one that is over is forgotten.

    Args:
        clock: seconds that only go up.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._everyone_until = 0.0
        self._until: dict[str, float] = {}

    def __len__(self) -> int:
        """How many chats are remembered."""
        return len(self._until)

    def is_asked(self, chat: str) -> bool:
        """Whether this chat is to be left alone now."""
        return self._clock() < max(self._everyone_until, self._until.get(chat, 0.0))

    def note(self, chat: str, error: DeliveryError) -> None:
        """Keep how long an error asks to wait, if it does: with this chat, or with everyone."""
        if error.retry_after is None:
            return
        now = self._clock()
        until = now + error.retry_after
        if error.everyone:
            self._everyone_until = max(self._everyone_until, until)
            return
        self._until = {one: end for one, end in self._until.items() if end > now}
        self._until[chat] = max(self._until.get(chat, 0.0), until)
