"""What a refusal means for a message: one place decides, for what a vendor says on the spot and
for what it reports later. It only judges; who asks does what follows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import DeliveryError, Failure
from bot.store.tables import Outbound, State

# For so long we go on trying by ourselves. Only the waits that we chose count: while a vendor's
# order holds, for this message or for one before it, nothing could have been sent.
PATIENCE = timedelta(hours=1)
# What a vendor orders is obeyed for a day, the longest limit that one has (Twilio's 63038, of a
# rolling day). WhatsApp's 24 hours are over by then, and what was said is no answer any more.
LONGEST = timedelta(days=1)
_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)


@dataclass(frozen=True)
class Verdict:
    """What becomes of a message that was refused.

    Args:
        state: queued, to be tried again, or how it ends.
        pause: for how many seconds nothing is to be sent there, whatever becomes of this one.
        waited: how many of these we chose ourselves.
    """

    state: State
    pause: float = 0.0
    waited: float = 0.0


def judged(row: Outbound, wrote_at: datetime, error: DeliveryError, now: datetime) -> Verdict:
    """The verdict on a message.

    Args:
        row: the message; its attempts include the one that was refused.
        wrote_at: when the person last wrote; what was held counts from the sign that let it go.
        error: the refusal.
        now: the time.
    """
    pause = _pause(row.attempts, error)
    if error.failure is Failure.TOO_LATE:
        return Verdict(State.QUEUED)
    if error.failure is Failure.UNKNOWN:
        return Verdict(State.UNKNOWN)
    if error.failure is not Failure.NOT_SENT:
        return Verdict(State.FAILED, pause)
    chosen = pause if error.retry_after is None or error.ours else 0.0
    ends = max(row.created_at, wrote_at) + LONGEST
    is_worth_it = now + timedelta(seconds=pause) <= ends
    if row.waited > PATIENCE.total_seconds() or not is_worth_it:
        return Verdict(State.FAILED, pause)
    return Verdict(State.QUEUED, pause, chosen)


def _pause(attempts: int, error: DeliveryError) -> float:
    """Seconds: what was ordered; of our own choice more with each attempt.

    What we choose for everyone stays as it is, as it says nothing about this message.
    """
    chosen = _PAUSES[min(max(attempts, 1), len(_PAUSES)) - 1]
    if error.retry_after is None:
        return chosen
    if error.ours and not error.everyone:
        return max(error.retry_after, chosen)
    return min(error.retry_after, LONGEST.total_seconds())
