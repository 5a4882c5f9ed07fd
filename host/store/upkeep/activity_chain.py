"""Checks the hash chain of every user's activity, from the first entry in the archive to the last in the database.

It also compares the archived files of activity and ledger with the catalogue.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from host.store.engine import Raw
from host.store.read_model.activity_rows import FIRST, chained
from host.store.upkeep import archive_files, archives, snapshot
from host.store.upkeep.archive_files import DamagedError, HashOf
from host.store.upkeep.archives import Archive

ROWS_AT_ONCE: Final = 2_000
# Files go by time and the chain by position: around midnight of the first of a month, a later position may come first.
MOST_AHEAD: Final = 1_000

Head = tuple[int, str]  # position, hash


@dataclass(frozen=True, slots=True)
class Break:
    """Where and why a user's chain breaks."""

    user_id: str
    position: int
    why: str


@dataclass(slots=True)
class ChainReport:
    """What was checked, the first break of each user's chain, and the damaged files."""

    users: int = 0
    rows: int = 0
    archived_rows: int = 0
    files: int = 0
    ledger_files: int = 0
    breaks: list[Break] = field(default_factory=list[Break])
    bad_files: list[str] = field(default_factory=list[str])

    @property
    def is_whole(self) -> bool:
        return not self.breaks and not self.bad_files


class Chain:
    """Takes entries in the order of positions, or nearly, and finds the first break of each user's chain."""

    def __init__(self, *, from_first: bool = True) -> None:
        self.breaks: dict[str, Break] = {}
        self._from_first = from_first
        self._heads: dict[str, Head] = {}
        self._ahead: dict[str, dict[int, tuple[str, str]]] = {}

    def add(self, user_id: str, position: int, prev_hash: str, body: str, own_hash: str) -> None:
        if user_id in self.breaks:
            return
        if chained(prev_hash, body) != own_hash:
            self._break(user_id, position, "the entry is not the one that was hashed")
            return
        head = self._heads.get(user_id)
        if head is None:
            head = self._heads[user_id] = FIRST if self._from_first else (position - 1, prev_hash)
        if position == head[0] + 1:
            self._link(user_id, position, prev_hash, own_hash)
            self._catch_up(user_id)
            return
        ahead = self._ahead.setdefault(user_id, {})
        if position <= head[0] or position in ahead:
            self._break(user_id, position, "the position is there twice")
        elif len(ahead) >= MOST_AHEAD:
            self._break(user_id, head[0] + 1, "the entry is missing")
        else:
            ahead[position] = prev_hash, own_hash

    def end(self, heads: dict[str, Head]) -> None:
        """Compares the last entries with those that the users' streams name."""
        for user_id, ahead in list(self._ahead.items()):
            if ahead and user_id not in self.breaks:
                self._break(user_id, self._heads[user_id][0] + 1, "the entry is missing")
        for user_id in (heads.keys() | self._heads.keys()) - self.breaks.keys():
            named, last = heads.get(user_id, FIRST), self._heads.get(user_id, FIRST)
            if named != last and (self._from_first or user_id in self._heads):
                self._break(user_id, last[0] + 1, f"the stream says that its last entry is {named[0]}")

    @property
    def users(self) -> int:
        return len(self._heads)

    def _catch_up(self, user_id: str) -> None:
        ahead = self._ahead.get(user_id)
        while ahead and user_id not in self.breaks and (entry := ahead.pop(self._heads[user_id][0] + 1, None)):
            self._link(user_id, self._heads[user_id][0] + 1, *entry)

    def _link(self, user_id: str, position: int, prev_hash: str, own_hash: str) -> None:
        if prev_hash != self._heads[user_id][1]:
            self._break(user_id, position, "it does not follow on the entry before")
        self._heads[user_id] = position, own_hash

    def _break(self, user_id: str, position: int, why: str) -> None:
        self.breaks[user_id] = Break(user_id, position, why)
        self._ahead.pop(user_id, None)


async def check(dsn: str, folder: Path) -> ChainReport:
    """Checks all activity in `folder` and in the database, as of one instant. Raises only outages.

    While it reads, archived months cannot be dropped; nothing else waits.
    """
    report = ChainReport()
    async with snapshot.connected(dsn) as connection, _one_instant(connection):
        catalogue = await archives.listed(connection)
        bad = {each.kind for each in catalogue if not await asyncio.to_thread(_is_whole, folder, each, report)}
        of_activity = [archive for archive in catalogue if archive.kind == "activity"]
        # Where a file is damaged, later entries have nothing to follow: then only the database is checked.
        chain = Chain(from_first="activity" not in bad)
        for archive in () if "activity" in bad else of_activity:
            report.archived_rows += await asyncio.to_thread(_add_file, chain, folder / archive.file)
        report.rows = await _add_live(chain, connection)
        chain.end(await _heads(connection))
    report.users, report.files, report.ledger_files = chain.users, len(of_activity), len(catalogue) - len(of_activity)
    report.breaks = sorted(chain.breaks.values(), key=lambda each: (each.user_id, each.position))
    return report


def _is_whole(folder: Path, archive: Archive, report: ChainReport) -> bool:
    """Returns whether the file is as the catalogue says; enters what is wrong into the report."""
    try:
        content = archive_files.examined(folder / archive.file, _HASHES[archive.kind])
    except DamagedError as error:
        report.bad_files.append(str(error))
        return False
    if (content.rows, content.digest) != (archive.rows, archive.digest):
        report.bad_files.append(
            f"{folder / archive.file} holds {content.rows} rows that are not the {archive.rows} archived"
        )
        return False
    return True


_HASHES: Final[Mapping[str, HashOf]] = {"activity": archive_files.entry_hash, "ledger": archive_files.line_hash}


def _add_file(chain: Chain, path: Path) -> int:
    count = 0
    for row in archive_files.read(path):
        chain.add(row["user_id"], row["position"], row["prev_hash"], row["body"], row["hash"])
        count += 1
    return count


async def _add_live(chain: Chain, connection: Raw) -> int:
    cursor = await connection.cursor(
        "SELECT user_id, position, prev_hash, body, hash FROM activity ORDER BY user_id, position"
    )
    count = 0
    while rows := await cursor.fetch(ROWS_AT_ONCE):
        for row in rows:
            chain.add(*row)
        count += len(rows)
    return count


async def _heads(connection: Raw) -> dict[str, Head]:
    return {
        row[0]: (row[1], row[2]) for row in await connection.fetch("SELECT user_id, position, hash FROM user_streams")
    }


@asynccontextmanager
async def _one_instant(connection: Raw) -> AsyncGenerator[None]:
    """Locks before the snapshot is taken: a partition dropped in between would be seen in neither place."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute("LOCK TABLE activity IN ACCESS SHARE MODE")
        yield
