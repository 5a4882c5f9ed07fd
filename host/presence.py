"""Presence: writes a row every ten seconds which says that this process runs, and its version."""

import logging
import os
import socket
from typing import Final

from host.dapr.app_ids import APP_IDS
from host.loops import repeat
from host.settings import Role
from host.store.engine import Database
from host.store.faults import DAMAGED, UNWRITABLE
from host.store.upkeep import processes
from host.store.upkeep.processes import Process
from host.version import VERSION

log = logging.getLogger(__name__)

SECONDS: Final = 10.0
OUTAGE_PAUSE_SECONDS: Final = 2.0


class Presence:
    """The row of this process. `process_id` differs at each start."""

    def __init__(self, database: Database, process_id: str, role: Role) -> None:
        self._database = database
        self._me = Process(process_id, role, VERSION, APP_IDS[role], socket.gethostname(), os.getpid())

    async def announce(self) -> None:
        """Writes or renews the row; raises what the database raises, and notes it: it proves that nothing can be written."""
        try:
            async with self._database.raw() as connection:
                await processes.announce(connection, self._me)
        except Exception as error:
            self._database.write_faults.note(error, UNWRITABLE | DAMAGED)
            raise

    async def run(self) -> None:
        """Announces until cancelled; waits out an outage."""
        await repeat(self.announce, SECONDS, OUTAGE_PAUSE_SECONDS, log, "presence could not be written")

    async def leave(self) -> None:
        """Deletes the row."""
        async with self._database.raw() as connection:
            await processes.leave(connection, self._me.id)
