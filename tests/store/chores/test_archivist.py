"""The archivist: a month that is old enough moves from the database to a file, whole, whatever dies in between."""

import asyncio
import signal
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from host.chores.archivist import Archivist
from host.consumers.catchup import Catchup
from host.live.hub import Hub, Resync
from host.store.read_model import activity_partitions, activity_rows
from host.store.upkeep import activity_archive, activity_chain, archive_files, jobs
from host.store.upkeep.activity_chain import ChainReport
from tests.fakes.person import FakeClock, FakePerson
from tests.store.world import World

pytestmark = pytest.mark.store

MARCH = datetime(2026, 3, 20, 12, tzinfo=UTC)
AUGUST = datetime(2026, 8, 1, 2, tzinfo=UTC)  # March and April may go
DAYS = 90
MARCH_FILE = "activity-2026-03.ndjson.gz"


async def no_scheduler() -> None:
    raise OSError("no scheduler")


@dataclass
class Past:
    """The activity of two people from March to August, archived at 02:00 on 1 August unless a test moves the clock."""

    world: World
    clock: FakeClock
    folder: Path
    projector: Catchup
    archivist: Archivist = field(init=False)
    entries: dict[str, int] = field(default_factory=dict[str, int])  # how many each person has

    def __post_init__(self) -> None:
        database = self.world.database
        self.archivist = Archivist(database, self.clock, self.folder, days=DAYS, ensure_job=no_scheduler)

    async def live(self) -> None:
        people = [FakePerson(), FakePerson()]
        for _ in range(11):
            for each in people:
                task_id = await self.world.create(each, reminders=[])
                await self.world.say(task_id, each.says("CompleteTask"))
            self.clock.move(days=14)
        await self.project()
        self.entries = {each.id: 22 for each in people}
        self.clock.at = AUGUST

    async def someone_comes_late(self) -> FakePerson:
        """Returns a person whose only event is of March and not projected yet."""
        self.clock.at = MARCH
        late = FakePerson()
        await self.world.create(late, reminders=[])
        self.clock.at = AUGUST
        self.entries[late.id] = 1
        return late

    async def project(self) -> None:
        while await self.projector.step():
            pass

    async def archive(self) -> list[str]:
        return [archive.file for archive in await self.archivist.archive()]

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    async def check(self) -> ChainReport:
        return await activity_chain.check(self.world.database.dsn, self.folder)

    async def assert_each_entry_is_there_once(self) -> None:
        here = [(row[0], row[1]) for row in await self.world.rows("SELECT user_id, position FROM activity")]
        files = sorted(self.folder.glob("*.ndjson.gz"))
        archived = [(row["user_id"], row["position"]) for path in files for row in archive_files.read(path)]
        expected = [(user, position + 1) for user, count in self.entries.items() for position in range(count)]
        assert sorted(here + archived) == sorted(expected)
        report = await self.check()
        assert report.is_whole, report
        assert (report.users, report.rows, report.archived_rows) == (len(self.entries), len(here), len(archived))


@pytest.fixture
async def past(world: World, clock: FakeClock, loops: dict[str, Catchup], tmp_path: Path) -> Past:
    clock.at = MARCH
    async with world.database.raw() as connection:
        await activity_partitions.ensure(connection, clock.now())
    past = Past(world, clock, tmp_path / "archive", loops["projector"])
    await past.live()
    return past


async def test_months_that_are_old_enough_go_and_the_others_stay(past: Past) -> None:
    past.clock.at = datetime(2026, 7, 29, 2, tzinfo=UTC)  # 90 days after the last of April
    assert await past.archive() == ["activity-2026-03.ndjson.gz"]
    past.clock.move(days=2)
    assert await past.archive() == ["activity-2026-04.ndjson.gz"]
    assert await past.archive() == []
    assert await past.world.value("SELECT min(at) >= '2026-05-01Z' FROM activity")
    assert await past.world.value("SELECT to_regclass('activity_2026_03') IS NULL")
    await past.assert_each_entry_is_there_once()


async def test_the_change_sets_of_a_month_go_with_it(past: Past) -> None:
    rows = ", ".join(
        f"('u', '{day}', 'tool', 'agent', 'a', '2026-{day}Z', '2026-{day}Z', 1)" for day in ("03-31", "05-01")
    )
    columns = "user_id, id, kind, actor_kind, actor_id, started_at, last_at, changes"
    await past.world.rows(f"INSERT INTO change_sets ({columns}) VALUES {rows} RETURNING id")
    await past.archive()
    assert await past.world.rows("SELECT id FROM change_sets") == [("05-01",)]


async def test_a_file_holds_the_rows_as_they_were(past: Past) -> None:
    before = await past.world.rows("SELECT row_to_json(a) FROM activity_2026_03 a ORDER BY user_id, position")
    await past.archive()
    assert list(archive_files.read(past.folder / MARCH_FILE)) == [orjson.loads(row[0]) for row in before]


# The function before which the process is killed.
STEPS = {
    "before_it_is_flushed": "host.store.upkeep.archive_files.os.fsync",
    "before_it_has_its_name": "host.store.upkeep.archive_files.os.rename",
    "before_the_folder_is_flushed": "host.store.upkeep.archive_files.flush_folder",
    "before_it_is_dropped": "host.store.upkeep.activity_archive.drop",
}
# The statement before which the process is killed: in the transaction, and at its end.
STATEMENTS = {"between_catalogue_and_drop": "DETACH", "between_detach_and_commit": "DROP TABLE"}

CHILD = """
import asyncio, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock
import asyncpg
from host.chores.archivist import Archivist
from host.store.engine import Database
from tests.fakes.person import FakeClock

dsn, folder, target, word = sys.argv[1:]
def die(*args, **kwargs): os.kill(os.getpid(), signal.SIGKILL)

execute = asyncpg.Connection.execute
async def until_word(self, query, *args, **kwargs):
    if word and word in query: die()
    return await execute(self, query, *args, **kwargs)

async def never(): raise OSError
async def main():
    database = Database(dsn)
    await database.open()
    await Archivist(database, FakeClock(datetime(2026, 8, 1, 2, tzinfo=UTC)), Path(folder), days=90, ensure_job=never).archive()

with mock.patch(target or "os.urandom", die if target else os.urandom), mock.patch.object(asyncpg.Connection, "execute", until_word):
    asyncio.run(main())
"""


@pytest.mark.parametrize("step", [*STEPS, *STATEMENTS])
async def test_a_process_killed_at_any_step_loses_nothing_and_leaves_nothing_twice(
    step: str, database_url: str, past: Past
) -> None:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CHILD, database_url, str(past.folder), STEPS.get(step, ""), STATEMENTS.get(step, ""))
    )
    assert await child.wait() == -signal.SIGKILL
    assert await past.world.value("SELECT count(*) FROM activity") == sum(past.entries.values())
    made = await past.archive()
    assert made == ["activity-2026-03.ndjson.gz", "activity-2026-04.ndjson.gz"]
    assert past.files() == made
    await past.assert_each_entry_is_there_once()


async def test_rows_that_come_for_an_archived_month_go_to_a_second_file(past: Past) -> None:
    """A consumer that was away for months: its rows find no partition any more and wait in the DEFAULT one."""
    await past.someone_comes_late()
    await past.archive()
    await past.project()
    assert await past.archive() == ["activity-2026-03-2.ndjson.gz"]
    assert await past.world.value("SELECT min(at) >= '2026-05-01Z' FROM activity")
    await past.assert_each_entry_is_there_once()


async def test_rows_that_come_while_a_month_is_written_are_in_its_file(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    await past.someone_comes_late()
    flush, loop = archive_files.Writer.flush, asyncio.get_running_loop()
    seen: list[str] = []

    def slowly(writer: archive_files.Writer) -> archive_files.Content:
        if not seen:
            asyncio.run_coroutine_threadsafe(past.project(), loop).result(10)
        seen.append(writer.partial.name)
        return flush(writer)

    monkeypatch.setattr(archive_files.Writer, "flush", slowly)
    await past.archive()
    assert [name[:17] for name in seen] == [".activity-2026-03", ".activity-2026-03", ".activity-2026-04"]
    await past.assert_each_entry_is_there_once()


async def test_a_file_of_another_database_is_put_aside(past: Past) -> None:
    past.folder.mkdir()
    (past.folder / MARCH_FILE).write_bytes(b"theirs")
    await past.archive()
    assert (past.folder / f"{MARCH_FILE}.aside-1").read_bytes() == b"theirs"
    await past.assert_each_entry_is_there_once()


async def test_readers_hold_up_the_drop_and_writers_wait_less_than_a_second_for_it(past: Past) -> None:
    loop = asyncio.get_running_loop()
    person, waited = await past.someone_comes_late(), []
    await past.project()
    async with past.world.database.raw() as reader, reader.transaction():
        await reader.execute("SELECT count(*) FROM activity")
        archiving = asyncio.create_task(past.archive())
        for _ in range(8):
            await asyncio.sleep(0.25)
            began = loop.time()
            await past.world.create(person, reminders=[])
            await past.project()
            waited.append(loop.time() - began)
        assert not archiving.done()
    past.entries[person.id] += len(waited)
    assert len(await archiving) == 2
    assert max(waited) < 1.0
    await past.assert_each_entry_is_there_once()


async def test_the_check_names_entries_that_were_changed_or_are_missing(past: Past) -> None:
    await past.archive()
    user, other = sorted(past.entries)
    await past.world.rows("UPDATE activity SET body = body || ' ' WHERE user_id = $1 AND position = 20", user)
    await past.world.rows("DELETE FROM activity WHERE user_id = $1 AND position = 15", other)
    assert {(finding.user_id, finding.position) for finding in (await past.check()).breaks} == {(user, 20), (other, 15)}
    await past.world.rows("DELETE FROM activity WHERE position > 14")
    assert [finding.position for finding in (await past.check()).breaks] == [15, 15]


async def test_the_check_names_files_that_are_damaged_or_missing(past: Past) -> None:
    first, second = (past.folder / name for name in await past.archive())
    first.write_bytes(first.read_bytes()[:-9])
    second.unlink()
    report = await past.check()
    assert [word.split()[0] for word in report.bad_files] == [str(first), str(second)]
    assert not report.breaks


async def test_a_file_that_was_written_anew_with_less_in_it_is_found(past: Past) -> None:
    await past.archive()
    rows = list(archive_files.read(past.folder / MARCH_FILE))
    (past.folder / MARCH_FILE).unlink()
    writer = archive_files.Writer(past.folder, MARCH_FILE)
    writer.add((row["hash"], orjson.dumps(row).decode()) for row in rows[:-1])
    writer.finish(writer.flush())
    (finding,) = (await past.check()).bad_files
    assert finding.endswith(f"holds {len(rows) - 1} rows that are not the {len(rows)} archived")


def test_an_entry_on_the_other_side_of_midnight_is_linked_when_its_file_comes() -> None:
    chain, hashes = activity_chain.Chain(), [""]
    for body in "abcd":
        hashes.append(activity_rows.chained(hashes[-1], body))
    for position in (1, 3, 2, 4):
        chain.add("u", position, hashes[position - 1], "abcd"[position - 1], hashes[position])
    chain.end({"u": (4, hashes[4])})
    assert chain.breaks == {}
    chain.end({"u": (5, "more")})
    assert chain.breaks["u"].position == 5


async def test_what_is_asked_for_is_done_once_and_after_a_crash_again(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    await past.archivist.asked()

    async def crash(*_: object) -> bool:
        raise OSError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(activity_archive, "drop", crash)
        with pytest.raises(OSError, match="gone"):
            await past.archivist.step()
    assert len(await past.archivist.step()) == 2
    past.clock.move(hours=1)
    assert await past.archivist.step() == []
    async with past.world.database.raw() as connection:
        assert await jobs.asked_at(connection, "archive") == (AUGUST, False)


async def test_a_scheduler_that_lost_the_job_holds_up_the_archive_for_two_hours_at_most(past: Past) -> None:
    assert await past.archivist.step() == [], "a first start is no missed night"
    past.clock.move(hours=25)
    assert await past.archivist.step() == []
    past.clock.move(hours=2)
    assert len(await past.archivist.step()) == 2


async def test_a_stream_that_goes_on_from_archived_time_is_told_to_load_again(past: Past) -> None:
    person, newest = next(iter(past.entries.items()))
    hub = Hub(past.world.database)
    assert (await hub.subscribe(person, newest - 3)).resumes
    past.clock.at = datetime(2027, 3, 1, 2, tzinfo=UTC)
    await past.archive()
    listener = await hub.subscribe(person, newest - 3)
    assert await listener.next(1) == Resync(newest)
    assert (await hub.subscribe(person, newest)).resumes


def test_two_writers_of_one_month_write_no_common_file(tmp_path: Path) -> None:
    one, other = (archive_files.Writer(tmp_path, "activity-2026-03.ndjson.gz") for _ in range(2))
    assert one.partial != other.partial
    archive_files.remove_partial(tmp_path)
    assert list(tmp_path.iterdir()) == []
    for writer in (one, other):
        writer.abandon()
