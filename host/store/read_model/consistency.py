"""Read your own writes: waits until the read model shows a user's changes, or a version of an actor."""

import asyncio
from collections import OrderedDict
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from host.store.engine import Database
from host.store.read_model import own_writes
from host.store.read_model.own_writes import Reason, Status

REMEMBERED: Final = 10_000
POLL_SECONDS: Final = 0.1  # at most; a projector in the same process signals at once
READ_POLL_SECONDS: Final = 0.4  # at most, for reads: hundreds may wait while the projector is down


@dataclass(frozen=True, slots=True)
class Readable:
    """What can be read of a user: all changes that people made if `missing` is None, else the reason why not.

    `profile_version` is the version of the profile that can be read, 0 for none.
    """

    missing: Reason | None
    profile_version: int


async def reached(database: Database, actor_id: str, version: int) -> bool:
    """Returns whether the read model has at least that version of the actor; a purged task counts."""
    async with database.raw() as connection:
        shown: bool = await connection.fetchval(
            """SELECT EXISTS (SELECT FROM tasks WHERE id = $1 AND version >= $2)
                   OR EXISTS (SELECT FROM users WHERE id = $1 AND version >= $2)
                   OR EXISTS (SELECT FROM series WHERE id = $1 AND version >= $2)""",
            actor_id,
            version,
        )
    return shown


class Projection:
    """How far the read model is: a projector in this process signals it, and the database is polled for the others."""

    def __init__(self, database: Database, poll_seconds: float = POLL_SECONDS) -> None:
        self._database = database
        self._poll_seconds = poll_seconds
        self._versions: OrderedDict[str, int] = OrderedDict()
        self._waiting: dict[str, set[asyncio.Event]] = {}  # by the id of an actor or a user

    def note(self, versions: Mapping[str, int]) -> None:
        """Takes the versions, by actor, that a commit of the projector made readable."""
        for actor_id, version in versions.items():
            self._versions[actor_id] = max(version, self._versions.pop(actor_id, 0))
        while len(self._versions) > REMEMBERED:
            self._versions.popitem(last=False)
        self.signal(versions)

    def signal(self, ids: Iterable[str]) -> None:
        """Wakes those who wait for these users or actors: more can be read of them."""
        for waited_for in ids:
            for changed in self._waiting.get(waited_for, ()):
                changed.set()

    async def own_writes(self, user_id: str, timeout_seconds: float) -> Readable:
        """Waits until the user's events of now are shown, or the time is over; returns what can be read then."""
        with self._changes_of(user_id) as changed:
            status = await self._status(user_id)
            if status.pending is not None:
                status = await self._until_handled(user_id, status, changed, timeout_seconds)
        if status.pending is None and not status.aside:
            return Readable(None, status.profile_version)
        async with self._database.raw() as connection:
            missing = await own_writes.reason(connection, user_id, status.pending or 0)
        return Readable(missing, status.profile_version)

    async def _until_handled(
        self, user_id: str, status: Status, changed: asyncio.Event, timeout_seconds: float
    ) -> Status:
        """Returns the last status: nothing is pending any more, or the time is over."""
        loop, poll, up_to = asyncio.get_running_loop(), self._poll_seconds, status.pending
        ends_at = loop.time() + timeout_seconds
        while status.pending is not None and (left := ends_at - loop.time()) > 0:
            if not await _has_changed(changed, min(poll, left)):
                poll = min(poll * 2, READ_POLL_SECONDS)
            status = await self._status(user_id, up_to)
        return status

    async def _status(self, user_id: str, up_to: int | None = None) -> Status:
        async with self._database.raw() as connection:
            return await own_writes.status(connection, user_id, own_writes.NEWEST if up_to is None else up_to)

    async def wait(self, actor_id: str, version: int, timeout_seconds: float) -> bool:
        """Returns whether the read model shows that version of the actor before the time is over."""
        if self._versions.get(actor_id, 0) >= version:
            return True
        with self._changes_of(actor_id) as changed:
            try:
                async with asyncio.timeout(timeout_seconds):
                    return await self._until_shown(actor_id, version, changed)
            except TimeoutError:
                return False

    async def _until_shown(self, actor_id: str, version: int, changed: asyncio.Event) -> bool:
        """Ends when the caller's time-out cancels it; the poll sees what a projector in another process has done."""
        poll = self._poll_seconds
        while True:
            if self._versions.get(actor_id, 0) >= version:
                return True
            if await reached(self._database, actor_id, version):
                self.note({actor_id: version})
                return True
            if not await _has_changed(changed, poll):
                poll = min(poll * 2, POLL_SECONDS)

    @contextmanager
    def _changes_of(self, waited_for: str) -> Generator[asyncio.Event]:
        """Yields an event that is set whenever more can be read of that user or actor."""
        changed = asyncio.Event()
        self._waiting.setdefault(waited_for, set()).add(changed)
        try:
            yield changed
        finally:
            waiting = self._waiting[waited_for]
            waiting.discard(changed)
            if not waiting:
                del self._waiting[waited_for]


async def _has_changed(changed: asyncio.Event, timeout_seconds: float) -> bool:
    try:
        await asyncio.wait_for(changed.wait(), timeout_seconds)
    except TimeoutError:
        return False
    changed.clear()
    return True
