"""Reads what the page sends, and refuses kindly what cannot be taken. No word of it is believed."""

import hashlib
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.errors import AdempauzeError
from bot.messages import ChoiceRef

# What the inbox keeps of a message, in characters; the page itself stops at 2000.
LONGEST = 5000
# In bytes: the longest message with each character sent as four escaped bytes, and room to spare.
_BODY_LIMIT = 128 * 1024

EMPTY = "Er staat nog niets. Typ eerst uw bericht."
TOO_LONG = "Dit bericht is te lang. Wilt u het in kortere stukjes sturen? Uw tekst staat er nog."
MALFORMED = "Dit bericht kwam niet goed aan. Verstuur het nog een keer."
EXPIRED = "De pagina was verlopen. Verstuur uw bericht nog een keer; uw tekst staat er nog."
TOO_FAST = (
    "U stuurt veel berichten achter elkaar. Wacht een minuut en probeer het dan opnieuw. "
    "Bij gevaar belt u 112."
)
GONE = "Deze keuze is er niet meer. Wilt u typen wat u bedoelt?"


class Refused(AdempauzeError):
    """A form that is not taken.

    Args:
        status: the HTTP status.
        problem: what the person reads, in Dutch.
        draft: what was typed, so that it is not lost.
    """

    def __init__(self, status: int, problem: str, draft: str = "") -> None:
        super().__init__(problem)
        self.status = status
        self.problem = problem
        self.draft = draft


@dataclass(frozen=True)
class Sent:
    """A form as it came in.

    Args:
        token: what proves that it is ours.
        key: the page's own id of this attempt.
        text: what was typed; empty when a choice was tapped.
        choice: the choice that was tapped.
    """

    token: str
    key: str
    text: str
    choice: ChoiceRef | None

    @property
    def digest(self) -> str:
        """The same for the same attempt, and other when its words were changed since.

        A page that is gone back to sends its old key with new words; those must not be lost.
        """
        words = f"{self.key}\0{self.choice or ''}\0{self.text}"
        return hashlib.sha256(words.encode()).hexdigest()[:32]


async def read(request: Request) -> Sent:
    """The form in a request.

    Raises:
        Refused: it is too large, or not a form of ours.
    """
    fields = await _fields(request)
    text = fields.get("say") or fields.get("text", "")
    text = text.replace("\r\n", "\n").strip()
    choice = ChoiceRef.parse(fields["choice"]) if "choice" in fields else None
    if "choice" in fields and choice is None:
        raise Refused(400, MALFORMED)
    return Sent(
        token=fields.get("token", ""),
        key=fields.get("key", "")[:100],
        text="" if choice else text,
        choice=choice,
    )


def check(sent: Sent) -> None:
    """Refuse a message that says nothing, too much, or has no id of its own."""
    if not sent.key:
        raise Refused(400, MALFORMED, sent.text)
    if not sent.text and sent.choice is None:
        raise Refused(422, EMPTY)
    if len(sent.text) > LONGEST:
        raise Refused(413, TOO_LONG, sent.text)


async def _fields(request: Request) -> dict[str, str]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _BODY_LIMIT:
            raise Refused(413, TOO_LONG)
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=10))
    except ValueError:
        raise Refused(400, MALFORMED) from None
