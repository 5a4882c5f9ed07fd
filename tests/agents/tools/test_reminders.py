"""explain-reminder: why a reminder came, came late, does not come, or will come."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.agents.tools.callers import Agent
from tests.api.series import BERLIN, TASKS, made
from tests.fakes.world import World
from web.problems import ProblemError
from web.tools.reminders import EXPLAIN_REMINDER

pytestmark = pytest.mark.agents
DENTIST: dict[str, Any] = {"title": "Dentist", "due": {"local": "2026-11-22T14:00", "zone": BERLIN}}


async def added(person: httpx.AsyncClient, **fields: Any) -> str:
    """The id of the task, which is due in an hour, with those fields instead."""
    answer = await person.post(TASKS, json={**DENTIST, **fields})
    assert answer.status_code == 201, answer.text
    task_id: str = answer.json()["id"]
    return task_id


async def ticked(here: World, task_id: str, **by: float) -> None:
    here.clock.move(**by)
    await here.actors.tick("TaskActor", task_id)


async def test_a_reminder_to_come_names_task_due_and_how_long_before(agent: Agent, ada: httpx.AsyncClient) -> None:
    task_id = await added(ada)
    found = await agent(EXPLAIN_REMINDER, task=task_id)
    assert found["text"] == (
        'A reminder of "Dentist", due 2026-11-22 14:00, is set 30 min before it is due, so at 2026-11-22 13:30. '
        "It has not come yet."
    )
    assert (found["task"]["id"], found["total"], len(found["reminders"])) == (task_id, 1, 1)
    assert found["reminders"][0]["set_as"] == "30 min before it is due"


async def test_without_a_task_the_one_that_came_last_is_meant(
    agent: Agent, here: World, ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    assert (await agent(EXPLAIN_REMINDER))["text"] == "No reminder has come yet."
    first, last = await added(ada), await added(ada, title="Bank", reminders=[{"offset_minutes": 10}])
    of_bob = await added(bob, reminders=[{"offset_minutes": 5}])
    await ticked(here, first, minutes=30)
    await ticked(here, last, minutes=20)
    await ticked(here, of_bob, minutes=5)
    found = await agent(EXPLAIN_REMINDER)
    assert found["task"]["title"] == "Bank"
    assert found["text"].endswith(
        "is set 10 min before it is due, so at 2026-11-22 13:50. It came at 2026-11-22 13:50."
    )


async def test_a_late_one_says_how_late_and_why(agent: Agent, here: World, ada: httpx.AsyncClient) -> None:
    task_id = await added(ada)
    await ticked(here, task_id, minutes=42)
    [reminder] = (await agent(EXPLAIN_REMINDER, task=task_id))["reminders"]
    assert (reminder["late_seconds"], reminder["late_because"]) == (720, "away")
    assert "It came at 2026-11-22 13:42, 12 min late: Duely did not run at its time, or was behind." in reminder["text"]


async def test_one_that_was_asked_for_too_late_says_so(agent: Agent, here: World, ada: httpx.AsyncClient) -> None:
    task_id = await added(ada, reminders=[{"offset_minutes": 90}])
    await ticked(here, task_id)
    [reminder] = (await agent(EXPLAIN_REMINDER, task=task_id))["reminders"]
    assert reminder["late_because"] == "asked_late"
    assert "its time had passed when you asked for it, so it came at once." in reminder["text"]


async def test_one_that_quiet_hours_held_back_says_so(agent: Agent, here: World, ada: httpx.AsyncClient) -> None:
    hours = {"start": "13:00", "end": "15:00"}
    assert (await ada.patch("/api/v1/me", json={"defaults": {"quiet_hours": hours}})).status_code == 200
    task_id = await added(ada)
    await ticked(here, task_id, minutes=30)
    [reminder] = (await agent(EXPLAIN_REMINDER, task=task_id))["reminders"]
    assert (reminder["late_because"], reminder["text"].rpartition(": ")[2]) == (
        "quiet_hours",
        "your quiet hours hold it back until they end.",
    )


async def test_a_snoozed_one_tells_its_life(agent: Agent, here: World, ada: httpx.AsyncClient) -> None:
    task_id = await added(ada)
    await ticked(here, task_id, minutes=30)
    await ada.post(f"{TASKS}/{task_id}/snooze", json={"minutes": 20})
    [reminder] = (await agent(EXPLAIN_REMINDER, task=task_id))["reminders"]
    assert "It came at 2026-11-22 13:30. You snoozed it until 2026-11-22 13:50." in reminder["text"]
    whats = [step["what"] for step in reminder["steps"]]
    assert whats[:2] == ["was set for 2026-11-22 13:30", "came"]
    assert "was snoozed until 2026-11-22 13:50" in whats
    await ticked(here, task_id, minutes=20)
    [reminder] = (await agent(EXPLAIN_REMINDER, task=task_id))["reminders"]
    assert "It came again at 2026-11-22 13:50." in reminder["text"]


async def test_one_that_came_before_its_task_was_moved_says_so(
    agent: Agent, here: World, ada: httpx.AsyncClient
) -> None:
    task_id = await added(ada)
    await ticked(here, task_id, minutes=30)
    due = {"local": "2026-11-25T18:00", "zone": "Asia/Tokyo"}
    assert (await ada.patch(f"{TASKS}/{task_id}", json={"due": due})).status_code == 200
    assert (await agent(EXPLAIN_REMINDER))["text"] == (
        'A reminder of "Dentist", due 2026-11-25 18:00 in Asia/Tokyo, is set 30 min before it is due, '
        "so at 2026-11-25 09:30. It came at 2026-11-22 13:30, before that was changed."
    )


async def test_one_that_does_not_come_says_why(agent: Agent, ada: httpx.AsyncClient) -> None:
    done, trashed = await added(ada), await added(ada)
    await ada.post(f"{TASKS}/{done}/complete")
    await ada.delete(f"{TASKS}/{trashed}")
    assert "It does not come: the task is completed." in (await agent(EXPLAIN_REMINDER, task=done))["text"]
    assert "It does not come: the task is in the trash." in (await agent(EXPLAIN_REMINDER, task=trashed))["text"]


async def test_one_of_a_series_names_its_rule(agent: Agent, ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    found = await agent(EXPLAIN_REMINDER, task=series["next"]["task_id"])
    assert found["sentence"] == "Every day at 09:00"
    assert "The task is an occurrence of a series: Every day at 09:00." in found["text"]


async def test_the_one_that_came_stands_before_those_to_come(agent: Agent, here: World, ada: httpx.AsyncClient) -> None:
    ahead = [{"offset_minutes": minutes} for minutes in (5, 50, 10, 15, 20, 25)]
    task_id = await added(ada, reminders=[*ahead, {"offset": "P1D"}])
    await ticked(here, task_id, minutes=10)
    found = await agent(EXPLAIN_REMINDER, task=task_id)
    assert (found["total"], len(found["reminders"])) == (7, 5)
    told = [reminder["set_as"] for reminder in found["reminders"] if reminder["fired_at"]]
    assert told == ["50 min before it is due"]
    assert found["reminders"][1]["set_as"] == "25 min before it is due"


async def test_tasks_that_are_none_of_the_persons_are_not_found(
    agent: Agent, ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    await added(ada)
    for named in (str(uuid4()), await added(bob), "hairdresser"):
        with pytest.raises(ProblemError) as refusal:
            await agent(EXPLAIN_REMINDER, task=named)
        assert (refusal.value.status, refusal.value.code) == (404, "task_not_found")
    with pytest.raises(ProblemError) as refusal:
        await agent(EXPLAIN_REMINDER, task=7)
    assert [fault.where for fault in refusal.value.faults] == ["/task"]


async def test_a_name_that_fits_several_is_answered_with_candidates(agent: Agent, ada: httpx.AsyncClient) -> None:
    ids = {await added(ada, title="Dentist of Ada"), await added(ada, title="Dentist of Bob")}
    with pytest.raises(ProblemError) as refusal:
        await agent(EXPLAIN_REMINDER, task="dentist")
    assert (refusal.value.status, refusal.value.code) == (409, "ambiguous_name")
    assert {candidate["id"] for candidate in refusal.value.extra["candidates"]} == ids
