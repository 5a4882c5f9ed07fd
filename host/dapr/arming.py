"""Arming: notes in the database, many at a time, which wakes the scheduler has accepted."""

import asyncio
import logging
from typing import Final

from actors.clock import Clock, parse_instant
from host import metrics
from host.store.engine import Database, is_outage
from host.store.turns import wakes

log = logging.getLogger(__name__)

GATHER_SECONDS: Final = 0.1
OUTAGE_PAUSE_SECONDS: Final = 1.0
MOST_NOTES: Final = 20_000


class Arming:
    """Gathers notes and writes them. A lost note costs one more registration: the sweeper finds the wake unarmed."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._notes: dict[tuple[str, str], str] = {}
        self._noted = asyncio.Event()

    def note(self, actor_type: str, actor_id: str, wake: str) -> None:
        """Notes that the actor's wake is registered. `wake`: an instant as text."""
        metrics.reminders_scheduled.inc()
        if len(self._notes) < MOST_NOTES:
            self._notes[actor_type, actor_id] = wake
            self._noted.set()

    async def run(self) -> None:
        """Writes notes until cancelled; during an outage they gather, up to MOST_NOTES."""
        while True:
            await self._noted.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._noted.clear()
            try:
                await self.flush()
            except Exception as error:
                if not is_outage(error):
                    log.exception("notes of registered wakes could not be written")
                self._noted.set()
                await asyncio.sleep(OUTAGE_PAUSE_SECONDS)

    async def flush(self) -> None:
        """Writes all gathered notes; on an error it keeps them and raises."""
        notes, self._notes = self._notes, {}
        armed = [(actor_type, actor_id, parse_instant(wake)) for (actor_type, actor_id), wake in sorted(notes.items())]
        if not armed:
            return
        try:
            async with self._database.raw() as connection:
                await wakes.note_armed(connection, armed, self._clock.now())
        except BaseException:
            self._notes = notes | self._notes
            raise
