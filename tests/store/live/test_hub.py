"""The hub: every listener gets every row once and in order, or a Resync."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import orjson
import pytest

from host.consumers.catchup import Catchup
from host.live.hub import Hub, HubSubscription, Resync
from host.store.engine import Database, Raw
from host.store.read_model import activity_queries
from tests.fakes.person import FakePerson
from tests.store.world import World

pytestmark = pytest.mark.store


@pytest.fixture
async def hub(database: Database) -> AsyncIterator[Hub]:
    hub = Hub(database, poll_seconds=30)
    running = asyncio.create_task(hub.run())
    yield hub
    running.cancel()


async def next_positions(listener: HubSubscription, count: int) -> list[int]:
    """Returns the positions of the next rows of the listener, at least so many."""
    positions: list[int] = []
    async with asyncio.timeout(5):
        while len(positions) < count:
            rows = await listener.next(1)
            assert not isinstance(rows, Resync)
            positions += [row.position for row in rows]
    return positions


async def change(world: World, person: FakePerson, loops: dict[str, Catchup], count: int) -> None:
    for number in range(count):
        await world.create(person, title=f"task {number}")
    while await loops["projector"].step():
        pass


async def test_a_listener_hears_what_comes_after_it_came(
    world: World, person: FakePerson, loops: dict[str, Catchup], hub: Hub
) -> None:
    await change(world, person, loops, 3)
    listener = await hub.subscribe(person.id, None)
    assert listener.start == 3
    await change(world, person, loops, 2)
    hub.signal([person.id])
    assert await next_positions(listener, 2) == [4, 5]


async def test_a_listener_goes_on_where_it_was(
    world: World, person: FakePerson, loops: dict[str, Catchup], hub: Hub
) -> None:
    await change(world, person, loops, 5)
    first, second = await hub.subscribe(person.id, 1), await hub.subscribe(person.id, 4)
    assert await next_positions(first, 4) == [2, 3, 4, 5]
    assert await next_positions(second, 1) == [5]
    await change(world, person, loops, 1)
    hub.signal([person.id])
    assert (await next_positions(first, 1), await next_positions(second, 1)) == ([6], [6])


async def test_a_listener_that_comes_during_a_read_hears_all_from_where_it_was(
    world: World, person: FakePerson, loops: dict[str, Catchup], hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The read under way starts where the earlier listeners are."""
    await change(world, person, loops, 3)
    first, came = await hub.subscribe(person.id, None), []
    await asyncio.sleep(0.2)
    read = activity_queries.rows_after

    async def slow(
        connection: Raw, after: Mapping[str, int], limit: int
    ) -> dict[str, list[activity_queries.StreamRow]]:
        rows = await read(connection, after, limit)
        if not came:
            came.append(await hub.subscribe(person.id, 1))
        return rows

    monkeypatch.setattr(activity_queries, "rows_after", slow)
    await change(world, person, loops, 1)
    hub.signal([person.id])
    assert await next_positions(first, 1) == [4]
    assert await next_positions(came[0], 3) == [2, 3, 4]


async def test_a_row_is_one_object_for_all_listeners(
    world: World, person: FakePerson, loops: dict[str, Catchup], hub: Hub
) -> None:
    listeners = [await hub.subscribe(person.id, None) for _ in range(3)]
    await change(world, person, loops, 1)
    hub.signal([person.id])
    rows = [(await listener.next(2))[0] for listener in listeners]  # type: ignore[index]
    assert rows[0] is rows[1] is rows[2]


async def test_nobody_hears_of_another_user(
    world: World, person: FakePerson, loops: dict[str, Catchup], hub: Hub
) -> None:
    listener = await hub.subscribe(person.id, None)
    await change(world, other := FakePerson(), loops, 2)
    hub.signal([other.id, person.id])
    assert await listener.next(0.3) == []
    await change(world, person, loops, 1)
    hub.signal([other.id, person.id])
    rows = await listener.next(2)
    assert not isinstance(rows, Resync)
    assert [orjson.loads(row.body)["data"]["user_id"] for row in rows] == [person.id]


@pytest.mark.parametrize("after", [7, 10**15])
async def test_a_position_that_never_was_means_load_again(
    world: World, person: FakePerson, loops: dict[str, Catchup], hub: Hub, after: int
) -> None:
    await change(world, person, loops, 2)
    listener = await hub.subscribe(person.id, after)
    assert await listener.next(1) == Resync(2)


async def test_a_position_whose_next_rows_are_archived_means_load_again(
    world: World, person: FakePerson, loops: dict[str, Catchup], hub: Hub
) -> None:
    await change(world, person, loops, 4)
    await world.rows("DELETE FROM activity WHERE position <= 2")
    listener = await hub.subscribe(person.id, 1)
    assert await listener.next(2) == Resync(4)


async def test_what_a_slow_listener_missed_waits_in_the_database_and_not_in_memory(
    world: World, person: FakePerson, loops: dict[str, Catchup], database: Database
) -> None:
    hub = Hub(database, poll_seconds=30, largest_buffer=5)
    running = asyncio.create_task(hub.run())
    slow, quick = await hub.subscribe(person.id, None), await hub.subscribe(person.id, None)
    positions = []
    for _ in range(4):
        await change(world, person, loops, 4)
        hub.signal([person.id])
        positions += await next_positions(quick, 4)
    assert len(slow._buffer) == 5
    assert positions == await next_positions(slow, 16)
    await change(world, person, loops, 1)
    hub.signal([person.id])
    assert (await next_positions(slow, 1), await next_positions(quick, 1)) == ([17], [17])
    running.cancel()


async def test_what_nobody_told_is_found_by_the_poll(
    world: World, person: FakePerson, loops: dict[str, Catchup], database: Database
) -> None:
    hub = Hub(database, poll_seconds=0.1)
    running = asyncio.create_task(hub.run())
    listener = await hub.subscribe(person.id, None)
    await change(world, person, loops, 1)
    assert await next_positions(listener, 1) == [1]
    running.cancel()


async def test_an_interrupt_ends_the_wait_and_a_closed_listener_is_forgotten(person: FakePerson, hub: Hub) -> None:
    listener = await hub.subscribe(person.id, None)
    asyncio.get_running_loop().call_later(0.05, listener.interrupt)
    async with asyncio.timeout(2):
        assert await listener.next(30) == []
    listener.close()
    listener.close()
    hub.signal([person.id])
    assert hub._listeners == {}
