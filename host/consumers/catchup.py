"""Catch-up: hands a consumer every row of the outbox that it has not handled, whether or not a broker delivers it too.

An event that the consumer cannot apply is tried again, then put aside as a dead letter.
"""

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
from host.store.turns import dead_letters, outbox, watermarks
from host.store.turns.outbox import Event
from host.store.turns.watermarks import Watermark
from host.version import code_version

log = logging.getLogger(__name__)

BATCH: Final = 500
OUTAGE_PAUSES_SECONDS: Final = (0.1, 0.5, 1.0, 2.0, 5.0)
FIRST_POLL_SECONDS: Final = 0.02
CATCHUP_POLL_SECONDS: Final = 0.25  # the longest, for a consumer that is nudged as a rule
REST_SECONDS: Final = 0.02  # after a batch: more rows gather and share the cost of a transaction
ROUNDS: Final = 10  # of a delivery that a handler applies in parts
ROUND_PAUSE_SECONDS: Final = 0.1  # after a round that did nothing; all pauses last longer than the tries of an event
SETTLE_SECONDS: Final = 1.0  # how often a consumer moves its watermark over rows that it does not take


class Catchup:
    """The loop of one consumer, and the way by which the broker delivers to it.

    With a broker, `min_age_seconds` leaves to the loop only the rows that the broker has not delivered by that age.
    `on_dead_letter(consumer, event, error)` is called for each event that is put aside.
    """

    def __init__(
        self,
        database: Database,
        consumer: Consumer,
        *,
        min_age_seconds: float = 0,
        max_poll_seconds: float = CATCHUP_POLL_SECONDS,
        settle_seconds: float = SETTLE_SECONDS,
        try_pauses_seconds: Sequence[float] = TRY_PAUSES_SECONDS,
        batch: int = BATCH,
        on_dead_letter: Callable[[str, Event, str], None] | None = None,
    ) -> None:
        self.consumer = consumer
        self._name = consumer.name
        self._database = database
        self._min_age = min_age_seconds
        # A row of that age is late already, and each look costs as much as the rows that it skips; but readers wait for
        # events that the broker does not take.
        self._max_poll = max(max_poll_seconds, min_age_seconds / 20)
        self._settle_seconds = settle_seconds
        self._try_pauses = try_pauses_seconds
        self._batch = batch
        self._on_dead_letter = on_dead_letter
        self._nudged = asyncio.Event()
        self._registered = False
        self._settled_at = 0.0
        self._limit = batch  # less after a batch that failed: it may be too large for the time limit of a statement

    def nudge(self) -> None:
        """Makes the loop look now, because something was committed."""
        self._nudged.set()

    async def run(self) -> None:
        """Runs until cancelled: waits out a fault of the world, and puts aside an event at fault."""
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
        """Handles the next batch; returns the number of its events. Raises for an outage."""
        if not self._registered:
            await self._register()
        events: Sequence[Event] = []
        try:
            async with self._database.raw() as connection, connection.transaction():
                mark = await watermarks.lock(connection, self._name, min_age_seconds=self._min_age)
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
        self._limit = min(self._batch, self._limit * 2)
        self._committed(events)
        return len(events)

    async def deliver(self, event_ids: Sequence[str]) -> None:
        """Handles events that the broker delivered, after the earlier ones of their actors.

        Raises for an outage, and Unavailable if the consumer is paused or cannot do all of them yet.
        """
        if not self._registered:
            await self._register()
        async with self._database.raw() as connection:
            if await watermarks.is_paused(connection, self._name):
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
            await watermarks.register(connection, self._name, from_now=self.consumer.start == "now")
        self._registered = True

    async def _whole(self, events: Sequence[Event]) -> Sequence[Event]:
        """Handles the events together; returns those that are over, without those that the handler could not do yet."""
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
        """Moves the watermark up to `read_to`; this transaction has handled all rows that could be seen until there."""
        now = time.monotonic()
        due = handled or now - self._settled_at >= self._settle_seconds
        if mark.settled and mark.position < read_to and due:
            await watermarks.advance(connection, self._name, mark, read_to=read_to)
            self._settled_at = now

    async def _one_by_one(self, events: Sequence[Event]) -> Sequence[Event]:
        """Handles the events one by one, in rounds, so that there are few pauses however many fail.

        An event at fault is tried once in each round. Returns the events that are over.
        """
        over: list[Event] = []
        tries: Counter[str] = Counter()
        left = events
        for pause in (*self._try_pauses, 0.0):
            left = await self._round(left, tries, over)
            if not left:
                break
            await asyncio.sleep(pause)
        return over

    async def _round(self, events: Sequence[Event], tries: Counter[str], over: list[Event]) -> Sequence[Event]:
        """Tries each event once; returns those to try again, and adds to `over` those that are done or put aside.

        An event at fault holds up the later events of its actor, and no others.
        """
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
                if tries[event.id] <= len(self._try_pauses):
                    held.add(event.actor_id)
                    again.append(event)
                else:
                    await self._bury(event, error)
                    over.append(event)
        return again

    async def _bury(self, event: Event, error: Exception) -> None:
        """Puts the event aside as a dead letter."""
        cause, tries = f"{type(error).__name__}: {error}", len(self._try_pauses) + 1
        with about(event):
            log.error("an event is put aside", extra={"consumer": self._name, "event_id": event.id}, exc_info=error)
        async with self._database.raw() as connection, connection.transaction():
            await dead_letters.add(connection, self._name, event, cause, tries=tries, code_version=code_version())
        if self._on_dead_letter:
            self._on_dead_letter(self._name, event, cause)

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
