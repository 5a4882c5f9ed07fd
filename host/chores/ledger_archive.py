"""The archive of the reminder ledger: a file a month, of all that is old enough and of no pending reminder.

The file is written as those of the activity are. Then one transaction enters it into the catalogue, and from then on
its rows are deleted, some at a time: a deletion of millions at once would hold up the watermarks of all consumers.
After a crash the next run deletes what is left, as the file has it.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Final

from host.store.engine import Raw
from host.store.read_model import activity_partitions
from host.store.upkeep import archive_files, archives, ledger_archive
from host.store.upkeep.archive_files import Content, DamagedError, Writer
from host.store.upkeep.archives import Archive
from host.store.upkeep.ledger_archive import Place

log = logging.getLogger(__name__)

IDLE_TIMEOUT: Final = "5s"  # a process that is stopped between entry and name gives way to the next


async def archive(connection: Raw, folder: Path, *, before: datetime, now: datetime) -> list[Archive]:
    """What went to a file: the rows up to the last month that had ended by `before`, if that has no file yet."""
    for entered in await ledger_archive.uncleared(connection):
        await _clear(connection, folder, entered)
    month = activity_partitions.month_of(before, -1)
    known = await archives.listed(connection)
    if any(it.kind == ledger_archive.KIND and it.month >= month for it in known):
        return []
    if not await _page(connection, ledger_archive.START, month):
        return []
    name = archive_files.free_name(f"ledger-{month:%Y-%m}", [it.file for it in known])
    made = await _write(connection, folder, name, month, now)
    await _clear(connection, folder, made)
    log.info("ledger archived", extra={"file": made.file, "rows": made.rows})
    return [made]


async def _write(connection: Raw, folder: Path, name: str, month: date, now: datetime) -> Archive:
    writer = await asyncio.to_thread(Writer, folder, name, archive_files.line_hash)
    try:
        place = ledger_archive.START
        while rows := await _page(connection, place, month):
            lines = [(archive_files.line_hash(line.encode()), line) for _, line in rows]
            await asyncio.to_thread(writer.add, lines)
            place = rows[-1][0]
        written = await asyncio.to_thread(writer.flush)
        made = Archive(name, month, written.rows, written.digest, ledger_archive.KIND)
        # Entered first: whoever comes second fails there, and does not touch the file of the first.
        async with connection.transaction():
            await connection.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{IDLE_TIMEOUT}'")
            await ledger_archive.enter(connection, made, now)
            await asyncio.to_thread(writer.finish, written)
    finally:
        await asyncio.to_thread(writer.abandon)
    return made


async def _page(connection: Raw, after: Place, month: date) -> list[tuple[Place, str]]:
    before = datetime.combine(activity_partitions.month_of(month, 1), time(), UTC)
    return await ledger_archive.page(connection, after, before, archives.ROWS_AT_ONCE)


async def _clear(connection: Raw, folder: Path, entered: Archive) -> None:
    """Delete what the file holds, once it has proved to hold it; raises DamagedError."""
    path = folder / entered.file
    if await asyncio.to_thread(archive_files.examined, path, archive_files.line_hash) != Content(
        entered.rows, entered.digest
    ):
        raise DamagedError(f"{path} does not hold what was archived: its rows stay in the database")
    rows = iter(archive_files.read(path))
    while ids := await asyncio.to_thread(_ids, rows):
        await ledger_archive.remove(connection, ids)
    await ledger_archive.cleared(connection, entered)


def _ids(rows: Iterator[dict[str, int]]) -> list[int]:
    page: Iterable[dict[str, int]] = islice(rows, archives.ROWS_AT_ONCE)
    return [row["id"] for row in page]
