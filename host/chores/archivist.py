"""The archivist: moves activity that is older than the retention period from the database to verified files.

It archives a month of activity in steps, and a crash may follow any of them. It writes the file under a temporary name,
flushes it, reads it back and renames it; then one transaction enters the file into the catalogue and drops the
partition. Until that transaction the rows are in the database and the file counts for nothing; the next run writes the
same file again. The reminder ledger is archived by host/chores/ledger_archive.py.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from asyncpg.exceptions import LockNotAvailableError

from actors.clock import Clock
from host.chores import ledger_archive
from host.store.engine import Database, Raw, is_outage
from host.store.read_model import activity_partitions
from host.store.upkeep import activity_archive, archive_files, archives, jobs, snapshot
from host.store.upkeep.archive_files import Content, Writer
from host.store.upkeep.archives import Archive

log = logging.getLogger(__name__)

JOB: Final = "archive"
SCHEDULE: Final = "0 0 2 * * *"  # seconds first: at 02:00 UTC
POLL_SECONDS: Final = 10.0
CHECK_JOB_SECONDS: Final = 3600.0
FAILURE_PAUSE_SECONDS: Final = 300.0
UNASKED: Final = timedelta(hours=26)  # after that the scheduler has lost the job, and the archivist asks itself
DROP_TRIES: Final = 20
DROP_PAUSE_SECONDS: Final = 1.0


class Archivist:
    """The chore that archives once a day, when the scheduler's job asks for it.

    `ensure_job` registers the job with the scheduler if it is missing there. The job calls `asked` in any process, which
    notes the request in the database; the process that leads this chore does the work.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        folder: Path,
        *,
        days: int,
        ensure_job: Callable[[], Awaitable[None]],
        ledger_rows_at_once: int = ledger_archive.ROWS_AT_ONCE,
    ) -> None:
        """Activity and ledger rows are archived once they are older than `days`."""
        self._database = database
        self._clock = clock
        self._folder = folder
        self._age = timedelta(days=days)
        self._ensure_job = ensure_job
        self._ledger_rows_at_once = ledger_rows_at_once
        self._woken = asyncio.Event()

    async def asked(self) -> None:
        """Notes that the archive is asked for."""
        async with self._database.raw() as connection:
            await jobs.ask(connection, JOB, self._clock.now())
        self._woken.set()

    async def run(self) -> None:
        """Runs until cancelled; tries again what failed."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_job())
            group.create_task(self._keep_archiving())

    async def _keep_job(self) -> None:
        while True:
            try:
                await self._ensure_job()
            except Exception as error:  # noqa: BLE001  without a scheduler there is no job; UNASKED covers that
                log.info("the job of the archive is not registered", extra={"cause": repr(error)[:300]})
                await asyncio.sleep(POLL_SECONDS)
            else:
                await asyncio.sleep(CHECK_JOB_SECONDS)

    async def _keep_archiving(self) -> None:
        while True:
            pause = POLL_SECONDS
            try:
                await self.step()
            except Exception as error:
                if is_outage(error):
                    log.warning("the archive waits", extra={"cause": repr(error)[:300]})
                else:
                    log.exception("the archive could not be written")
                pause = FAILURE_PAUSE_SECONDS
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), pause)
            self._woken.clear()

    async def step(self) -> list[Archive]:
        """Archives if a request is open, or if there was none for longer than `UNASKED`; returns the files written."""
        now = self._clock.now()
        async with self._database.raw() as connection:
            asked, is_open = await jobs.asked_at(connection, JOB)
            if asked is None:  # a first start is no missed night
                await jobs.ask(connection, JOB, now)
                await jobs.mark_done(connection, JOB, now)
            elif now - asked > UNASKED:
                await jobs.ask(connection, JOB, now)
                asked, is_open = now, True
        if asked is None or not is_open:
            return []
        made = await self.archive()
        async with self._database.raw() as connection:
            await jobs.mark_done(connection, JOB, asked)
        return made

    async def archive(self) -> list[Archive]:
        """Archives every month that is old enough, the oldest first, then the ledger; returns the files written."""
        archive_files.remove_partial(self._folder)
        now = self._clock.now()
        before = now - self._age
        async with snapshot.connected(self._database.dsn) as connection:
            made = [
                await self._archive(connection, month, now)
                for month in await activity_archive.months(connection, before)
            ]
            made += await ledger_archive.archive(
                connection, self._folder, before=before, now=now, rows_at_once=self._ledger_rows_at_once
            )
        return [archive for archive in made if archive.rows]

    async def _archive(self, connection: Raw, month: date, now: datetime) -> Archive:
        """Archives one month; starts again whenever rows arrive meanwhile, from a consumer that was away for months."""
        await activity_partitions.make(connection, month)
        while True:
            archive = await self._write(connection, month)
            if await _drop(connection, archive, now):
                if archive.rows:
                    log.info("activity archived", extra={"file": archive.file, "rows": archive.rows})
                return archive

    async def _write(self, connection: Raw, month: date) -> Archive:
        taken = [archive.file for archive in await archives.listed(connection)]
        name = archive_files.free_name(f"activity-{month:%Y-%m}", taken)
        writer = await asyncio.to_thread(Writer, self._folder, name)
        try:
            async for rows in activity_archive.rows_of(connection, month):
                await asyncio.to_thread(writer.add, rows)
            written = await asyncio.to_thread(writer.flush)
            if written.rows:
                await asyncio.to_thread(writer.finish, written)
        finally:
            await asyncio.to_thread(writer.abandon)
        return _archive_of(name, month, written)


def _archive_of(name: str, month: date, content: Content) -> Archive:
    return Archive(name, month, content.rows, content.digest)


async def _drop(connection: Raw, archive: Archive, now: datetime) -> bool:
    """Drops the partition; returns False if rows have arrived since it was read.

    Readers of activity hold up the drop, a backup for minutes: each try waits for a moment and lets them go first.
    """
    for _ in range(DROP_TRIES):
        try:
            return await activity_archive.drop(connection, archive, now)
        except LockNotAvailableError:
            await asyncio.sleep(DROP_PAUSE_SECONDS)
    return await activity_archive.drop(connection, archive, now)
