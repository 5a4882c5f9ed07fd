"""The hub: reads new activity once for all open live streams of a user, and hands it to each."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from host.store.engine import Database, is_outage
from host.store.read_model import activity_queries
from host.store.read_model.activity_queries import StreamRow

__all__ = ["Hub", "HubSubscription", "Resync", "StreamRow"]

log = logging.getLogger(__name__)

USERS_AT_ONCE: Final = 500
ROWS_AT_ONCE: Final = 200  # of one user
LONGEST_REPLAY: Final = 1_000
LARGEST_BUFFER: Final = 500  # rows that wait in memory for one listener; the rest waits in the database
POLL_SECONDS: Final = 5.0
OUTAGE_PAUSE_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Resync:
    """The listener is too far behind: it must load everything again and goes on from `position`."""

    position: int


class HubSubscription:
    """One listener. Read it from one task with `next`; close it when done.

    At most `most` rows wait for it. The hub reads for a slow listener again when it has taken those.
    """

    __slots__ = ("_buffer", "_hub", "_most", "_resync", "_waiter", "read_to", "resumes", "start", "user_id")

    def __init__(self, hub: "Hub", user_id: str, position: int, *, resync: bool, most: int) -> None:
        self.user_id = user_id
        self.start = position  # the position after which it receives rows
        self.resumes = not resync  # false: it does not have all rows up to `start`
        self.read_to = position
        self._hub = hub
        self._buffer: list[StreamRow] = []
        self._resync = resync
        self._most = most
        self._waiter: asyncio.Future[None] | None = None

    async def next(self, timeout_seconds: float) -> list[StreamRow] | Resync:
        """Returns the rows since the last call, in order; an empty list after the timeout or `interrupt`."""
        if not self._buffer and not self._resync:
            await self._wait(timeout_seconds)
        if self._resync:
            self._resync = False
            return Resync(self.read_to)
        was_full = self.is_full
        rows, self._buffer = self._buffer, []
        if was_full:
            self._hub.signal((self.user_id,))
        return rows

    @property
    def is_full(self) -> bool:
        """Whether it must take rows before the hub reads for it again."""
        return len(self._buffer) >= self._most

    async def _wait(self, timeout_seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        timer = loop.call_later(timeout_seconds, self.interrupt)
        try:
            await self._waiter
        finally:
            timer.cancel()
            self._waiter = None

    def interrupt(self) -> None:
        """Makes a waiting `next` return at once."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def close(self) -> None:
        """Ends the subscription; closing it again does nothing."""
        self._hub.leave(self)

    def push(self, rows: Sequence[StreamRow]) -> None:
        """Adds rows in order, as many as there is room for, and skips known ones. A gap means that rows were archived."""
        fresh = [row for row in rows if row.position > self.read_to][: self._most - len(self._buffer)]
        if not fresh:
            return
        gap = fresh[0].position != self.read_to + 1
        self.read_to = fresh[-1].position
        if gap or self._resync:
            self._buffer, self._resync = [], True
        else:
            self._buffer += fresh
        self.interrupt()


class Hub:
    """The open live streams of this process. `signal` names users with new activity; a slow poll finds missed ones."""

    def __init__(
        self, database: Database, *, poll_seconds: float = POLL_SECONDS, largest_buffer: int = LARGEST_BUFFER
    ) -> None:
        self._database = database
        self._poll_seconds = poll_seconds
        self._largest_buffer = largest_buffer
        self._listeners: dict[str, list[HubSubscription]] = {}
        self._grown: set[str] = set()
        self._signalled = asyncio.Event()

    async def subscribe(self, user_id: str, after: int | None) -> HubSubscription:
        """Returns a listener for the rows after that position, or from now on.

        For a position from which the rows are not there, or too many, it starts with a Resync.
        """
        async with self._database.raw() as connection:
            newest = await activity_queries.newest_position(connection, user_id)
            servable = after is not None and (
                after == newest
                or (
                    0 < newest - after <= LONGEST_REPLAY
                    and await activity_queries.holds(connection, user_id, after + 1)
                )
            )
        position = after if after is not None and servable else newest
        resync = after is not None and not servable
        listener = HubSubscription(self, user_id, position, resync=resync, most=self._largest_buffer)
        self._listeners.setdefault(user_id, []).append(listener)
        self.signal((user_id,))
        return listener

    def leave(self, listener: HubSubscription) -> None:
        """Forgets the listener; it may have been forgotten already."""
        listeners = self._listeners.get(listener.user_id, [])
        if listener in listeners:
            listeners.remove(listener)
        if not listeners:
            self._listeners.pop(listener.user_id, None)

    def signal(self, user_ids: Iterable[str]) -> None:
        """Makes the hub read soon for these users, whose activity grew."""
        self._grown.update(user_id for user_id in user_ids if user_id in self._listeners)
        if self._grown:
            self._signalled.set()

    async def run(self) -> None:
        """Runs until cancelled; waits out an outage, after which the poll finds what was missed."""
        loop = asyncio.get_running_loop()
        next_poll = loop.time() + self._poll_seconds
        while True:
            try:
                if loop.time() >= next_poll:
                    next_poll = loop.time() + self._poll_seconds
                    await self._poll()
                await self._read()
            except Exception as error:
                if not is_outage(error):
                    log.exception("the hub failed and tries again")
                else:
                    log.warning("the hub waits for the database", extra={"cause": repr(error)})
                await asyncio.sleep(OUTAGE_PAUSE_SECONDS)
            await self._until_signalled(next_poll - loop.time())

    async def _until_signalled(self, seconds: float) -> None:
        if not self._grown:
            self._signalled.clear()
            try:
                await asyncio.wait_for(self._signalled.wait(), max(seconds, 0.0))
            except TimeoutError:
                return

    async def _read(self) -> None:
        """Reads once for the users with new activity, as many as one read takes."""
        users = [self._grown.pop() for _ in range(min(len(self._grown), USERS_AT_ONCE))]
        after = {user: self._read_to(user) for user in users if user in self._listeners}
        if not after:
            return
        try:
            async with self._database.raw() as connection:
                rows_by_user = await activity_queries.rows_after(connection, after, ROWS_AT_ONCE)
        except BaseException:
            self._grown.update(after)
            raise
        for user, rows in rows_by_user.items():
            for listener in self._listeners.get(user, ()):
                # A listener that came during the read may be further behind: it has signalled, and is next.
                if listener.read_to >= after[user]:
                    listener.push(rows)
            if len(rows) == ROWS_AT_ONCE:
                self._grown.add(user)

    async def _poll(self) -> None:
        users = list(self._listeners)
        for start in range(0, len(users), USERS_AT_ONCE):
            positions = {user: self._read_to(user) for user in users[start : start + USERS_AT_ONCE]}
            async with self._database.raw() as connection:
                self.signal(await activity_queries.grown(connection, positions))

    def _read_to(self, user_id: str) -> int:
        """Returns the position of the listener that is furthest behind, of those that have room.

        Without any it is a position that no row has.
        """
        listeners = self._listeners.get(user_id, ())
        return min((listener.read_to for listener in listeners if not listener.is_full), default=2**62)
