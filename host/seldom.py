"""Log lines that may come often and are written seldom."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

AGAIN_SECONDS: Final = 60.0
MOST_REMEMBERED: Final = 1_000


class Seldom:
    """Lets each key through once in a minute; of more than a thousand keys it forgets the oldest."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._passed_at: OrderedDict[tuple[str, ...], float] = OrderedDict()

    def is_due(self, *key: str) -> bool:
        """Notes the key as let through now, unless it was within the last minute."""
        now = self._monotonic()
        if now - self._passed_at.get(key, -AGAIN_SECONDS) < AGAIN_SECONDS:
            return False
        self._passed_at[key] = now
        self._passed_at.move_to_end(key)
        if len(self._passed_at) > MOST_REMEMBERED:
            self._passed_at.popitem(last=False)
        return True
