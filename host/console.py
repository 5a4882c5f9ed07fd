"""How commands speak to the operator: lines of text, and errors with their remedy."""

from collections.abc import Callable

Say = Callable[[str], None]  # prints one line


class OperatorError(RuntimeError):
    """What the operator asked for cannot be done; the message says why, and what to do."""
