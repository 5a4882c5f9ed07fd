"""Catch-up: hands a consumer every row of the outbox that it has not handled, whoever else may deliver it too."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from host import metrics
from host.consumers.handler import TRY_PAUSES_SECONDS, Consumer, about
from host.dapr.gateway import Unavailable
from host.loops import is_passing
from host.store.engine import Database, Raw
from host.store.turns import outbox
from host.store.turns.outbox import Event, Watermark
from host.version import code_version

log = logging.getLogger(__name__)

BATCH: Final = 500
OUTAGE_PAUSES_SECONDS: Final = (0.1, 0.5, 1.0, 2.0, 5.0)
FIRST_POLL_SECONDS: Final = 0.02
CATCHUP_POLL_SECONDS: Final = 0.25  # the longest, where it is nudged as a rule
REST_SECONDS: Final = 0.02  # after a batch, in which more rows gather and share the cost of a transaction
ROUNDS: Final = 10  # of a delivery that a handler does in parts
ROUND_PAUSE_SECONDS: Final = 0.1  # after one that did nothing: together longer than an event at fault is tried
SETTLE_SECONDS: Final = 1.0  # how often a consumer for which nothing came moves its watermark


class Catchup:
    """The loop of one consumer. With a broker, `min_age_seconds` leaves it only what the broker has not brought.

    `buried` is told of each event that is put aside: consumer, event, why.
    """

    def __init__(
        self,
        database: Database,
        consumer: Consumer,
        *,
        min_age_seconds: float = 0,
        max_poll_seconds: float = CATCHUP_POLL_SECONDS,
        buried: Callable[[str, Event, str], None] | None = None,
    ) -> None:
        self.consumer = consumer
        self._name = consumer.name
        self._database = database
        self._min_age = min_age_seconds
        # A row of that age is late already, and each look costs the rows that it passes by; but what the broker does not
        # take is waited for by readers.
        self._max_poll = max(max_poll_seconds, min_age_seconds / 20)
        self._buried = buried
        self._nudged = asyncio.Event()
        self._registered = False
        self._settled_at = 0.0
        self._limit = BATCH  # less after a batch that failed: it may be too much for the database to do in time

    def nudge(self) -> None:
        """Something was committed: look now."""
        self._nudged.set()

    async def run(self) -> None:
        """Ends only by cancellation: a fault of the world is waited out, one of an event is put aside."""
        poll, outages = FIRST_POLL_SECONDS, 0
        while True:
            self._nudged.clear()
            limit = self._limit
            try:
                handled = await self.step()
            except Exception as error:  # noqa: BLE001  the edge of the loop; logged below
                pause = OUTAGE_PAUSES_SECONDS[min(outages, len(OUTAGE_PAUSES_SECONDS) - 1)]
                outages += 1
                _log_outage(self._name, error, pause)
                await asyncio.sleep(pause)
                continue
            outages = 0
            if handled:
                poll = FIRST_POLL_SECONDS
                if handled < limit:
                    await asyncio.sleep(REST_SECONDS)
            else:
                await self._wait(poll)
                poll = min(poll * 2, self._max_poll)

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._nudged.wait(), seconds)
        except TimeoutError:
            return

    async def step(self) -> int:
        """Handle the next batch; gives how many rows it had."""
        if not self._registered:
            await self._register()
        events: Sequence[Event] = []
        try:
            async with self._database.raw() as connection, connection.transaction():
                mark = await outbox.watermark(connection, self._name, min_age_seconds=self._min_age)
                if mark is None:
                    return 0  # another process has this consumer, or it is paused
                if self.consumer.handler.outside:
                    events = await outbox.unhandled(connection, self._name, self.consumer.types, mark, self._limit)
                    if not events:
                        await self._advance(connection, mark, mark.top, handled=False)
                else:
                    events, read_to = await outbox.take_next(
                        connection, self._name, self.consumer.types, mark, self._limit
                    )
                    if events:
                        with about(*events):
                            await self.consumer.handler.apply(connection, events)
                    await self._advance(connection, mark, read_to, handled=bool(events))
            if self.consumer.handler.outside:
                events = await self._whole(events)
        except Exception as error:
            if not events or is_passing(error):
                if not isinstance(error, Unavailable):
                    self._limit = max(1, self._limit // 2)
                raise
            with about(*events):
                log.warning("a batch failed, redone one by one", extra={"consumer": self._name}, exc_info=error)
            events = await self._one_by_one(events)
        self._limit = min(BATCH, self._limit * 2)
        self._committed(events)
        return len(events)

    async def deliver(self, event_ids: Sequence[str]) -> None:
        """Handle what the broker brought, and before it what its actors said earlier; raises for an outage or a pause."""
        if not self._registered:
            await self._register()
        async with self._database.raw() as connection:
            if await outbox.is_paused(connection, self._name):
                raise Unavailable(f"{self._name} is paused")
            events = await outbox.with_earlier(connection, self._name, self.consumer.types, event_ids)
        for _ in range(ROUNDS):
            try:
                done = await self._whole(events)
            except Exception as error:
                if is_passing(error):
                    raise
                done = await self._one_by_one(events)
            self._committed(done)
            events = [event for event in events if event not in done]
            if not events:
                return
            if not done:
                await asyncio.sleep(ROUND_PAUSE_SECONDS)
        raise Unavailable(f"{len(events)} events could not be done yet")

    async def _register(self) -> None:
        async with self._database.raw() as connection:
            await outbox.register(connection, self._name, from_now=self.consumer.start == "now")
        self._registered = True

    async def _whole(self, events: Sequence[Event]) -> Sequence[Event]:
        """Gives those that are over: all, but for what the handler could not do outside yet."""
        if not events:
            return events
        with about(*events):
            outside = await self.consumer.handler.before(events)
            if outside.done:
                async with self._database.raw() as connection, connection.transaction():
                    fresh = await outbox.take(connection, self._name, outside.done)
                    if fresh:
                        await self.consumer.handler.apply(connection, fresh)
        for event, error in outside.given_up:
            await self._bury(event, error)
        return [*outside.done, *(event for event, _ in outside.given_up)]

    async def _advance(self, connection: Raw, mark: Watermark, read_to: int, *, handled: bool) -> None:
        """After all rows up to `read_to` that were to be seen are handled in this transaction."""
        now = time.monotonic()
        due = handled or now - self._settled_at >= SETTLE_SECONDS
        if mark.settled and mark.position < read_to and due:
            await outbox.advance(connection, self._name, mark, read_to=read_to)
            self._settled_at = now

    async def _one_by_one(self, events: Sequence[Event]) -> Sequence[Event]:
        """In three rounds, an event at fault once in each; gives those that are over. The pauses are few, however many fail."""
        over: list[Event] = []
        tries: Counter[str] = Counter()
        left = events
        for pause in (*TRY_PAUSES_SECONDS, 0.0):
            left = await self._round(left, tries, over)
            if not left:
                break
            await asyncio.sleep(pause)
        return over

    async def _round(self, events: Sequence[Event], tries: Counter[str], over: list[Event]) -> Sequence[Event]:
        """Gives what is to be tried again. An event at fault holds up what its actor said later, and nobody else."""
        again: list[Event] = []
        held: set[str] = set()
        for event in events:
            if event.actor_id in held:
                again.append(event)
                continue
            try:
                over += await self._whole([event])
            except Exception as error:
                if is_passing(error):
                    raise
                tries[event.id] += 1
                if tries[event.id] <= len(TRY_PAUSES_SECONDS):
                    held.add(event.actor_id)
                    again.append(event)
                else:
                    await self._bury(event, error)
                    over.append(event)
        return again

    async def _bury(self, event: Event, error: Exception) -> None:
        told, tries = f"{type(error).__name__}: {error}", len(TRY_PAUSES_SECONDS) + 1
        with about(event):
            log.error("an event is put aside", extra={"consumer": self._name, "event_id": event.id}, exc_info=error)
        async with self._database.raw() as connection, connection.transaction():
            await outbox.bury(connection, self._name, event, told, tries=tries, code_version=code_version())
        if self._buried:
            self._buried(self._name, event, told)

    def _committed(self, events: Sequence[Event]) -> None:
        if events:
            metrics.events_processed.labels(self._name).inc(len(events))
            metrics.event_lag.labels(self._name).observe(events[0].age_seconds)
            self.consumer.handler.committed(events)


def _log_outage(name: str, error: Exception, pause: float) -> None:
    details = {"consumer": name, "cause": repr(error), "pause_seconds": pause}
    if is_passing(error):
        log.warning("consumer waits for the database or an actor", extra=details)
    else:
        log.error("consumer failed and tries again", extra=details, exc_info=error)
