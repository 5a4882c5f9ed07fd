"""The sweeper arms unarmed wakes, ticks actors whose wake is overdue, and notices when the scheduler lost its data."""

import asyncio
from typing import Any

import pytest
from prometheus_client import REGISTRY

from host import metrics
from host.chores.sweeper import Sweeper
from host.dapr.arming import Arming
from host.store.engine import Database, Raw
from host.store.turns import wakes
from tests.fakes.person import FakeClock, FakePerson
from tests.store.world import World
from tests.support.deadline import eventually

pytestmark = pytest.mark.store

DUE = {"local": "2026-11-22T14:00", "zone": "UTC"}
WAKE = "2026-11-22T13:30:00.000Z"


class FakeScheduler:
    def __init__(self) -> None:
        self.planted, self.down = True, False

    async def present(self) -> bool:
        if self.down:
            raise OSError("down")
        return self.planted

    async def plant(self) -> None:
        self.planted = True


@pytest.fixture
def scheduler() -> FakeScheduler:
    return FakeScheduler()


@pytest.fixture
def sweeper(world: World, scheduler: FakeScheduler) -> Sweeper:
    return sweeper_of(world, scheduler)


def sweeper_of(world: World, scheduler: FakeScheduler, **options: Any) -> Sweeper:
    return Sweeper(
        world.database,
        world,
        world.clock,
        sentinel_present=scheduler.present,
        plant_sentinel=scheduler.plant,
        **options,
    )


async def age(world: World, seconds: float) -> None:
    """Makes every wake look as if it had been set so long ago."""
    await world.rows("UPDATE wakes SET set_at = set_at - make_interval(secs => $1)", seconds)


async def test_a_wake_is_armed_when_nobody_did_it_for_three_seconds(
    world: World, person: FakePerson, sweeper: Sweeper
) -> None:
    task_id = await world.create(person, due=DUE)
    assert await sweeper.sweep() == 0
    await age(world, 4)
    assert await sweeper.sweep() == 1
    assert world.calls == [("arm", task_id)]


async def test_a_wake_that_was_noted_as_armed_is_left_alone(
    world: World, person: FakePerson, sweeper: Sweeper, database: Database, clock: FakeClock
) -> None:
    task_id = await world.create(person, due=DUE)
    arming = Arming(database, clock)
    arming.note("TaskActor", task_id, WAKE)
    await arming.flush()
    await age(world, 4)
    assert await sweeper.sweep() == 0


async def test_a_note_for_a_wake_that_has_moved_since_does_not_count(
    world: World, person: FakePerson, database: Database, clock: FakeClock
) -> None:
    task_id = await world.create(person, due=DUE)
    arming = Arming(database, clock)
    await world.say(task_id, person.says("MoveDue", {"due": {"local": "2026-11-23T14:00", "zone": "UTC"}}))
    arming.note("TaskActor", task_id, WAKE)
    await arming.flush()
    assert await world.value("SELECT armed_at IS NULL FROM wakes")


async def test_what_is_overdue_by_two_seconds_is_woken_and_fires(
    world: World, person: FakePerson, sweeper: Sweeper, clock: FakeClock
) -> None:
    task_id = await world.create(person, due=DUE, reminders=[{"offset_minutes": 30}])
    clock.move(hours=1, minutes=30, seconds=1)
    assert await sweeper.sweep() == 0
    clock.move(seconds=2)
    assert await sweeper.sweep() == 1
    assert world.calls == [("tick", task_id)]
    assert await world.value("SELECT count(*) FROM outbox WHERE type = 'reminder.fired'") == 1
    assert await sweeper.sweep() == 0


async def test_what_was_tried_least_recently_comes_first(
    world: World, person: FakePerson, clock: FakeClock, scheduler: FakeScheduler
) -> None:
    sweeper = sweeper_of(world, scheduler, rows_at_once=1)
    tasks = {await world.create(person, due=DUE) for _ in range(3)}
    world.down = True
    clock.move(hours=2)
    for _ in range(3):
        await sweeper.sweep()
        clock.move(seconds=3)
    assert await world.value("SELECT count(DISTINCT tried_at) FROM wakes") == 3
    world.down = False
    for _ in range(3):
        await sweeper.sweep()
    assert {actor_id for _, actor_id in world.calls} == tasks


async def test_a_full_batch_is_followed_at_once_by_the_next(
    world: World, person: FakePerson, clock: FakeClock, scheduler: FakeScheduler
) -> None:
    sweeper = sweeper_of(world, scheduler, rows_at_once=1, sweep_seconds=60.0)
    tasks = {("tick", await world.create(person, due=DUE)) for _ in range(3)}
    clock.move(hours=2)
    running = asyncio.create_task(sweeper.run())
    await eventually(lambda: tasks <= set(world.calls), 5, "every tick")
    running.cancel()


async def test_a_missing_sentinel_makes_every_wake_unarmed_and_is_planted_again(
    world: World, person: FakePerson, sweeper: Sweeper, scheduler: FakeScheduler
) -> None:
    task_id = await world.create(person, due=DUE)
    await age(world, 10)
    await world.rows("UPDATE wakes SET armed_at = now()")
    await sweeper.check_sentinel()
    assert await sweeper.sweep() == 0
    scheduler.planted = False
    await sweeper.check_sentinel()
    assert scheduler.planted
    assert await sweeper.sweep() == 1
    assert world.calls == [("arm", task_id)]


async def test_what_the_scheduler_lost_is_forgotten_in_pages_and_armed_meanwhile(
    world: World, person: FakePerson, scheduler: FakeScheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweeper = sweeper_of(world, scheduler, forget_at_once=2)
    tasks = {("arm", await world.create(person, due=DUE)) for _ in range(5)}
    await world.rows("UPDATE wakes SET armed_at = now(), set_at = set_at - interval '1 minute'")
    scheduler.planted = False
    forget, unarmed = wakes.forget_armed, []

    async def and_sweep(connection: Raw, after: wakes.Actor, limit: int) -> tuple[int, wakes.Actor | None]:
        assert not scheduler.planted
        page = await forget(connection, after, limit)
        unarmed.append(await world.value("SELECT count(*) FROM wakes WHERE armed_at IS NULL"))
        await sweeper.sweep()
        await world.rows("UPDATE wakes SET armed_at = now() WHERE armed_at IS NULL")
        return page

    monkeypatch.setattr(wakes, "forget_armed", and_sweep)
    await sweeper.check_sentinel()
    assert scheduler.planted
    assert unarmed == [2, 2, 1, 0]
    assert sorted(world.calls) == sorted(tasks), "each is armed once"


async def test_forgetting_that_is_cut_off_is_done_by_the_next_check(
    world: World, person: FakePerson, scheduler: FakeScheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweeper = sweeper_of(world, scheduler, forget_at_once=1)
    for _ in range(3):
        await world.create(person, due=DUE)
    await world.rows("UPDATE wakes SET armed_at = now()")
    scheduler.planted = False
    forget, pages = wakes.forget_armed, 0

    async def one_page(connection: Raw, after: wakes.Actor, limit: int) -> tuple[int, wakes.Actor | None]:
        nonlocal pages
        pages += 1
        if pages == 2:
            raise OSError("gone")
        return await forget(connection, after, limit)

    monkeypatch.setattr(wakes, "forget_armed", one_page)
    with pytest.raises(OSError, match="gone"):
        await sweeper.check_sentinel()
    assert not scheduler.planted
    assert await world.value("SELECT count(*) FROM wakes WHERE armed_at IS NULL") == 1
    await sweeper.check_sentinel()
    assert scheduler.planted
    assert await world.value("SELECT count(*) FROM wakes WHERE armed_at IS NULL") == 3


async def test_a_wake_that_was_tried_until_it_was_armed_counts_as_untried(
    world: World, person: FakePerson, sweeper: Sweeper, database: Database, clock: FakeClock
) -> None:
    task_id = await world.create(person, due=DUE)
    await age(world, 4)
    await sweeper.sweep()
    assert await world.value("SELECT tried_at IS NOT NULL FROM wakes")
    arming = Arming(database, clock)
    arming.note("TaskActor", task_id, WAKE)
    await arming.flush()
    assert await world.value("SELECT tried_at IS NULL AND armed_at IS NOT NULL FROM wakes")


async def test_a_scheduler_that_cannot_be_asked_has_lost_nothing(
    world: World, person: FakePerson, sweeper: Sweeper, scheduler: FakeScheduler
) -> None:
    await world.create(person, due=DUE)
    await world.rows("UPDATE wakes SET armed_at = now()")
    scheduler.planted, scheduler.down = False, True
    await sweeper.check_sentinel()
    assert await world.value("SELECT count(*) FROM wakes WHERE armed_at IS NULL") == 0


async def test_who_sweeps_no_more_says_nothing_more(sweeper: Sweeper) -> None:
    """Its last numbers would stay beside those of the next leader for ever."""
    gauges = (metrics.wakes_unarmed, metrics.wakes_overdue, metrics.wakes_failing)
    running = asyncio.create_task(sweeper.run())
    await asyncio.sleep(0.1)
    for gauge in (*gauges, metrics.dead_letters):
        gauge.set(3)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [REGISTRY.get_sample_value(gauge._name) for gauge in (*gauges, metrics.dead_letters)] == [0, 0, 0, 3]
