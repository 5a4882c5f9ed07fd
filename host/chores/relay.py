"""The relay: hands unpublished rows of the outbox to the broker, in bulk. Run it under a leader, with a broker only."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from actors.replies import Json
from host import metrics
from host.consumers.handler import REMINDERS
from host.consumers.table import topics_of
from host.dapr.publisher import Publish
from host.store.engine import Database
from host.store.turns import outbox, publishing
from host.store.turns.publishing import Unpublished

log = logging.getLogger(__name__)

BATCH: Final = 100
BATCH_BYTES: Final = 1_000_000
FIRST_POLL_SECONDS: Final = 0.02
LONGEST_POLL_SECONDS: Final = 0.5
REST_SECONDS: Final = 0.03  # after a batch that was not full: more rows gather and share what a batch costs everybody
LONGEST_PAUSE: Final = timedelta(seconds=5)  # until a refused event is offered again, however much comes meanwhile
PAUSES_SECONDS: Final = (0.2, 1.0, 2.0, 5.0)


class Relay:
    """At least once, about in order: no consumer leans on more. No transaction is open while the broker works.

    A topic that takes nothing, or an event that is not taken, holds up no other: its row says who refused it and when it
    is offered again, to these alone.
    """

    def __init__(
        self,
        database: Database,
        publish: Publish,
        *,
        longest_poll_seconds: float = LONGEST_POLL_SECONDS,
        longest_pause: timedelta = LONGEST_PAUSE,
    ) -> None:
        self._database = database
        self._publish = publish
        self._longest_poll = longest_poll_seconds
        self._longest_pause = longest_pause
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
                log.warning("events wait for the broker", extra={"cause": repr(error)})
                await asyncio.sleep(PAUSES_SECONDS[min(failures, len(PAUSES_SECONDS) - 1)])
                failures += 1
                continue
            failures = 0 if accepted else failures
            poll = FIRST_POLL_SECONDS if accepted else min(poll * 2, self._longest_poll)
            if not accepted:
                await self._wait(LONGEST_POLL_SECONDS if seen else poll)
            elif seen < BATCH:
                await asyncio.sleep(REST_SECONDS)

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._nudged.wait(), seconds)
        except TimeoutError:
            return

    async def step(self) -> tuple[int, int]:
        """Publish one batch; gives how many rows there were and how many the broker has now.

        Raises when the broker takes nothing. That what was refused before is refused again says nothing about others.
        """
        async with self._database.raw() as connection:
            rows = await publishing.due(connection, BATCH, BATCH_BYTES, self._longest_pause)
        if not rows:
            return 0, 0
        lacking, outage = await self._offer(rows)
        accepted = [row.position for row in rows if row.position not in lacking]
        async with self._database.raw() as connection:
            if accepted:
                await publishing.mark_published(connection, accepted)
            if lacking:
                await publishing.put_off(connection, lacking, self._longest_pause)
        if outage is not None:
            if not accepted and any(row.lacking is None for row in rows):
                raise outage
            log.warning("a topic takes nothing", extra={"cause": repr(outage)[:300]})
        return len(rows), len(accepted)

    async def _offer(self, rows: Sequence[Unpublished]) -> tuple[dict[int, list[str]], Exception | None]:
        """Each event to each of its topics that has it not; gives by position those that refused it, and an outage."""
        by_topic: dict[str, list[Unpublished]] = {}
        for row in rows:
            for topic in topics_of(row.event["type"]) if row.lacking is None else row.lacking:
                by_topic.setdefault(topic, []).append(row)
        lacking: dict[int, list[str]] = {}
        outage: Exception | None = None
        for topic, offered in by_topic.items():
            events = [row.event for row in offered]
            try:
                refused = await self._publish(topic, await self._whole(events) if topic == REMINDERS else events)
            except Exception as error:  # noqa: BLE001  whatever it was, the others may take theirs
                outage = error
                refused = {row.event["id"] for row in offered}
            metrics.events_published.labels(topic).inc(len(offered) - len(refused))
            for row in offered:
                if row.event["id"] in refused:
                    lacking.setdefault(row.position, []).append(topic)
        return lacking, outage

    async def _whole(self, events: Sequence[Json]) -> list[Json]:
        """Who takes this topic alone never sees the first event of the turn, which has the whole task."""
        async with self._database.raw() as connection:
            return await outbox.whole(connection, events)
