"""What the runner has to say to the person who started it: a line at a time, or why it cannot start."""

from collections.abc import Callable

Say = Callable[[str], None]


class OperatorError(RuntimeError):
    """What an operator asked for cannot be done; the message says why, and what to do."""
