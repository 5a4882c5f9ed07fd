"""What the runner has to say to the person who started it: a line at a time, or why it cannot start."""

from collections.abc import Callable

Say = Callable[[str], None]


class StartError(RuntimeError):
    """Something keeps Duely from starting; the message says what, and what to do."""
