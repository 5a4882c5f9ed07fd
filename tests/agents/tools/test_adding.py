"""add-tasks: sentences and fields become tasks and series, once."""

from typing import Any

import httpx
import pytest

from actors.commands import command_id_for_item, command_id_for_key, task_id_for
from tests.agents.tools.callers import Agent
from web.tools.tasks.adding import ADD_TASKS

pytestmark = pytest.mark.agents
TASKS = "/api/v1/tasks"


async def added(agent: Agent, person: httpx.AsyncClient, **item: Any) -> dict[str, Any]:
    answer = await agent(ADD_TASKS, tasks=[item])
    assert [result["status"] for result in answer["results"]] == ["done"], answer
    task: dict[str, Any] = (await person.get(f"{TASKS}/{answer['results'][0]['id']}")).json()
    return task


async def test_a_sentence_becomes_a_task_where_the_person_lives(agent: Agent, ada: httpx.AsyncClient) -> None:
    task = await added(agent, ada, line="Dentist tomorrow at 9am #health !high remind me 1h before")
    assert (task["title"], task["priority"], task["tags"]) == ("Dentist", "high", ["health"])
    assert task["due"] == {"local": "2026-11-23T09:00", "zone": "Europe/Berlin"}
    assert [each["offset_minutes"] for each in task["reminders"]] == [60]


async def test_a_sentence_is_read_in_the_language_of_the_person(agent: Agent, ada: httpx.AsyncClient) -> None:
    await ada.patch("/api/v1/me", json={"defaults": {"language": "de"}})
    task = await added(agent, ada, line="Zahnarzt morgen um 9 Uhr")
    assert (task["title"], task["due"]["local"]) == ("Zahnarzt", "2026-11-23T09:00")


async def test_fields_count_before_the_sentence(agent: Agent, ada: httpx.AsyncClient) -> None:
    task = await added(agent, ada, line="Buy milk tomorrow !high", priority="low", due="2026-12-01", tags=["shop"])
    assert (task["title"], task["priority"], task["due"], task["tags"]) == (
        "Buy milk", "low", {"date": "2026-12-01"}, ["shop"],
    )  # fmt: skip


async def test_fields_alone_say_all_of_it(agent: Agent, ada: httpx.AsyncClient) -> None:
    task = await added(
        agent,
        ada,
        title="Paint tomorrow",
        description="Blue",
        due="2026-12-01T09:00",
        reminders=["-P1D", "2026-11-30T18:00"],
        checklist=["Brush", "Paint"],
    )
    assert (task["title"], task["description"]) == ("Paint tomorrow", "Blue")
    assert task["due"] == {"local": "2026-12-01T09:00", "zone": "Europe/Berlin"}
    assert [(each.get("offset"), each.get("at")) for each in task["reminders"]] == [
        ("-P1D", None),
        (None, "2026-11-30T17:00:00.000Z"),
    ]
    assert [item["text"] for item in task["checklist"]] == ["Brush", "Paint"]


async def test_reminders_are_the_default_unless_none_are_wanted(agent: Agent, ada: httpx.AsyncClient) -> None:
    default = await added(agent, ada, title="One", due="2026-12-01T09:00")
    assert [each["offset_minutes"] for each in default["reminders"]] == [30]
    assert (await added(agent, ada, title="Two", due="2026-12-01T09:00", reminders=["none"]))["reminders"] == []


async def test_what_repeats_becomes_a_series(agent: Agent, ada: httpx.AsyncClient) -> None:
    said = await added(agent, ada, line="Standup every weekday at 9:30 remind me 10 min before")
    ruled = await added(agent, ada, title="Water", rule="FREQ=WEEKLY;BYDAY=SU", mode="schedule")
    for task, rule in ((said, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"), (ruled, "FREQ=WEEKLY;BYDAY=SU")):
        series = (await ada.get(f"/api/v1/series/{task['series_id']}")).json()
        assert series["rule"] == rule
    assert said["due"] == {"local": "2026-11-23T09:30", "zone": "Europe/Berlin"}
    assert ruled["due"] == {"date": "2026-11-22"}  # without a due it begins today


async def test_a_long_sentence_is_kept_whole(agent: Agent, ada: httpx.AsyncClient) -> None:
    line = "word " * 150 + "tomorrow"
    task = await added(agent, ada, line=line)
    assert len(task["title"]) <= 500
    assert task["description"] == line
    assert task["due"] == {"date": "2026-11-23"}


async def test_ids_follow_from_the_call_and_a_repeated_one_makes_nothing(agent: Agent, ada: httpx.AsyncClient) -> None:
    tasks = [{"line": "Buy milk tomorrow"}, {"title": "Water", "rule": "FREQ=DAILY"}, {"title": "Rent"}]
    first = await agent(ADD_TASKS, "call", tasks=tasks)
    user_id = ada.headers["x-user-id"]
    command_id = command_id_for_key(user_id, "call")
    made = [task_id_for(user_id, command_id_for_item(command_id, str(item))) for item in range(3)]
    ids = [result["id"] for result in first["results"]]
    assert (ids[0], first["results"][1]["task"]["series_id"], ids[2]) == tuple(made)
    agent.here.clock.move(days=1)  # "tomorrow" is another day by now
    again = await agent(ADD_TASKS, "call", tasks=tasks)
    assert [result["id"] for result in again["results"]] == ids
    assert again["results"][0]["task"]["due"] == {"date": "2026-11-23"}
    listed = (await ada.get(TASKS)).json()["items"]
    assert sorted(task["title"] for task in listed if task["series_id"] is None) == ["Buy milk", "Rent"]


async def test_an_item_that_cannot_be_made_stops_no_other(agent: Agent, ada: httpx.AsyncClient) -> None:
    tasks = [
        {"title": "One"},
        {"title": "Often", "rule": "FREQ=SECONDLY"},
        {"title": "Far", "due": "2999-12-31", "rule": "FREQ=DAILY;UNTIL=20261201"},
        {"title": "Four"},
    ]
    answer = await agent(ADD_TASKS, tasks=tasks)
    assert [result["status"] for result in answer["results"]] == ["done", "failed", "failed", "done"]
    assert all(result["code"] and result["detail"] for result in answer["results"] if result["status"] == "failed")
    assert (await ada.get(TASKS)).json()["total"] == 2


async def test_fifty_are_made_in_one_call(agent: Agent, ada: httpx.AsyncClient) -> None:
    answer = await agent(ADD_TASKS, tasks=[{"line": f"Task {number} tomorrow"} for number in range(50)])
    assert {result["status"] for result in answer["results"]} == {"done"}
    assert [result["title"] for result in answer["results"]] == [f"Task {number}" for number in range(50)]
    assert (await ada.get(TASKS)).json()["total"] == 50
