"""The patrol: looks at some documents and some users at a time, all of them in turn, and says in metrics what is broken.

`duely verify` looks at everything at once; this is what alerts hang on. Run it under a leader.
"""

import logging
from collections.abc import Iterable, Mapping
from typing import Final

from actors.clock import Clock
from host import metrics
from host.consumers.table import CONSUMERS
from host.loops import repeat
from host.store.engine import Database, Raw
from host.store.turns import pauses, publishing
from host.store.turns.outbox import Types
from host.store.upkeep import doc_checks, invariants
from host.store.upkeep.doc_checks import Breach, Findings

log = logging.getLogger(__name__)

PATROL_SECONDS: Final = 15.0
OUTAGE_PAUSE_SECONDS: Final = 10.0
DOCS_AT_ONCE: Final = 300
USERS_AT_ONCE: Final = 10
NEWEST_ENTRIES: Final = 300  # of each user's activity; what is older, `duely verify` looks at
# What it looks at in slices; the others are metrics of their own.
INVARIANTS: Final = ("read_model", "tags", "versions", "activity", "chain", "wakes", "reminders", "slots")
_TYPES: Final[Mapping[str, Types]] = {name: types for name, (_, types, _) in CONSUMERS.items()}


class Patrol:
    """A breach counts until its slice is looked at again and found whole."""

    def __init__(self, database: Database, clock: Clock, *, broker: bool) -> None:
        self._database = database
        self._clock = clock
        self._broker = broker
        self._row_id = -1
        self._user_id = ""
        self._known: dict[str, dict[str, Breach]] = {name: {} for name in INVARIANTS}

    async def run(self) -> None:
        """Ends only by cancellation; an outage is waited out."""
        try:
            await repeat(self.step, PATROL_SECONDS, OUTAGE_PAUSE_SECONDS, log, "the patrol failed")
        finally:
            _forget()

    async def step(self) -> None:
        """Look at the next slice, and at what waits."""
        found = Findings()
        async with self._database.raw() as connection:
            await self._look_at_waits(connection)
            async with doc_checks.one_instant(connection):
                subjects = await self._look_at_docs(connection, found) + await self._look_at_users(connection, found)
        self._note(found, subjects)
        metrics.patrol_time.set(self._clock.now().timestamp())

    async def _look_at_docs(self, connection: Raw, found: Findings) -> list[str]:
        docs = await doc_checks.page(connection, self._row_id, DOCS_AT_ONCE)
        self._row_id = docs[-1].row_id if len(docs) == DOCS_AT_ONCE else -1
        await doc_checks.examine(connection, docs, self._clock.now(), found)
        await invariants.activity(connection, found, [doc.actor_id for doc in docs])
        return [doc.name for doc in docs]

    async def _look_at_users(self, connection: Raw, found: Findings) -> list[str]:
        users = await invariants.users_after(connection, self._user_id, USERS_AT_ONCE)
        self._user_id = users[-1] if len(users) == USERS_AT_ONCE else ""
        await invariants.tags(connection, found, users)
        await invariants.chain(connection, found, users, NEWEST_ENTRIES)
        return [f"user:{user_id}" for user_id in users]

    async def _look_at_waits(self, connection: Raw) -> None:
        for name, types in _TYPES.items():
            waits = await invariants.oldest_waiting_seconds(connection, name, types)
            metrics.outbox_oldest.labels(name).set(waits)
        for state in await pauses.states(connection):
            metrics.consumer_paused.labels(state.name).set(state.paused_at is not None)
        metrics.deliveries_overdue.set(await invariants.waiting_deliveries(connection, self._clock.now()))
        if self._broker:
            metrics.outbox_unpublished.set(await publishing.oldest_seconds(connection))

    def _note(self, found: Findings, subjects: Iterable[str]) -> None:
        for known in self._known.values():
            for subject in subjects:
                known.pop(subject, None)
        for breach in found.breaches:
            log.error("broken: %s", breach.detail, extra={"invariant": breach.invariant, "subject": breach.subject})
            self._known[breach.invariant][_subject(breach)] = breach
        for name, known in self._known.items():
            metrics.invariant_breaches.labels(name).set(len(known))
            metrics.invariant_checked.labels(name).inc(found.checked.get(name, 0))


def _subject(breach: Breach) -> str:
    """The actor or the user; an event's id begins with its actor."""
    return ":".join(breach.subject.split(":")[:2])


def _forget() -> None:
    """Another process patrols now: what was true here must not stand beside what is true there."""
    for labelled in (metrics.invariant_breaches, metrics.outbox_oldest, metrics.consumer_paused):
        labelled.clear()
    metrics.outbox_unpublished.set(0)
    metrics.deliveries_overdue.set(0)
