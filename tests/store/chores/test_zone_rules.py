"""An update of tzdata: whatever is due at the same wall-clock time gets its wake moved to the new instant."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from host.chores.zone_rules import ZoneRules
from host.consumers.catchup import Catchup
from host.dapr.gateway import Unavailable
from host.store.upkeep import zone_rules as stored
from tests.fakes.person import FakeClock, FakePerson
from tests.fakes.zones import other_rules
from tests.store.world import World

pytestmark = pytest.mark.store

BERLIN = "Europe/Berlin"


@pytest.fixture
def give_up_winter_time(tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Returns a function from whose call on Berlin has summer time all year round."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(other_rules(tmp_path / "zones", BERLIN, like="Etc/GMT-2"))


@pytest.fixture
def rules(world: World, clock: FakeClock) -> ZoneRules:
    return ZoneRules(world.database, world, clock, version="2099b")


async def many_kinds(world: World, person: FakePerson, loops: dict[str, Catchup]) -> dict[str, str]:
    """Creates a user in Berlin with a digest and a task of each kind, under the installed rules; returns the tasks."""
    person.zone = BERLIN
    body = {"email": "ada@example.org", "zone": BERLIN, "defaults": {"digest_at": "08:00"}}
    await world.say(person.id, person.says("RegisterUser", body))
    dues = {
        "on": {"date": "2026-12-01"},
        "at": {"local": "2026-12-01T10:00", "zone": BERLIN},
        "elsewhere": {"local": "2026-12-01T10:00", "zone": "Asia/Tokyo"},
        "done": {"local": "2026-12-01T11:00", "zone": BERLIN},
    }
    tasks = {name: await world.create(person, title=name, due=due) for name, due in dues.items()}
    await world.create(person, title="whenever")
    await world.say(tasks["done"], person.says("CompleteTask"))
    while await loops["projector"].step():
        pass
    async with world.database.raw() as connection:
        await stored.set_version(connection, "2099a")
    return tasks


async def test_what_new_rules_move_wakes_at_the_new_instant(
    world: World,
    person: FakePerson,
    loops: dict[str, Catchup],
    rules: ZoneRules,
    give_up_winter_time: Callable[[], None],
) -> None:
    tasks = await many_kinds(world, person, loops)
    give_up_winter_time()
    assert await rules.check() == 3
    recounted = {actor_id for what, actor_id in world.calls if what == "RecountTimes"}
    assert recounted == {tasks["on"], tasks["at"], person.id}
    wakes = {row[0]: row[1] for row in await world.rows("SELECT actor_id, wake_at::text FROM wakes")}
    assert wakes[tasks["on"]] == "2026-12-01 06:30:00+00"
    assert wakes[tasks["at"]] == "2026-12-01 07:30:00+00"
    assert wakes[tasks["elsewhere"]] == "2026-12-01 00:30:00+00"
    assert wakes[person.id] == "2026-11-23 06:00:00+00"
    while await loops["projector"].step():
        pass
    overdue = "SELECT overdue_at::text FROM tasks WHERE id = $1"
    assert await world.value(overdue, tasks["at"]) == "2026-12-01 08:00:00+00"
    world.calls.clear()
    assert (await rules.check(), world.calls) == (0, [])


async def test_a_series_starts_its_slots_at_the_new_instants(
    world: World,
    person: FakePerson,
    loops: dict[str, Catchup],
    rules: ZoneRules,
    give_up_winter_time: Callable[[], None],
) -> None:
    person.zone = BERLIN
    start = {"local": "2026-11-23T09:00", "zone": BERLIN}
    series_id = await world.create_series(person, template={"title": "Water"}, rule="FREQ=DAILY", start=start)
    while await loops["projector"].step():
        pass
    wake = "SELECT wake_at::text FROM wakes WHERE actor_id = $1"
    assert await world.value(wake, series_id) == "2026-11-23 08:00:00+00"
    give_up_winter_time()
    assert await rules.check() == 1
    assert await world.value(wake, series_id) == "2026-11-23 07:00:00+00"
    assert await world.value("SELECT max(version) FROM outbox WHERE actor_id = $1", series_id) == 2


async def test_rules_that_move_nothing_are_only_noted(
    world: World, person: FakePerson, loops: dict[str, Catchup], rules: ZoneRules
) -> None:
    await many_kinds(world, person, loops)
    assert await rules.check() == 1  # the user with a digest is asked, and finds it right
    assert await world.value("SELECT max(version) FROM outbox WHERE actor_id = $1", person.id) == 1
    assert await world.value("SELECT value FROM versions WHERE name = 'tzdata'") == "2099b"


async def test_it_is_done_again_until_all_were_reached(
    world: World,
    person: FakePerson,
    loops: dict[str, Catchup],
    rules: ZoneRules,
    give_up_winter_time: Callable[[], None],
) -> None:
    tasks = await many_kinds(world, person, loops)
    give_up_winter_time()
    world.down = True
    with pytest.raises(Unavailable):
        await rules.check()
    world.down = False
    assert await rules.check() == 3
    assert ("RecountTimes", tasks["at"]) in world.calls


async def test_it_waits_for_what_was_written_under_the_old_rules(
    world: World, person: FakePerson, loops: dict[str, Catchup], rules: ZoneRules
) -> None:
    await many_kinds(world, person, loops)
    await world.create(person, due={"date": "2026-12-02"})
    with pytest.raises(Unavailable):
        await rules.check()
    while await loops["projector"].step():
        pass
    assert await rules.check() == 1


async def test_a_database_that_was_never_counted_is_counted_once(
    world: World, loops: dict[str, Catchup], rules: ZoneRules
) -> None:
    assert await rules.check() == 0
    assert await world.value("SELECT value FROM versions WHERE name = 'tzdata'") == "2099b"


async def test_many_are_looked_through_page_by_page(
    world: World, person: FakePerson, loops: dict[str, Catchup], give_up_winter_time: Callable[[], None]
) -> None:
    await many_kinds(world, person, loops)
    rules = ZoneRules(world.database, world, world.clock, version="2099b", rows_at_once=1)
    give_up_winter_time()
    assert await rules.check() == 3
