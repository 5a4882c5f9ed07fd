"""`duely verify` names what is broken and nothing else; `--repair` mends what can be mended."""

import asyncio
import random
from uuid import uuid4

import orjson
import pytest

from host.chores.replay import Replay
from host.consumers.catchup import Catchup
from host.consumers.table import CONSUMERS
from host.operator import verify as operation
from host.operator.verify import Verification
from host.store.engine import Raw
from host.store.turns import watermarks
from host.store.upkeep import invariants
from host.store.upkeep.findings import MOST, Findings
from tests.fakes.person import FakeClock, FakePerson
from tests.store.consumers.test_projector import busy_day
from tests.store.operator.test_rebuild import DAILY, read_model
from tests.store.world import World

pytestmark = pytest.mark.store

TYPES = {name: types for name, (_, types, _) in CONSUMERS.items()}
SOON = "2026-11-22T12:00:01.000Z"


async def verify(
    world: World, *, repair: bool = False, broker: bool = False, most_breaches: int = MOST
) -> Verification:
    return await operation.verify(
        world.database.dsn, world.clock.now(), TYPES, broker=broker, repair=repair, most_breaches=most_breaches
    )


def broken(report: Verification) -> set[str]:
    return {result.invariant for result in report.results if result.breaches}


async def settle(loops: dict[str, Catchup]) -> None:
    for _ in range(5):
        for loop in loops.values():
            await loop.step()


async def talked(world: World, person: FakePerson) -> None:
    talk, run = (str(uuid4()) for _ in range(2))
    said = {"conversation_id": talk, "message_id": run, "run_id": run, "text": "hello", "new": True, "scopes": []}
    for name, body in [("SayMessage", said), ("RenameConversation", {"title": "Greetings"})]:
        assert (await world.say(talk, person.says(name, body), "ConversationActor")).ok


@pytest.fixture
async def full(world: World, loops: dict[str, Catchup], clock: FakeClock) -> World:
    """Two people's busy day, a series with its task, a conversation, a reminder that has fired and is delivered."""
    people = [FakePerson(zone="UTC"), FakePerson(zone="Asia/Tokyo")]
    for person in people:
        await world.say(person.id, person.signs_up())
    await busy_day(world, people)
    series_id = await world.create_series(people[0], **DAILY)
    task_id = await world.create(people[0], title="Soon", reminders=[{"at": SOON}])
    await talked(world, people[0])
    clock.move(seconds=2)
    await world.tick("TaskActor", task_id)
    await settle(loops)
    await world.rows("UPDATE wakes SET armed_at = $1", clock.now())
    assert await world.value("SELECT count(*) FROM deliveries") == 1
    assert await world.value("SELECT count(*) FROM tasks WHERE series_id = $1", series_id) == 1
    return world


async def test_a_healthy_system_has_no_breach_and_everything_was_checked(full: World) -> None:
    report = await verify(full)
    assert broken(report) == set()
    checked = {result.invariant: result.checked for result in report.results}
    assert checked.pop("dead_letters") == 0
    assert min(checked.values()) > 0, checked
    assert checked["outbox"] == await full.value("SELECT count(*) FROM outbox")
    assert checked["activity"] == checked["chain"] == checked["outbox"] + 1  # the delivered notification
    text = operation.lines(report)
    assert len([line for line in text if line.endswith("  ok")]) == len(operation.INVARIANTS)
    assert text[-1].endswith("there is no breach.")
    assert operation.as_json(report)["left"] == 0


async def test_what_waits_is_judged_at_the_instant_that_is_seen_however_long_looking_takes(
    full: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a hundred thousand tasks, checking takes as long as the grace period."""
    await full.create(FakePerson(zone="UTC"), reminders=[{"at": "2026-12-01T09:00:00.000Z"}])
    await full.rows("UPDATE outbox SET created_at = clock_timestamp() - interval '27 seconds'")
    await full.rows("UPDATE wakes SET armed_at = NULL, set_at = clock_timestamp() - interval '27 seconds'")
    whole = invariants.rows_without_doc

    async def slow(connection: Raw, found: Findings) -> None:
        await asyncio.sleep(3.1)
        await whole(connection, found)

    monkeypatch.setattr(invariants, "rows_without_doc", slow)
    assert broken(await verify(full, broker=True)) == set()


EVENT = "(SELECT event_id FROM outbox WHERE type = '{}' ORDER BY position LIMIT 1)"
STREAM = "(SELECT user_id FROM activity GROUP BY user_id ORDER BY count(*) DESC LIMIT 1)"

# The damage by name: the statement that does it, and the invariants that it breaks.
DAMAGE: dict[str, tuple[str, set[str]]] = {
    "a task is gone": ("DELETE FROM tasks WHERE deleted_at IS NULL AND tags = '{}'", {"read_model", "slots?"}),
    "a task is behind": ("UPDATE tasks SET version = version - 1 WHERE version > 2", {"read_model"}),
    "a title is another": ("UPDATE tasks SET title = 'x' WHERE status = 'open'", {"read_model"}),
    "a body is another": ("UPDATE tasks SET body = jsonb_set(body::jsonb, '{title}', '\"x\"')", {"read_model"}),
    "a search text is another": ("UPDATE tasks SET search = 'x'", {"read_model"}),
    "a reminder has another state": ("UPDATE reminders SET status = 'cancelled'", {"read_model"}),
    "a reminder of nothing": (
        "INSERT INTO reminders (task_id, id, user_id, status, firing) VALUES ('x', 'y', 'z', 'fired', 1)",
        {"read_model"},
    ),
    "a series is another": ("UPDATE series SET next_at = next_at + interval '1 day'", {"read_model"}),
    "a user is another": ("UPDATE users SET zone = 'UTC+1'", {"read_model"}),
    "a user is gone": ("DELETE FROM users", {"read_model"}),
    "a conversation has another title": ("UPDATE conversations SET title = 'x'", {"read_model"}),
    "a conversation has no run": ("UPDATE conversations SET run_id = NULL", {"read_model"}),
    "a conversation is gone": ("DELETE FROM conversations", {"read_model"}),
    "a conversation of nobody": (
        """INSERT INTO conversations (id, user_id, version, title, messages, created_at, updated_at)
           VALUES ('x', 'y', 1, '', 0, now(), now())""",
        {"read_model"},
    ),
    "a tag counts too many": ("UPDATE tags SET count = count + 1", {"tags"}),
    "a tag is gone": ("DELETE FROM tags", {"tags"}),
    "a tag of nobody": ("INSERT INTO tags VALUES ('u', 'x', 'X', 2)", {"tags"}),
    "a wake is gone": ("DELETE FROM wakes", {"wakes"}),
    "a wake is another": ("UPDATE wakes SET wake_at = wake_at + interval '1 hour'", {"wakes"}),
    "a wake of nobody": (
        "INSERT INTO wakes (actor_type, actor_id, wake_at, armed_at) VALUES ('TaskActor', 'x', '2030-01-01Z', now())",
        {"wakes"},
    ),
    "a wake is not registered": ("UPDATE wakes SET armed_at = NULL, set_at = now() - interval '1 minute'", {"wakes"}),
    "an entry of the activity is gone": (
        f"DELETE FROM activity WHERE position = 3 AND user_id = {STREAM}",
        {"activity", "chain"},
    ),
    "a step of the ledger is gone": ("DELETE FROM reminder_ledger WHERE step = 'fired'", {"activity"}),
    "an event is passed over": (
        f"DELETE FROM inbox WHERE consumer = 'projector' AND event_id = {EVENT.format('task.completed')}",
        {"outbox"},
    ),
}
ONLY_BY_HAND = {"an entry of the activity is gone"}  # the chain is primary data


@pytest.mark.parametrize("what", DAMAGE)
async def test_each_damage_is_named_and_mended(full: World, loops: dict[str, Catchup], what: str) -> None:
    before = await read_model(full)
    others = [await rows_of(full, table) for table in ("users", "conversations")]
    damage, expected = DAMAGE[what]
    await full.rows(damage)
    report = await verify(full)
    names = {name.removesuffix("?") for name in expected}
    assert {name for name in expected if not name.endswith("?")} <= broken(report) <= names | {"tags"}
    assert report.left > 0
    assert operation.lines(report)[-1].endswith("mends what can be mended.")

    mended = await verify(full, repair=True)
    assert mended.mended
    replay = Replay(full.database, [loop.consumer for loop in loops.values()])
    if what in ONLY_BY_HAND:
        assert mended.left > 0
        return
    assert mended.left == 0
    while await replay.step():
        pass
    await full.rows("UPDATE wakes SET armed_at = now()")
    if what == "an event is passed over":
        assert broken(await verify(full)) <= {"dead_letters"}  # it was applied before, so a second time is refused
        return
    assert broken(await verify(full)) == set()
    assert await read_model(full) == before
    assert [await rows_of(full, table) for table in ("users", "conversations")] == others


async def rows_of(world: World, table: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await world.rows(f"SELECT * FROM {table} ORDER BY id")]


async def test_what_is_archived_is_not_missing_in_the_ledger(full: World) -> None:
    """The outbox may be older than the ledger: while a consumer is paused for months, it keeps all rows."""
    await full.rows("DELETE FROM reminder_ledger")
    await full.rows("INSERT INTO archives VALUES ('ledger', now(), 1, '', now(), 'ledger')")
    assert broken(await verify(full)) == set()


# Damage that only a person can mend: the statement, the invariants that it breaks, and what the report says.
FOR_A_PERSON: dict[str, tuple[str, set[str], str]] = {
    "an entry was changed": (
        f"UPDATE activity SET body = body || ' ' WHERE position = 2 AND user_id = {STREAM}",
        {"chain"},
        "at position 2: the entry is not the one that was hashed",
    ),
    "an entry was changed and hashed anew": (
        f"""UPDATE activity SET body = body || ' ',
              hash = encode(sha256(convert_to(prev_hash || body || ' ', 'UTF8')), 'hex')
            WHERE position = 2 AND user_id = {STREAM}""",
        {"chain"},
        "at position 3: it does not follow on the entry before",
    ),
    "the last entry is gone": (
        f"""DELETE FROM activity a USING user_streams u
            WHERE u.user_id = a.user_id AND a.position = u.position AND a.user_id = {STREAM}""",
        {"chain", "activity"},
        "the stream says that this is its last entry",
    ),
    "the first entry is gone": (
        f"DELETE FROM activity WHERE position = 1 AND user_id = {STREAM}",
        {"chain", "activity"},
        "at position 2: it is the first, and nothing was archived",
    ),
    "a version is missing in the outbox": (
        """DELETE FROM outbox WHERE (actor_id, version) IN (
             SELECT actor_id, 2 FROM outbox WHERE version > 2 LIMIT 1)""",
        {"versions"},
        "the outbox has",
    ),
    "an event of a turn is missing in the outbox": (
        "DELETE FROM outbox WHERE of > 1 AND seq = of",
        {"versions"},
        "the outbox has",
    ),
    "the last version was never told": (
        "DELETE FROM outbox o WHERE version > 1 AND version = (SELECT max(version) FROM outbox x WHERE x.actor_id = o.actor_id)",
        {"versions"},
        "the last one that it has told of is",
    ),
    "a slot has two tasks": (
        """INSERT INTO tasks SELECT 'twin', user_id, version, title, description, priority, status, tags, tags_folded,
           due_date, due_at, overdue_at, created_at, updated_at, completed_at, deleted_at, purged, series_id, search,
           body FROM tasks WHERE series_id IS NOT NULL""",
        {"slots", "read_model"},
        "has 2 open tasks",
    ),
    "a delivery waits": (
        "UPDATE deliveries SET status = 'pending', due_at = due_at - interval '1 hour'",
        {"deliveries"},
        "was to be told at",
    ),
    "an event was put aside": (
        f"""INSERT INTO dead_letters (consumer, event_id, position, body, error, tries)
            VALUES ('projector', {EVENT.format("task.completed")}, 1, '{{}}', 'KeyError', 3)""",
        {"dead_letters"},
        "projector could not apply it: KeyError",
    ),
}


@pytest.mark.parametrize("what", FOR_A_PERSON)
async def test_what_only_a_person_can_mend_is_named_and_left(full: World, what: str) -> None:
    damage, expected, says = FOR_A_PERSON[what]
    await full.rows(damage)
    report = await verify(full)
    assert broken(report) == expected
    assert says in "\n".join(operation.lines(report))
    assert (await verify(full, repair=True)).left > 0


async def test_a_due_reminder_that_has_not_fired_is_woken(
    full: World, person: FakePerson, loops: dict[str, Catchup], clock: FakeClock
) -> None:
    task_id = await full.create(person, reminders=[{"at": "2026-11-22T12:10:00.000Z"}])
    await settle(loops)
    await full.rows("DELETE FROM wakes WHERE actor_id = $1", task_id)
    clock.move(minutes=10)
    assert "reminders" not in broken(await verify(full))
    clock.move(seconds=31)
    report = await verify(full, repair=True)
    assert {"reminders", "wakes"} <= broken(report)
    assert await full.value("SELECT wake_at FROM wakes WHERE actor_id = $1", task_id) < clock.now()


async def test_a_reminder_that_fired_without_a_delivery_is_delivered_once(
    full: World, person: FakePerson, loops: dict[str, Catchup], clock: FakeClock
) -> None:
    await full.say(person.id, person.signs_up())
    task_id = await full.create(person, reminders=[{"at": "2026-11-22T12:10:00.000Z"}])
    clock.move(minutes=10)
    await full.tick("TaskActor", task_id)
    await full.rows(
        """INSERT INTO inbox SELECT 'notifier', event_id, position, now() FROM outbox
           WHERE actor_id = $1 AND type = 'reminder.fired'""",
        task_id,
    )
    await settle(loops)
    await full.rows("UPDATE wakes SET armed_at = now()")
    assert broken(await verify(full, repair=True)) == {"deliveries"}
    assert await Replay(full.database, [loop.consumer for loop in loops.values()]).step() == 1
    assert broken(await verify(full)) == set()
    assert await full.value("SELECT count(*) FROM notifications WHERE task_id = $1", task_id) == 1


async def test_an_awaited_slot_without_its_task_gets_it(
    full: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    await full.say(person.id, person.signs_up())
    series_id = await full.create_series(person, **DAILY)
    await loops["projector"].step()
    assert broken(await verify(full)) == set()  # the consumer has yet to create it
    await full.rows(
        """INSERT INTO inbox SELECT 'recurrence', event_id, position, now() FROM outbox
           WHERE actor_id = $1 AND type LIKE 'recurrence%'""",
        series_id,
    )
    report = await verify(full, repair=True)
    assert broken(report) == {"slots"}
    assert await Replay(full.database, [loop.consumer for loop in loops.values()]).step() == 1
    await settle(loops)
    await full.rows("UPDATE wakes SET armed_at = now()")
    assert broken(await verify(full)) == set()
    assert await full.value("SELECT count(*) FROM tasks WHERE series_id = $1", series_id) == 1


async def test_a_slot_that_finds_a_stranger_under_its_id_gets_another_task(
    full: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    await full.say(person.id, person.signs_up())
    series_id = await full.create_series(person, **DAILY)
    task_id = await full.value(
        "SELECT body->'data'->>'task_id' FROM outbox WHERE actor_id = $1 AND type LIKE 'recurrence%'", series_id
    )
    stranger = FakePerson()
    await full.say(task_id, stranger.says("CreateTask", {"id": task_id, "title": "Was here before"}))
    await loops["projector"].step()
    assert broken(await verify(full)) == set()  # the consumer has yet to find it
    await full.rows(
        """INSERT INTO inbox SELECT 'recurrence', event_id, position, now() FROM outbox
           WHERE actor_id = $1 AND type LIKE 'recurrence%'""",
        series_id,
    )
    report = await verify(full, repair=True)
    assert broken(report) == {"slots"}
    assert f"finds something else under its id {task_id}" in str(operation.lines(report))
    assert await Replay(full.database, [loop.consumer for loop in loops.values()]).step() == 1
    await settle(loops)
    await full.rows("UPDATE wakes SET armed_at = now()")
    assert broken(await verify(full)) == set()
    assert await full.value("SELECT count(*) FROM tasks WHERE series_id = $1", series_id) == 1


async def test_a_task_that_was_written_into_is_never_in_the_trash_by_its_series_doing(
    full: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    await full.say(person.id, person.signs_up())
    series_id = await full.create_series(person, **DAILY)
    await settle(loops)
    task_id = await full.value("SELECT id FROM tasks WHERE series_id = $1", series_id)
    await full.say(task_id, person.says("PatchTask", {"description": "three lines"}))
    await full.say(series_id, person.says("PauseSeries"))
    await settle(loops)
    await full.rows("UPDATE wakes SET armed_at = now()")
    assert broken(await verify(full)) == set(), "the pause leaves it open"
    await full.rows("ALTER TABLE dapr_state DISABLE TRIGGER USER")
    mark = """UPDATE dapr_state SET value = convert_to(jsonb_set(convert_from(value, 'UTF8')::jsonb, '{state}',
                convert_from(value, 'UTF8')::jsonb->'state' || $2::jsonb)::text, 'UTF8') WHERE key LIKE $1"""
    await full.rows(mark, f"%{task_id}%", '{"withdrawn": "system", "deleted_at": "2026-11-22T12:00:00.000Z"}')
    report = await verify(full)
    assert "written" in broken(report)
    assert "somebody had written into it: restore it" in str(operation.lines(report))
    await full.rows(mark, f"%{task_id}%", '{"withdrawn": "asked"}')
    assert "written" not in broken(await verify(full))


async def test_waiting_events_are_named_after_the_grace_period_with_the_paused_consumer(
    full: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    async with full.database.raw() as connection:
        await watermarks.pause(connection, "projector")
    await full.create(person)
    assert broken(await verify(full)) == set()
    await full.rows("UPDATE outbox SET created_at = created_at - interval '31 seconds'")
    report = await verify(full)
    assert broken(report) == {"outbox"}
    assert "consumer:projector  1 events wait, the oldest for 31 s and is paused" in "\n".join(operation.lines(report))


async def test_with_a_broker_unpublished_events_are_named(full: World) -> None:
    await full.rows("UPDATE outbox SET created_at = created_at - interval '31 seconds'")
    assert broken(await verify(full)) == set()
    assert broken(await verify(full, broker=True)) == {"outbox"}
    await full.rows("UPDATE outbox SET published_at = now()")
    assert broken(await verify(full, broker=True)) == set()


async def test_a_busy_system_raises_no_false_alarm(full: World, loops: dict[str, Catchup]) -> None:
    stop = asyncio.Event()

    async def writer(seed: int) -> None:
        chance, person, mine = random.Random(seed), FakePerson(zone="UTC"), list[str]()
        while not stop.is_set():
            choice = chance.random()
            if not mine or choice < 0.3:
                mine.append(await full.create(person, tags=[chance.choice("abc")], due={"date": "2026-12-24"}))
            elif choice < 0.4:
                await full.create_series(person, **DAILY)
            else:
                name = chance.choice(["CompleteTask", "ReopenTask", "AddTags", "DeleteTask", "RestoreTask"])
                body = {"tags": [chance.choice("abcd")]} if name == "AddTags" else {}
                await full.say(chance.choice(mine), person.says(name, body))

    work = [asyncio.create_task(loops[name].run()) for name in ("projector", "recurrence", "notifier", "rezone")]
    writers = [asyncio.create_task(writer(seed)) for seed in range(3)]
    moving = 0
    for _ in range(12):
        await asyncio.sleep(0.1)
        report = await verify(full)
        assert broken(report) == set(), operation.lines(report)
        moving += report.results[0].moving
    assert moving > 0
    assert not [task for task in [*work, *writers] if task.done()]
    stop.set()
    await asyncio.gather(*writers)
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    assert await full.value("SELECT count(*) FROM tasks") > 50


async def test_a_repair_under_load_leaves_the_fold(full: World, loops: dict[str, Catchup]) -> None:
    """The repair mends rows and counts while the projector writes the same ones."""
    person, running = FakePerson(zone="UTC"), asyncio.create_task(loops["projector"].run())
    tasks = [await full.create(person, tags=["home"]) for _ in range(20)]
    stop = asyncio.Event()

    async def writer(task_id: str) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            await full.say(task_id, person.says("PatchTask", {"tags": [f"t{number % 3}", "home"]}))

    writers = [asyncio.create_task(writer(task_id)) for task_id in tasks[:3]]
    for _ in range(5):
        await asyncio.sleep(0.05)
        await full.rows("UPDATE tasks SET search = 'x' WHERE user_id = $1 AND id <> ALL($2)", person.id, tasks[:3])
        await full.rows("UPDATE tags SET count = count + 1 WHERE user_id = $1", person.id)
        await verify(full, repair=True)
    stop.set()
    await asyncio.gather(*writers)
    await asyncio.sleep(0.2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await settle(loops)
    await full.rows("UPDATE wakes SET armed_at = now()")
    assert broken(await verify(full)) == set()


async def test_a_doc_of_before_there_were_series_is_no_alarm(full: World, loops: dict[str, Catchup]) -> None:
    """It lacks a field, and so does the row that was made of it."""
    task_id = await full.value("SELECT id FROM tasks WHERE title = 'Soon'")
    await full.rows("ALTER TABLE dapr_state DISABLE TRIGGER USER")
    await full.rows(
        """UPDATE dapr_state SET value = convert_to(
             (convert_from(value, 'UTF8')::jsonb #- '{state,occurrence}')::text, 'UTF8') WHERE key LIKE $1""",
        f"%{task_id}%",
    )
    await full.rows("UPDATE tasks SET body = (body::jsonb - 'occurrence')::json WHERE id = $1", task_id)
    assert broken(await verify(full)) == set()


def test_only_the_first_of_many_breaches_are_listed() -> None:
    breaches = [operation.Breach("tags", f"user:{n}", "counts 2") for n in range(12)]
    result = operation.Result("tags", "says", 10_000, 3, breaches)
    text = operation.lines(Verification([result], 1.0, [], 12))
    assert text[0] == "tags          says     10,000 checked, 3 moving  12 BREACHES"
    assert text[-3] == "    … and 2 more (--json has all)"
    assert orjson.dumps(operation.as_json(Verification([result], 1.0, [], 12)))


async def test_of_very_many_breaches_the_first_of_each_kind_are_named(full: World) -> None:
    await full.rows("UPDATE tasks SET title = title || '!'")
    await full.rows("DELETE FROM wakes")
    report = await verify(full, most_breaches=3)
    results = {result.invariant: result for result in report.results}
    assert len(results["read_model"].breaches) == 3
    assert results["wakes"].breaches, "one that breaks everywhere hides no other"
    assert "3 OR MORE BREACHES" in "\n".join(operation.lines(report))
