"""The relay: publishes the rows of the outbox to the broker, in batches. It runs only where there is a broker."""

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
from host.store.turns import outbox, outbox_publishing
from host.store.turns.outbox_publishing import Unpublished

log = logging.getLogger(__name__)

BATCH: Final = 100
BATCH_BYTES: Final = 1_000_000
FIRST_POLL_SECONDS: Final = 0.02
LONGEST_POLL_SECONDS: Final = 0.5
REST_SECONDS: Final = 0.03  # after a batch that was not full: more rows gather and share the cost of a batch
LONGEST_PAUSE: Final = timedelta(seconds=5)  # until a refused event is offered again, however many come meanwhile
PAUSES_SECONDS: Final = (0.2, 1.0, 2.0, 5.0)


class Relay:
    """The chore that publishes every event at least once and roughly in order: no consumer relies on more.

    No transaction is open while the broker works. A topic that takes nothing, or an event that is refused, holds up no
    other: its row names the topics that refused it and the instant at which it is offered again, to these topics alone.
    """

    def __init__(
        self,
        database: Database,
        publish: Publish,
        *,
        batch: int = BATCH,
        longest_poll_seconds: float = LONGEST_POLL_SECONDS,
        longest_pause: timedelta = LONGEST_PAUSE,
    ) -> None:
        self._database = database
        self._publish = publish
        self._batch = batch
        self._longest_poll = longest_poll_seconds
        self._longest_pause = longest_pause
        self._nudged = asyncio.Event()

    def nudge(self) -> None:
        """Makes the relay look now, because something was committed."""
        self._nudged.set()

    async def run(self) -> None:
        """Runs until cancelled; offers again what the broker does not take, for as long as that lasts."""
        poll, failures = FIRST_POLL_SECONDS, 0
        while True:
            self._nudged.clear()
            try:
                seen, accepted = await self.step()
            except Exception as error:  # noqa: BLE001  the edge of the loop; after any error the rows are still there
                log.warning("events wait for the broker", extra={"cause": repr(error)})
                await asyncio.sleep(PAUSES_SECONDS[min(failures, len(PAUSES_SECONDS) - 1)])
                failures += 1
                continue
            failures = 0 if accepted else failures
            poll = FIRST_POLL_SECONDS if accepted else min(poll * 2, self._longest_poll)
            if not accepted:
                await self._wait(LONGEST_POLL_SECONDS if seen else poll)
            elif seen < self._batch:
                await asyncio.sleep(REST_SECONDS)

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._nudged.wait(), seconds)
        except TimeoutError:
            return

    async def step(self) -> tuple[int, int]:
        """Publishes one batch; returns the number of its rows and how many of them the broker has accepted.

        Raises when the broker takes nothing; but that it refuses again what it has refused before says nothing about
        other events.
        """
        async with self._database.raw() as connection:
            rows = await outbox_publishing.due(connection, self._batch, BATCH_BYTES, self._longest_pause)
        if not rows:
            return 0, 0
        lacking, outage = await self._offer(rows)
        accepted = [row.position for row in rows if row.position not in lacking]
        async with self._database.raw() as connection:
            if accepted:
                await outbox_publishing.mark_published(connection, accepted)
            if lacking:
                await outbox_publishing.put_off(connection, lacking, self._longest_pause)
        if outage is not None:
            if not accepted and any(row.lacking is None for row in rows):
                raise outage
            log.warning("a topic takes nothing", extra={"cause": repr(outage)[:300]})
        return len(rows), len(accepted)

    async def _offer(self, rows: Sequence[Unpublished]) -> tuple[dict[int, list[str]], Exception | None]:
        """Offers each event to those of its topics that do not have it yet.

        Returns the topics that refused an event, by the position of its row, and the last outage of a topic.
        """
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
            except Exception as error:  # noqa: BLE001  after any error the other topics may take their events
                outage = error
                refused = {row.event["id"] for row in offered}
            metrics.events_published.labels(topic).inc(len(offered) - len(refused))
            for row in offered:
                if row.event["id"] in refused:
                    lacking.setdefault(row.position, []).append(topic)
        return lacking, outage

    async def _whole(self, events: Sequence[Json]) -> list[Json]:
        """Returns the events with the whole task, which only the first event of a turn carries.

        A subscriber of this topic alone never sees that first event.
        """
        async with self._database.raw() as connection:
            return await outbox.whole(connection, events)
