"""Our corrections of the SDK, each with the case that fails without it."""

import asyncio
import gc
import weakref
from datetime import timedelta

import orjson
import pytest

from actors.replies import UnknownNameError
from actors.serializer import OrjsonSerializer
from actors.task.actor import TaskActor
from tests.turns.conftest import Stage

pytestmark = pytest.mark.turns


@pytest.mark.parametrize("text", ["5m", "1h30m", "2026-01-01", "2026-01-01 buy milk", "😀" * 500, "\\u0000", "null"])
async def test_user_text_stays_text(stage: Stage, text: str) -> None:
    task_id = await stage.create(title=text, description=text, tags=["5m"])
    stage.activations.drop_caches()
    reply = await stage.send(task_id, stage.person.says("CompleteTask"))
    assert (reply.value["title"], reply.value["description"], reply.value["tags"]) == (text, text, ["5m"])
    assert stage.doc(task_id)["state"]["title"] == text


def test_times_of_reminders_are_spelt_as_the_sidecar_reads_them() -> None:
    body = OrjsonSerializer().serialize({"dueTime": timedelta(hours=25, seconds=90, milliseconds=250)})
    assert orjson.loads(body) == {"dueTime": "25h1m30s250ms0μs"}
    with pytest.raises(TypeError):
        OrjsonSerializer().serialize({"dueTime": object()})


async def test_an_exception_drops_what_was_cached(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    task_id = await stage.create()

    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(TaskActor, "rules", staticmethod(breaks))
        assert "bug" in await stage.turn(task_id, stage.person.says("CompleteTask").to_wire())
    assert (stage.sidecar.reads, stage.doc(task_id)["version"]) == (0, 1)
    assert (await stage.send(task_id, stage.person.says("CompleteTask"))).version == 2
    assert stage.sidecar.reads == 1


async def test_the_sdk_saves_nothing_of_its_own(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's state manager writes what it holds after each method, and uses a thread at each activation."""
    hops: list[object] = []
    monkeypatch.setattr(asyncio.get_running_loop(), "run_in_executor", lambda *what: hops.append(what))
    await stage.create()
    assert (hops, stage.sidecar.saves) == ([], 1)


async def test_a_sidecar_that_came_back_makes_every_actor_read_again(stage: Stage, replica: Stage) -> None:
    task_id = await stage.create()
    await replica.send(task_id, stage.person.says("PatchTask", {"title": "Theirs"}))
    stage.activations.drop_caches()
    saves = stage.sidecar.saves
    reply = await stage.send(task_id, stage.person.says("CompleteTask"))
    assert (reply.value["title"], stage.sidecar.saves) == ("Theirs", saves + 1)


async def test_a_caller_that_gave_up_does_not_let_the_next_turn_in_between(stage: Stage) -> None:
    """The sidecar frees its turn lock when a caller gives up, although the turn still runs here."""
    task_id = await stage.create()
    stage.sidecar.gate = asyncio.Event()
    stage.sidecar.saving.clear()
    first = asyncio.create_task(stage.send(task_id, stage.person.says("AddTags", {"tags": ["first"]})))
    await stage.sidecar.saving.wait()
    second = asyncio.create_task(stage.send(task_id, stage.person.says("AddTags", {"tags": ["second"]})))
    for _ in range(20):
        await asyncio.sleep(0)
    assert stage.sidecar.saves == 2
    stage.sidecar.gate.set()
    assert (await second).value["tags"] == ["first", "second"]
    assert (await first).version == 2


async def test_a_cancelled_turn_is_forgotten(stage: Stage) -> None:
    task_id = await stage.create()
    stage.sidecar.gate = asyncio.Event()
    stage.sidecar.saving.clear()
    first = asyncio.create_task(stage.send(task_id, stage.person.says("CompleteTask")))
    await stage.sidecar.saving.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    stage.sidecar.gate = None
    assert (await stage.send(task_id, stage.person.says("AddTags", {"tags": ["a"]}))).value["status"] == "open"
    assert stage.sidecar.reads == 1


async def test_two_first_calls_at_once_are_one_actor(stage: Stage) -> None:
    """The SDK makes an object for each first call; a lock inside the object would let both run."""
    task_id = await stage.create()
    await stage.runtime.deactivate("TaskActor", task_id)
    stage.sidecar.gate = asyncio.Event()
    stage.sidecar.saving.clear()
    tags = [stage.person.says("AddTags", {"tags": [str(number)]}) for number in range(5)]
    asked = [asyncio.create_task(stage.send(task_id, command)) for command in tags]
    await stage.sidecar.saving.wait()
    for _ in range(20):
        await asyncio.sleep(0)
    assert stage.sidecar.saves == 2
    stage.sidecar.gate.set()
    await asyncio.gather(*asked)
    assert stage.doc(task_id)["state"]["tags"] == ["0", "1", "2", "3", "4"]


async def test_a_turn_after_deactivation_waits_for_the_one_before(stage: Stage) -> None:
    task_id = await stage.create()
    stage.sidecar.gate = asyncio.Event()
    stage.sidecar.saving.clear()
    first = asyncio.create_task(stage.send(task_id, stage.person.says("AddTags", {"tags": ["first"]})))
    await stage.sidecar.saving.wait()
    await stage.runtime.deactivate("TaskActor", task_id)
    second = asyncio.create_task(stage.send(task_id, stage.person.says("AddTags", {"tags": ["second"]})))
    for _ in range(20):
        await asyncio.sleep(0)
    assert stage.sidecar.saves == 2
    stage.sidecar.gate.set()
    assert (await second).version == 3
    assert (await first).version == 2


async def test_a_deactivated_actor_is_freed_at_once(stage: Stage) -> None:
    """Objects that only the garbage collector can free wait for a full collection, which stops all turns for seconds."""
    task_id = await stage.create()
    [actor] = map(weakref.ref, stage.runtime._actor_managers["TaskActor"]._active_actors.values())
    gc.disable()
    try:
        await stage.runtime.deactivate("TaskActor", task_id)
        assert actor() is None, gc.get_referrers(actor())
    finally:
        gc.enable()


async def test_names_that_no_table_has_are_errors(stage: Stage) -> None:
    task_id = await stage.create()
    with pytest.raises(UnknownNameError):
        await stage.remind(task_id, "sleep")
    wire = {**stage.person.says("CompleteTask").to_wire(), "name": "ExplodeTask"}
    with pytest.raises(UnknownNameError):
        await stage.turn(task_id, wire)
    with pytest.raises(UnknownNameError):
        await stage.turn(stage.person.id, wire, "UserActor")


async def test_ping_touches_nothing(stage: Stage) -> None:
    assert await stage.call(stage.person.id, "ping") == {}
    assert (stage.sidecar.reads, stage.sidecar.saves) == (0, 0)
