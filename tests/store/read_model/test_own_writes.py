"""A read waits for its user's changes, in whatever order events come, on any replica, during a rebuild."""

import asyncio
import time
from collections.abc import Sequence

import pytest

from actors.commands import Principal, build_command
from host.consumers.catchup import Catchup
from host.consumers.handler import Handler
from host.consumers.wiring import Handlers
from host.operator.rebuild import rebuild
from host.store.engine import Database, Raw
from host.store.read_model import own_writes
from host.store.read_model.consistency import Projection, Readable
from host.store.read_model.own_writes import Status
from host.store.turns import dead_letters, watermarks
from host.store.turns.outbox import Event
from tests.fakes.person import FakePerson
from tests.store.world import World

pytestmark = pytest.mark.store
SHORT = 0.05


@pytest.fixture
def projection(database: Database) -> Projection:
    """The Projection of a process in which no projector runs."""
    return Projection(database, poll_seconds=0.02)


async def pending(world: World, person: FakePerson) -> Status:
    async with world.database.raw() as connection:
        return await own_writes.status(connection, person.id)


async def newest(world: World) -> list[str]:
    return [row[0] for row in await world.rows("SELECT event_id FROM outbox ORDER BY position")]


async def test_what_was_done_is_missing_until_the_projector_has_it(
    world: World, person: FakePerson, loops: dict[str, Catchup], projection: Projection
) -> None:
    assert await projection.own_writes(person.id, SHORT) == Readable(None, 0)
    await world.create(person)
    assert await projection.own_writes(person.id, SHORT) == Readable("behind", 0)
    assert await projection.own_writes(FakePerson().id, SHORT) == Readable(None, 0)
    await loops["projector"].step()
    assert await projection.own_writes(person.id, SHORT) == Readable(None, 0)


async def test_a_wait_ends_when_another_process_has_projected(
    world: World, person: FakePerson, loops: dict[str, Catchup], projection: Projection
) -> None:
    await world.create(person)
    waiting = asyncio.create_task(projection.own_writes(person.id, 5))
    await asyncio.sleep(0.05)
    await loops["projector"].step()
    async with asyncio.timeout(1):
        assert (await waiting).missing is None


async def test_a_wait_ends_at_once_where_the_projector_tells(
    world: World, person: FakePerson, loops: dict[str, Catchup], database: Database
) -> None:
    projection = Projection(database, poll_seconds=5)
    await world.create(person)
    waiting = asyncio.create_task(projection.own_writes(person.id, 5))
    await asyncio.sleep(0.05)
    await loops["projector"].step()
    began = time.monotonic()
    projection.signal([person.id])
    assert (await waiting).missing is None
    assert time.monotonic() - began < 0.5
    assert projection._waiting == {}


async def test_a_wait_is_for_what_there_was_when_it_began(
    world: World, person: FakePerson, loops: dict[str, Catchup], projection: Projection
) -> None:
    await world.create(person)
    waiting = asyncio.create_task(projection.own_writes(person.id, 5))
    await asyncio.sleep(0.05)
    first = await newest(world)
    await world.create(person)
    await loops["projector"].deliver(first)
    async with asyncio.timeout(1):
        assert (await waiting).missing is None
    assert (await pending(world, person)).pending is not None


async def test_what_a_broker_brought_first_does_not_hide_what_came_before(
    world: World, person: FakePerson, loops: dict[str, Catchup], projection: Projection
) -> None:
    early = await world.create(person)
    late = await world.create(person)
    events = await newest(world)
    await loops["projector"].deliver([event for event in events if late in event])
    assert await projection.own_writes(person.id, SHORT) == Readable("behind", 0)
    await loops["projector"].deliver([event for event in events if early in event])
    assert await projection.own_writes(person.id, SHORT) == Readable(None, 0)


async def test_a_row_whose_position_is_below_what_was_handled_is_waited_for(
    world: World, person: FakePerson, loops: dict[str, Catchup], projection: Projection
) -> None:
    """Positions are given out before the commit, so a later row may be handled before an earlier one is visible."""
    async with world.database.raw() as slow, slow.transaction():
        await world.create(person, slow)
        await world.create(person)
        for _ in range(3):
            await loops["projector"].step()
        assert (await projection.own_writes(person.id, SHORT)).missing is None
    assert (await projection.own_writes(person.id, SHORT)).missing == "behind"
    await loops["projector"].step()
    assert (await projection.own_writes(person.id, SHORT)).missing is None


async def test_a_paused_projector_is_named(
    world: World, person: FakePerson, loops: dict[str, Catchup], projection: Projection
) -> None:
    async with world.database.raw() as connection:
        await watermarks.pause(connection, "projector")
    assert (await projection.own_writes(person.id, SHORT)).missing is None
    await world.create(person)
    await loops["projector"].step()
    assert (await projection.own_writes(person.id, SHORT)).missing == "paused"


async def test_what_the_system_did_is_waited_for_and_never_missing(
    world: World, person: FakePerson, loops: dict[str, Catchup], projection: Projection
) -> None:
    task_id = await world.create(person)
    await loops["projector"].step()
    by_system = build_command(
        "DeleteTask",
        {},
        id="00000000-0000-4000-8000-000000000001",
        principal=Principal("system", "pruner", person.id),
        correlation_id="x",
        zone="UTC",
    )
    await world.say(task_id, by_system)
    began = time.monotonic()
    assert (await projection.own_writes(person.id, 0.3)).missing is None
    assert time.monotonic() - began >= 0.3
    await world.create(person)
    assert (await projection.own_writes(person.id, SHORT)).missing == "behind"


async def test_a_rebuild_shows_what_was_done_meanwhile(
    world: World, person: FakePerson, loops: dict[str, Catchup], projection: Projection
) -> None:
    """Reads each change as soon as it is said to be shown, while the rebuild swaps the tables."""

    async def read(task_id: str) -> int:
        assert (await projection.own_writes(person.id, 2)).missing is None
        version: int = await world.value("SELECT version FROM tasks WHERE id = $1", task_id)
        return version

    over = asyncio.create_task(rebuild(world.database.dsn, lambda line: None))
    written = 0
    while not over.done() or written < 20:
        task_id = await world.create(person)
        written += 1
        _, version = await asyncio.gather(loops["projector"].step(), read(task_id))
        assert version == 1
    await over
    assert await world.value("SELECT count(*) FROM tasks WHERE user_id = $1", person.id) == written


class Picky(Handler):
    """Projects as another handler does, and has a bug for events of tasks called "bad"."""

    def __init__(self, projector: Handler) -> None:
        self._projector = projector

    async def apply(self, connection: Raw, events: Sequence[Event]) -> None:
        assert not any(event.body["data"]["task"]["title"] == "bad" for event in events)
        await self._projector.apply(connection, events)


@pytest.fixture
def picky(database: Database, handlers: Handlers) -> Catchup:
    return Catchup(database, handlers._replace(projector=Picky(handlers.projector)).consumer("projector"))


async def test_a_dead_letter_is_missing_until_its_task_is_shown_in_a_later_version(
    world: World, person: FakePerson, picky: Catchup, projection: Projection
) -> None:
    task_id = await world.create(person, title="bad")
    await picky.step()
    began = time.monotonic()
    assert (await projection.own_writes(person.id, 2)).missing == "dead_letter"
    assert time.monotonic() - began < 1, "nothing comes by itself"
    assert (await projection.own_writes(FakePerson().id, SHORT)).missing is None
    await world.say(task_id, person.says("PatchTask", {"title": "good"}))
    await picky.step()
    assert (await projection.own_writes(person.id, SHORT)).missing is None


async def test_a_dead_letter_that_was_dropped_is_missed_no_more(
    world: World, person: FakePerson, picky: Catchup, projection: Projection
) -> None:
    await world.create(person, title="bad")
    await picky.step()
    async with world.database.raw() as connection:
        letters = await dead_letters.listed(connection, "projector")
        await dead_letters.drop(connection, [letter.key for letter in letters])
    assert (await projection.own_writes(person.id, SHORT)).missing is None


async def test_the_version_of_the_profile_is_told(
    world: World, person: FakePerson, loops: dict[str, Catchup], projection: Projection
) -> None:
    await world.say(person.id, person.says("RegisterUser", {"email": "ada@example.org", "zone": "UTC"}))
    await loops["projector"].step()
    assert await projection.own_writes(person.id, SHORT) == Readable(None, 1)
