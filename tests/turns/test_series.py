"""A series and its tasks as actors: turns, ticks and reports that come twice, late, out of order, or at two replicas."""

from typing import Any
from uuid import UUID, uuid5

import pytest

from actors.clock import parse_instant
from actors.commands import Command, Principal, build_command
from actors.replies import Outage, Reply
from tests.fakes.sidecar import grpc_error
from tests.turns.conftest import Stage

pytestmark = pytest.mark.turns

SERIES = "SeriesActor"
START = {"local": "2026-11-23T09:00", "zone": "Europe/Berlin"}
# The command to a task that the consumer makes of an event of a series.
ASKS = {"recurrence.triggered": "CreateTask", "recurrence.withdrawn": "Withdraw"}


async def create(stage: Stage, **body: Any) -> str:
    given = {"template": {"title": "Water"}, "rule": "FREQ=DAILY", "start": START, **body}
    command = stage.person.says("CreateSeries", given)
    reply = await stage.send(stage.person.task_of(command), command, SERIES)
    assert reply.ok
    series_id: str = reply.value["id"]
    return series_id


def recurrence(stage: Stage, name: str, body: Any, receiver: str, cause: str) -> Command:
    """Returns a command as the recurrence consumer makes it: the same event always makes the same command."""
    return build_command(
        name,
        body,
        id=str(uuid5(UUID(receiver), cause)),
        principal=Principal("system", "recurrence", stage.person.id),
        correlation_id="c",
        zone=stage.person.zone,
        defaults=stage.person.defaults,
    )


async def pass_on(stage: Stage, event: dict[str, Any]) -> Reply:
    data = event["data"]
    body = data.get("task") or {
        "series_id": data["series_id"],
        "generation": data["slot"]["generation"],
        "slot": data["slot"]["slot"],
    }
    command = recurrence(stage, ASKS[event["type"]], body, data["task_id"], event["id"])
    return await stage.send(data["task_id"], command)


async def report(stage: Stage, series_id: str, what: str, slot: str, cause: str = "event", **more: str) -> Reply:
    body = {"generation": 1, "slot": slot, **more}
    return await stage.send(series_id, recurrence(stage, f"Occurrence{what}", body, series_id, cause), SERIES)


def types(stage: Stage) -> list[str]:
    return [event["type"] for event in stage.sidecar.outbox]


def triggered(stage: Stage) -> list[str]:
    return [event["data"]["slot"]["slot"] for event in stage.sidecar.outbox if event["type"] == "recurrence.triggered"]


async def test_a_series_is_made_by_one_save_and_wakes_when_its_slot_starts(stage: Stage) -> None:
    series_id = await create(stage)
    assert (stage.sidecar.reads, stage.sidecar.saves) == (0, 1)
    assert types(stage) == ["series.created", "recurrence.triggered"]
    assert stage.doc(series_id)["wake"] == "2026-11-23T08:00:00.000Z"
    assert stage.armed == [(SERIES, series_id, "2026-11-23T08:00:00.000Z")]
    assert stage.sidecar.reminders[0][1]["dueTime"] == "20h0m0s0ms0μs"


async def test_a_tick_twice_and_at_two_copies_starts_a_slot_once(stage: Stage, replica: Stage) -> None:
    series_id = await create(stage)
    await replica.call(series_id, "arm", None, SERIES)
    stage.clock.at = parse_instant("2026-11-23T08:00:00Z")
    for place in (stage, replica, stage):
        await place.remind(series_id, actor_type=SERIES)
    assert triggered(stage) == ["2026-11-23T09:00", "2026-11-24T09:00"]
    assert stage.doc(series_id)["wake"] == "2026-11-24T08:00:00.000Z"


@pytest.mark.parametrize(("now", "again"), [("58", "0h0m2s0ms0μs"), ("59.9", "0h0m1s0ms0μs")])
async def test_an_early_tick_starts_nothing_and_comes_back_not_before_a_second(
    stage: Stage, now: str, again: str
) -> None:
    series_id = await create(stage)
    stage.clock.at = parse_instant(f"2026-11-23T07:59:{now}Z")
    await stage.remind(series_id, actor_type=SERIES)
    assert types(stage) == ["series.created", "recurrence.triggered"]
    assert stage.sidecar.reminders[-1][1]["dueTime"] == again


@pytest.mark.parametrize(("pile_up", "made"), [("all", [23, 24, 25, 26, 27]), ("newest", [23, 26, 27])])
async def test_a_tick_three_days_late_makes_up_for_what_was_missed(stage: Stage, pile_up: str, made: list[int]) -> None:
    series_id = await create(stage, pile_up=pile_up)
    stage.clock.at = parse_instant("2026-11-26T08:00:00Z")
    await stage.remind(series_id, actor_type=SERIES)
    await stage.remind(series_id, actor_type=SERIES)
    assert triggered(stage) == [f"2026-11-{day}T09:00" for day in made]


async def test_more_than_a_turn_can_make_is_due_again_at_once(stage: Stage) -> None:
    series_id = await create(stage)
    stage.clock.at = parse_instant("2027-03-01T12:00:00Z")
    await stage.remind(series_id, actor_type=SERIES)
    assert len(triggered(stage)) == 41
    assert stage.sidecar.reminders[-1][1]["dueTime"] == "0h0m0s0ms0μs"
    with pytest.raises(Outage):
        await stage.send(series_id, stage.person.says("PauseSeries"), SERIES)
    await stage.remind(series_id, actor_type=SERIES)
    assert (await stage.send(series_id, stage.person.says("PauseSeries"), SERIES)).ok
    assert len(triggered(stage)) == 100


async def test_a_tick_whose_answer_is_lost_starts_the_slot_once(stage: Stage) -> None:
    series_id = await create(stage)
    stage.clock.at = parse_instant("2026-11-23T08:00:00Z")
    stage.sidecar.lost_answers = [grpc_error("gone")]
    await stage.remind(series_id, actor_type=SERIES)
    await stage.remind(series_id, actor_type=SERIES)
    assert triggered(stage) == ["2026-11-23T09:00", "2026-11-24T09:00"]


async def test_an_event_passed_on_twice_makes_one_task(stage: Stage, replica: Stage) -> None:
    await create(stage)
    [event] = [event for event in stage.sidecar.outbox if event["type"] == "recurrence.triggered"]
    for place in (stage, replica, stage):
        assert (await pass_on(place, event)).version == 1
    assert types(stage).count("task.created") == 1
    task = stage.doc(event["data"]["task_id"])["state"]
    assert task["occurrence"] == {"generation": 1, "slot": "2026-11-23T09:00"}
    assert [reminder["fire_at"] for reminder in task["reminders"]] == ["2026-11-23T07:30:00.000Z"]


async def test_an_occurrence_withdrawn_before_it_is_made_is_never_made(stage: Stage) -> None:
    """The series was deleted while its next occurrence was being made, and the two events arrived in reverse order."""
    series_id = await create(stage)
    await stage.send(series_id, stage.person.says("DeleteSeries", {"occurrences": "delete"}), SERIES)
    made, withdrawn = (event for event in stage.sidecar.outbox if event["type"] in ASKS)
    assert (made["type"], withdrawn["type"]) == ("recurrence.triggered", "recurrence.withdrawn")
    for event in (withdrawn, made, withdrawn, made):
        reply = await pass_on(stage, event)
        assert reply.value["purged"]
    assert types(stage)[-1] == "task.purged"
    assert types(stage).count("task.created") == 0


async def test_reports_that_come_twice_or_late_are_applied_once(stage: Stage) -> None:
    series_id = await create(stage, mode="completion", rule="FREQ=DAILY;INTERVAL=3")
    done = {"completed_at": "2026-11-24T12:00:00.000Z"}
    first = await report(stage, series_id, "Completed", "2026-11-23T09:00", "done", **done)
    again = await report(stage, series_id, "Completed", "2026-11-23T09:00", "done", **done)
    assert first == again
    await report(stage, series_id, "Completed", "2026-11-23T09:00", "done after a reopen", **done)
    await report(stage, series_id, "Created", "2026-11-23T09:00", "made")
    await report(stage, series_id, "Created", "2026-11-23T09:00", "made, replayed")
    assert triggered(stage) == ["2026-11-23T09:00", "2026-11-27T09:00"]
    assert types(stage).count("recurrence.instance-created") == 1


async def test_a_completion_and_a_slot_at_once_make_one_next_occurrence(stage: Stage, replica: Stage) -> None:
    series_id = await create(stage)
    await replica.call(series_id, "arm", None, SERIES)
    stage.clock.at = parse_instant("2026-11-23T08:00:00Z")
    done = {"completed_at": "2026-11-23T08:00:00.000Z"}
    await report(replica, series_id, "Completed", "2026-11-23T09:00", **done)
    await stage.remind(series_id, actor_type=SERIES)
    await report(stage, series_id, "Completed", "2026-11-23T09:00", **done)
    assert triggered(stage) == ["2026-11-23T09:00", "2026-11-24T09:00"]
    assert stage.doc(series_id)["state"]["open"] == []


async def test_a_wake_that_has_gone_is_registered_no_more(stage: Stage) -> None:
    series_id = await create(stage)
    await stage.send(series_id, stage.person.says("PauseSeries"), SERIES)
    assert stage.doc(series_id)["wake"] is None
    stage.clock.at = parse_instant("2026-11-23T08:00:00Z")
    await stage.remind(series_id, actor_type=SERIES)
    assert types(stage)[-1] == "recurrence.withdrawn"
    assert len(stage.sidecar.reminders) == 1
