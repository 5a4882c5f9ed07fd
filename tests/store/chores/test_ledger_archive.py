"""The ledger archive: rows that are old and of no pending reminder go to a file, once, whatever dies in between."""

import asyncio
import signal
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from asyncpg.exceptions import UniqueViolationError

from host.chores.archivist import Archivist
from host.store.upkeep import activity_chain, archive_files, ledger_archive
from tests.fakes.person import FakeClock
from tests.store.chores.test_archivist import CHILD, no_scheduler
from tests.store.world import World

pytestmark = pytest.mark.store

AUGUST = datetime(2026, 8, 1, 2, tzinfo=UTC)  # what is of April or before may go
APRIL_FILE = "ledger-2026-04.ndjson.gz"
STEP = """INSERT INTO reminder_ledger (user_id, task_id, reminder_id, firing, step, at, detail, source)
    VALUES ('ada', 'task', $1, 1, $2, $3::text::timestamptz, '{"late_seconds": 7.5}', $4)"""


@dataclass
class Past:
    """The ledger of three reminders: two are over, one of which fired in May; the third was set in February and is pending."""

    world: World
    clock: FakeClock
    folder: Path
    archivist: Archivist = field(init=False)

    def __post_init__(self) -> None:
        self.archivist = self.another()

    def another(self, **options: Any) -> Archivist:
        """Returns the archivist of another process."""
        database = self.world.database
        return Archivist(database, self.clock, self.folder, days=90, ensure_job=no_scheduler, **options)

    async def live(self) -> None:
        for reminder, status in (("over", "fired"), ("later", "fired"), ("ahead", "pending")):
            await self.world.rows(
                "INSERT INTO reminders (task_id, id, user_id, status, firing) VALUES ('task', $1, 'ada', $2, 1)",
                reminder,
                status,
            )
        await self.step("over", "scheduled", "2026-03-03T10:00Z")
        await self.step("over", "fired", "2026-04-30T23:59:59.999Z")
        await self.step("later", "scheduled", "2026-04-04T10:00Z")
        await self.step("later", "fired", "2026-05-01T00:00Z")
        await self.step("ahead", "scheduled", "2026-02-02T10:00Z")

    async def step(self, reminder: str, step: str, at: str) -> None:
        await self.world.rows(STEP, reminder, step, at, f"{reminder} {step}")

    async def archive(self) -> list[str]:
        return [archive.file for archive in await self.archivist.archive()]

    async def here(self) -> list[str]:
        return [row[0] for row in await self.world.rows("SELECT source FROM reminder_ledger ORDER BY id")]

    def archived(self, file: str = APRIL_FILE) -> list[str]:
        return [row["source"] for row in archive_files.read(self.folder / file)]


STAY = ["later fired", "ahead scheduled"]
GO = ["over scheduled", "later scheduled", "over fired"]


@pytest.fixture
async def past(world: World, clock: FakeClock, tmp_path: Path) -> Past:
    clock.at = AUGUST
    past = Past(world, clock, tmp_path / "archive")
    await past.live()
    return past


async def test_what_is_old_and_over_goes_to_a_file_as_it_was(past: Past) -> None:
    rows = await past.world.rows("SELECT row_to_json(l) FROM reminder_ledger l ORDER BY at, id")
    before = [orjson.loads(row[0]) for row in rows]
    assert await past.archive() == [APRIL_FILE]
    assert await past.here() == STAY
    assert list(archive_files.read(past.folder / APRIL_FILE)) == [row for row in before if row["source"] in GO]
    report = await activity_chain.check(past.world.database.dsn, past.folder)
    assert report.is_whole
    assert (report.files, report.ledger_files) == (0, 1)
    assert await past.archive() == []


async def test_a_row_goes_in_a_later_month_when_its_reminder_is_over(past: Past) -> None:
    await past.archive()
    await past.world.rows("UPDATE reminders SET status = 'cancelled' WHERE id = 'ahead'")
    await past.step("over", "cancelled", "2026-01-01T10:00Z")  # comes late
    past.clock.move(days=27)
    assert await past.archive() == [], "one file a month is enough"
    past.clock.move(days=4)
    assert await past.archive() == ["ledger-2026-05.ndjson.gz"]
    assert past.archived("ledger-2026-05.ndjson.gz") == ["over cancelled", "ahead scheduled", "later fired"]
    assert await past.here() == []


async def test_a_month_without_old_rows_makes_no_file(past: Past) -> None:
    past.clock.at = datetime(2026, 5, 1, tzinfo=UTC)
    assert await past.archive() == []
    assert not past.folder.exists()


# The function, or the statement with these words, before which the process is killed.
STEPS = {
    "before_it_is_flushed": ("host.store.upkeep.archive_files.os.fsync", ""),
    "before_it_is_entered": ("", "INSERT INTO archives"),
    "between_entry_and_name": ("host.store.upkeep.archive_files.os.rename", ""),
    "between_name_and_commit": ("host.store.upkeep.archive_files.flush_folder", ""),
    "before_its_rows_are_deleted": ("", "DELETE FROM reminder_ledger"),
    "before_it_is_noted_as_cleared": ("", "SET cleared"),
}


@pytest.mark.parametrize("step", STEPS)
async def test_a_process_killed_at_any_step_loses_nothing_and_leaves_nothing_twice(
    step: str, database_url: str, past: Past
) -> None:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CHILD, database_url, str(past.folder), *STEPS[step])
    )
    assert await child.wait() == -signal.SIGKILL
    await past.archive()
    assert [path.name for path in past.folder.iterdir()] == [APRIL_FILE]
    assert past.archived() == GO
    assert await past.here() == STAY
    assert (await activity_chain.check(past.world.database.dsn, past.folder)).is_whole
    assert await past.world.value("SELECT bool_and(cleared) FROM archives")


async def test_a_deletion_that_was_cut_off_goes_on_by_the_file(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows of a reminder that is snoozed meanwhile are deleted all the same: they are in the file."""
    past.archivist = past.another(ledger_rows_at_once=1)
    remove, pages = ledger_archive.remove, 0

    async def two_pages(*arguments: Any) -> None:
        nonlocal pages
        pages += 1
        if pages == 3:
            raise OSError("gone")
        await remove(*arguments)

    with monkeypatch.context() as broken:
        broken.setattr(ledger_archive, "remove", two_pages)
        with pytest.raises(OSError, match="gone"):
            await past.archive()
    assert await past.here() == ["over fired", *STAY]
    await past.world.rows("UPDATE reminders SET status = 'pending' WHERE id = 'over'")
    assert await past.archive() == []
    assert await past.here() == STAY


async def test_rows_stay_when_their_file_is_gone_before_they_are_deleted(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: object) -> None:
        raise OSError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(ledger_archive, "remove", crash)
        with pytest.raises(OSError, match="gone"):
            await past.archive()
    (past.folder / APRIL_FILE).write_bytes(b"")
    with pytest.raises(archive_files.DamagedError):
        await past.archive()
    assert len(await past.here()) == len(GO) + len(STAY)


async def test_the_check_names_a_file_that_was_changed_and_holds_the_chain_all_the_same(past: Past) -> None:
    await past.archive()
    rows = list(archive_files.read(past.folder / APRIL_FILE))
    (past.folder / APRIL_FILE).unlink()
    writer = archive_files.Writer(past.folder, APRIL_FILE, archive_files.line_hash)
    lines = [orjson.dumps({**row, "step": "delivered"}).decode() for row in rows]
    writer.add((archive_files.line_hash(line.encode()), line) for line in lines)
    writer.finish(writer.flush())
    report = await activity_chain.check(past.world.database.dsn, past.folder)
    (finding,) = report.bad_files
    assert finding.endswith("holds 3 rows that are not the 3 archived")
    assert not report.breaks


async def test_who_comes_second_leaves_the_file_of_the_first_alone(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    """A leader that was stopped while it wrote, and goes on after another has taken over."""
    other = past.another()
    page, pages = ledger_archive.next_rows, 0

    async def stopped(*arguments: Any) -> Any:
        nonlocal pages
        rows = await page(*arguments)
        pages += 1
        if pages == 2:  # the first is only a look whether there is anything
            await other.archive()
        return rows

    monkeypatch.setattr(ledger_archive, "next_rows", stopped)
    monkeypatch.setattr(archive_files, "remove_partial", lambda folder: None)  # what is half written stays, too
    with pytest.raises(UniqueViolationError):
        await past.archive()
    assert past.archived() == GO
    assert [path.name for path in past.folder.iterdir()] == [APRIL_FILE]
    assert await past.here() == STAY
