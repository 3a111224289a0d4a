"""How many messages one browser may send: enough for anybody who types, too few for a program."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

MESSAGES = 30
PERIOD = timedelta(minutes=1)
# Browsers remembered at once; the one that was quiet for longest is forgotten first.
_REMEMBERED = 10_000


class Pace:
    """Counts per browser, in this process only."""

    def __init__(self) -> None:
        self._recent: OrderedDict[str, deque[datetime]] = OrderedDict()

    def allows(self, browser_id: str, now: datetime) -> bool:
        """Whether this browser may send one more; if so, it is counted."""
        recent = self._recent.setdefault(browser_id, deque())
        self._recent.move_to_end(browser_id)
        if len(self._recent) > _REMEMBERED:
            self._recent.popitem(last=False)
        while recent and recent[0] <= now - PERIOD:
            recent.popleft()
        if len(recent) >= MESSAGES:
            return False
        recent.append(now)
        return True
