"""Change sets of many entries: each comes back once, also when the first try does not get to the end."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.agents.test_change_sets import RUN, SETS, Agent, agent, made, shown, taken_back
from tests.fakes.world import World
from tests.support.summary import SUMMARY
from web.api.change_sets.sending import revert
from web.api.series.sending import change_series, edit_series
from web.api.tasks.sending import change_tasks

pytestmark = pytest.mark.agents
__all__ = ["agent"]  # the fixture


async def test_thirty_mixed_changes_of_which_five_were_changed_since(
    here: World,
    ada: httpx.AsyncClient,
    agent: Agent,
) -> None:
    tasks = [await made(ada, f"Task {n}", priority="low", due={"date": "2026-12-01"}) for n in range(20)]
    ids = [task["id"] for task in tasks]
    series = (await ada.post("/api/v1/series", json=_SERIES)).json()
    before = await _all(ada)
    for n in range(5):  # 5 edits of titles
        await agent.does(ids[n], "PatchTask", title=f"Agent's {n}")
    for n in range(5, 10):  # 5 moves
        await agent.does(ids[n], "PatchTask", due={"date": "2026-12-24"})
    for n in range(10, 15):  # 5 completions
        await agent.does(ids[n], "CompleteTask")
    for n in range(15, 18):  # 3 deletions
        await agent.does(ids[n], "DeleteTask")
    for n in range(18, 20):  # 4 changes of priorities, two of each task
        await agent.does(ids[n], "SetPriority", priority="high")
        await agent.does(ids[n], "SetPriority", priority="urgent")
    fresh = [await agent.adds(f"New {n}") for n in range(4)]
    await edit_series(agent.act(), series["id"], {"template": {"description": "two cans"}})
    await change_series(agent.act(), series["id"], "SkipSlot", {"slot": "2026-11-24T09:00"})
    await change_series(agent.act(), series["id"], "PauseSeries")
    made_series = await agent.begins(title="Of the agent")
    since: dict[str, dict[str, Any]] = {
        ids[0]: {"title": "Ada's"},
        ids[5]: {"due": {"date": "2026-12-31"}},
        ids[19]: {"priority": "medium"},
        fresh[0]: {"description": "wanted"},
    }
    for task_id, body in since.items():
        await ada.patch(f"/api/v1/tasks/{task_id}", json=body)
    await ada.delete(f"/api/v1/tasks/{ids[10]}")
    await here.settle()
    assert (await ada.get(f"{SETS}/{RUN}")).json()["changes"] == 30
    back = await taken_back(ada)
    await here.settle()
    SUMMARY.append(f"change sets: 30 mixed changes, 5 changed since: {back['counts']}")
    assert len(back["results"]) == 30
    touched = {one["task_id"] for one in back["results"] if one["status"] != "reverted"}
    assert touched == {*since, ids[10]}
    assert back["counts"]["reverted"] == 24  # both changes of the priority of one task have changed since
    after = await _all(ada)
    assert {task_id for task_id in before if after.get(task_id) != before[task_id]} == {
        ids[0],
        ids[5],
        ids[19],
        ids[10],
    }
    assert (await shown(ada, fresh[0]))["deleted_at"] is None
    assert (await ada.get(f"/api/v1/series/{made_series}")).json()["status"] == "deleted"
    assert (await ada.get(f"/api/v1/series/{series['id']}")).json()["status"] == "active"


_SERIES = {
    "title": "Water",
    "rule": "FREQ=DAILY",
    "start": {"local": "2026-11-23T09:00", "zone": "Europe/Berlin"},
}


async def _all(ada: httpx.AsyncClient) -> dict[str, tuple[Any, ...]]:
    """Returns what each task that is not in the trash says."""
    items = (await ada.get("/api/v1/tasks", params={"per_page": 200})).json()["items"]
    names = ("title", "due", "priority", "status", "description")
    return {task["id"]: tuple(task[name] for name in names) for task in items}


@pytest.mark.timeout(180)
async def test_a_thousand_entries_come_back_once_each_though_some_are_not_reached_at_first(
    here: World,
    ada: httpx.AsyncClient,
    agent: Agent,
) -> None:
    here.lagging = True  # the consumers run when all is sent, as they do beside it
    ids = [(await made(ada, f"Task {n}"))["id"] for n in range(100)]
    for priority in ("low", "medium", "high", "urgent", "low", "medium", "high", "urgent", "low", "medium"):
        await change_tasks(agent.act(), "set_priority", ids, {"priority": priority})
    await here.settle()
    here.actors.unreachable |= set(ids[90:])
    started = asyncio.get_running_loop().time()
    act = agent.act()
    first = (await revert(act, RUN)).value
    seconds = asyncio.get_running_loop().time() - started
    SUMMARY.append(f"change sets: 900 of 1,000 entries taken back in {seconds:.1f} s, without a sidecar")
    assert (first["counts"]["reverted"], first["counts"]["unreached"]) == (900, 100)
    here.actors.unreachable.clear()
    await here.settle()
    rest = (await revert(act, RUN)).value
    assert rest["counts"]["reverted"] == 1_000
    await here.settle()
    assert (await revert(act, RUN)).value == rest
    items = (await ada.get("/api/v1/tasks", params={"per_page": 200})).json()["items"]
    assert {task["priority"] for task in items} == {"none"}
    assert {task["version"] for task in items} == {21}  # made, ten changes, ten of them taken back
