"""The commit of a turn, and its answer when the store refuses, does not answer, or has seen the command before."""

import asyncio

import orjson
import pytest

from actors.replies import Outage
from tests.fakes.sidecar import grpc_error
from tests.turns.conftest import Stage

pytestmark = pytest.mark.turns

DUE = {"local": "2026-11-22T20:00", "zone": "Europe/Berlin"}


async def test_a_create_is_one_save_without_a_read(stage: Stage) -> None:
    task_id = await stage.create()
    assert (stage.sidecar.reads, stage.sidecar.saves) == (0, 1)
    doc = stage.doc(task_id)
    assert (doc["schema"], doc["version"], doc["wake"]) == (1, 1, None)
    assert [event["id"] for event in doc["outbox"]] == [f"TaskActor:{task_id}:1:1"]
    assert doc["command"]["reply"]["value"]["title"] == "Pay rent"
    assert stage.commits == [{"task.created"}]


async def test_an_edit_after_a_create_reads_nothing(stage: Stage) -> None:
    task_id = await stage.create()
    reply = await stage.send(task_id, stage.person.says("PatchTask", {"title": "Pay the rent"}))
    assert (reply.version, stage.sidecar.reads) == (2, 0)


async def test_what_a_newer_release_wrote_into_the_doc_stays(stage: Stage) -> None:
    task_id = await stage.create()
    stage.sidecar.docs[task_id] = stage.sidecar.docs[task_id].replace(b'"wake":', b'"mood":"good","wake":')
    stage.activations.drop_caches()
    await stage.send(task_id, stage.person.says("CompleteTask"))
    assert stage.doc(task_id)["mood"] == "good"


async def test_what_a_newer_release_wrote_into_an_item_or_a_reminder_stays(stage: Stage) -> None:
    task_id = await stage.create(due=DUE, reminders=[{"offset_minutes": 5}], checklist=[{"text": "one"}])
    for field in (b'"offset_minutes":', b'"text":'):
        stage.sidecar.docs[task_id] = stage.sidecar.docs[task_id].replace(field, b'"mood":"good",' + field)
    stage.activations.drop_caches()
    due = {"local": "2026-11-23T20:00", "zone": "Europe/Berlin"}
    body = {"due": due, "reminders": [{"offset_minutes": 5}], "checklist": [{"text": "one", "done": True}]}
    await stage.send(task_id, stage.person.says("PatchTask", body))
    state = stage.doc(task_id)["state"]
    assert [item["mood"] for item in (*state["reminders"], *state["checklist"])] == ["good", "good"]


async def test_a_doc_without_command_and_wake_is_read(stage: Stage) -> None:
    task_id = await stage.create()
    doc = stage.doc(task_id)
    stage.sidecar.docs[task_id] = orjson.dumps({key: doc[key] for key in ("schema", "version", "state")})
    stage.activations.drop_caches()
    assert (await stage.send(task_id, stage.person.says("CompleteTask"))).version == 2


async def test_a_repeated_create_gets_the_reply_of_the_first(stage: Stage, replica: Stage) -> None:
    command = stage.person.says("CreateTask", {"title": "Once"})
    task_id = stage.person.task_of(command)
    first = await stage.send(task_id, command)
    assert await stage.send(task_id, command) == first
    assert await replica.send(task_id, command) == first
    assert len(stage.sidecar.outbox) == 1


async def test_a_known_command_is_answered_from_the_log_after_forty_others(stage: Stage) -> None:
    task_id = await stage.create()
    command = stage.person.says("PatchTask", {"title": "First"})
    first = await stage.send(task_id, command)
    for number in range(40):
        await stage.send(task_id, stage.person.says("PatchTask", {"title": f"Title {number}"}))
    assert await stage.send(task_id, command) == first
    assert stage.doc(task_id)["version"] == 42


async def test_the_same_id_with_another_request_is_a_mismatch(stage: Stage, replica: Stage) -> None:
    task_id = await stage.create()
    command = stage.person.says("PatchTask", {"title": "One"})
    other = stage.person.says("PatchTask", {"title": "Another"}, command_id=command.id)
    await stage.send(task_id, command)
    for place in (stage, replica):
        reply = await place.send(task_id, other)
        assert reply.error is not None
        assert (reply.error.status, reply.error.code) == (422, "idempotency_mismatch")
    assert stage.doc(task_id)["state"]["title"] == "One"


@pytest.mark.parametrize("priority", ["low", "high"])  # one that would change the task, one that would not
async def test_the_same_command_to_another_actor_is_a_mismatch(stage: Stage, replica: Stage, priority: str) -> None:
    first, other = await stage.create(), await stage.create(priority=priority)
    command = stage.person.says("SetPriority", {"priority": "high"})
    assert (await stage.send(first, command)).ok
    for place in (stage, replica):
        reply = await place.send(other, command)
        assert reply.error is not None
        assert (reply.error.status, reply.error.code) == (422, "idempotency_mismatch")
    assert stage.doc(other)["version"] == 1
    assert (await replica.send(first, command)).ok


async def test_a_refusal_is_an_envelope_and_read_from_the_store(stage: Stage, replica: Stage) -> None:
    task_id = await stage.create()
    await replica.send(task_id, stage.person.says("PatchTask", {"title": "Theirs"}))
    reply = await stage.send(task_id, stage.person.says("PatchTask", {"title": "Mine"}, if_match=1))
    assert reply.error is not None
    assert (reply.error.status, reply.error.code) == (409, "edit_conflict")
    assert reply.error.extra["conflicts"] == [{"field": "title", "yours": "Mine", "theirs": "Theirs"}]


async def test_a_stale_copy_never_answers_that_nothing_is_to_be_done(stage: Stage, replica: Stage) -> None:
    task_id = await stage.create()
    await replica.send(task_id, stage.person.says("CompleteTask"))
    reply = await stage.send(task_id, stage.person.says("ReopenTask"))
    assert (reply.value["status"], reply.version) == ("open", 3)


async def test_a_write_refused_by_the_fence_is_decided_once_more(stage: Stage, replica: Stage) -> None:
    task_id = await stage.create()
    await replica.send(task_id, stage.person.says("PatchTask", {"title": "Theirs"}))
    reply = await stage.send(task_id, stage.person.says("SetPriority", {"priority": "high"}))
    assert (reply.version, reply.value["title"], reply.value["priority"]) == (3, "Theirs", "high")


async def test_the_same_command_at_two_copies_at_once_is_applied_once(stage: Stage, replica: Stage) -> None:
    task_id = await stage.create()
    await replica.call(task_id, "tick")
    command = stage.person.says("AddTags", {"tags": ["home"]})
    replies = await asyncio.gather(*(place.send(task_id, command) for place in (stage, replica, stage)))
    assert replies[0] == replies[1] == replies[2]
    assert stage.doc(task_id)["version"] == 2


async def test_an_unknown_result_is_settled_by_the_same_save_again(stage: Stage) -> None:
    task_id = await stage.create()
    stage.sidecar.lost_answers = [TimeoutError()]
    reply = await stage.send(task_id, stage.person.says("CompleteTask"))
    assert (reply.version, stage.sidecar.saves, stage.sidecar.reads) == (2, 3, 0)
    assert len(stage.sidecar.outbox) == 2


async def test_a_save_that_landed_and_was_overtaken_is_answered_from_the_log(stage: Stage, replica: Stage) -> None:
    task_id = await stage.create()
    command = stage.person.says("CompleteTask")
    stage.sidecar.gate = gate = asyncio.Event()
    stage.sidecar.saving.clear()
    asked = asyncio.create_task(stage.send(task_id, command))
    await stage.sidecar.saving.wait()
    stage.sidecar.gate = None
    await replica.send(task_id, command)
    await replica.send(task_id, stage.person.says("ReopenTask"))
    stage.sidecar.save_errors = [grpc_error("connection reset")]
    gate.set()
    assert (await asked).value["status"] == "completed"
    assert stage.doc(task_id)["version"] == 3


async def test_a_store_that_stays_away_is_an_outage_and_leaves_no_trace(stage: Stage) -> None:
    task_id = await stage.create()
    stage.sidecar.save_errors = [TimeoutError(), grpc_error("unavailable")]
    command = stage.person.says("CompleteTask")
    with pytest.raises(Outage):
        await stage.send(task_id, command)
    assert (await stage.send(task_id, stage.person.says("AddTags", {"tags": ["x"]}))).value["status"] == "open"
    assert (await stage.send(task_id, command)).value["status"] == "completed"


async def test_after_a_failed_save_the_doc_is_read_again(stage: Stage, replica: Stage) -> None:
    """Without it, one save that failed after it was stored would make every later turn of the actor stale."""
    task_id = await stage.create()
    stage.sidecar.lost_answers = [TimeoutError()]
    stage.sidecar.save_errors = []
    landed = stage.sidecar.commit

    def lands_then_breaks(actor_id: str, value: bytes) -> None:
        landed(actor_id, value)
        stage.sidecar.save_errors = [grpc_error("gone")]

    stage.sidecar.commit = lands_then_breaks  # type: ignore[method-assign]
    with pytest.raises(Outage):
        await stage.send(task_id, stage.person.says("CompleteTask"))
    stage.sidecar.commit = landed  # type: ignore[method-assign]
    reads = stage.sidecar.reads
    reply = await stage.send(task_id, stage.person.says("SetPriority", {"priority": "low"}))
    assert (reply.version, reply.value["status"], stage.sidecar.reads) == (3, "completed", reads + 1)


async def test_a_writer_refused_at_every_try_is_an_outage(stage: Stage) -> None:
    task_id = await stage.create()
    stage.sidecar.save_errors = [grpc_error("stale actor write") for _ in range(9)]
    with pytest.raises(Outage):
        await stage.send(task_id, stage.person.says("CompleteTask"))
    assert stage.sidecar.saves == 4


async def test_another_persons_task_is_not_there(stage: Stage) -> None:
    task_id = await stage.create()
    stranger = type(stage.person)()
    missing = await stage.send(stranger.id, stranger.says("CompleteTask"))
    reply = await stage.send(task_id, stranger.says("CompleteTask"))
    assert reply.error == missing.error
    assert missing.error is not None
    assert (missing.error.status, missing.error.code) == (404, "task_not_found")


async def test_a_create_at_an_id_that_is_taken_is_refused_after_a_look_at_what_is_there(
    stage: Stage, replica: Stage
) -> None:
    """A create decides before it reads; the fence refuses its write, and the next decision sees the task."""
    task_id = await stage.create()
    for who, there in ((type(stage.person)(), set[str]()), (stage.person, {"task"})):
        reply = await replica.send(task_id, who.says("CreateTask", {"id": task_id, "title": "Mine now"}))
        assert reply.error is not None
        assert (reply.error.status, reply.error.code, reply.error.extra.keys()) == (409, "id_taken", there)


async def test_users_go_through_the_same_turn(stage: Stage) -> None:
    person = stage.person
    command = person.says("RegisterUser", {"email": "ada@example.org", "zone": "Europe/Berlin"})
    first = await stage.send(person.id, command, "UserActor")
    again = await stage.send(person.id, command, "UserActor")
    assert first == again
    moved = await stage.send(person.id, person.says("PatchUser", {"zone": "Asia/Tokyo"}), "UserActor")
    assert (moved.version, moved.value["zone"]) == (2, "Asia/Tokyo")
    assert [event["type"] for event in stage.sidecar.outbox] == ["user.registered", "user.updated"]
    assert stage.sidecar.outbox[1]["data"]["changed"] == {"zone": {"old": "Europe/Berlin", "new": "Asia/Tokyo"}}
