"""The recurrence consumer: an occurrence exists exactly once, however often, late or out of order events come."""

import asyncio
import random
from typing import Any

import orjson
import pytest

from actors.commands import Command, occurrence_id
from actors.replies import Reply
from host.consumers import recurrence
from host.consumers.catchup import Catchup
from host.consumers.handler import Consumer
from host.consumers.recurrence import Recurrence
from host.consumers.table import CONSUMERS
from host.gateway import Unavailable
from host.store.engine import Database
from tests.fakes.person import FakePerson
from tests.store.world import World

pytestmark = pytest.mark.store

# Noon on 22 November: the first slot is tomorrow's.
DAILY = {"rule": "FREQ=DAILY", "start": {"local": "2026-11-22T09:00", "zone": "UTC"}}
CHORE = {"template": {"title": "Water the plants", "tags": ["home"]}, **DAILY}
AFTER_DONE = CHORE | {"mode": "completion"}


@pytest.fixture
async def person(world: World, loops: dict[str, Catchup]) -> FakePerson:
    person = FakePerson(zone="Europe/Berlin")
    await world.say(person.id, person.says("RegisterUser", {"email": "ada@example.org", "zone": "Europe/Berlin"}))
    return person


@pytest.fixture
async def other(database: Database, world: World) -> Catchup:
    """A second process with the same consumer."""
    return Catchup(database, Consumer("recurrence", *CONSUMERS["recurrence"], Recurrence(database, world)))


async def everything(loops: dict[str, Catchup]) -> None:
    """Until nobody has anything to do."""
    while sum([await loops[name].step() for name in ("projector", "recurrence")]):
        pass


async def tasks_of(world: World, series_id: str) -> list[tuple[str, str]]:
    """(slot, state) of each occurrence that the actors know, by slot."""
    rows = await world.rows("SELECT value FROM dapr_state WHERE key LIKE '%TaskActor%'")
    states = [orjson.loads(row[0])["state"] for row in rows]
    return sorted((s["occurrence"]["slot"], _state(s)) for s in states if s["series_id"] == series_id)


def _state(task: dict[str, Any]) -> str:
    if task["purged"]:
        return "purged"
    return "trash" if task["deleted_at"] else str(task["status"])


async def series_of(world: World, series_id: str) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(await world.value("SELECT body FROM series WHERE id = $1", series_id))
    return found


async def awaited(world: World, series_id: str) -> str:
    return str((await series_of(world, series_id))["awaited"]["task_id"])


async def test_a_new_series_has_its_first_occurrence_and_hears_that_it_is_there(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    series_id = await world.create_series(person, **CHORE)
    await everything(loops)
    assert await tasks_of(world, series_id) == [("2026-11-23T09:00", "open")]
    shown = orjson.loads(await world.value("SELECT body FROM tasks"))
    assert (shown["title"], shown["tags"], shown["due"]["local"]) == ("Water the plants", ["home"], "2026-11-23T09:00")
    assert [reminder["offset_minutes"] for reminder in shown["reminders"]] == [30], "the user's default"
    assert shown["id"] == await awaited(world, series_id)
    told = await world.rows("SELECT type FROM activity WHERE task_id = $1 ORDER BY position", shown["id"])
    assert [row[0] for row in told] == [
        "recurrence.triggered",
        "task.created",
        "reminder.scheduled",
        "recurrence.instance-created",
    ]


async def test_completing_makes_the_next_one(world: World, person: FakePerson, loops: dict[str, Catchup]) -> None:
    series_id = await world.create_series(person, **AFTER_DONE)
    await everything(loops)
    first = await awaited(world, series_id)
    world.clock.move(days=1)
    await world.say(first, person.says("CompleteTask"))
    await everything(loops)
    assert await tasks_of(world, series_id) == [("2026-11-23T09:00", "completed"), ("2026-11-24T09:00", "open")]
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
    assert await tasks_of(world, series_id) == [("2026-11-23T09:00", "trash"), ("2026-11-25T09:00", "open")]


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
        assert first in [made["task_id"] for made in (await series_of(world, series_id))["open"]]
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


async def test_a_slot_skipped_before_its_task_was_made_leaves_a_tombstone(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    """Both events are there before the consumer looks, and the second is handled first."""
    series_id = await world.create_series(person, **CHORE)
    await world.say(series_id, person.says("SkipSlot", {"slot": "2026-11-23T09:00"}))
    await withdraw_first(world)
    await everything(loops)
    assert await tasks_of(world, series_id) == [("2026-11-23T09:00", "purged"), ("2026-11-24T09:00", "open")]
    assert await world.value("SELECT count(*) FROM outbox WHERE type = 'task.created'") == 1
    assert world.calls.count(("OccurrenceCreated", series_id)) == 1, "not for the one that is not to be"


async def withdraw_first(world: World) -> None:
    """Let the event that takes the task back stand before the one that asks for it."""
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
    shown = orjson.loads(await world.value("SELECT body FROM tasks"))
    assert (shown["due"], shown["title"]) == (due, "Water the trees")
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
    found = await tasks_of(world, series_id)
    assert len(found) >= 4
    assert {state for _, state in found} <= {"trash", "purged"}


# --- Twice, in any order, from the beginning, by two at once


async def busy_series(world: World, person: FakePerson, loops: dict[str, Catchup]) -> list[str]:
    """Some series with some of everything that can happen to them; the consumer has not looked at the last of it."""
    ids = [await world.create_series(person, **body) for body in (CHORE, AFTER_DONE, CHORE | {"look_ahead_days": 5})]
    await everything(loops)
    for day in range(24, 28):
        world.clock.move(days=1)
        for series_id in ids:
            await world.tick("SeriesActor", series_id)
        await world.say(await awaited(world, ids[1]), person.says("CompleteTask"))
        await world.say(ids[2], person.says("SkipSlot", {"slot": f"2026-11-{day + 2}T09:00"}))
        if day < 27:
            await everything(loops)
    await world.say(ids[0], person.says("PatchSeries", {"rule": "FREQ=DAILY;INTERVAL=2"}))
    return ids


async def replay(world: World) -> None:
    """The consumer has forgotten everything."""
    await world.rows("DELETE FROM inbox WHERE consumer = 'recurrence'")
    await world.rows("UPDATE watermarks SET position = 0, seen = 0, seen_xid = 0 WHERE consumer = 'recurrence'")


async def state_of(world: World) -> Any:
    return [tuple(row) for row in await world.rows("SELECT key, value FROM dapr_state ORDER BY key")]


async def check_once(world: World) -> None:
    """Each slot that a series has asked for has one task, created or withdrawn unmade, by one event."""
    asked = await world.rows("SELECT body->'data'->>'task_id' FROM outbox WHERE type = 'recurrence.triggered'")
    made = await world.rows(
        """SELECT actor_id FROM outbox WHERE version = 1 AND seq = 1 AND type IN ('task.created', 'task.purged')"""
    )
    assert len(asked) == len({row[0] for row in asked})
    assert sorted(row[0] for row in asked) == sorted(row[0] for row in made)


async def test_a_replay_from_the_beginning_changes_nothing(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    await busy_series(world, person, loops)
    await everything(loops)
    before = await state_of(world)
    await check_once(world)
    sent = len(world.calls)
    await replay(world)
    await everything(loops)
    assert len(world.calls) > sent
    assert await state_of(world) == before


async def test_a_replay_undoes_nothing_that_a_person_did_since(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    series_id = await world.create_series(person, **CHORE | {"look_ahead_days": 2})
    await everything(loops)
    moved, skipped = "2026-11-23T09:00", "2026-11-24T09:00"
    to, by_hand = ({"local": f"2026-11-23T{hour}:00", "zone": "UTC"} for hour in (18, 20))
    await world.say(series_id, person.says("MoveSlot", {"slot": moved, "to": to}))
    await world.say(series_id, person.says("SkipSlot", {"slot": skipped}))
    await everything(loops)
    await world.say(occurrence_id(series_id, 1, moved), person.says("MoveDue", {"due": by_hand}))
    await world.say(occurrence_id(series_id, 1, skipped), person.says("RestoreTask"))
    await replay(world)
    await everything(loops)
    assert orjson.loads(await world.value("SELECT body->'due' FROM tasks ORDER BY due_at LIMIT 1")) == by_hand
    assert (skipped, "open") in await tasks_of(world, series_id)


async def test_a_replay_after_the_commands_were_forgotten_makes_nothing_twice(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    await busy_series(world, person, loops)
    await everything(loops)
    await world.rows("DELETE FROM commands")
    await replay(world)
    await everything(loops)
    await check_once(world)


@pytest.mark.parametrize("seed", range(4))
async def test_shuffled_and_repeated_deliveries_make_each_occurrence_once(
    world: World, person: FakePerson, loops: dict[str, Catchup], seed: int
) -> None:
    chance = random.Random(seed)
    await busy_series(world, person, loops)
    await replay(world)
    types = loops["recurrence"].consumer.types
    ids = [row[0] for row in await world.rows("SELECT event_id FROM outbox WHERE type = ANY($1)", types)]
    stream = [event_id for event_id in ids for _ in range(chance.randint(1, 3))]
    chance.shuffle(stream)
    while stream:
        size = chance.randint(1, 5)
        batch, stream = stream[:size], stream[size:]
        await loops["recurrence"].deliver(batch)
    await everything(loops)
    await check_once(world)


async def test_two_consumers_at_once_make_each_occurrence_once(
    world: World, person: FakePerson, loops: dict[str, Catchup], other: Catchup
) -> None:
    await busy_series(world, person, loops)
    types = loops["recurrence"].consumer.types
    ids = [row[0] for row in await world.rows("SELECT event_id FROM outbox WHERE type = ANY($1)", types)]
    await asyncio.gather(loops["recurrence"].deliver(ids), other.deliver(ids[::-1]), loops["recurrence"].step())
    await everything(loops)
    await check_once(world)


async def test_killed_after_each_command_it_goes_on_without_a_second_occurrence(
    world: World, person: FakePerson, loops: dict[str, Catchup], database: Database
) -> None:
    ids = await busy_series(world, person, loops)
    kills = 0
    while await is_killed(database, Dying(world, kills)):
        kills += 1
    assert kills > 3
    await everything(loops)
    await check_once(world)
    assert ("2026-11-27T09:00", "open") in await tasks_of(world, ids[1])


async def is_killed(database: Database, gateway: "Dying") -> bool:
    """Whether a new process with that gateway ends before it has nothing left to do."""
    catchup = Catchup(database, Consumer("recurrence", *CONSUMERS["recurrence"], Recurrence(database, gateway)))
    try:
        while await catchup.step():
            pass
    except KilledError:
        return True
    return False


class KilledError(BaseException):
    """The process ends here."""


class Dying:
    """A gateway that is killed at the command after so many."""

    def __init__(self, world: World, survived: int) -> None:
        self.world, self.left = world, survived

    async def send(self, actor_type: str, actor_id: str, command: Command) -> Reply:
        if self.left == 0:
            raise KilledError
        self.left -= 1
        return await self.world.send(actor_type, actor_id, command)


# --- Bad days


async def test_a_series_that_cannot_be_reached_holds_up_no_other(
    world: World, person: FakePerson, loops: dict[str, Catchup], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recurrence, "REST_SECONDS", 0.3)
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
    await asyncio.sleep(0.4)
    await everything(loops)
    assert len(await tasks_of(world, broken)) == 1
    assert await world.value("SELECT count(*) FROM dead_letters") == 0


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
    world: World, person: FakePerson, loops: dict[str, Catchup], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recurrence, "FEW_REPORTS", 0)
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
    world: World, person: FakePerson, loops: dict[str, Catchup], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recurrence, "FEW_REPORTS", 0)
    monkeypatch.setattr(recurrence, "REPORT_SECONDS", 0.1)
    first = await world.create_series(person, **CHORE)
    await loops["recurrence"].step()
    await asyncio.sleep(0.2)
    await world.create_series(person, **CHORE)
    await loops["recurrence"].step()
    assert ("OccurrenceCreated", first) in world.calls


async def test_a_series_that_takes_no_report_holds_up_no_other(
    world: World, person: FakePerson, loops: dict[str, Catchup], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recurrence, "FEW_REPORTS", 0)
    broken = await world.create_series(person, **CHORE)
    await loops["recurrence"].step()
    world.unreachable = {broken}
    sound = await world.create_series(person, **CHORE)
    for _ in range(4):
        await loops["recurrence"].step()
    assert world.calls.count(("OccurrenceCreated", sound)) == 1
    assert world.tried - len(world.calls) == 1, "tried once, then it rests"
