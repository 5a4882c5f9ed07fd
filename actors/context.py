"""On whose behalf the code runs: what every log line of a request, a turn or an event names."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")
user_id: ContextVar[str] = ContextVar("user_id", default="")


@contextmanager
def acting_for(user: str, correlation: str) -> Generator[None]:
    """Holds for the block and for what it starts; afterwards stands what stood before."""
    before = user_id.set(user), correlation_id.set(correlation)
    try:
        yield
    finally:
        user_id.reset(before[0])
        correlation_id.reset(before[1])
