"""A rebuild makes the same read model while everything runs, and changes nothing when it is cut off."""

import asyncio
import random
from typing import Any

import asyncpg
import pytest

from host.console import OperatorError
from host.consumers.catchup import Catchup
from host.operator.rebuild import Rebuilt, rebuild
from host.store.engine import Database
from host.store.read_model.consistency import reached
from host.store.upkeep import rebuild as store
from host.store.upkeep import snapshot
from tests.fakes.person import FakePerson
from tests.store.consumers.test_projector import busy_day, check_fold
from tests.store.world import World

pytestmark = pytest.mark.store

DAILY = {"template": {"title": "Water"}, "rule": "FREQ=DAILY", "start": {"date": "2026-11-30"}}
READ_MODEL = {
    "tasks": "SELECT * FROM tasks ORDER BY id",
    "reminders": "SELECT * FROM reminders ORDER BY task_id, id",
    "tags": "SELECT * FROM tags ORDER BY user_id, folded",
    "series": "SELECT * FROM series ORDER BY id",
}
OPTIONS = "SELECT relname, reloptions FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY relname"
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname"


async def read_model(world: World) -> dict[str, list[Any]]:
    return {name: [tuple(row) for row in await world.rows(query)] for name, query in READ_MODEL.items()}


async def run(world: World, **options: float) -> Rebuilt:
    return await rebuild(world.database.dsn, lambda line: None, **options)


async def settle(loop: Catchup) -> None:
    while await loop.step():
        pass


@pytest.fixture
async def full(world: World, loops: dict[str, Catchup]) -> World:
    people = [FakePerson(zone="UTC"), FakePerson(zone="Asia/Tokyo")]
    for person in people:
        await world.say(person.id, person.signs_up())
    await busy_day(world, people)
    await world.create_series(people[0], **DAILY)
    for _ in range(3):
        await settle(loops["projector"])
        await settle(loops["recurrence"])
    return world


async def test_the_new_tables_are_the_old_ones(full: World) -> None:
    before, indexes, options = await read_model(full), await full.rows(INDEXES), await full.rows(OPTIONS)
    done = await run(full)
    assert done.docs == len(before["tasks"]) + len(before["series"])
    assert await read_model(full) == before
    assert await full.rows(INDEXES) == indexes
    assert await full.rows(OPTIONS) == options
    assert not await full.value("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)", store.SCHEMA)


async def test_damaged_rows_are_mended_and_nothing_else_is_touched(full: World) -> None:
    kept = {
        name: await full.rows(f"SELECT * FROM {name} ORDER BY 1, 2, 3")
        for name in ("activity", "reminder_ledger", "user_streams", "inbox", "outbox", "watermarks", "wakes")
    }
    before = await read_model(full)
    await full.rows("UPDATE tasks SET title = 'wrong', version = version + 5 WHERE deleted_at IS NULL")
    await full.rows("DELETE FROM reminders")
    await full.rows("DELETE FROM series")
    await full.rows("UPDATE tags SET count = count + 3")
    await full.rows("INSERT INTO tags VALUES ('nobody', 'x', 'x', 1)")
    await full.rows(
        """INSERT INTO tasks SELECT 'stranger', user_id, version, title, description, priority, status, tags,
           tags_folded, due_date, due_at, overdue_at, created_at, updated_at, completed_at, deleted_at, purged,
           series_id, search, body FROM tasks LIMIT 1"""
    )
    assert (await run(full)).strangers == 1
    assert await read_model(full) == before
    for name, rows in kept.items():
        assert await full.rows(f"SELECT * FROM {name} ORDER BY 1, 2, 3") == rows


async def test_the_projector_continues_with_the_new_tables(full: World, loops: dict[str, Catchup]) -> None:
    person = FakePerson(zone="UTC")
    task_id = await full.create(person, tags=["home"])
    await settle(loops["projector"])
    await run(full)
    await full.say(task_id, person.says("AddTags", {"tags": ["garden"]}))
    await full.create(person, tags=["home"])
    await settle(loops["projector"])
    await check_fold(full)


async def test_what_the_projector_has_yet_to_handle_is_applied_once(full: World, loops: dict[str, Catchup]) -> None:
    person = FakePerson(zone="UTC")
    task_id = await full.create(person, tags=["home"])
    await full.say(task_id, person.says("AddTags", {"tags": ["garden"]}))
    await run(full)
    assert await full.value("SELECT version FROM tasks WHERE id = $1", task_id) == 2
    await settle(loops["projector"])
    await check_fold(full)


async def test_under_load_nothing_is_lost_and_no_read_is_older_than_its_token(
    full: World, loops: dict[str, Catchup], database_url: str
) -> None:
    """Writers wait until their write can be read, as an API call with a token does; from then on no read may be older."""
    running = asyncio.create_task(loops["projector"].run())
    stop = asyncio.Event()
    readable: dict[str, int] = {}
    stale: list[str] = []
    reading = Database(database_url, pool_size=4)
    await reading.open()

    async def writer(seed: int) -> None:
        chance, person, mine = random.Random(seed), FakePerson(zone="UTC"), list[str]()
        while not stop.is_set():
            if not mine or chance.random() < 0.4:
                mine.append(await full.create(person, tags=[chance.choice("abc")]))
                task_id, version = mine[-1], 1
            else:
                task_id = chance.choice(mine)
                version = readable[task_id] + 1
                command = person.says("PatchTask", {"title": f"{version}", "tags": [chance.choice("abc")]})
                await full.say(task_id, command)
            while not await reached(reading, task_id, version):
                await asyncio.sleep(0.002)
            readable[task_id] = version

    async def reader(*, whole: bool) -> None:
        while not stop.is_set():
            wanted = dict(readable)
            async with reading.snapshot() if whole else reading.connect() as connection:
                if whole:
                    await connection.exec_driver_sql("SELECT count(*) FROM watermarks")
                    await asyncio.sleep(0.005)
                rows = (await connection.exec_driver_sql("SELECT id, version FROM tasks")).all()
            versions = {row[0]: row[1] for row in rows}
            stale.extend(task_id for task_id, version in wanted.items() if versions.get(task_id, 0) < version)
            await asyncio.sleep(0.001)

    work = [asyncio.create_task(writer(seed)) for seed in range(4)]
    work += [asyncio.create_task(reader(whole=whole)) for whole in (False, True)]
    await asyncio.sleep(0.5)
    for _ in range(6):
        await run(full)
    assert not [task for task in work if task.done()]
    stop.set()
    await asyncio.gather(*work)
    assert len(readable) > 20
    assert stale == []
    await asyncio.sleep(0.3)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await settle(loops["projector"])
    await check_fold(full)
    await reading.close()


@pytest.mark.parametrize("at", ["put", "index", "keep_tag_names", "lock", "swap"])
async def test_cut_off_anywhere_it_leaves_the_live_tables_and_the_next_one_cleans_up(
    full: World, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    before = await read_model(full)

    async def die(connection: Any, *_: Any) -> None:
        connection.terminate()
        raise asyncpg.ConnectionDoesNotExistError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(store, at, die)
        with pytest.raises((asyncpg.ConnectionDoesNotExistError, asyncpg.InterfaceError)):
            await run(full)
    assert await read_model(full) == before
    assert await full.value("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)", store.SCHEMA)
    lines: list[str] = []
    async with asyncio.timeout(10):
        await rebuild(full.database.dsn, lines.append)
    assert lines[0].startswith("Removed the remains of a rebuild that was cut off")
    assert await read_model(full) == before


async def test_a_refusal_cleans_up_at_once(full: World) -> None:
    async with full.database.raw() as other, other.transaction():
        await other.execute("LOCK TABLE tasks IN ACCESS SHARE MODE")
        with pytest.raises(OperatorError, match="no moment to swap"):
            await run(full, give_up_seconds=0.5)
    assert not await full.value("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)", store.SCHEMA)


async def test_two_at_once_are_refused(full: World) -> None:
    async with store.connected(full.database.dsn) as connection:
        assert await store.alone(connection)
        with pytest.raises(OperatorError, match="Another rebuild"):
            await run(full)


async def test_tables_that_were_migrated_meanwhile_are_not_replaced(
    full: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = store.index

    async def index(connection: Any) -> None:
        await whole(connection)
        await full.rows("UPDATE alembic_version SET version_num = 'newer'")

    monkeypatch.setattr(store, "index", index)
    with pytest.raises(OperatorError, match="upgraded meanwhile"):
        await run(full)


async def test_a_backup_that_has_begun_reads_the_tables_of_its_instant(full: World) -> None:
    """It sees rows by its instant: in tables made later, the newest rows would be missing."""
    async with snapshot.connected(full.database.dsn) as copying, snapshot.one_instant(copying):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(run(full), 1.5)
        assert await copying.fetchval("SELECT count(*) FROM tasks") == await full.value("SELECT count(*) FROM tasks")


async def test_a_read_of_one_instant_ends_before_the_tables_are_replaced(full: World) -> None:
    async with full.database.snapshot() as reading:
        await reading.exec_driver_sql("SELECT count(*) FROM watermarks")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(run(full), 1.5)


async def test_a_tag_keeps_the_spelling_in_which_it_was_first_written(full: World, loops: dict[str, Catchup]) -> None:
    person = FakePerson(zone="UTC")
    first = await full.create(person, tags=["Home"])
    await settle(loops["projector"])
    await full.create(person, tags=["HOME"])
    await full.say(first, person.says("DeleteTask"))
    await settle(loops["projector"])
    await run(full)
    assert await full.value("SELECT name FROM tags WHERE user_id = $1", person.id) == "Home"
