"""The log of actors' bugs: each bug with its traceback, without a line for every repetition."""

import logging
import time
from collections.abc import Callable

from actors.bugs import Bug
from host import metrics
from host.seldom import Seldom

log = logging.getLogger(__name__)


class BugLog:
    """Counts every bug. In a minute it logs each actor's bug once, and the traceback of one bug once for all actors."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._seldom = Seldom(monotonic)

    def note(self, bug: Bug) -> None:
        """Counts the bug, and logs it unless it was logged within the last minute."""
        metrics.actor_bugs.labels(bug.actor_type).inc()
        if not self._seldom.is_due(bug.fingerprint, bug.actor_type, bug.actor_id):
            return
        details = {
            "fingerprint": bug.fingerprint,
            "actor_type": bug.actor_type,
            "actor": bug.actor_id,
            "doing": bug.doing,
        }
        if bug.correlation_id:
            details["correlation_id"] = bug.correlation_id
        traced = bug.error if self._seldom.is_due(bug.fingerprint) else None
        log.error("an actor has a bug", extra=details, exc_info=traced)
