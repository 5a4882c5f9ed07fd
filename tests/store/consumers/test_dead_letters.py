"""Dead letters: tried again on request, applied exactly once, in order, or forgotten for good."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from host.chores.pruner import Pruner
from host.chores.replay import Replay
from host.console import OperatorError
from host.consumers.catchup import Catchup
from host.consumers.handler import Handler
from host.consumers.occurrences import OccurrenceMaker
from host.consumers.projector import Projector
from host.operator import dead_letters as letters
from host.store.engine import Database
from host.store.turns import dead_letters, watermarks
from host.store.turns.outbox import Event
from tests.fakes.person import FakePerson
from tests.store.consumers.test_projector import check_activity, check_fold
from tests.store.world import World

pytestmark = pytest.mark.store


class Fault:
    """Switches of the projector: a title with `word` in it is a fault of the event, `down` makes every batch an outage."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.word: str | None = None
        self.down = False
        whole = Projector.apply

        async def apply(projector: Projector, connection: Any, events: Sequence[Event]) -> None:
            if self.down:
                raise asyncpg.CannotConnectNowError("starting up")
            if self.word and any(self.word in event.body["data"]["task"]["title"] for event in events):
                raise KeyError("no such field")
            await whole(projector, connection, events)

        monkeypatch.setattr(Projector, "apply", apply)


@pytest.fixture
def fault(monkeypatch: pytest.MonkeyPatch) -> Fault:
    return Fault(monkeypatch)


@pytest.fixture
def replay(database: Database, loops: dict[str, Catchup]) -> Replay:
    return Replay(database, [loop.consumer for loop in loops.values()])


async def bury(world: World, person: FakePerson, loops: dict[str, Catchup], fault: Fault) -> str:
    """Returns a task whose second and third version became dead letters, through a fault that is gone now."""
    task_id = await world.create(person, title="Pay rent")
    await world.say(task_id, person.says("PatchTask", {"title": "Pay bad rent", "tags": ["home"]}))
    await world.say(task_id, person.says("PatchTask", {"title": "Pay bad rent", "tags": ["Home", "money"]}))
    await world.say(task_id, person.says("PatchTask", {"title": "Paid"}))
    fault.word = "bad"
    await settle(loops["projector"])
    fault.word = None
    return task_id


async def settle(loop: Catchup) -> None:
    for _ in range(4):
        await loop.step()


async def ask(world: World, consumer: str | None = None) -> list[dead_letters.DeadLetter]:
    async with world.database.raw() as connection:
        listed = await dead_letters.listed(connection, consumer)
        await dead_letters.ask(connection, [letter.key for letter in listed])
    return listed


async def test_what_was_asked_for_is_applied_once_and_the_row_stays_the_newest(
    world: World, person: FakePerson, loops: dict[str, Catchup], fault: Fault, replay: Replay
) -> None:
    task_id = await bury(world, person, loops, fault)
    assert [letter.event_id for letter in await ask(world)] == [f"TaskActor:{task_id}:{n}:1" for n in (2, 3)]
    assert await replay.step() == 2
    assert await replay.step() == 0
    assert await world.value("SELECT count(*) FROM dead_letters") == 0
    assert await world.value("SELECT title FROM tasks") == "Paid"
    streamed = [row[0] for row in await world.rows("SELECT version FROM activity ORDER BY position")]
    assert streamed == [1, 4, 2, 3]


async def test_one_that_cannot_even_be_read_holds_up_no_other(
    world: World, person: FakePerson, loops: dict[str, Catchup], fault: Fault, replay: Replay
) -> None:
    await bury(world, person, loops, fault)
    await world.rows(
        """UPDATE dead_letters SET body = (body::jsonb #- '{data,version}')::text
           WHERE position = (SELECT min(position) FROM dead_letters)"""
    )
    await ask(world)
    assert await replay.step() == 1
    [(error, asked_at)] = await world.rows("SELECT error, replay_at FROM dead_letters")
    assert error.startswith("KeyError")
    assert asked_at is None


async def test_nothing_is_applied_that_nobody_asked_for(
    world: World, person: FakePerson, loops: dict[str, Catchup], fault: Fault, replay: Replay
) -> None:
    await bury(world, person, loops, fault)
    assert await replay.step() == 0
    assert await world.value("SELECT count(*) FROM dead_letters") == 2


async def test_the_newest_version_comes_into_the_read_model_by_its_letter(
    world: World, person: FakePerson, loops: dict[str, Catchup], fault: Fault, replay: Replay
) -> None:
    task_id = await world.create(person, title="Pay rent", tags=["home"])
    await world.say(task_id, person.says("PatchTask", {"title": "Pay bad rent", "tags": ["garden"]}))
    fault.word = "bad"
    await settle(loops["projector"])
    fault.word = None
    await ask(world)
    await replay.step()
    await check_fold(world)


async def test_two_of_us_at_once_apply_it_once(
    world: World, person: FakePerson, loops: dict[str, Catchup], fault: Fault
) -> None:
    await bury(world, person, loops, fault)
    await ask(world)
    applied: list[str] = []

    class Slow(Handler):
        async def apply(self, connection: Any, events: Sequence[Event]) -> None:
            applied.extend(event.id for event in events)
            await asyncio.sleep(0.02)

    consumer = replace(loops["projector"].consumer, handler=Slow())
    await asyncio.gather(*(Replay(world.database, [consumer]).step() for _ in range(4)))
    assert len(applied) == len(set(applied)) == 2


async def test_one_that_fails_again_says_why_and_waits_for_the_next_request(
    world: World, person: FakePerson, loops: dict[str, Catchup], fault: Fault, replay: Replay
) -> None:
    await bury(world, person, loops, fault)
    fault.word = "bad"
    await world.rows("UPDATE dead_letters SET error = 'old'")
    await ask(world)
    assert await replay.step() == 0
    rows = await world.rows("SELECT tries, error, replay_at FROM dead_letters")
    assert [tuple(row) for row in rows] == [(4, "KeyError: 'no such field'", None)] * 2


async def test_an_outage_leaves_it_asked_for(
    world: World, person: FakePerson, loops: dict[str, Catchup], fault: Fault, replay: Replay
) -> None:
    await bury(world, person, loops, fault)
    await ask(world)
    fault.down = True
    with pytest.raises(asyncpg.CannotConnectNowError):
        await replay.step()
    fault.down = False
    assert await replay.step() == 2


async def test_it_is_applied_after_the_outbox_has_forgotten_its_row(
    world: World, person: FakePerson, loops: dict[str, Catchup], fault: Fault, replay: Replay
) -> None:
    await bury(world, person, loops, fault)
    for name in loops.keys() - {"projector"}:
        await settle(loops[name])
    await world.rows("UPDATE outbox SET created_at = $1::timestamptz - interval '8 days'", world.clock.now())
    await Pruner(world.database, world, world.clock, broker=False).prune()
    assert await world.value("SELECT count(*) FROM outbox") == 0
    await ask(world)
    assert await replay.step() == 2


async def test_a_consumer_with_effects_outside_takes_it_again(
    world: World,
    person: FakePerson,
    loops: dict[str, Catchup],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    maker = OccurrenceMaker(world.database, world, try_pauses_seconds=(0.0, 0.0))
    recurrence = Catchup(world.database, replace(loops["recurrence"].consumer, handler=maker), settle_seconds=0.0)
    replay = Replay(world.database, [recurrence.consumer])
    daily = {"template": {"title": "Water"}, "rule": "FREQ=DAILY", "start": {"date": "2026-11-30"}}
    send = world.send

    async def bug(*_: Any) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(world, "send", bug)
    await world.say(person.id, person.signs_up())
    await world.create_series(person, **daily)
    await settle(loops["projector"])
    await settle(recurrence)
    assert await world.value("SELECT count(*) FROM dead_letters") == 1
    monkeypatch.setattr(world, "send", send)
    await ask(world, "recurrence")
    assert await replay.step() == 1
    await settle(loops["projector"])
    assert await world.value("SELECT count(*) FROM tasks") == 1
    assert world.calls[0][0] == "CreateTask"


async def test_a_paused_consumer_gets_nothing_back_until_it_is_resumed(
    world: World, person: FakePerson, loops: dict[str, Catchup], fault: Fault, replay: Replay
) -> None:
    await bury(world, person, loops, fault)
    await ask(world)
    async with world.database.raw() as connection:
        await watermarks.pause(connection, "projector")
        assert await replay.step() == 0
        await watermarks.resume(connection, "projector")
    assert await replay.step() == 2


async def test_the_command_tells_what_became_of_each(
    world: World, person: FakePerson, loops: dict[str, Catchup], fault: Fault, replay: Replay
) -> None:
    await bury(world, person, loops, fault)
    async with world.database.raw() as connection:
        listed = await letters.selected(connection, None, [])
        assert listed == []
        listed = await dead_letters.listed(connection, None)
        nobody = await letters.replay(connection, listed, 0.0)
        assert (nobody.applied, nobody.failed, len(nobody.waiting)) == ([], [], 2)
        fault.word = "money"  # in no title: both are applied
        running = asyncio.create_task(replay.run())
        done = await letters.replay(connection, listed, 10.0)
        running.cancel()
    assert (len(done.applied), done.failed, done.waiting) == (2, [], [])


async def test_an_id_that_is_not_there_is_named(world: World, person: FakePerson, loops: dict[str, Catchup]) -> None:
    async with world.database.raw() as connection:
        with pytest.raises(OperatorError, match="TaskActor:x:1:1"):
            await letters.selected(connection, "projector", ["TaskActor:x:1:1"])


async def test_a_dropped_letter_is_never_applied(
    world: World, person: FakePerson, loops: dict[str, Catchup], fault: Fault, replay: Replay
) -> None:
    await bury(world, person, loops, fault)
    listed = await ask(world)
    async with world.database.raw() as connection:
        assert await dead_letters.drop(connection, [listed[0].key]) == 1
    assert await replay.step() == 1
    assert await world.value("SELECT count(*) FROM activity") == 3


async def test_the_list_fits_a_terminal_and_names_what_is_needed(
    world: World, person: FakePerson, loops: dict[str, Catchup], fault: Fault
) -> None:
    assert letters.lines([]) == ["No dead letters: every event was applied."]
    task_id = await bury(world, person, loops, fault)
    async with world.database.raw() as connection:
        listed = await dead_letters.listed(connection, "projector")
    text = letters.lines(listed)
    assert len(text) == 3
    assert f"TaskActor:{task_id}:2:1" in text[1]
    assert "task.updated" in text[1]
    assert text[1].endswith("KeyError: 'no such field'")
    whole = "\n".join(letters.details(listed[0]))
    assert '"Pay bad rent"' in whole
    assert letters.as_json(listed[0])["event"]["data"]["version"] == 2


async def test_after_a_replay_in_order_the_activity_is_whole(
    world: World, person: FakePerson, loops: dict[str, Catchup], fault: Fault, replay: Replay
) -> None:
    """The dead letters are the last events of their actor, so nothing is out of order afterwards."""
    task_id = await world.create(person, title="bad")
    await world.say(task_id, person.says("PatchTask", {"title": "bad, too"}))
    fault.word = "bad"
    await settle(loops["projector"])
    fault.word = None
    await ask(world)
    await replay.step()
    await check_activity(world)
