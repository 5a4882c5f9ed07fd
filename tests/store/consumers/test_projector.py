"""The projector: the read model is the fold of the events, in whatever order and however often they come."""

import asyncio
import random
from datetime import date
from typing import Any

import asyncpg
import orjson
import pytest

from actors.task.state import task_json
from host.consumers.catchup import Catchup
from host.store.read_model import activity_rows, task_rows
from host.store.read_model.task_rows import OvertakenError
from tests.fakes.person import FakePerson
from tests.store.world import World

pytestmark = pytest.mark.store

DUE = {"local": "2026-11-23T12:00", "zone": "Europe/Berlin"}
DAILY = {"template": {"title": "Water"}, "rule": "FREQ=DAILY", "start": {"date": "2026-11-23"}}


async def busy_day(world: World, people: list[FakePerson]) -> None:
    """Creates some tasks for each person, with everything that can happen to a task."""
    for person in people:
        first = await world.create(person, title="Pay rent", due=DUE, tags=["Home", "Ärger"])
        second = await world.create(person, title="Call", tags=["home"], due={"date": "2026-12-01"})
        third = await world.create(person, reminders=[{"at": "2026-11-22T12:30:00.000Z"}])
        await world.say(first, person.says("PatchTask", {"title": "Pay the rent", "tags": ["Home"]}))
        await world.say(second, person.says("CompleteTask"))
        await world.say(first, person.says("MoveDue", {"due": None}))
        await world.say(third, person.says("DeleteTask"))
        await world.say(third, person.says("PurgeTask"))
        await world.say(second, person.says("ReopenTask"))
        await world.say(second, person.says("DeleteTask"))
        await world.say(first, person.says("AddTags", {"tags": ["garden", 'a "b" \\ {c}']}))


async def test_a_reminder_that_fires_touches_no_index_of_its_task(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    """A version that changes no indexed column is a HOT update: PostgreSQL writes to no index."""
    await world.say(person.id, person.signs_up())
    task_id = await world.create(person, reminders=[{"at": "2026-11-22T12:30:00.000Z"}])
    await world.create_series(person, **DAILY)
    for name in ("projector", "recurrence", "projector") * 2:
        await loops[name].step()
    bodies = [orjson.loads(row[0]) for row in await world.rows("SELECT body::text FROM tasks")]
    later = {task["id"]: {**task, "version": task["version"] + 1} for task in bodies}
    world.clock.move(hours=1)
    await world.tick("TaskActor", task_id)
    fired = orjson.loads(await world.value("SELECT value FROM dapr_state WHERE key LIKE $1", f"%{task_id}%"))
    assert fired["state"]["reminders"][0]["status"] == "fired"
    later[task_id] = task_json(fired["state"])
    async with world.database.raw() as connection, connection.transaction():
        await task_rows.upsert_tasks(connection, later)
        updates = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'tasks'"
        assert tuple(await connection.fetchrow(updates)) == (2, 2)


async def check_fold(world: World) -> None:
    """Asserts that everything projected agrees with the docs and the outbox."""
    docs = [orjson.loads(row[0]) for row in await world.rows("SELECT value FROM dapr_state WHERE key LIKE '%Task%'")]
    tasks = {row["id"]: row for row in await world.rows("SELECT * FROM tasks")}
    assert tasks.keys() == {doc["state"]["id"] for doc in docs}
    counts: dict[tuple[str, str], int] = {}
    reminders: set[tuple[Any, ...]] = set()
    for doc in docs:
        state, row = doc["state"], tasks[doc["state"]["id"]]
        body = orjson.loads(row["body"])
        assert body == {name: state[name] for name in body}
        assert (row["version"], row["tags"], row["purged"]) == (doc["version"], state["tags"], state["purged"])
        reminders |= {(state["id"], r["id"], r["status"], r["firing"]) for r in state["reminders"]}
        if state["deleted_at"] is None:
            for folded in row["tags_folded"]:
                counts[row["user_id"], folded] = counts.get((row["user_id"], folded), 0) + 1
    assert {(r[0], r[1]): r[2] for r in await world.rows("SELECT user_id, folded, count FROM tags")} == counts
    assert {tuple(r) for r in await world.rows("SELECT task_id, id, status, firing FROM reminders")} == reminders
    await check_activity(world)


async def check_activity(world: World) -> None:
    """Asserts that each event is there once, without gaps, in an unbroken chain, and in the order of its actor."""
    events = await world.rows("SELECT event_id FROM outbox ORDER BY event_id")
    assert await world.rows("SELECT event_id FROM activity ORDER BY event_id") == events
    ledger = await world.value("SELECT count(*) FROM reminder_ledger")
    assert ledger == await world.value("SELECT count(*) FROM outbox WHERE type LIKE 'reminder.%'")
    for user_id, position in await world.rows("SELECT user_id, position FROM user_streams"):
        entries = await world.rows(
            "SELECT position, version, event_id FROM activity WHERE user_id = $1 ORDER BY position", user_id
        )
        assert [row["position"] for row in entries] == list(range(1, position + 1))
        last: dict[str, tuple[int, int]] = {}
        for row in entries:
            now = (row["version"], int(row["event_id"].rpartition(":")[2]))
            actor_id = row["event_id"].split(":")[1]
            assert last.get(actor_id, (0, 0)) < now
            last[actor_id] = now
        async with world.database.raw() as connection:
            assert await activity_rows.broken_at(connection, user_id) is None


@pytest.fixture
async def people(world: World, loops: dict[str, Catchup]) -> list[FakePerson]:
    people = [FakePerson(zone="UTC"), FakePerson(zone="Asia/Tokyo")]
    await busy_day(world, people)
    return people


async def test_catch_up_makes_the_fold(world: World, people: list[FakePerson], loops: dict[str, Catchup]) -> None:
    handled = await loops["projector"].step()
    assert handled == await world.value("SELECT count(*) FROM outbox")
    assert await loops["projector"].step() == 0
    await check_fold(world)


@pytest.mark.parametrize("seed", range(4))
async def test_shuffled_and_repeated_deliveries_with_catch_up_between_make_the_same_fold(
    world: World, people: list[FakePerson], loops: dict[str, Catchup], seed: int
) -> None:
    chance = random.Random(seed)
    ids = [row[0] for row in await world.rows("SELECT event_id FROM outbox")]
    stream = [event_id for event_id in ids for _ in range(chance.randint(0, 3))]
    chance.shuffle(stream)
    while stream:
        size = chance.randint(1, 9)
        batch, stream = stream[:size], stream[size:]
        await loops["projector"].deliver(batch)
        if chance.random() < 0.05:
            await loops["projector"].step()
    while await loops["projector"].step():
        pass
    await check_fold(world)


async def test_a_delivery_with_a_gap_brings_what_was_before_it(world: World, loops: dict[str, Catchup]) -> None:
    person = FakePerson(zone="UTC")
    task_id = await world.create(person)
    for priority in ("low", "high", "urgent"):
        await world.say(task_id, person.says("SetPriority", {"priority": priority}))
    await loops["projector"].deliver([f"TaskActor:{task_id}:3:1"])
    assert await world.value("SELECT version FROM tasks") == 3
    assert [row[0] for row in await world.rows("SELECT version FROM activity ORDER BY position")] == [1, 2, 3]


async def test_two_projectors_at_once_apply_each_event_once(
    world: World, people: list[FakePerson], loops: dict[str, Catchup]
) -> None:
    ids = [row[0] for row in await world.rows("SELECT event_id FROM outbox")]
    random.Random(7).shuffle(ids)

    async def deliver(part: list[str]) -> None:
        for start in range(0, len(part), 4):
            for _ in range(20):
                try:
                    await loops["projector"].deliver(part[start : start + 4])
                    break
                except (asyncpg.PostgresError, OvertakenError):
                    await asyncio.sleep(0.01)

    await asyncio.gather(deliver(ids), deliver(ids[::-1]), deliver(ids[5:]))
    await check_fold(world)


async def test_an_older_state_never_overwrites_a_newer_one(world: World, people: list[FakePerson], loops: Any) -> None:
    await loops["projector"].step()
    await world.rows("DELETE FROM inbox WHERE event_id IN (SELECT event_id FROM outbox WHERE version = 1)")
    before = await world.rows("SELECT id, version, body::text FROM tasks ORDER BY id")
    await world.rows("UPDATE watermarks SET position = 0, seen = 0, seen_xid = 0")
    await world.rows("DELETE FROM activity WHERE version = 1")
    assert await loops["projector"].step() == await world.value("SELECT count(*) FROM outbox WHERE version = 1")
    assert await world.rows("SELECT id, version, body::text FROM tasks ORDER BY id") == before


async def test_dues_are_kept_as_day_and_instant(world: World, loops: dict[str, Catchup]) -> None:
    person = FakePerson(zone="Asia/Tokyo")
    await world.create(person, title="at", due=DUE)
    await world.create(person, title="on", due={"date": "2026-12-01"})
    await loops["projector"].step()
    dues = {row[0]: tuple(row)[1:] for row in await world.rows("SELECT title, due_date, due_at::text FROM tasks")}
    assert dues["at"] == (date(2026, 11, 23), "2026-11-23 11:00:00+00")
    assert dues["on"] == (date(2026, 12, 1), "2026-12-01 00:00:00+00")


async def test_a_user_is_projected(world: World, loops: dict[str, Catchup]) -> None:
    person = FakePerson(zone="UTC")
    await world.say(person.id, person.says("RegisterUser", {"email": "ada@example.org", "zone": "UTC"}))
    await world.say(person.id, person.says("PatchUser", {"zone": "Asia/Tokyo"}))
    await loops["projector"].step()
    assert tuple((await world.rows("SELECT id, version, email, zone FROM users"))[0]) == (
        person.id,
        2,
        "ada@example.org",
        "Asia/Tokyo",
    )


async def test_a_changed_row_breaks_the_chain_where_it_was_changed(
    world: World, people: list[FakePerson], loops: dict[str, Catchup]
) -> None:
    await loops["projector"].step()
    user_id = people[0].id
    await world.rows("UPDATE activity SET body = body || ' ' WHERE user_id = $1 AND position = 5", user_id)
    async with world.database.raw() as connection:
        assert await activity_rows.broken_at(connection, user_id) == 5
    await world.rows("DELETE FROM activity WHERE user_id = $1 AND position = 5", user_id)
    async with world.database.raw() as connection:
        assert await activity_rows.broken_at(connection, user_id) == 6


async def test_a_turn_that_was_refused_leaves_no_trace(world: World, loops: dict[str, Catchup]) -> None:
    person = FakePerson(zone="UTC")
    task_id = await world.create(person)
    reply = await world.say(task_id, FakePerson().says("CompleteTask"))
    assert not reply.ok
    assert await loops["projector"].step() == 1


async def test_a_later_event_of_a_turn_that_comes_alone_brings_the_whole_task_with_it(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    task_id = await world.create(person, description="Ask.", due={"date": "2026-12-01"})
    await loops["projector"].deliver([f"TaskActor:{task_id}:1:2"])
    assert await world.value("SELECT body->>'description' FROM tasks WHERE id = $1", task_id) == "Ask."
    await world.rows("DELETE FROM inbox WHERE event_id LIKE '%:2'")
    await world.rows("DELETE FROM activity WHERE event_id LIKE '%:2'")
    await loops["projector"].deliver([f"TaskActor:{task_id}:1:2"])  # the first one is handled
    assert await world.value("SELECT body->>'description' FROM tasks WHERE id = $1", task_id) == "Ask."
    assert await world.value("SELECT count(*) FROM activity") == 2
