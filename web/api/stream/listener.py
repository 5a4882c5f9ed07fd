"""What one listener is sent: hello, then events, batches and heartbeats, and at the end why it ends."""

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

HEARTBEAT_SECONDS: Final = 20.0
RECHECK_SECONDS: Final = 60.0
MOST_A_SECOND: Final = 10
BURST: Final = 5
_LARGEST_BATCH: Final = 100
_SOONEST_RETRY_MS, _LATEST_RETRY_MS = 500, 5_000
_EXPIRED_RETRY: Final = b"retry: 1000\n\n"  # a browser keeps this for later reconnects, too
_HEARTBEAT: Final = b":\n\n"


class Pace:
    """Ten messages in any second: five at once, more of them a tenth of a second apart; what waits gathers for a batch."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._sent: deque[float] = deque(maxlen=MOST_A_SECOND)

    async def wait(self) -> None:
        """Until one message may be sent."""
        now = self._loop.time()
        free_at = now
        if len(self._sent) == MOST_A_SECOND:
            free_at = self._sent[0] + 1
        if self._recent(now) >= BURST:
            free_at = max(free_at, self._sent[-1] + 1 / MOST_A_SECOND)
        if free_at > now:
            await asyncio.sleep(free_at - now)

    def left(self) -> int:
        """How many messages may be sent now, after `wait`: one at least."""
        return max(1, BURST - self._recent(self._loop.time()))

    def spend(self) -> None:
        self._sent.append(self._loop.time())

    def _recent(self, now: float) -> int:
        return sum(sent > now - 1 for sent in self._sent)


async def messages(state: AppState, seat: Seat, subscription: HubSubscription) -> AsyncGenerator[bytes]:
    """Ends when the seat is ended or its session is no longer good; the caller gives up seat and subscription."""
    loop = asyncio.get_running_loop()
    pace, check_at = Pace(), loop.time() + RECHECK_SECONDS
    hello = {"position": subscription.start, "server_time": instant_text(state.services.clock.now())}
    # Before a resync without an id: a browser cut off between the two would come back as if it had heard all.
    yield message("hello", subscription.start if subscription.resumes else None, orjson.dumps(hello))
    while seat.ended is None:
        await pace.wait()
        found = await subscription.next(HEARTBEAT_SECONDS)
        if loop.time() >= check_at:
            check_at = loop.time() + RECHECK_SECONDS
            if not await _still_good(state, seat):
                return
        if isinstance(found, Resync):
            yield message("resync", found.position, orjson.dumps({"position": found.position}))
        elif found:
            for encoded in _encoded(state, found, pace.left()):
                pace.spend()
                yield encoded
        elif seat.ended is None:
            yield _HEARTBEAT
    yield _farewell(seat)


def message(event: str, position: int | None, data: bytes) -> bytes:
    name = b"" if position is None else b"id: %d\n" % position
    return b"%bevent: %b\ndata: %b\n\n" % (name, event.encode(), data)


def _encoded(state: AppState, rows: list[StreamRow], left: int) -> Iterator[bytes]:
    """One message a row while the pace allows it, else as few batches as hold them."""
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
    """Encoded once for all listeners of a user."""
    if row.encoded is None:
        event = event_of(row.body, row.first)
        shown = entry_json(row.position, event, state.services.clock.now())
        notification = notifications.of_event(event)
        row.encoded = orjson.dumps({**shown, "notification": notification} if notification else shown)
    return row.encoded


async def _still_good(state: AppState, seat: Seat) -> bool:
    """A database that is down is no reason to send anyone away."""
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
        # Each at another time: all at once would knock over the replica that they come to.
        wait = _SOONEST_RETRY_MS + randbelow(_LATEST_RETRY_MS - _SOONEST_RETRY_MS)
        return b"retry: %d\n\n" % wait
    if seat.ended == "expired":
        return _EXPIRED_RETRY
    return b":\n\n"
