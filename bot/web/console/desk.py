"""What every page of the console works with, made once by `routes`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.services.coordinators import Coordinators
from bot.services.handoff import Handoffs
from bot.services.offers import Offers
from bot.services.plans import Plans
from bot.services.queue import Queue
from bot.services.replies import Replies
from bot.services.timeline import Timeline
from bot.store.changes import Changes


@dataclass(frozen=True)
class Desk:
    """The services behind the console."""

    coordinators: Coordinators
    queue: Queue
    timeline: Timeline
    handoffs: Handoffs
    replies: Replies
    plans: Plans
    offers: Offers
    changes: Changes
    clock: Callable[[], datetime]
