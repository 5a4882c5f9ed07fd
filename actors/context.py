"""The context of the running code: on whose behalf it acts, as every log line of a request, turn or event names it."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")
user_id: ContextVar[str] = ContextVar("user_id", default="")


@contextmanager
def acting_for(user: str, correlation: str) -> Generator[None]:
    """Sets both ids for the block and the tasks it starts, and restores what was set before."""
    before = user_id.set(user), correlation_id.set(correlation)
    try:
        yield
    finally:
        user_id.reset(before[0])
        correlation_id.reset(before[1])
