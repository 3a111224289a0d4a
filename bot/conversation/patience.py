"""How long a message waits for the assistant, and how long until it is asked again."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Patience:
    """How long a message waits for the assistant; docs/architecture.md says why.

    Args:
        told_after: after this long without an answer one kind line goes out.
        given_up_after: after this long a coordinator gets the message.
        pauses: between the attempts; the last one repeats.
        session_turns: a session of Rasa is renewed after so many turns, to keep it short.
    """

    told_after: timedelta = timedelta(seconds=10)
    given_up_after: timedelta = timedelta(minutes=10)
    pauses: tuple[float, ...] = (1.0, 2.0, 3.0, 5.0)
    session_turns: int = 20

    def pause(self, waited: timedelta) -> float:
        """Until the next attempt, in seconds; never past the moment of the kind line."""
        total = 0.0
        for pause in self.pauses:
            total += pause
            if waited.total_seconds() < total:
                break
        until_told = (self.told_after - waited).total_seconds()
        return min(pause, until_told) if until_told > 0.05 else pause
