"""What may go wrong with the parts beside the application."""

from bot.errors import AdempauzeError


class StackError(AdempauzeError):
    """A part did not start or stopped. The message names the part and what to look at next."""
