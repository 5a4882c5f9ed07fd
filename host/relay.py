"""The relay: hands unpublished rows of the outbox to the broker, in bulk. Run it under a leader, with a broker only."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
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
AGAIN_SECONDS: Final = 1.0  # after so long what was refused is offered again, however much comes meanwhile
MOST_REMEMBERED: Final = 10_000  # events that some of their topics have
PAUSES_SECONDS: Final = (0.2, 1.0, 2.0, 5.0)


class Relay:
    """At least once, about in order: no consumer leans on more. No transaction is open while the broker works.

    A topic that takes nothing, or an event that is not taken, holds up no other: it is offered again after all others.
    """

    def __init__(
        self, database: Database, publish: Publish, *, longest_poll_seconds: float = LONGEST_POLL_SECONDS
    ) -> None:
        self._database = database
        self._publish = publish
        self._longest_poll = longest_poll_seconds
        self._nudged = asyncio.Event()
        self._above = 0  # where the next look begins: above what was refused,
        self._again_at: float | None = None  # until then, or nothing is there; None: from the next look on for a while
        self._took = False  # whether the broker took something of the last batch
        self._has: dict[str, set[str]] = {}  # by event that one topic has refused: the topics that have it

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
            failures = 0 if accepted else failures  # what is refused again and again is offered seldom
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
        """Publish one batch; gives how many rows there were and how many the broker has now. Raises when it took none."""
        rows = await self._next()
        if not rows:
            return 0, 0
        last, self._above = self._above, rows[-1][0]
        self._again_at, self._took = self._again_at if last else None, False
        refused = await self._offer([event for _, event in rows])
        if not refused:
            self._above = last
        accepted = [position for position, event in rows if event["id"] not in refused]
        if accepted:
            self._took = True
            async with self._database.raw() as connection:
                await outbox.mark_published(connection, accepted)
        return len(rows), len(accepted)

    async def _next(self) -> list[tuple[int, Json]]:
        """What lies above what was refused; when nothing does, or after a while in which it takes some, that once more."""
        now = time.monotonic()
        if self._again_at is None:
            self._again_at = now + AGAIN_SECONDS
        elif now >= self._again_at and self._took:
            self._above = 0
        async with self._database.raw() as connection:
            rows = await outbox.unpublished(connection, BATCH, BATCH_BYTES, self._above)
            if not rows and self._above:
                self._above = 0
                rows = await outbox.unpublished(connection, BATCH, BATCH_BYTES)
        return rows

    async def _offer(self, events: Sequence[Json]) -> set[str]:
        """Each event to each of its topics that has it not; it counts as refused when one of them did not take it."""
        by_topic: dict[str, list[Json]] = {}
        for event in events:
            for topic in set(topics_of(event["type"])) - self._has.get(event["id"], set()):
                by_topic.setdefault(topic, []).append(event)
        refused: dict[str, set[str]] = {}
        errors: list[Exception] = []
        for topic, entries in by_topic.items():
            try:
                refused[topic] = await self._publish(topic, entries)
            except Exception as error:  # noqa: BLE001  whatever it was, the others may take theirs
                errors.append(error)
                refused[topic] = {event["id"] for event in entries}
            metrics.events_published.labels(topic).inc(len(entries) - len(refused[topic]))
        if errors and len(errors) == len(by_topic):
            raise errors[0]
        if errors:
            log.warning("a topic takes nothing", extra={"cause": repr(errors[0])[:300]})
        return self._noted(by_topic, refused)

    def _noted(self, by_topic: Mapping[str, Sequence[Json]], refused: Mapping[str, set[str]]) -> set[str]:
        """The events that not all of their topics have; which ones have each of them is remembered."""
        missed = set[str]().union(*refused.values())
        if not missed and not self._has:
            return missed
        for topic, entries in by_topic.items():
            for event_id in {event["id"] for event in entries} - refused[topic]:
                if event_id in missed:
                    self._has.setdefault(event_id, set()).add(topic)
                else:
                    self._has.pop(event_id, None)
        while len(self._has) > MOST_REMEMBERED:  # a forgotten one is sent twice
            del self._has[next(iter(self._has))]
        return missed
