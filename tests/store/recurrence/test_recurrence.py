"""The recurrence consumer: what a series decides happens to its tasks, and what they do is reported to it; and faults."""

import asyncio
from dataclasses import replace
from typing import Any

import orjson
import pytest

from actors.clock import instant_text
from actors.commands import occurrence_id, tick_command
from host import metrics
from host.consumers.catchup import Catchup
from host.consumers.occurrences import REST_SECONDS, OccurrenceMaker
from host.dapr.gateway import Unavailable
from tests.fakes.person import FakePerson
from tests.store.recurrence.occurrences import AFTER_DONE, CHORE, awaited, everything, replay, series_of, tasks_of
from tests.store.world import World

pytestmark = pytest.mark.store


async def test_a_new_series_has_its_first_occurrence_and_hears_that_it_is_there(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    series_id = await world.create_series(person, **CHORE)
    await everything(loops)
    assert await tasks_of(world, series_id) == [("2026-11-23T09:00", "open")]
    task = orjson.loads(await world.value("SELECT body FROM tasks"))
    assert (task["title"], task["tags"], task["due"]["local"]) == ("Water the plants", ["home"], "2026-11-23T09:00")
    assert [reminder["offset_minutes"] for reminder in task["reminders"]] == [30], "the user's default"
    assert task["id"] == await awaited(world, series_id)
    entries = await world.rows("SELECT type FROM activity WHERE task_id = $1 ORDER BY position", task["id"])
    assert [row[0] for row in entries] == [
        "recurrence.triggered",
        "task.created",
        "reminder.scheduled",
        "recurrence.instance-created",
    ]


async def test_what_is_done_for_an_event_has_the_cause_of_that_event(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    person.change_set = "a run"
    await world.create_series(person, **AFTER_DONE)
    await everything(loops)
    entries = await world.rows("SELECT type, actor_kind, change_set, body FROM activity WHERE type NOT LIKE 'user.%'")
    assert ("task.created", "system") in {(row[0], row[1]) for row in entries}
    assert "recurrence.instance-created" in {row[0] for row in entries}, "a follow-up of a follow-up"
    assert {row[2] for row in entries} == {"a run"}
    assert len({orjson.loads(row[3])["data"]["cause"]["id"] for row in entries}) == 1


async def test_completing_makes_the_next_one(world: World, person: FakePerson, loops: dict[str, Catchup]) -> None:
    series_id = await world.create_series(person, **AFTER_DONE)
    await everything(loops)
    first = await awaited(world, series_id)
    world.clock.move(days=1)
    await world.say(first, person.says("CompleteTask"))
    await everything(loops)
    assert await tasks_of(world, series_id) == [("2026-11-22T09:00", "completed"), ("2026-11-24T09:00", "open")]
    await world.say(first, person.says("ReopenTask"))
    await world.say(first, person.says("CompleteTask"))
    await everything(loops)
    assert len(await tasks_of(world, series_id)) == 2, "the same occurrence completed again makes no other"


async def test_deleting_the_awaited_one_makes_the_next_one(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    series_id = await world.create_series(person, **AFTER_DONE)
    await everything(loops)
    world.clock.move(days=2)
    await world.say(await awaited(world, series_id), person.says("DeleteTask"))
    await everything(loops)
    assert await tasks_of(world, series_id) == [("2026-11-22T09:00", "trash"), ("2026-11-25T09:00", "open")]


async def test_one_that_is_reopened_or_restored_goes_with_its_series(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    series_id = await world.create_series(person, **AFTER_DONE)
    await everything(loops)
    world.clock.move(days=2)
    for done, undone in (("CompleteTask", "ReopenTask"), ("DeleteTask", "RestoreTask")):
        first = await awaited(world, series_id)
        await world.say(first, person.says(done))
        await everything(loops)
        world.clock.move(days=2)
        await world.say(first, person.says(undone))
        await everything(loops)
        assert await awaited(world, series_id) == first
        assert [state for _, state in await tasks_of(world, series_id)].count("open") == 1
    await world.say(series_id, person.says("DeleteSeries", {"occurrences": "delete"}))
    await everything(loops)
    assert {state for _, state in await tasks_of(world, series_id)} == {"trash"}


async def test_one_restored_as_completed_is_not_open_for_its_series(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    series_id = await world.create_series(person, **AFTER_DONE)
    await everything(loops)
    world.clock.move(days=2)
    first = await awaited(world, series_id)
    for name in ("CompleteTask", "DeleteTask", "RestoreTask"):
        await world.say(first, person.says(name))
    await everything(loops)
    assert (await series_of(world, series_id))["open"] == []


async def test_a_skip_takes_the_task_back_and_tells_the_series_nothing_of_it(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    series_id = await world.create_series(person, **CHORE)
    await everything(loops)
    await world.say(series_id, person.says("SkipSlot", {"slot": "2026-11-23T09:00"}))
    await everything(loops)
    assert await tasks_of(world, series_id) == [("2026-11-23T09:00", "trash"), ("2026-11-24T09:00", "open")]
    assert ("OccurrenceDeleted", series_id) not in world.calls


@pytest.mark.parametrize("whose", ["own", "own, purged", "a stranger's"])
async def test_an_occurrence_whose_id_is_taken_gets_another(
    world: World, person: FakePerson, loops: dict[str, Catchup], whose: str
) -> None:
    """What is there stays as it is, whatever the series and its task do then."""
    series_id = await world.create_series(person, **CHORE)
    first_id = occurrence_id(series_id, 1, "2026-11-23T09:00")
    other = person if whose.startswith("own") else FakePerson()
    await world.say(first_id, other.says("CreateTask", {"id": first_id, "title": "Was here before"}))
    if whose == "own, purged":
        await world.say(first_id, other.says("PurgeTask"))
    before = await world.value("SELECT value FROM dapr_state WHERE key LIKE '%TaskActor%'")
    taken = metrics.occurrence_ids_taken._value.get()
    await everything(loops)
    assert metrics.occurrence_ids_taken._value.get() == taken + 1
    second_id = occurrence_id(series_id, 1, "2026-11-23T09:00", 1)
    assert await awaited(world, series_id) == second_id
    assert await tasks_of(world, series_id) == [("2026-11-23T09:00", "open")]
    await replay(world)
    await everything(loops)
    assert await tasks_of(world, series_id) == [("2026-11-23T09:00", "open")], "also when all events come again"
    world.clock.move(days=1)
    await world.say(series_id, tick_command(series_id, instant_text(world.clock.now())), "SeriesActor")
    await world.say(second_id, person.says("CompleteTask"))
    await everything(loops)
    assert (await series_of(world, series_id))["open"] == [], "its reports are about this slot"
    assert await tasks_of(world, series_id) == [("2026-11-23T09:00", "completed"), ("2026-11-24T09:00", "open")]
    await world.say(series_id, person.says("DeleteSeries", {"occurrences": "delete"}))
    await everything(loops)
    after = await world.value("SELECT value FROM dapr_state WHERE key LIKE $1", f"%TaskActor||{first_id}%")
    assert after == before


async def test_an_occurrence_with_another_id_can_be_withdrawn_before_it_is_made(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    series_id = await world.create_series(person, **CHORE)
    first_id = occurrence_id(series_id, 1, "2026-11-23T09:00")
    await world.say(first_id, person.says("CreateTask", {"id": first_id, "title": "Was here before"}))
    wanted = {"generation": 1, "slot": "2026-11-23T09:00", "task_id": first_id, "wanted_since": "2026-11-22T12:00:00Z"}
    await world.say(series_id, person.says("OccurrenceTaken", wanted), "SeriesActor")
    await world.say(series_id, person.says("SkipSlot", {"slot": "2026-11-23T09:00"}))
    await withdraw_first(world)
    await everything(loops)
    assert await tasks_of(world, series_id) == [("2026-11-23T09:00", "purged"), ("2026-11-24T09:00", "open")]


async def test_a_slot_skipped_before_its_task_was_made_leaves_a_tombstone(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    """Both events are committed before the consumer looks, and the second is handled first."""
    series_id = await world.create_series(person, **CHORE)
    await world.say(series_id, person.says("SkipSlot", {"slot": "2026-11-23T09:00"}))
    await withdraw_first(world)
    await everything(loops)
    assert await tasks_of(world, series_id) == [("2026-11-23T09:00", "purged"), ("2026-11-24T09:00", "open")]
    assert await world.value("SELECT count(*) FROM outbox WHERE type = 'task.created'") == 1
    assert world.calls.count(("OccurrenceCreated", series_id)) == 1, "none for the one that was withdrawn"


async def withdraw_first(world: World) -> None:
    """Puts the event that withdraws the task before the one that asks for it."""
    await world.rows("ALTER TABLE outbox ALTER position DROP IDENTITY")
    await world.rows("UPDATE outbox SET position = position + 1000 WHERE type = 'recurrence.triggered'")
    await world.rows("CREATE SEQUENCE later START 5000")
    await world.rows("ALTER TABLE outbox ALTER position SET DEFAULT nextval('later')")


async def test_a_moved_slot_and_a_new_template_reach_the_task(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    series_id = await world.create_series(person, **CHORE)
    await everything(loops)
    due = {"local": "2026-11-23T18:00", "zone": "UTC"}
    await world.say(series_id, person.says("MoveSlot", {"slot": "2026-11-23T09:00", "to": due}))
    await world.say(series_id, person.says("PatchSeries", {"template": {"title": "Water the trees"}}))
    await everything(loops)
    task = orjson.loads(await world.value("SELECT body FROM tasks"))
    assert (task["due"], task["title"]) == (due, "Water the trees")
    assert await tasks_of(world, series_id) == [("2026-11-23T09:00", "open")]


async def test_a_split_makes_the_successor_once(world: World, person: FakePerson, loops: dict[str, Catchup]) -> None:
    series_id = await world.create_series(person, **CHORE)
    await everything(loops)
    command = person.says("SplitSeries", {"slot": "2026-11-25T09:00", "patch": {"template": {"title": "Prune"}}})
    await world.say(series_id, command)
    await everything(loops)
    await replay(world)
    await everything(loops)
    (successor,) = await world.rows("SELECT id, body FROM series WHERE id <> $1", series_id)
    body = orjson.loads(successor["body"])
    assert (body["split_from"], body["template"]["title"]) == (series_id, "Prune")
    assert await tasks_of(world, successor["id"]) == [("2026-11-25T09:00", "open")]
    assert (await series_of(world, series_id))["ends_before"] == "2026-11-25T09:00"


async def test_a_series_deleted_with_its_occurrences_while_the_next_is_being_made(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    series_id = await world.create_series(person, **CHORE | {"look_ahead_days": 3})
    await everything(loops)
    world.clock.move(days=1)
    await world.tick("SeriesActor", series_id)
    await world.say(series_id, person.says("DeleteSeries", {"occurrences": "delete"}))
    await everything(loops)
    occurrences = await tasks_of(world, series_id)
    assert len(occurrences) >= 4
    assert {state for _, state in occurrences} <= {"trash", "purged"}


# --- Faults


def use_maker(world: World, loops: dict[str, Catchup], **options: Any) -> None:
    """Puts an OccurrenceMaker with these options behind the consumer."""
    maker = OccurrenceMaker(world.database, world, **options)
    loops["recurrence"] = Catchup(world.database, replace(loops["recurrence"].consumer, handler=maker))


async def test_a_series_that_cannot_be_reached_holds_up_no_other(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    now = [0.0]
    use_maker(world, loops, monotonic=lambda: now[0])
    broken, sound = [await world.create_series(person, **CHORE) for _ in range(2)]
    world.unreachable = {broken, *await task_ids(world, broken)}
    for _ in range(3):
        await loops["recurrence"].step()
    assert len(await tasks_of(world, sound)) == 1
    assert await tasks_of(world, broken) == []
    tries = world.tried
    assert await loops["recurrence"].step() == 0
    assert world.tried == tries, "it rests before it is tried again"
    world.unreachable = set()
    now[0] += REST_SECONDS
    await everything(loops)
    assert len(await tasks_of(world, broken)) == 1
    assert await world.value("SELECT count(*) FROM dead_letters") == 0


async def test_a_series_that_alone_cannot_be_reached_holds_up_no_task_of_none(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    broken = await world.create_series(person, **CHORE)
    world.unreachable = {broken, *await task_ids(world, broken)}
    task_id = await world.create(person, title="of no series")
    await world.say(task_id, person.says("CompleteTask"))
    assert await loops["recurrence"].step() == 1
    handled = await world.rows("SELECT event_id FROM inbox WHERE consumer = 'recurrence'")
    assert [row[0] for row in handled] == [f"TaskActor:{task_id}:2:1"]


async def task_ids(world: World, series_id: str) -> list[str]:
    rows = await world.rows("SELECT DISTINCT body->'data'->>'task_id' FROM outbox WHERE actor_id = $1", series_id)
    return [row[0] for row in rows if row[0]]


async def test_when_nobody_can_be_reached_it_is_an_outage(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    series_id = await world.create_series(person, **CHORE)
    world.down = True
    with pytest.raises(Unavailable):
        await loops["recurrence"].step()
    world.down = False
    await everything(loops)
    assert await tasks_of(world, series_id) == [("2026-11-23T09:00", "open")]


async def test_tasks_of_no_series_are_told_to_nobody(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    task_id = await world.create(person)
    await world.say(task_id, person.says("CompleteTask"))
    assert await loops["recurrence"].step() == 1
    assert world.calls == []


async def test_tasks_that_are_to_be_made_go_before_reports_of_those_that_are(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    use_maker(world, loops, few_reports=0)
    first = await world.create_series(person, **CHORE)
    assert await loops["recurrence"].step() == 0, "made, to be reported"
    second = await world.create_series(person, **CHORE)
    await loops["recurrence"].step()
    assert [call for call in world.calls if call[0] == "OccurrenceCreated"] == []
    await loops["recurrence"].step()
    assert [call[0] for call in world.calls] == ["CreateTask"] * 2 + ["OccurrenceCreated"] * 2
    assert {call[1] for call in world.calls[2:]} == {first, second}
    assert await loops["recurrence"].step() == 0


async def test_a_report_does_not_wait_for_ever_while_tasks_are_to_be_made(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    use_maker(world, loops, few_reports=0, report_seconds=0.1)
    first = await world.create_series(person, **CHORE)
    await loops["recurrence"].step()
    await asyncio.sleep(0.2)
    await world.create_series(person, **CHORE)
    await loops["recurrence"].step()
    assert ("OccurrenceCreated", first) in world.calls


async def test_a_series_that_takes_no_report_holds_up_no_other(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    use_maker(world, loops, few_reports=0)
    broken = await world.create_series(person, **CHORE)
    await loops["recurrence"].step()
    world.unreachable = {broken}
    sound = await world.create_series(person, **CHORE)
    for _ in range(4):
        await loops["recurrence"].step()
    assert world.calls.count(("OccurrenceCreated", sound)) == 1
    assert world.tried - len(world.calls) == 1, "tried once, then it rests"
