"""What holds for every call of every tool."""

from typing import Any

import httpx
import pytest

from tests.agents.tools.callers import Agent
from tests.fakes.world import World
from web.tools.catalogue import CATALOGUE
from web.tools.tool import ReadingTool, WritingTool

pytestmark = pytest.mark.agents
READING = [tool for tool in CATALOGUE.values() if isinstance(tool, ReadingTool)]
WRITING = [tool for tool in CATALOGUE.values() if isinstance(tool, WritingTool)]
DUE = {"local": "2026-11-22T14:00", "zone": "Europe/Berlin"}
MINIMAL: dict[str, dict[str, Any]] = {
    "preview-recurrence": {"rule": "FREQ=DAILY", "start": "2026-12-01"},
    "add-tasks": {"tasks": [{"title": "Two"}]},
    "update-tasks": {"tasks": [{"task": "one", "title": "Two"}]},
    "reopen-tasks": {"tasks": ["done"]},
    "restore-tasks": {"tasks": ["gone"]},
    "reschedule-tasks": {"tasks": ["one"], "to": "tomorrow"},
    "tag-tasks": {"tasks": ["one"], "add": ["two"]},
    "snooze-reminders": {"tasks": ["one"], "minutes": 5},
    "repeat-task": {"task": "one", "rule": "FREQ=DAILY"},
    "update-series": {"series": "water", "title": "Water it"},
    "set-series-status": {"series": ["water"], "action": "delete", "occurrences": "delete"},
    "skip-occurrences": {"series": ["water"]},
    "rename-tag": {"tag": "home", "to": "house"},
    "complete-tasks": {"tasks": ["one"]},
    "delete-tasks": {"tasks": ["one"]},
}


@pytest.fixture
async def agent(here: World, ada: httpx.AsyncClient) -> Agent:
    for title in ("One", "Done", "Gone"):
        task = (await ada.post("/api/v1/tasks", json={"title": title, "due": DUE, "tags": ["home"]})).json()
        if title == "Done":
            await ada.post(f"/api/v1/tasks/{task['id']}/complete")
        if title == "Gone":
            await ada.delete(f"/api/v1/tasks/{task['id']}")
    body = {"title": "Water", "rule": "FREQ=DAILY", "start": {"date": "2026-12-01"}}
    assert (await ada.post("/api/v1/series", json=body)).status_code == 201
    return Agent(here, ada)


@pytest.mark.parametrize("tool", READING, ids=lambda tool: tool.name)
async def test_a_tool_that_reads_sends_nothing(here: World, agent: Agent, tool: ReadingTool[Any, Any]) -> None:
    before = here.actors.tried
    answer = await agent(tool, **MINIMAL.get(tool.name, {}))
    assert answer
    assert here.actors.tried == before


@pytest.mark.parametrize("tool", [tool for tool in WRITING if tool.name in MINIMAL], ids=lambda tool: tool.name)
async def test_a_tool_that_writes_sends_nothing_in_a_dry_run_and_once_when_called_twice(
    here: World, agent: Agent, tool: WritingTool[Any]
) -> None:
    before = here.actors.tried
    planned = await agent(tool, dry_run=True, **MINIMAL[tool.name])
    assert here.actors.tried == before
    assert [result["status"] for result in planned["results"]] == ["planned"]
    assert planned["results"][0]["did"]
    assert "change_set" not in planned
    first = await agent(tool, "call", **MINIMAL[tool.name])
    assert [result["status"] for result in first["results"]] == ["done"]
    assert first["results"][0]["did"] == planned["results"][0]["did"]
    assert here.actors.tried > before
    again = await agent(tool, "call", **MINIMAL[tool.name])
    assert again["results"][0]["id"] == first["results"][0]["id"]
    assert [result["status"] for result in again["results"]] == ["done"]


def test_every_tool_that_changes_tasks_series_or_tags_is_called_here() -> None:
    others = {"apply-plan", "revert-change-set"}
    assert {tool.name for tool in WRITING} - MINIMAL.keys() <= others
