"""Read your own writes: waiting until the read model shows a version of an actor."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from host.store.engine import Database

REMEMBERED: Final = 10_000
POLL_SECONDS: Final = 0.1  # the longest: where the projector is in this process, it is told


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
        self._waiting: dict[str, set[asyncio.Event]] = {}

    def note(self, shown: Mapping[str, int]) -> None:
        """Versions by actor that a commit of the projector made readable."""
        for actor_id, version in shown.items():
            self._shown[actor_id] = max(version, self._shown.pop(actor_id, 0))
            for event in self._waiting.get(actor_id, ()):
                event.set()
        while len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)

    async def wait(self, actor_id: str, version: int, timeout_seconds: float) -> bool:
        """Whether the read model shows that version before the time is over."""
        if self._shown.get(actor_id, 0) >= version:
            return True
        told = asyncio.Event()
        self._waiting.setdefault(actor_id, set()).add(told)
        try:
            async with asyncio.timeout(timeout_seconds):
                return await self._until_shown(actor_id, version, told)
        except TimeoutError:
            return False
        finally:
            waiting = self._waiting[actor_id]
            waiting.discard(told)
            if not waiting:
                del self._waiting[actor_id]

    async def _until_shown(self, actor_id: str, version: int, told: asyncio.Event) -> bool:
        """Ends with the caller's time; the poll sees what a projector elsewhere has done."""
        poll = self._poll_seconds
        while True:
            if self._shown.get(actor_id, 0) >= version:
                return True
            if await reached(self._database, actor_id, version):
                self.note({actor_id: version})
                return True
            try:
                await asyncio.wait_for(told.wait(), poll)
            except TimeoutError:
                poll = min(poll * 2, POLL_SECONDS)
                continue
            told.clear()
