"""Wakes: what an actor registers and when, and what a tick does that comes twice, early or late."""

import pytest

from actors.replies import Outage
from tests.fakes.sidecar import grpc_error
from tests.turns.conftest import Stage

pytestmark = pytest.mark.turns

# The clock of the stage stands at 12:00 UTC, 13:00 in Berlin.
DUE = {"local": "2026-11-22T14:00", "zone": "Europe/Berlin"}


def types(stage: Stage) -> list[str]:
    return [event["type"] for event in stage.sidecar.outbox]


async def test_a_wake_is_registered_with_retries_without_end(stage: Stage) -> None:
    """Our gRPC client keeps the policy; the SDK's HTTP client drops it, and then 4 failures delete the reminder."""
    task_id = await stage.create(due=DUE)
    [(name, body)] = stage.sidecar.reminders
    assert (name, body["dueTime"], body["period"]) == ("wake", "0h30m0s0ms0μs", None)
    assert body["failurePolicy"] == {"constant": {"interval": "0h0m5s0ms0μs"}}
    assert stage.armed == [("TaskActor", task_id, "2026-11-22T12:30:00.000Z")]


async def test_a_wake_of_centuries_ahead_is_registered_for_a_year_and_then_anew(stage: Stage) -> None:
    """The scheduler counts in nanoseconds of 64 bits and refuses a delay of more than 292 years."""
    task_id = await stage.create(reminders=[{"at": "2999-12-31T23:59:59Z"}])
    assert stage.sidecar.reminders[0][1]["dueTime"] == f"{365 * 24}h0m0s0ms0μs"
    assert stage.armed == [("TaskActor", task_id, "2999-12-31T23:59:59.000Z")]
    stage.clock.move(minutes=365 * 24 * 60)
    await stage.remind(task_id)
    assert types(stage) == ["task.created", "reminder.scheduled"]
    assert len(stage.sidecar.reminders) == 2


async def test_a_wake_is_registered_again_only_when_it_moved(stage: Stage) -> None:
    task_id = await stage.create(due=DUE)
    await stage.send(task_id, stage.person.says("PatchTask", {"title": "Other"}))
    assert len(stage.sidecar.reminders) == 1
    await stage.send(task_id, stage.person.says("MoveDue", {"due": {**DUE, "local": "2026-11-22T15:00"}}))
    assert stage.sidecar.reminders[1][1]["dueTime"] == "1h30m0s0ms0μs"


async def test_a_wake_that_cannot_be_registered_fails_no_command(stage: Stage) -> None:
    stage.sidecar.reminder_errors = [grpc_error("scheduler away")]
    task_id = await stage.create(due=DUE)
    assert (stage.armed, stage.doc(task_id)["wake"]) == ([], "2026-11-22T12:30:00.000Z")


async def test_arm_registers_what_the_store_asks_for(stage: Stage, replica: Stage) -> None:
    task_id = await stage.create(due=DUE)
    assert await replica.call(task_id, "arm") == {"armed": "2026-11-22T12:30:00.000Z"}
    assert len(stage.sidecar.reminders) == 2
    stage.clock.move(seconds=1)  # within one second the same wake is not registered again
    stage.sidecar.reminder_errors = [TimeoutError()]
    with pytest.raises(Outage):
        await replica.call(task_id, "arm")
    assert await replica.call(await stage.create(), "arm") == {"armed": None}
    assert await replica.call(stage.person.id, "arm") == {"armed": None}


async def test_a_tick_fires_once_and_registers_what_comes_next(stage: Stage) -> None:
    task_id = await stage.create(due=DUE)
    stage.clock.move(minutes=30)
    await stage.remind(task_id)
    await stage.remind(task_id)
    assert types(stage) == ["task.created", "reminder.scheduled", "reminder.fired"]
    assert stage.sidecar.reminders[1][1]["dueTime"] == "0h30m0s0ms0μs"
    stage.clock.move(minutes=30)
    await stage.remind(task_id)
    await stage.remind(task_id)
    assert types(stage)[3:] == ["task.overdue"]
    assert stage.doc(task_id)["wake"] is None


async def test_a_tick_is_in_no_command_log(stage: Stage) -> None:
    task_id = await stage.create(due=DUE)
    stage.clock.move(minutes=30)
    await stage.call(task_id, "tick")
    assert stage.doc(task_id)["command"] is None
    assert stage.sidecar.outbox[-1]["data"]["actor"] == {"kind": "reminder", "id": "wake"}


async def test_an_early_tick_comes_back_not_before_a_second(stage: Stage) -> None:
    task_id = await stage.create(due=DUE)
    stage.clock.move(minutes=29, seconds=59.9)
    await stage.remind(task_id)
    assert types(stage) == ["task.created", "reminder.scheduled"]
    assert stage.sidecar.reminders[1][1]["dueTime"] == "0h0m1s0ms0μs"


async def test_a_wake_just_ahead_after_a_tick_that_did_something_is_not_put_off(stage: Stage) -> None:
    task_id = await stage.create(due=DUE, reminders=[{"offset_minutes": 30}, {"at": "2026-11-22T12:30:00.200Z"}])
    stage.clock.move(minutes=30)
    await stage.remind(task_id)
    assert stage.sidecar.reminders[1][1]["dueTime"] == "0h0m0s200ms0μs"


async def test_a_late_tick_says_how_late(stage: Stage) -> None:
    task_id = await stage.create(due=DUE)
    stage.clock.move(minutes=30, seconds=7.5)
    await stage.remind(task_id)
    assert stage.sidecar.outbox[-1]["data"]["late_seconds"] == 7


async def test_a_tick_commits_first_and_fails_when_it_cannot_register(stage: Stage) -> None:
    """Registering first would replace the running job; if the commit then failed, nothing would try it again."""
    task_id = await stage.create(due=DUE)
    stage.clock.move(minutes=30)
    stage.sidecar.reminder_errors = [grpc_error("scheduler away")]
    with pytest.raises(Outage):
        await stage.remind(task_id)
    assert types(stage)[-1] == "reminder.fired"
    await stage.remind(task_id)
    assert types(stage).count("reminder.fired") == 1
    assert len(stage.sidecar.reminders) == 2


async def test_a_tick_of_the_sweeper_does_not_wait_for_a_scheduler_that_is_away(stage: Stage) -> None:
    """Each such tick would hold up the other overdue ones for as long as the scheduler is away."""
    task_id = await stage.create(due=DUE)
    stage.clock.move(minutes=30)
    stage.sidecar.reminder_errors = [grpc_error("scheduler away")]
    await stage.call(task_id, "tick")
    assert types(stage)[-1] == "reminder.fired"
    assert len(stage.sidecar.reminders) == 1
    assert len(stage.armed) == 1, "only what was registered counts as armed"


async def test_a_tick_whose_save_fails_registers_nothing(stage: Stage) -> None:
    task_id = await stage.create(due=DUE)
    stage.clock.move(minutes=30)
    stage.sidecar.save_errors = [TimeoutError(), TimeoutError()]
    with pytest.raises(Outage):
        await stage.remind(task_id)
    assert len(stage.sidecar.reminders) == 1


async def test_a_tick_at_two_copies_fires_once(stage: Stage, replica: Stage) -> None:
    task_id = await stage.create(due=DUE)
    await replica.call(task_id, "arm")
    stage.clock.move(minutes=30)
    await stage.remind(task_id)
    await replica.remind(task_id)
    assert types(stage).count("reminder.fired") == 1


async def test_a_tick_of_nothing_is_no_error(stage: Stage) -> None:
    assert await stage.call(stage.person.id, "tick") == {"ok": True, "value": {"wake": None}, "version": 0}
    assert await stage.call(stage.person.id, "tick", None, "UserActor") == {
        "ok": True,
        "value": {"wake": None},
        "version": 0,
    }


async def test_a_wake_that_could_not_be_registered_is_registered_at_the_next_call(stage: Stage) -> None:
    """The pause between two registrations counts from one that succeeded."""
    stage.sidecar.reminder_errors = [TimeoutError(), TimeoutError()]
    task_id = await stage.create(due=DUE)
    with pytest.raises(Outage):
        await stage.call(task_id, "arm")
    assert await stage.call(task_id, "arm") == {"armed": "2026-11-22T12:30:00.000Z"}
    assert await stage.call(task_id, "tick") is not None
    assert len(stage.sidecar.reminders) == 1
    stage.clock.move(seconds=1)
    await stage.call(task_id, "arm")
    assert len(stage.sidecar.reminders) == 2
