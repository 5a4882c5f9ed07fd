"""Read your own writes: waiting until the read model shows what a user did, or a version of an actor."""

import asyncio
from collections import OrderedDict
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from host.store.engine import Database
from host.store.read_model import own_writes
from host.store.read_model.own_writes import Cause, Look

REMEMBERED: Final = 10_000
POLL_SECONDS: Final = 0.1  # the longest: where the projector is in this process, it is told
READ_POLL_SECONDS: Final = 0.4  # the longest of a read, of which there may be hundreds when the projector is down


@dataclass(frozen=True, slots=True)
class Shown:
    """What can be read of a user: everything that people did when `missing` is None, else why not."""

    missing: Cause | None
    profile_version: int


async def reached(database: Database, actor_id: str, version: int) -> bool:
    """Whether the read model has at least that version; a purged task counts."""
    async with database.raw() as connection:
        found: bool = await connection.fetchval(
            """SELECT EXISTS (SELECT FROM tasks WHERE id = $1 AND version >= $2)
                   OR EXISTS (SELECT FROM users WHERE id = $1 AND version >= $2)
                   OR EXISTS (SELECT FROM series WHERE id = $1 AND version >= $2)""",
            actor_id,
            version,
        )
    return found


class Projection:
    """How far the read model is: told by the projector of this process, asked of the database for the rest."""

    def __init__(self, database: Database, poll_seconds: float = POLL_SECONDS) -> None:
        self._database = database
        self._poll_seconds = poll_seconds
        self._shown: OrderedDict[str, int] = OrderedDict()
        self._waiting: dict[str, set[asyncio.Event]] = {}  # by the id of an actor or a user

    def note(self, shown: Mapping[str, int]) -> None:
        """Versions by actor that a commit of the projector made readable."""
        for actor_id, version in shown.items():
            self._shown[actor_id] = max(version, self._shown.pop(actor_id, 0))
        while len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)
        self.signal(shown)

    def signal(self, ids: Iterable[str]) -> None:
        """Of these users or actors more can be read now."""
        for waited_for in ids:
            for told in self._waiting.get(waited_for, ()):
                told.set()

    async def own_writes(self, user_id: str, timeout_seconds: float) -> Shown:
        """What can be read of the user when the events that there are now are shown, or the time is over."""
        with self._told_of(user_id) as told:
            found = await self._look(user_id)
            if found.pending is not None:
                found = await self._until_handled(user_id, found, told, timeout_seconds)
        if found.pending is None and not found.aside:
            return Shown(None, found.profile_version)
        async with self._database.raw() as connection:
            missing = await own_writes.cause(connection, user_id, found.pending or 0)
        return Shown(missing, found.profile_version)

    async def _until_handled(self, user_id: str, found: Look, told: asyncio.Event, timeout_seconds: float) -> Look:
        """The last look: nothing is pending any more, or the time is over."""
        loop, poll, up_to = asyncio.get_running_loop(), self._poll_seconds, found.pending
        ends_at = loop.time() + timeout_seconds
        while found.pending is not None and (left := ends_at - loop.time()) > 0:
            if not await _is_told(told, min(poll, left)):
                poll = min(poll * 2, READ_POLL_SECONDS)
            found = await self._look(user_id, up_to)
        return found

    async def _look(self, user_id: str, up_to: int | None = None) -> Look:
        async with self._database.raw() as connection:
            return await own_writes.look(connection, user_id, own_writes.NEWEST if up_to is None else up_to)

    async def wait(self, actor_id: str, version: int, timeout_seconds: float) -> bool:
        """Whether the read model shows that version before the time is over."""
        if self._shown.get(actor_id, 0) >= version:
            return True
        with self._told_of(actor_id) as told:
            try:
                async with asyncio.timeout(timeout_seconds):
                    return await self._until_shown(actor_id, version, told)
            except TimeoutError:
                return False

    async def _until_shown(self, actor_id: str, version: int, told: asyncio.Event) -> bool:
        """Ends with the caller's time; the poll sees what a projector elsewhere has done."""
        poll = self._poll_seconds
        while True:
            if self._shown.get(actor_id, 0) >= version:
                return True
            if await reached(self._database, actor_id, version):
                self.note({actor_id: version})
                return True
            if not await _is_told(told, poll):
                poll = min(poll * 2, POLL_SECONDS)

    @contextmanager
    def _told_of(self, waited_for: str) -> Generator[asyncio.Event]:
        """An event that is set whenever more can be read of that user or actor."""
        told = asyncio.Event()
        self._waiting.setdefault(waited_for, set()).add(told)
        try:
            yield told
        finally:
            waiting = self._waiting[waited_for]
            waiting.discard(told)
            if not waiting:
                del self._waiting[waited_for]


async def _is_told(told: asyncio.Event, timeout_seconds: float) -> bool:
    try:
        await asyncio.wait_for(told.wait(), timeout_seconds)
    except TimeoutError:
        return False
    told.clear()
    return True
