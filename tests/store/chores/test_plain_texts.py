"""Texts that were written before searches took off accents are made plain, page by page, and found as before until then."""

import asyncio
from datetime import UTC, datetime

import pytest

from actors.fields import fold
from host.chores.plain_texts import PlainTexts
from host.consumers.catchup import Catchup
from host.store.engine import Database
from host.store.read_model import tag_queries, task_queries
from host.store.read_model.task_queries import Stretch, TaskFilter
from host.store.upkeep import mending, plain_texts
from host.store.upkeep.findings import Mend
from tests.fakes.person import FakePerson
from tests.store.world import World
from tests.support.deadline import eventually

pytestmark = pytest.mark.store

TITLES = ["Élan", "Pay rent", "Straße", "Łódź", "İstanbul", "Elan", "Pay rent"]


async def written_before(world: World, person: FakePerson, loops: dict[str, Catchup]) -> list[str]:
    """Creates tasks that each have a tag named like them, in rows as the version before wrote them; returns their ids."""
    ids = sorted([await world.create(person, title=title, tags=[title]) for title in TITLES])
    while await loops["projector"].step():
        pass
    async with world.database.raw() as connection:
        for row in await connection.fetch("SELECT id, title, tags FROM tasks"):
            old = fold("\n".join([row[1], *row[2]]))
            await connection.execute("UPDATE tasks SET search = $2 WHERE id = $1", row[0], old)
        await connection.execute("UPDATE tags SET plain = NULL")
    return ids


async def found(database: Database, person: FakePerson, text: str) -> int:
    wanted = TaskFilter(datetime(2026, 11, 30, tzinfo=UTC), search=text)
    async with database.connect() as connection:
        return (await task_queries.listed(connection, person.id, wanted, Stretch("title", False, 10))).total


async def completed(database: Database, person: FakePerson, prefix: str) -> list[str]:
    async with database.connect() as connection:
        return [name for name, _ in await tag_queries.listed(connection, person.id, prefix, 10)]


async def test_a_row_is_found_as_before_until_it_is_plain_and_without_accents_from_then_on(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    await written_before(world, person, loops)
    assert [await found(world.database, person, text) for text in ("élan", "ÉLAN", "elan", "łódź")] == [2, 2, 1, 1]
    assert await completed(world.database, person, "éla") == ["Élan"]
    assert await completed(world.database, person, "istan") == []
    filler = PlainTexts(world.database, rows_at_once=2, breath_seconds=0)
    assert await filler.fill() == 3 + 6  # what has accents, and every tag
    assert [await found(world.database, person, text) for text in ("élan", "elan", "lodz", "istanbul")] == [2, 2, 1, 1]
    assert await completed(world.database, person, "éla") == ["Elan", "Élan"]
    assert await completed(world.database, person, "istan") == ["İstanbul"]


async def test_what_the_filler_writes_is_what_the_projector_writes(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    await world.create(person, title="Élan", description="İstanbul \u1e9e", tags=["Łódź"], checklist=[{"text": "Æon"}])
    while await loops["projector"].step():
        pass
    tables = "SELECT t.search, g.plain FROM tasks t, tags g"
    written = await world.rows(tables)
    await world.rows("UPDATE tasks SET search = $1", fold("Élan\nİstanbul \u1e9e\nŁódź\nÆon"))
    await world.rows("UPDATE tags SET plain = NULL")
    assert await world.rows(tables) != written
    await PlainTexts(world.database).fill()
    assert await world.rows(tables) == written


async def test_the_filler_goes_on_where_it_was_and_rests_when_all_is_plain(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    ids = await written_before(world, person, loops)
    place = "SELECT value FROM versions WHERE name = 'plain_texts'"
    interrupted = asyncio.create_task(PlainTexts(world.database, rows_at_once=2, breath_seconds=60).fill())
    await eventually(lambda: world.value(place), 10, "the first page was not noted")
    interrupted.cancel()
    assert await world.value(place) == f"1 after {ids[1]}"
    await world.rows("UPDATE tasks SET search = 'élan' WHERE id = ANY($1)", ids[:2])
    await PlainTexts(world.database, rows_at_once=2, breath_seconds=0).fill()
    assert await world.value(place) == "1"
    assert await world.value("SELECT array_agg(id ORDER BY id) FROM tasks WHERE search = 'élan'") == ids[:2]
    await written_before(world, person, loops)
    assert await PlainTexts(world.database).fill() == 0


async def test_a_task_that_was_written_since_it_was_read_keeps_what_was_written(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    await written_before(world, person, loops)
    async with world.database.raw() as connection:
        rows = await plain_texts.accented_tasks(connection, "", 10)
        await connection.execute("UPDATE tasks SET version = version + 1, search = 'newer'")
        assert await plain_texts.make_plain(connection, rows.accented) == 0
    assert await world.value("SELECT count(*) FROM tasks WHERE search <> 'newer'") == 0


async def test_tags_that_a_repair_counts_anew_are_plain(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    await written_before(world, person, loops)
    async with world.database.raw() as connection:
        await connection.execute("DELETE FROM tags")
        await mending.mend(connection, Mend("tags", (person.id,)))
    assert await completed(world.database, person, "istan") == ["İstanbul"]
