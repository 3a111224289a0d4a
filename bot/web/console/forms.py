"""Reads what the console's forms send: small, as plain text, and no further than a limit."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

# In bytes: the longest reply with each character sent as escaped bytes, and room to spare.
_LIMIT = 64 * 1024
_MAX_FIELDS = 20


async def read(request: Request) -> Mapping[str, str]:
    """The fields of a form; of one that occurs twice the first.

    Raises:
        HTTPException: 413 when it is larger than any form of ours, 400 when it is no form.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LIMIT:
            raise HTTPException(413)
    try:
        pairs = parse_qsl(
            body.decode("latin-1"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError as error:
        raise HTTPException(400) from error
    # PostgreSQL refuses NUL in a text.
    return {name: value.replace("\0", "") for name, value in reversed(pairs)}
