"""How many calls of one user run at once in this process: a tool may make 200 changes, and others want their turn."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from web.problems import ProblemError

AT_ONCE: Final = 16


class Turns:
    """Counts the calls under way; nobody waits here."""

    def __init__(self) -> None:
        self._under_way: Counter[str] = Counter()

    @contextmanager
    def taken(self, user_id: str) -> Generator[None]:
        """Counts a call while it runs; raises the 429 for one too many."""
        if self._under_way[user_id] >= AT_ONCE:
            detail = f"{AT_ONCE} calls of yours run already; wait for some of them to end."
            raise ProblemError(429, "too_many_at_once", detail, headers={"Retry-After": "1"})
        self._under_way[user_id] += 1
        try:
            yield
        finally:
            self._under_way[user_id] -= 1
            if not self._under_way[user_id]:
                del self._under_way[user_id]
