"""The patrol: checks some documents and some users at a time, all of them in turn, and reports breaches as metrics.

`duely verify` checks everything at once; alerts rely on the patrol.
"""

import logging
from collections.abc import Iterable, Mapping
from typing import Final

from actors.clock import Clock
from host import metrics
from host.consumers.table import CONSUMERS
from host.loops import repeat
from host.store.engine import Database, Raw
from host.store.turns import outbox_publishing, watermarks
from host.store.turns.outbox import Types
from host.store.upkeep import doc_checks, invariants
from host.store.upkeep.findings import Breach, Findings

log = logging.getLogger(__name__)

PATROL_SECONDS: Final = 15.0
OUTAGE_PAUSE_SECONDS: Final = 10.0
DOCS_AT_ONCE: Final = 300
USERS_AT_ONCE: Final = 10
NEWEST_ENTRIES: Final = 300  # of each user's activity; `duely verify` checks the older ones
# The invariants that are checked in slices; the others are metrics of their own.
INVARIANTS: Final = ("read_model", "tags", "versions", "activity", "chain", "wakes", "reminders", "slots", "written")
_TYPES: Final[Mapping[str, Types]] = {name: types for name, (_, types, _) in CONSUMERS.items()}


class Patrol:
    """The chore that checks the invariants slice by slice; a breach counts until its slice is found whole."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        broker: bool,
        docs_at_once: int = DOCS_AT_ONCE,
        users_at_once: int = USERS_AT_ONCE,
    ) -> None:
        """`broker`: whether the outbox is published. A slice has `docs_at_once` documents and `users_at_once` users."""
        self._database = database
        self._clock = clock
        self._broker = broker
        self._docs_at_once = docs_at_once
        self._users_at_once = users_at_once
        self._row_id = -1
        self._user_id = ""
        self._known: dict[str, dict[str, Breach]] = {name: {} for name in INVARIANTS}

    async def run(self) -> None:
        """Runs until cancelled; waits out an outage."""
        try:
            await repeat(self.step, PATROL_SECONDS, OUTAGE_PAUSE_SECONDS, log, "the patrol failed")
        finally:
            _forget()

    async def step(self) -> None:
        """Checks the next slice, and measures what waits."""
        findings = Findings()
        async with self._database.raw() as connection:
            await self._measure_waits(connection)
            async with doc_checks.one_instant(connection):
                subjects = await self._check_docs(connection, findings)
                subjects += await self._check_users(connection, findings)
        self._note(findings, subjects)
        metrics.patrol_time.set(self._clock.now().timestamp())

    async def _check_docs(self, connection: Raw, findings: Findings) -> list[str]:
        docs = await doc_checks.next_docs(connection, self._row_id, self._docs_at_once)
        self._row_id = docs[-1].row_id if len(docs) == self._docs_at_once else -1
        await doc_checks.examine(connection, docs, self._clock.now(), findings)
        await invariants.activity(connection, findings, [doc.actor_id for doc in docs])
        return [doc.name for doc in docs]

    async def _check_users(self, connection: Raw, findings: Findings) -> list[str]:
        users = await invariants.users_after(connection, self._user_id, self._users_at_once)
        self._user_id = users[-1] if len(users) == self._users_at_once else ""
        await invariants.tags(connection, findings, users)
        await invariants.chain(connection, findings, users, NEWEST_ENTRIES)
        return [f"user:{user_id}" for user_id in users]

    async def _measure_waits(self, connection: Raw) -> None:
        for name, types in _TYPES.items():
            waits = await invariants.oldest_waiting_seconds(connection, name, types)
            metrics.outbox_oldest.labels(name).set(waits)
        for state in await watermarks.states(connection):
            metrics.consumer_paused.labels(state.name).set(state.paused_at is not None)
        metrics.deliveries_overdue.set(await invariants.waiting_deliveries(connection, self._clock.now()))
        if self._broker:
            metrics.outbox_unpublished.set(await outbox_publishing.oldest_seconds(connection))

    def _note(self, findings: Findings, subjects: Iterable[str]) -> None:
        for known in self._known.values():
            for subject in subjects:
                known.pop(subject, None)
        for breach in findings.breaches:
            log.error("broken: %s", breach.detail, extra={"invariant": breach.invariant, "subject": breach.subject})
            self._known[breach.invariant][_subject(breach)] = breach
        for name, known in self._known.items():
            metrics.invariant_breaches.labels(name).set(len(known))
            metrics.invariant_checked.labels(name).inc(findings.checked.get(name, 0))


def _subject(breach: Breach) -> str:
    """Returns the actor or the user of a breach; an event's id begins with its actor."""
    return ":".join(breach.subject.split(":")[:2])


def _forget() -> None:
    """Resets the metrics: another process patrols now, and its numbers must not stand beside those of this one."""
    for labelled in (metrics.invariant_breaches, metrics.outbox_oldest, metrics.consumer_paused):
        labelled.clear()
    metrics.outbox_unpublished.set(0)
    metrics.deliveries_overdue.set(0)
