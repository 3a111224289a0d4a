"""The address to which Twilio reports what became of a message: it brings back what we know of it.

The query is part of what Twilio signs, so it can be believed.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit


@dataclass(frozen=True)
class Reference:
    """Which attempt to send a message a report is about.

    Args:
        message_id: our own id; None where the address does not say.
        attempt: the number of the attempt; addresses from before it was named mean the first.
        approved: whether an approved text was sent in place of the words.
        whole: whether the message is this one bubble; of several only the last one is reported.
    """

    message_id: int | None = None
    attempt: int = 1
    approved: bool = False
    whole: bool = True

    def address(self, base: str) -> str:
        """The address for the reports of this attempt."""
        fields = {"message": self.message_id, "attempt": self.attempt}
        flags = {"approved": self.approved, "partial": not self.whole}
        return f"{base}?" + urlencode({**fields, **{name: 1 for name, on in flags.items() if on}})

    @classmethod
    def of(cls, path: str) -> "Reference":
        """What the address says to which a report came."""
        fields = dict(parse_qsl(urlsplit(path).query))
        return cls(
            _number(fields.get("message", "")),
            _number(fields.get("attempt", "")) or 1,
            approved="approved" in fields,
            whole="partial" not in fields,
        )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
