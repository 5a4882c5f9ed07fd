"""The messages to one listener: hello, then events, batches and heartbeats, and at last why the stream ends."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from secrets import randbelow
from typing import Final

import orjson

from actors.clock import instant_text
from host.live.hub import HubSubscription, Resync, StreamRow
from host.notify import notifications
from host.store.engine import is_outage
from web.api.activity.shown import entry_json, event_of
from web.api.edge.app_state import AppState
from web.api.stream.seats import Seat

log = logging.getLogger(__name__)

MOST_A_SECOND: Final = 10
BURST: Final = 5
_LARGEST_BATCH: Final = 100
_SOONEST_RETRY_MS, _LATEST_RETRY_MS = 500, 5_000
_EXPIRED_RETRY: Final = b"retry: 1000\n\n"  # a browser keeps this delay for later reconnects, too
_HEARTBEAT: Final = b":\n\n"


class Pace:
    """The pace of one stream: ten messages in any second, five of them at once and the others a tenth of a second apart.

    Events that wait gather for a batch.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._sent: deque[float] = deque(maxlen=MOST_A_SECOND)

    async def wait(self) -> None:
        """Waits until one message may be sent."""
        now = self._loop.time()
        free_at = now
        if len(self._sent) == MOST_A_SECOND:
            free_at = self._sent[0] + 1
        if self._recent(now) >= BURST:
            free_at = max(free_at, self._sent[-1] + 1 / MOST_A_SECOND)
        if free_at > now:
            await asyncio.sleep(free_at - now)

    def left(self) -> int:
        """Returns how many messages may be sent after `wait`, at least one."""
        return max(1, BURST - self._recent(self._loop.time()))

    def spend(self) -> None:
        """Notes that a message is sent now."""
        self._sent.append(self._loop.time())

    def _recent(self, now: float) -> int:
        return sum(sent > now - 1 for sent in self._sent)


async def messages(
    state: AppState, seat: Seat, subscription: HubSubscription, poll_seconds: float | None = None
) -> AsyncGenerator[bytes]:
    """Yields messages until the seat is ended or its credential is no longer valid; the caller releases seat and subscription.

    A poll ends with the first that are there, or after so many seconds without any.
    """
    loop = asyncio.get_running_loop()
    times, pace = state.stream_times, Pace()
    check_at = loop.time() + times.recheck_seconds
    hello = {"position": subscription.start, "server_time": instant_text(state.services.clock.now())}
    # Without an id before a resync: a browser cut off between the two would reconnect as if it had received everything.
    yield message("hello", subscription.start if subscription.resumes else None, orjson.dumps(hello))
    while seat.ended is None:
        await pace.wait()
        received = await subscription.next(poll_seconds or times.heartbeat_seconds)
        if loop.time() >= check_at:
            check_at = loop.time() + times.recheck_seconds
            if not await _still_good(state, seat):
                return
        if isinstance(received, Resync):
            yield message("resync", received.position, orjson.dumps({"position": received.position}))
        elif received:
            for encoded in _encoded(state, received, pace.left()):
                pace.spend()
                yield encoded
        elif seat.ended is None:
            yield _HEARTBEAT
        if poll_seconds:
            seat.end("answered")
    yield _farewell(seat)


def message(event: str, position: int | None, data: bytes) -> bytes:
    """Returns one server-sent event; without a position it has no id."""
    name = b"" if position is None else b"id: %d\n" % position
    return b"%bevent: %b\ndata: %b\n\n" % (name, event.encode(), data)


def _encoded(state: AppState, rows: list[StreamRow], left: int) -> Iterator[bytes]:
    """Yields one message a row if the pace allows it, else as few batches as hold them."""
    if len(rows) <= left:
        for row in rows:
            yield message(row.type, row.position, _data(state, row))
        return
    for start in range(0, len(rows), _LARGEST_BATCH):
        part = rows[start : start + _LARGEST_BATCH]
        events = b",".join(_data(state, row) for row in part)
        position = part[-1].position
        yield message("batch", position, b'{"position":%d,"events":[%b]}' % (position, events))


def _data(state: AppState, row: StreamRow) -> bytes:
    """Returns the data of a row, encoded once for all listeners of a user."""
    if row.encoded is None:
        event = event_of(row.body, row.first)
        entry = entry_json(row.position, event, state.services.clock.now())
        notification = notifications.of_event(event)
        row.encoded = orjson.dumps({**entry, "notification": notification} if notification else entry)
    return row.encoded


async def _still_good(state: AppState, seat: Seat) -> bool:
    """Returns whether the listener's credential is still valid; an outage of the database ends no stream."""
    try:
        return await state.credentials.still_good(seat.caller)
    except Exception as error:
        if not is_outage(error):
            raise
        log.warning("session not checked", extra={"cause": repr(error)[:300]})
        return True


def _farewell(seat: Seat) -> bytes:
    if seat.ended == "replaced":
        return b"event: replaced\ndata: {}\n\n"
    if seat.ended == "draining":
        # Each with another delay: all at once would overload the replica that they reconnect to.
        wait = _SOONEST_RETRY_MS + randbelow(_LATEST_RETRY_MS - _SOONEST_RETRY_MS)
        return b"retry: %d\n\n" % wait
    if seat.ended == "expired":
        return _EXPIRED_RETRY
    return b":\n\n"
