"""Presence: tells the database every few seconds that this process runs, and of which version it is."""

import logging
import os
import socket
from typing import Final

from host.dapr.app_ids import APP_IDS
from host.loops import repeat
from host.settings import Role
from host.store.engine import Database
from host.store.upkeep import processes
from host.store.upkeep.processes import Process
from host.version import VERSION

log = logging.getLogger(__name__)

SECONDS: Final = 10.0
OUTAGE_PAUSE_SECONDS: Final = 2.0


class Presence:
    """`process_id` is another one at each start."""

    def __init__(self, database: Database, process_id: str, role: Role) -> None:
        self._database = database
        self._me = Process(process_id, role, VERSION, APP_IDS[role], socket.gethostname(), os.getpid())

    async def announce(self) -> None:
        async with self._database.raw() as connection:
            await processes.announce(connection, self._me)

    async def run(self) -> None:
        """Ends only by cancellation; an outage is waited out."""
        await repeat(self.announce, SECONDS, OUTAGE_PAUSE_SECONDS, log, "this process could not say that it runs")

    async def leave(self) -> None:
        async with self._database.raw() as connection:
            await processes.leave(connection, self._me.id)
