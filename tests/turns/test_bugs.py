"""Bugs in turns: they are answered with their fingerprint; outages and what a newer release wrote are still raised."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from actors.commands import Command
from actors.replies import NewerWriterError, Outage
from tests.fakes.sidecar import grpc_error
from tests.turns.conftest import Stage

pytestmark = pytest.mark.turns

DUE = {"local": "2026-11-22T14:00", "zone": "Europe/Berlin"}


def rewrite(stage: Stage, actor_id: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Changes the stored doc past the fence."""
    doc = stage.doc(actor_id)
    change(doc)
    stage.sidecar.docs[actor_id] = orjson.dumps(doc)
    stage.activations.drop_caches()


def spoil(stage: Stage, actor_id: str) -> None:
    rewrite(stage, actor_id, lambda doc: doc["state"].pop("purged"))


async def answer(stage: Stage, actor_id: str, command: Command) -> dict[str, Any]:
    said: dict[str, Any] = await stage.turn(actor_id, command.to_wire())
    return said


async def test_a_bug_is_answered_by_its_mark_alone(stage: Stage) -> None:
    task_id = await stage.create(title="Secret plans")
    spoil(stage, task_id)
    command = stage.person.says("PatchTask", {"title": "More secrets"})
    said = await answer(stage, task_id, command)
    [bug] = stage.bugs
    assert said == {"ok": False, "bug": {"fingerprint": bug.fingerprint}}
    assert (bug.actor_type, bug.actor_id, bug.doing) == ("TaskActor", task_id, "PatchTask")
    assert bug.correlation_id == command.correlation_id
    assert isinstance(bug.error, KeyError)


async def test_the_mark_is_the_same_in_every_process_and_another_for_another_bug(stage: Stage, replica: Stage) -> None:
    first, second = await stage.create(), await stage.create()
    spoil(stage, first)
    marks = {
        (await answer(place, first, stage.person.says(name)))["bug"]["fingerprint"]
        for place in (stage, replica)
        for name in ("CompleteTask", "DeleteTask")
    }
    rewrite(stage, second, lambda doc: doc.pop("state"))
    other = (await answer(stage, second, stage.person.says("CompleteTask")))["bug"]["fingerprint"]
    assert len(marks) == 1
    assert other not in marks
    assert marks.pop().isalnum()


async def test_after_a_bug_the_doc_is_read_again_and_the_actor_goes_on(stage: Stage) -> None:
    task_id = await stage.create()
    whole = stage.sidecar.docs[task_id]
    spoil(stage, task_id)
    command = stage.person.says("CompleteTask")
    await answer(stage, task_id, command)
    stage.sidecar.docs[task_id] = whole
    assert (await stage.send(task_id, command)).value["status"] == "completed"


async def test_a_reminder_with_a_bug_does_not_fail_for_the_scheduler_would_try_for_ever(stage: Stage) -> None:
    task_id = await stage.create(due=DUE)
    rewrite(stage, task_id, lambda doc: doc.update(state={"id": task_id}))
    stage.clock.move(minutes=30)
    await stage.remind(task_id)
    assert [bug.doing for bug in stage.bugs] == ["Tick"]
    assert len(stage.sidecar.reminders) == 1, "nothing is registered: the sweeper finds it overdue"
    assert "bug" in await stage.call(task_id, "tick")


async def test_a_doc_that_is_none_is_a_bug_of_arm_too(stage: Stage) -> None:
    task_id = await stage.create(due=DUE)
    rewrite(stage, task_id, lambda doc: doc.pop("state"))
    assert "bug" in await stage.call(task_id, "arm")
    assert [bug.doing for bug in stage.bugs] == ["arm"]


async def test_what_the_database_can_never_hold_is_a_bug(stage: Stage) -> None:
    task_id = await stage.create()
    words = 'ERROR: null value in column "user_id" (SQLSTATE 23502)'
    stage.sidecar.save_errors = [grpc_error(words), grpc_error(words)]
    assert "bug" in await answer(stage, task_id, stage.person.says("CompleteTask"))
    assert stage.sidecar.saves == 2, "not tried again"


# --- What stays an outage


async def test_a_doc_of_a_newer_schema_is_left_to_who_knows_it(stage: Stage) -> None:
    task_id = await stage.create(due=DUE)
    rewrite(stage, task_id, lambda doc: doc.update(schema=2, state={"quite": "another"}))
    for asked in (
        stage.send(task_id, stage.person.says("CompleteTask")),
        stage.call(task_id, "tick"),
        stage.call(task_id, "arm"),
        stage.remind(task_id),
    ):
        with pytest.raises(NewerWriterError):
            await asked
    assert stage.bugs == []


async def test_a_command_that_a_newer_release_sends_is_left_to_who_knows_it(stage: Stage) -> None:
    task_id = await stage.create()
    known = stage.person.says("PatchTask", {"title": "x"})
    unheard = stage.person.says("SetPriority", {"priority": "high"})
    for command in (
        replace(known, name="DreamOfTask"),
        replace(known, body={"due": {"lunar": "full moon"}}),
        replace(unheard, body={"weight": 3}),
    ):
        with pytest.raises(NewerWriterError):
            await stage.send(task_id, command)
    wire = known.to_wire()
    del wire["zone"]
    with pytest.raises(NewerWriterError):
        await stage.turn(task_id, wire)
    with pytest.raises(NewerWriterError):
        await stage.remind(task_id, "doze")
    assert stage.bugs == []


async def test_a_log_of_commands_that_does_not_answer_is_an_outage(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs(*_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(stage.sidecar, "find", hangs)
    with pytest.raises(Outage):
        await stage.send(stage.person.id, stage.person.says("CompleteTask"))
    assert stage.bugs == []
