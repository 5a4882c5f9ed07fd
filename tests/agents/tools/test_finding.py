"""find-tasks: each filter, pages, details and ids."""

from typing import Any

import httpx
import pytest

from tests.agents.tools.callers import Agent, task
from tests.fakes.world import World
from web.problems import ProblemError
from web.tools.tasks.finding import FIND_TASKS

pytestmark = pytest.mark.agents
TASKS = "/api/v1/tasks"
MADE_UP = "00000000-0000-4000-8000-000000000000"
BERLIN = "Europe/Berlin"


@pytest.fixture
async def tasks(ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> dict[str, str]:
    """Returns the ids of tasks of a Sunday, 22 November 2026, 13:00 in Berlin."""
    await task(bob, "Bob's")
    made = {
        "late": await task(ada, "late", due={"date": "2026-11-20"}),
        "morning": await task(ada, "morning", due={"local": "2026-11-22T08:00", "zone": BERLIN}),
        "today": await task(ada, "today", due={"date": "2026-11-22"}, tags=["Home"]),
        "tomorrow": await task(ada, "tomorrow", due={"date": "2026-11-23"}, priority="high", tags=["home", "diy"]),
        "friday": await task(ada, "friday", due={"date": "2026-11-27"}, priority="urgent"),
        "undated": await task(ada, "undated", description="Order garden soil"),
        "done": await task(ada, "done"),
        "gone": await task(ada, "gone"),
    }
    await ada.post(f"{TASKS}/{made['done']}/complete")
    await ada.delete(f"{TASKS}/{made['gone']}")
    return made


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ({}, ["late", "morning", "today", "tomorrow", "friday", "undated"]),
        ({"due": "overdue"}, ["late", "morning"]),
        ({"due": "today"}, ["morning", "today"]),
        ({"due": "tomorrow"}, ["tomorrow"]),
        ({"due": "this_week"}, ["morning", "today"]),  # it is Sunday
        ({"due": "none"}, ["undated"]),
        ({"from_day": "2026-11-23", "to_day": "2026-11-27"}, ["tomorrow", "friday"]),
        ({"to_day": "2026-11-20"}, ["late"]),
        ({"from_day": "2026-11-27", "to_day": ""}, ["friday"]),
        ({"tags": ["HOME"]}, ["today", "tomorrow"]),
        ({"tags": ["home", "diy"]}, ["tomorrow"]),
        ({"priorities": ["high", "urgent"]}, ["tomorrow", "friday"]),
        ({"text": "GARDEN so"}, ["undated"]),
        ({"status": "completed"}, ["done"]),
        ({"status": "any", "due": "none"}, ["done", "undated"]),
        ({"in_trash": True}, ["gone"]),
        ({"sort": "title", "descending": True, "limit": 2}, ["undated", "tomorrow"]),
        ({"series": MADE_UP}, []),
    ],
)
async def test_each_filter(agent: Agent, tasks: dict[str, str], filters: dict[str, Any], titles: list[str]) -> None:
    found = await agent(FIND_TASKS, **filters)
    assert tasks
    shown = [each["title"] for each in found["tasks"]]
    assert (sorted(shown) if filters.get("status") == "any" else shown) == titles
    assert found["total"] >= len(titles)


async def test_a_week_ends_on_sunday(here: World, agent: Agent, tasks: dict[str, str]) -> None:
    here.clock.move(days=1)
    assert [each["title"] for each in (await agent(FIND_TASKS, due="this_week"))["tasks"]] == ["tomorrow", "friday"]
    assert tasks


async def test_pages_go_on_where_the_last_one_ended(agent: Agent, tasks: dict[str, str]) -> None:
    first = await agent(FIND_TASKS, limit=4)
    assert (len(first["tasks"]), first["total"]) == (4, 6)
    assert "next_cursor" in first["next"][0]
    rest = await agent(FIND_TASKS, limit=4, cursor=first["next_cursor"])
    assert [each["title"] for each in rest["tasks"]] == ["friday", "undated"]
    assert "next_cursor" not in rest
    for filters in ({"cursor": "made up"}, {"cursor": first["next_cursor"], "due": "none"}):
        with pytest.raises(ProblemError) as problem:
            await agent(FIND_TASKS, **filters)
        assert (problem.value.status, problem.value.code) == (400, "bad_cursor")
    assert tasks


async def test_a_task_is_short_unless_details_are_asked_for(agent: Agent, ada: httpx.AsyncClient) -> None:
    due = {"local": "2026-12-01T09:00", "zone": BERLIN}
    task_id = await task(ada, "Paint", description="Blue", due=due, checklist=[{"text": "Brush"}])
    [short] = (await agent(FIND_TASKS))["tasks"]
    assert short["id"] == task_id
    assert short["reminders"] == ["30 min before it is due"]
    assert short.keys().isdisjoint({"description", "checklist", "reminder_details", "completed_at"})
    [whole] = (await agent(FIND_TASKS, details=True))["tasks"]
    assert (whole["description"], whole["checklist"][0]["text"]) == ("Blue", "Brush")
    assert whole["reminder_details"][0]["fire_at"] == "2026-12-01T07:30:00.000Z"


async def test_ids_are_found_wherever_they_are(agent: Agent, tasks: dict[str, str], bob: httpx.AsyncClient) -> None:
    theirs = await task(bob, "Bob's, too")
    found = await agent(FIND_TASKS, ids=[tasks["gone"], tasks["done"], theirs, MADE_UP])
    assert [each["title"] for each in found["tasks"]] == ["gone", "done"]
    assert found["tasks"][0]["in_trash"]
    assert found["next"] == [f"No task of yours has the id {theirs}, {MADE_UP}; look for it by its words."]


async def test_what_was_just_written_is_found(here: World, agent: Agent, ada: httpx.AsyncClient) -> None:
    here.lagging = True
    await task(ada, "Buy milk")
    with pytest.raises(ProblemError) as problem:
        await agent(FIND_TASKS)
    assert (problem.value.status, problem.value.code) == (503, "read_model_behind")
    await here.settle()
    assert (await agent(FIND_TASKS))["total"] == 1


async def test_nothing_found_says_what_to_try(agent: Agent) -> None:
    found = await agent(FIND_TASKS, text="milk")
    assert (found["tasks"], found["total"]) == ([], 0)
    assert "in_trash" in found["next"][0]
