"""The relay: hands unpublished rows of the outbox to the broker, in bulk. Run it under a leader, with a broker only."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from host import metrics
from host.consumers.table import topics_of
from host.store import outbox
from host.store.engine import Database

log = logging.getLogger(__name__)

Json = dict[str, Any]
Publish = Callable[[str, Sequence[Json]], Awaitable[set[str]]]  # topic, events → ids that were not accepted

BATCH: Final = 100
BATCH_BYTES: Final = 1_000_000
FIRST_POLL_SECONDS: Final = 0.02
LONGEST_POLL_SECONDS: Final = 0.5
REST_SECONDS: Final = 0.03  # after a batch that was not full: more rows gather and share what a batch costs everybody
PAUSES_SECONDS: Final = (0.2, 1.0, 2.0, 5.0)


class Relay:
    """At least once, about in order: no consumer leans on more. No transaction is open while the broker works."""

    def __init__(
        self, database: Database, publish: Publish, *, longest_poll_seconds: float = LONGEST_POLL_SECONDS
    ) -> None:
        self._database = database
        self._publish = publish
        self._longest_poll = longest_poll_seconds
        self._nudged = asyncio.Event()

    def nudge(self) -> None:
        """Something was committed: look now."""
        self._nudged.set()

    async def run(self) -> None:
        """Ends only by cancellation: what the broker does not take is offered again, for as long as it takes."""
        poll, failures = FIRST_POLL_SECONDS, 0
        while True:
            self._nudged.clear()
            try:
                seen, accepted = await self.step()
            except Exception as error:  # noqa: BLE001  the edge of the loop; whatever it was, the rows are still there
                seen, accepted = 1, 0
                log.warning("events wait for the broker", extra={"cause": repr(error)})
            if seen and not accepted:
                await asyncio.sleep(PAUSES_SECONDS[min(failures, len(PAUSES_SECONDS) - 1)])
                failures += 1
                continue
            failures = 0
            poll = FIRST_POLL_SECONDS if seen else min(poll * 2, self._longest_poll)
            if not seen:
                await self._wait(poll)
            elif seen < BATCH:
                await asyncio.sleep(REST_SECONDS)

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._nudged.wait(), seconds)
        except TimeoutError:
            return

    async def step(self) -> tuple[int, int]:
        """Publish one batch; gives how many rows there were and how many the broker has now."""
        async with self._database.raw() as connection:
            rows = await outbox.unpublished(connection, BATCH, BATCH_BYTES)
        if not rows:
            return 0, 0
        refused = await self._offer([event for _, event in rows])
        accepted = [position for position, event in rows if event["id"] not in refused]
        if accepted:
            async with self._database.raw() as connection:
                await outbox.mark_published(connection, accepted)
        return len(rows), len(accepted)

    async def _offer(self, events: Sequence[Json]) -> set[str]:
        """Each event to each of its topics; it counts as refused when one of them did not take it."""
        by_topic: dict[str, list[Json]] = {}
        for event in events:
            for topic in topics_of(event["type"]):
                by_topic.setdefault(topic, []).append(event)
        refused: set[str] = set()
        for topic, entries in by_topic.items():
            failed = await self._publish(topic, entries)
            metrics.events_published.labels(topic).inc(len(entries) - len(failed))
            refused |= failed
        return refused
