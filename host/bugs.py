"""Bugs of actors, as an operator hears of them: each with its traceback, but not one a second."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from actors.bugs import Bug
from host import metrics

log = logging.getLogger(__name__)

AGAIN_SECONDS: Final = 60.0
MOST_REMEMBERED: Final = 1_000


class BugLog:
    """Counts every bug. Within a minute it tells an actor's once, and the traceback of the same bug once for all actors."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._told: OrderedDict[tuple[str, ...], float] = OrderedDict()

    def note(self, bug: Bug) -> None:
        metrics.actor_bugs.labels(bug.actor_type).inc()
        mark = bug.fingerprint
        if not self._is_news(mark, bug.actor_type, bug.actor_id):
            return
        told = {
            "fingerprint": mark,
            "actor_type": bug.actor_type,
            "actor": bug.actor_id,
            "doing": bug.doing,
        }
        if bug.correlation_id:
            told["correlation_id"] = bug.correlation_id
        log.error("an actor has a bug", extra=told, exc_info=bug.error if self._is_news(mark) else None)

    def _is_news(self, *key: str) -> bool:
        now = self._monotonic()
        if now - self._told.get(key, -AGAIN_SECONDS) < AGAIN_SECONDS:
            return False
        self._told[key] = now
        self._told.move_to_end(key)
        if len(self._told) > MOST_REMEMBERED:
            self._told.popitem(last=False)
        return True
