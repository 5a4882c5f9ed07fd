"""`duely verify` names what is broken and nothing else; `--repair` mends what can be mended."""

import asyncio

import orjson
import pytest

from host.chores.replay import Replay
from host.consumers.catchup import Catchup
from host.operator import verify as operation
from host.operator.verify import Verification
from host.store.engine import Raw
from host.store.upkeep import invariants
from host.store.upkeep.findings import Findings
from tests.fakes.person import FakePerson
from tests.store.operator.test_rebuild import read_model
from tests.store.operator.verification import broken, verify
from tests.store.world import World

pytestmark = pytest.mark.store


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
