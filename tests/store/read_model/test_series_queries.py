"""The read model of series: rows equal the actor's state and never go back; lists by age; occurrences by day."""

from datetime import date
from typing import Any

import orjson
import pytest

from actors.doc import KEY
from host.consumers.catchup import Catchup
from host.store.engine import Database
from host.store.read_model import series_queries
from host.store.read_model.consistency import reached
from host.store.read_model.task_queries import Stretch
from host.store.turns import actor_state
from tests.fakes.person import FakePerson
from tests.store.world import World

pytestmark = pytest.mark.store

DAILY: dict[str, Any] = {
    "template": {"title": "Water the plants"},
    "rule": "FREQ=DAILY",
    "start": {"local": "2026-11-22T09:00", "zone": "UTC"},
}
NEWEST = Stretch("created", descending=True, limit=2)


@pytest.fixture
async def person(world: World, loops: dict[str, Catchup]) -> FakePerson:
    person = FakePerson(zone="UTC")
    await world.say(person.id, person.signs_up())
    return person


async def everything(loops: dict[str, Catchup]) -> None:
    while sum([await loops[name].step() for name in ("projector", "recurrence")]):
        pass


async def test_the_row_is_the_actors_state(
    world: World, person: FakePerson, loops: dict[str, Catchup], database: Database
) -> None:
    series_id = await world.create_series(person, **DAILY)
    await world.say(series_id, person.says("PatchSeries", {"template": {"title": "Water the trees"}}))
    await everything(loops)
    async with database.raw() as raw:
        doc = orjson.loads(await actor_state.read(raw, "SeriesActor", series_id, KEY))
    async with database.connect() as connection:
        body = await series_queries.find(connection, person.id, series_id)
        assert await series_queries.find(connection, FakePerson().id, series_id) is None
    assert body is not None
    assert body == {name: doc["state"][name] for name in body}
    row = (await world.rows("SELECT version, status, title, next_at::text FROM series"))[0]
    assert tuple(row) == (doc["version"], "active", "Water the trees", "2026-11-23 09:00:00+00")
    assert await reached(database, series_id, doc["version"])
    assert not await reached(database, series_id, doc["version"] + 1)


async def test_an_older_state_never_overwrites_a_newer_one(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    series_id = await world.create_series(person, **DAILY)
    await everything(loops)
    await world.say(series_id, person.says("PauseSeries"))
    await everything(loops)
    await world.rows("DELETE FROM inbox WHERE consumer = 'projector' AND event_id LIKE '%:1:1'")
    await world.rows("UPDATE watermarks SET position = 0, seen = 0, seen_xid = 0 WHERE consumer = 'projector'")
    await world.rows("DELETE FROM activity")
    await loops["projector"].step()
    assert await world.value("SELECT status FROM series") == "paused"
    assert await world.value("SELECT next_at FROM series") is None


async def test_lists_leave_out_deleted_ones_and_go_on_from_a_cursor(
    world: World, person: FakePerson, loops: dict[str, Catchup], database: Database
) -> None:
    ids = []
    for _ in range(5):
        ids.append(await world.create_series(person, **DAILY))
        world.clock.move(seconds=1)
    await world.create_series(FakePerson(zone="UTC"), **DAILY)
    await world.say(ids[0], person.says("DeleteSeries", {"occurrences": "keep"}))
    await world.say(ids[1], person.says("PauseSeries"))
    await everything(loops)
    async with database.connect() as connection:
        first = await series_queries.listed(connection, person.id, None, NEWEST)
        assert ([body["id"] for body in first.items], first.total) == (ids[4:2:-1], 4)
        rest = Stretch("created", descending=True, limit=2, after=first.last)
        second = await series_queries.listed(connection, person.id, None, rest)
        assert [body["id"] for body in second.items] == ids[2:0:-1]
        assert second.last is None
        paged = await series_queries.listed(connection, person.id, None, Stretch("created", False, 2, offset=3))
        assert [body["id"] for body in paged.items] == ids[4:5]
        for status, wanted in (("paused", ids[1:2]), ("deleted", ids[:1]), ("stopped", [])):
            found = await series_queries.listed(connection, person.id, status, NEWEST)
            assert [body["id"] for body in found.items] == wanted
        position = await world.value("SELECT position FROM user_streams WHERE user_id = $1", person.id)
        assert first.position == position


async def test_occurrences_are_found_by_the_day_of_their_slot_wherever_they_were_moved(
    world: World, person: FakePerson, loops: dict[str, Catchup], database: Database
) -> None:
    series_id = await world.create_series(person, **DAILY | {"look_ahead_days": 5})
    await world.create_series(person, **DAILY | {"look_ahead_days": 5})
    await everything(loops)
    to = {"local": "2027-03-01T09:00", "zone": "UTC"}
    await world.say(series_id, person.says("MoveSlot", {"slot": "2026-11-25T09:00", "to": to}))
    await world.say(series_id, person.says("SkipSlot", {"slot": "2026-11-24T09:00"}))
    await everything(loops)
    async with database.connect() as connection:
        days = (date(2026, 11, 24), date(2026, 11, 26))
        found = await series_queries.occurrences(connection, person.id, series_id, *days)
        assert [body["occurrence"]["slot"][:10] for body in found] == ["2026-11-24", "2026-11-25", "2026-11-26"]
        assert [body["deleted_at"] is not None for body in found] == [True, False, False]
        assert found[1]["due"] == to
        assert not await series_queries.occurrences(connection, FakePerson().id, series_id, *days)
