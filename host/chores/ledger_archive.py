"""The archive of the reminder ledger: one file a month, with every row that is old enough and of no pending reminder.

The file is written as those of the activity are. Then one transaction enters it into the catalogue, and after that its
rows are deleted, some at a time: deleting millions at once would hold up the watermarks of all consumers. After a crash
the next run deletes the rows that are left, which it finds by the file.
"""

import asyncio
import logging
from collections.abc import Iterator
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

ROWS_AT_ONCE: Final = 2_000
IDLE_TIMEOUT: Final = "5s"  # a process that is stopped between entry and rename gives way to the next


async def archive(
    connection: Raw, folder: Path, *, before: datetime, now: datetime, rows_at_once: int = ROWS_AT_ONCE
) -> list[Archive]:
    """Archives the rows up to the last month that had ended by `before`, unless that month has a file; returns the files.

    `connection` is one without a transaction. Each page and each deletion has `rows_at_once` rows.
    """
    for entered in await archives.uncleared(connection):
        await _clear(connection, folder, entered, rows_at_once)
    month = activity_partitions.month_of(before, -1)
    known = await archives.listed(connection)
    if any(each.kind == ledger_archive.KIND and each.month >= month for each in known):
        return []
    if not await _page(connection, ledger_archive.START, month, limit=1):
        return []
    name = archive_files.free_name(f"ledger-{month:%Y-%m}", [each.file for each in known])
    made = await _write(connection, folder, Archive(name, month, 0, "", ledger_archive.KIND), now, rows_at_once)
    await _clear(connection, folder, made, rows_at_once)
    log.info("ledger archived", extra={"file": made.file, "rows": made.rows})
    return [made]


async def _write(connection: Raw, folder: Path, planned: Archive, now: datetime, rows_at_once: int) -> Archive:
    """Returns the archive with the number and the digest of the rows that it holds."""
    writer = await asyncio.to_thread(Writer, folder, planned.file, archive_files.line_hash)
    try:
        place = ledger_archive.START
        while rows := await _page(connection, place, planned.month, limit=rows_at_once):
            lines = [(archive_files.line_hash(line.encode()), line) for _, line in rows]
            await asyncio.to_thread(writer.add, lines)
            place = rows[-1][0]
        written = await asyncio.to_thread(writer.flush)
        made = planned._replace(rows=written.rows, digest=written.digest)
        # Entered first: of two processes the second fails here, and does not touch the file of the first.
        async with connection.transaction():
            await connection.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{IDLE_TIMEOUT}'")
            await archives.add(connection, made, now, cleared=False)
            await asyncio.to_thread(writer.finish, written)
    finally:
        await asyncio.to_thread(writer.abandon)
    return made


async def _page(connection: Raw, after: Place, month: date, *, limit: int) -> list[tuple[Place, str]]:
    before = datetime.combine(activity_partitions.month_of(month, 1), time(), UTC)
    return await ledger_archive.next_rows(connection, after, before, limit)


async def _clear(connection: Raw, folder: Path, entered: Archive, rows_at_once: int) -> None:
    """Deletes the rows that the file holds; raises DamagedError if it does not hold what was archived."""
    path = folder / entered.file
    if await asyncio.to_thread(archive_files.examined, path, archive_files.line_hash) != Content(
        entered.rows, entered.digest
    ):
        raise DamagedError(f"{path} does not hold what was archived: its rows stay in the database")
    rows = iter(archive_files.read(path))
    while ids := await asyncio.to_thread(_ids, rows, rows_at_once):
        await ledger_archive.remove(connection, ids)
    await archives.mark_cleared(connection, entered)


def _ids(rows: Iterator[dict[str, int]], limit: int) -> list[int]:
    return [row["id"] for row in islice(rows, limit)]
