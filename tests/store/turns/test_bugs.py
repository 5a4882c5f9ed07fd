"""A bug of one actor slows down neither the consumers nor the sweeper, the chores or the simulation.

The turns are real ones, over the simulation's sidecar; the actor with the bug is one whose stored state is spoilt.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest

from actors.clock import instant_text
from actors.commands import Command
from actors.ports import Ports
from actors.replies import Reply
from host import metrics
from host.bugs import BugLog
from host.chores.pruner import Pruner
from host.chores.replay import Replay
from host.chores.sweeper import Sweeper
from host.chores.zone_rules import ZoneRules
from host.consumers.catchup import Catchup
from host.consumers.occurrences import OccurrenceMaker
from host.consumers.wiring import wired
from host.dapr.gateway import ActorBug, Gateway
from host.keys.doorkeeper import Doorkeeper
from host.simulation.clock import SimulatedClock
from host.simulation.sidecar import SimulatedSidecar
from host.simulation.world import World as Simulated
from host.store.engine import Database
from host.store.turns import actor_state
from host.store.turns.commands import CommandLog
from host.version import code_version
from tests.fakes.faulty import put_back, spoil
from tests.fakes.person import FakeClock, FakePerson
from tests.fakes.signing import signatures
from tests.store.chores.test_wakes import FakeScheduler
from tests.store.recurrence.occurrences import AFTER_DONE, CHORE
from tests.support.deadline import eventually

pytestmark = pytest.mark.store

DUE = {"local": "2026-11-22T14:00", "zone": "UTC"}


@dataclass
class Here:
    """Actors, and the consumers that call them."""

    database: Database
    clock: FakeClock
    gateway: Gateway
    person: FakePerson
    recurrence: OccurrenceMaker
    loops: dict[str, Catchup]

    async def say(self, actor_type: str, actor_id: str, name: str, **body: Any) -> Reply:
        return await self.gateway.send(actor_type, actor_id, self.person.says(name, body))

    async def create(self, **body: Any) -> str:
        command = self.person.says("CreateTask", {"title": "Pay rent", **body})
        reply = await self.gateway.send("TaskActor", self.person.task_of(command), command)
        return str(reply.value["id"])

    async def spoil(self, actor_type: str, actor_id: str) -> bytes:
        async with self.database.raw() as connection:
            return await spoil(connection, actor_type, actor_id)

    async def put_back(self, actor_type: str, actor_id: str, before: bytes) -> None:
        async with self.database.raw() as connection:
            await put_back(connection, actor_type, actor_id, before)

    async def rows(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        async with self.database.raw() as connection:
            return [tuple(row) for row in await connection.fetch(query, *arguments)]

    async def value(self, query: str, *arguments: Any) -> Any:
        return (await self.rows(query, *arguments))[0][0]

    async def settle(self, *names: str) -> None:
        """Runs these consumers until all events are handled, those at fault after their last try."""
        while sum([await self.loops[name].step() for name in names]) or self.recurrence._failed:
            await asyncio.sleep(0.01)

    def sweeper(self) -> Sweeper:
        scheduler = FakeScheduler()
        return Sweeper(
            self.database,
            self.gateway,
            self.clock,
            sentinel_present=scheduler.present,
            plant_sentinel=scheduler.plant,
        )


def nobody(*_: object) -> None:
    """Does nothing, where nobody waits."""


@pytest.fixture
async def here(database: Database, clock: FakeClock, person: FakePerson) -> Here:
    sidecar, signing = SimulatedSidecar(database), signatures()
    ports = Ports(
        clock=clock,
        commands=CommandLog(database),
        on_commit=nobody,
        note_armed=nobody,
        on_bug=BugLog().note,
        fault_of=Doorkeeper(signing).fault_of,
    )
    await sidecar.host(ports)
    gateway = Gateway(sidecar, signing)
    handlers = wired(database, clock, gateway, settle_seconds=0)
    loops = {consumer.name: Catchup(database, consumer) for consumer in handlers.consumers()}
    for loop in loops.values():
        await loop.step()
    assert isinstance(handlers.recurrence, OccurrenceMaker)
    await gateway.send("UserActor", person.id, person.signs_up())
    return Here(database, clock, gateway, person, handlers.recurrence, loops)


# --- Consumers


async def test_of_a_hundred_series_the_one_with_a_bug_holds_up_none(here: Here) -> None:
    series = [f"00000000-0000-4000-8000-{number:012}" for number in range(100)]
    for series_id in series:
        await here.say("SeriesActor", series_id, "CreateSeries", id=series_id, **AFTER_DONE)
    await here.settle("projector", "recurrence")
    first = {row[0]: row[1] for row in await here.rows("SELECT series_id, id FROM tasks")}
    assert len(first) == 100
    faulty = series[50]
    await here.spoil("SeriesActor", faulty)
    for series_id in series:
        await here.say("TaskActor", first[series_id], "CompleteTask")
    began = time.monotonic()
    running = asyncio.create_task(here.loops["recurrence"].run())

    async def made(count: int) -> bool:
        triggered = (
            f"SELECT count(*) FROM dapr_state WHERE {actor_state.IS_DOC} AND {actor_state.type_sql()} = 'TaskActor'"
        )
        return bool(await here.value(triggered) == 100 + count)

    await eventually(lambda: made(99), 5, "the next task of each of the others")
    others = time.monotonic() - began

    async def passed() -> bool:
        behind = "SELECT (SELECT max(position) FROM outbox) - position FROM watermarks WHERE consumer = 'recurrence'"
        return bool(await here.value(behind) == 0)

    await eventually(passed, 10, "the watermark passed the event at fault")
    watermark = time.monotonic() - began
    running.cancel()
    letters = await here.rows("SELECT event_id, error, tries, code_version FROM dead_letters")
    assert [(row[0], row[2], row[3]) for row in letters] == [(f"TaskActor:{first[faulty]}:2:1", 3, code_version())]
    assert letters[0][1].startswith("ActorBug: SeriesActor has a bug: ")
    assert (others, watermark) < (5, 5)


async def series_with_task(here: Here) -> tuple[str, str]:
    series_id = str(uuid4())
    await here.say("SeriesActor", series_id, "CreateSeries", id=series_id, **CHORE)
    await here.settle("projector", "recurrence")
    return series_id, await here.value("SELECT id FROM tasks WHERE series_id = $1", series_id)


async def test_what_a_series_says_later_waits_for_the_three_tries_and_then_goes_on(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    series_id, task_id = await series_with_task(here)
    sent: list[str] = []
    send = here.gateway.send

    async def no_move(actor_type: str, actor_id: str, command: Command) -> Reply:
        sent.append(command.name)
        if command.name == "MoveDue":
            raise ActorBug(actor_type, "0123456789ab")
        return await send(actor_type, actor_id, command)

    due = {"local": "2026-11-23T18:00", "zone": "UTC"}
    await here.say("SeriesActor", series_id, "MoveSlot", slot="2026-11-23T09:00", to=due)
    await here.say("SeriesActor", series_id, "PatchSeries", template={"title": "Prune"})
    monkeypatch.setattr(here.gateway, "send", no_move)
    await here.settle("recurrence")
    assert [name for name in sent if name != "OccurrenceCreated"] == ["MoveDue"] * 3 + ["Retemplate"]
    await here.settle("projector")
    assert await here.value("SELECT title FROM tasks WHERE id = $1", task_id) == "Prune"


async def test_a_delivery_of_the_broker_with_an_event_at_fault_is_over_within_a_second(here: Here) -> None:
    faulty, task_id = await series_with_task(here)
    await here.spoil("SeriesActor", faulty)
    await here.say("TaskActor", task_id, "CompleteTask")
    sound = str(uuid4())
    await here.say("SeriesActor", sound, "CreateSeries", id=sound, **CHORE)
    event_ids = [row[0] for row in await here.rows("SELECT event_id FROM outbox ORDER BY position DESC LIMIT 4")]
    began = time.monotonic()
    await here.loops["recurrence"].deliver(event_ids)
    assert time.monotonic() - began < 3
    assert await here.value("SELECT count(*) FROM dead_letters") == 1
    await here.settle("projector")
    assert await here.value("SELECT count(*) FROM tasks WHERE series_id = $1", sound) == 1


async def test_a_task_with_a_bug_keeps_none_of_its_owners_others_in_the_old_zone(here: Here) -> None:
    await here.say("UserActor", here.person.id, "RegisterUser", email="ada@example.org", zone="UTC")
    tasks = [await here.create(due={"date": "2026-12-01"}) for _ in range(20)]
    await here.say("UserActor", here.person.id, "PatchUser", zone="Asia/Tokyo")
    await here.settle("projector")
    before = await here.spoil("TaskActor", tasks[3])
    await here.settle("rezone", "projector")
    moved = "SELECT count(*) FROM tasks WHERE due_at = '2026-12-01 00:00:00+00'"
    assert await here.value(moved) == 19
    assert [row[0] for row in await here.rows("SELECT consumer FROM dead_letters")] == ["rezone"]
    await here.put_back("TaskActor", tasks[3], before)
    replay = Replay(here.database, [loop.consumer for loop in here.loops.values()], code="the next")
    assert await replay.step() == 1
    await here.settle("projector")
    assert await here.value(moved) == 20


# --- Dead letters and the program


async def spoilt_history(here: Here) -> tuple[str, bytes]:
    """Returns a series with a bug, dead letters of its task's deletion and restoration, and its doc without the bug."""
    series_id, task_id = await series_with_task(here)
    before = await here.spoil("SeriesActor", series_id)
    for name in ("DeleteTask", "RestoreTask"):
        await here.say("TaskActor", task_id, name)
    await here.settle("projector", "recurrence")
    assert await here.value("SELECT count(*) FROM dead_letters") == 2
    return series_id, before


async def test_another_program_tries_the_letters_once_in_the_order_of_each_actor(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    series_id, before = await spoilt_history(here)
    all_consumers = [loop.consumer for loop in here.loops.values()]
    assert await Replay(here.database, all_consumers).step() == 0, "the same program would fail again"
    await here.put_back("SeriesActor", series_id, before)
    sent: list[str] = []
    send = here.gateway.send

    async def note(actor_type: str, actor_id: str, command: Command) -> Reply:
        sent.append(command.name)
        return await send(actor_type, actor_id, command)

    monkeypatch.setattr(here.gateway, "send", note)
    assert await Replay(here.database, all_consumers, code="the next").step() == 2
    assert sent == ["OccurrenceDeleted", "OccurrenceOpened"]
    assert await here.value("SELECT count(*) FROM dead_letters") == 0


async def test_what_may_be_over_is_left_to_a_person(here: Here) -> None:
    """The task has published later events since, and recurrence has handled them."""
    series_id, before = await spoilt_history(here)
    await here.put_back("SeriesActor", series_id, before)
    await here.say("TaskActor", await here.value("SELECT id FROM tasks"), "CompleteTask")
    await here.settle("projector", "recurrence")
    replay = Replay(here.database, [loop.consumer for loop in here.loops.values()], code="the next")
    assert await replay.step() == 0
    assert await here.rows("SELECT replay_at, tries FROM dead_letters") == [(None, 3), (None, 3)]


async def test_a_letter_that_fails_in_the_next_program_too_waits_for_the_one_after_it(here: Here) -> None:
    await spoilt_history(here)
    all_consumers = [loop.consumer for loop in here.loops.values()]
    for code in ("the next", "the one after"):
        replay = Replay(here.database, all_consumers, code=code)
        for _ in range(60):
            assert await replay.step() == 0
            if not await here.value("SELECT count(*) FROM dead_letters WHERE replay_at IS NOT NULL"):
                break
            await asyncio.sleep(0.1)
        assert await here.rows("SELECT DISTINCT code_version, replay_at FROM dead_letters") == [(code, None)]
        tries = await here.rows("SELECT tries FROM dead_letters")
        assert await replay.step() == 0
        assert await here.rows("SELECT tries FROM dead_letters") == tries
    assert tries == [(5,), (5,)]


# --- Sweeper


async def test_a_wake_with_a_bug_is_tried_after_growing_pauses_and_the_others_at_once(here: Here) -> None:
    tasks = [await here.create(due=DUE, reminders=[{"offset_minutes": 30}]) for _ in range(50)]
    faulty = tasks[7]
    await here.spoil("TaskActor", faulty)
    here.clock.move(hours=1, minutes=30, seconds=3)
    sweeper, tried = here.sweeper(), []
    began = time.monotonic()
    assert await sweeper.tick_overdue() == 50
    assert time.monotonic() - began < 3, "no pause and no repeat for the one"
    assert await here.value("SELECT count(*) FROM outbox WHERE type = 'reminder.fired'") == 49
    for second in range(1, 1_900):
        here.clock.move(seconds=1)
        if await here.value("SELECT count(*) FROM wakes WHERE wake_at <= $1", here.clock.now() - timedelta(seconds=2)):
            tried += [second] * await sweeper.tick_overdue()
        if second == 40:
            assert tried == [2, 6, 14, 30]
    assert [after - before for before, after in pairwise(tried)][3:8] == [32, 64, 128, 256, 512]


async def test_another_program_and_a_clock_put_back_try_a_wake_with_a_bug_at_once(here: Here) -> None:
    task_id = await here.create(due=DUE, reminders=[{"offset_minutes": 30}])
    before = await here.spoil("TaskActor", task_id)
    here.clock.move(hours=1, minutes=30, seconds=3)
    sweeper = here.sweeper()
    for _ in range(6):
        here.clock.move(minutes=2)
        await sweeper.tick_overdue()
    assert await here.value("SELECT fails FROM wakes") > 3
    here.clock.move(seconds=10)
    assert await sweeper.tick_overdue() == 0, "it rests"
    assert await here.sweeper().tick_overdue() == 1
    here.clock.move(minutes=-5)
    assert await sweeper.tick_overdue() == 1
    await here.put_back("TaskActor", task_id, before)
    assert await here.sweeper().tick_overdue() == 1
    assert await here.value("SELECT count(*) FROM outbox WHERE type = 'reminder.fired'") == 1


async def test_the_pause_grows_to_a_quarter_of_an_hour_and_ends_with_a_new_wake(here: Here) -> None:
    task_id = await here.create(due=DUE, reminders=[{"offset_minutes": 30}])
    before = await here.spoil("TaskActor", task_id)
    here.clock.move(hours=1, minutes=30, seconds=3)
    sweeper = here.sweeper()
    for _ in range(14):
        assert await sweeper.tick_overdue() == 1
        here.clock.move(minutes=15)
    assert await here.value("SELECT fails FROM wakes") == 14
    await sweeper._count()
    assert (metrics.wakes_failing._value.get(), metrics.wakes_overdue._value.get()) == (1, 0)
    await here.put_back("TaskActor", task_id, before)
    soon = instant_text(here.clock.now() + timedelta(minutes=1))
    await here.say("TaskActor", task_id, "PatchTask", due={"date": "2026-12-01"}, reminders=[{"at": soon}])
    await sweeper._count()
    assert (metrics.wakes_failing._value.get(), metrics.wakes_overdue._value.get()) == (0, 0)
    await here.spoil("TaskActor", task_id)
    here.clock.move(minutes=1, seconds=3)
    assert await sweeper.tick_overdue() == 1
    assert await here.value("SELECT fails FROM wakes") == 1, "it began anew"


# --- Chores


async def test_a_task_in_the_trash_with_a_bug_keeps_none_of_the_others_there(here: Here) -> None:
    tasks = [await here.create() for _ in range(3)]
    for task_id in tasks:
        await here.say("TaskActor", task_id, "DeleteTask")
    await here.settle("projector")
    await here.spoil("TaskActor", tasks[0])
    here.clock.move(days=31)
    await Pruner(here.database, here.gateway, here.clock, broker=False).empty_trash()
    assert await here.value("SELECT count(*) FROM outbox WHERE type = 'task.purged'") == 2


async def test_new_zone_rules_pass_by_a_bug_and_the_next_program_comes_back_to_it(here: Here) -> None:
    series_id, _ = await series_with_task(here)
    await series_with_task(here)
    before = await here.spoil("SeriesActor", series_id)
    rules = ZoneRules(here.database, here.gateway, here.clock, version="2099b")
    assert await rules.check() == 2
    assert await rules.check() == 0
    await here.put_back("SeriesActor", series_id, before)
    after = ZoneRules(here.database, here.gateway, here.clock, version="2099b", code="the next")
    assert await after.check() == 2
    assert await after.check() == await rules.check() == 0


# --- Simulation


async def test_in_the_simulation_time_goes_on_beside_a_bug(database: Database) -> None:
    person, start = FakePerson(), datetime(2027, 3, 1, tzinfo=UTC)
    world = Simulated(database, SimulatedClock(start))
    await world.open()
    due = {"local": "2027-03-01T12:00", "zone": "UTC"}
    tasks: list[str] = []
    for _ in range(3):
        command = person.says("CreateTask", {"title": "Pay rent", "due": due, "reminders": [{"offset_minutes": 5}]})
        tasks.append(str((await world.send("TaskActor", person.task_of(command), command)).value["id"]))
    async with database.raw() as connection:
        await spoil(connection, "TaskActor", tasks[0])
    await world.run_to(start + timedelta(days=1))
    async with database.raw() as connection:
        fired = await connection.fetch("SELECT DISTINCT actor_id FROM outbox WHERE type = 'reminder.fired'")
        assert {row[0] for row in fired} == set(tasks[1:])
        assert 5 < await connection.fetchval("SELECT fails FROM wakes WHERE actor_id = $1", tasks[0]) < 70
