"""The log of actors' bugs: each bug with its traceback, without a line for every repetition."""

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
    """Counts every bug. In a minute it logs each actor's bug once, and the traceback of one bug once for all actors."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._logged_at: OrderedDict[tuple[str, ...], float] = OrderedDict()

    def note(self, bug: Bug) -> None:
        """Counts the bug, and logs it unless it was logged within the last minute."""
        metrics.actor_bugs.labels(bug.actor_type).inc()
        if not self._is_due(bug.fingerprint, bug.actor_type, bug.actor_id):
            return
        details = {
            "fingerprint": bug.fingerprint,
            "actor_type": bug.actor_type,
            "actor": bug.actor_id,
            "doing": bug.doing,
        }
        if bug.correlation_id:
            details["correlation_id"] = bug.correlation_id
        log.error("an actor has a bug", extra=details, exc_info=bug.error if self._is_due(bug.fingerprint) else None)

    def _is_due(self, *key: str) -> bool:
        """Notes the key as logged now, unless it was within the last minute."""
        now = self._monotonic()
        if now - self._logged_at.get(key, -AGAIN_SECONDS) < AGAIN_SECONDS:
            return False
        self._logged_at[key] = now
        self._logged_at.move_to_end(key)
        if len(self._logged_at) > MOST_REMEMBERED:
            self._logged_at.popitem(last=False)
        return True
