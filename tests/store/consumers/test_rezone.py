"""Rezone: each open date-only task of a user who moved gets one command, which stays the same if it is repeated."""

import pytest

from host.consumers.catchup import Catchup
from host.dapr.gateway import Unavailable
from tests.fakes.person import FakePerson
from tests.store.world import World

pytestmark = pytest.mark.store


async def moved(world: World, person: FakePerson) -> dict[str, str]:
    """Creates a user with a task of each kind, who moves to Tokyo; returns the tasks by kind."""
    await world.say(person.id, person.says("RegisterUser", {"email": "ada@example.org", "zone": "UTC"}))
    tasks = {
        "on": await world.create(person, title="on", due={"date": "2026-12-01"}),
        "at": await world.create(person, title="at", due={"local": "2026-12-01T10:00", "zone": "UTC"}),
        "done": await world.create(person, title="done", due={"date": "2026-12-01"}),
    }
    await world.say(tasks["done"], person.says("CompleteTask"))
    await world.say(person.id, person.says("PatchUser", {"zone": "Asia/Tokyo"}))
    return tasks


async def test_only_open_tasks_due_on_a_date_move(world: World, person: FakePerson, loops: dict[str, Catchup]) -> None:
    tasks = await moved(world, person)
    await loops["projector"].step()
    assert await loops["rezone"].step() == 1
    assert world.calls == [("Rezone", tasks["on"])]
    await loops["projector"].step()
    due = "SELECT due_at::text FROM tasks WHERE id = $1"
    assert await world.value(due, tasks["on"]) == "2026-12-01 00:00:00+00"


async def test_what_moves_has_the_cause_of_the_move(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    person.change_set = "a run"
    tasks = await moved(world, person)
    await loops["projector"].step()
    await loops["rezone"].step()
    await loops["projector"].step()
    newest = "SELECT actor_id || ' ' || change_set FROM activity WHERE task_id = $1 ORDER BY position DESC LIMIT 1"
    assert await world.value(newest, tasks["on"]) == "rezone a run"


async def test_a_second_delivery_changes_nothing(world: World, person: FakePerson, loops: dict[str, Catchup]) -> None:
    tasks = await moved(world, person)
    await loops["projector"].step()
    await loops["rezone"].step()
    await world.rows("DELETE FROM inbox WHERE consumer = 'rezone'")
    assert await loops["rezone"].step() == 1
    assert world.calls == [("Rezone", tasks["on"])] * 2
    assert await world.value("SELECT max(version) FROM outbox WHERE actor_id = $1", tasks["on"]) == 2


async def test_a_move_that_is_over_moves_nothing(world: World, person: FakePerson, loops: dict[str, Catchup]) -> None:
    """A dead letter that is tried again when the person lives elsewhere comes so late."""
    tasks = await moved(world, person)
    await world.say(person.id, person.says("PatchUser", {"zone": "UTC"}))
    await loops["projector"].step()
    assert await loops["rezone"].step() == 2
    assert world.calls == [("Rezone", tasks["on"])]
    await loops["projector"].step()
    due = "SELECT due_at::text FROM tasks WHERE id = $1"
    assert await world.value(due, tasks["on"]) == "2026-12-01 09:00:00+00"


async def test_it_waits_for_the_read_model(world: World, person: FakePerson, loops: dict[str, Catchup]) -> None:
    await moved(world, person)
    with pytest.raises(Unavailable):
        await loops["rezone"].step()
    assert world.calls == []


async def test_an_actor_that_cannot_be_reached_is_an_outage(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    tasks = await moved(world, person)
    await loops["projector"].step()
    world.down = True
    with pytest.raises(Unavailable):
        await loops["rezone"].step()
    world.down = False
    assert await loops["rezone"].step() == 1
    assert world.calls == [("Rezone", tasks["on"])]
    assert await world.value("SELECT count(*) FROM dead_letters") == 0


async def test_a_change_of_name_moves_nothing(world: World, person: FakePerson, loops: dict[str, Catchup]) -> None:
    await world.say(person.id, person.says("RegisterUser", {"email": "ada@example.org", "zone": "UTC"}))
    await world.say(person.id, person.says("PatchUser", {"name": "Ada"}))
    await loops["projector"].step()
    assert await loops["rezone"].step() == 1
    assert world.calls == []


async def test_active_and_paused_series_of_days_move_and_others_do_not(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    daily = {"template": {"title": "Water the plants"}, "rule": "FREQ=DAILY"}
    await world.say(person.id, person.says("RegisterUser", {"email": "ada@example.org", "zone": "UTC"}))
    days, paused, over = [await world.create_series(person, **daily, start={"date": "2026-11-22"}) for _ in range(3)]
    timed = await world.create_series(person, **daily, start={"local": "2026-11-22T09:00", "zone": "UTC"})
    await world.say(paused, person.says("PauseSeries"))
    await world.say(over, person.says("StopSeries", {"keep": False}))
    await world.say(person.id, person.says("PatchUser", {"zone": "Asia/Tokyo"}))
    await loops["projector"].step()
    await loops["rezone"].step()
    assert sorted(world.calls) == sorted([("Rezone", days), ("Rezone", paused)])
    await loops["projector"].step()
    zones = {row[0]: row[1] for row in await world.rows("SELECT id, body->>'zone' FROM series")}
    assert zones == {days: "Asia/Tokyo", paused: "Asia/Tokyo", over: "UTC", timed: "UTC"}
