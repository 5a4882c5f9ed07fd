"""Change sets: what was done as one whole is listed, read with what can be taken back, and taken back as a whole."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest

from actors.commands import Cause, command_id_for_key
from host.store.read_model import user_queries
from tests.fakes.schema import faults
from tests.fakes.world import World
from web.act import Act
from web.api.activity.sending import undo
from web.api.change_sets.joining import change_set_for
from web.api.edge.credentials import profile_of
from web.api.series.bodies import CreateSeries
from web.api.series.sending import change_series, create_series, edit_series, repeat_task
from web.api.tasks.bodies import CreateTask, PatchTask
from web.api.tasks.sending import change_task, create_task
from web.caller import Caller

pytestmark = pytest.mark.agents
SETS = "/api/v1/change-sets"
RUN = "f3a9ad9c-7ea3-4e57-8a3c-25f3a5dc1a53"
DAILY: dict[str, Any] = {
    "title": "Water",
    "rule": "FREQ=DAILY",
    "start": {"local": "2026-11-23T09:00", "zone": "Europe/Berlin"},
}


class Agent:
    """An agent of Ada's, whose acts are one change set."""

    def __init__(self, act: Act) -> None:
        self._act = act
        self._calls = 0

    def act(self) -> Act:
        self._calls += 1
        return replace(self._act, command_id=command_id_for_key(self._act.user_id, f"call {self._calls}"))

    async def adds(self, title: str, **fields: Any) -> str:
        done = await create_task(self.act(), CreateTask.model_validate({"title": title, **fields}))
        task_id: str = done.value["id"]
        return task_id

    async def does(self, task_id: str, name: str, **body: Any) -> None:
        await change_task(self.act(), task_id, name, body)

    async def begins(self, **fields: Any) -> str:
        done = await create_series(self.act(), CreateSeries.model_validate({**DAILY, **fields}))
        series_id: str = done.value["id"]
        return series_id


@pytest.fixture
async def agent(here: World, ada: httpx.AsyncClient) -> Agent:
    token = (await ada.post("/api/v1/tokens", json={"name": "Planner", "scopes": ["agent"]})).json()
    async with here.db.connect() as connection:
        user = await user_queries.find(connection, ada.headers["x-user-id"])
    assert user is not None
    caller = Caller(profile_of(user), "agent", token["id"], frozenset({"read", "write"}), "")
    duely = here.app.state.duely
    return Agent(Act(duely.services, duely.signer, duely.quota, caller, Cause("chat", RUN, RUN), "corr", str(uuid4())))


async def made(ada: httpx.AsyncClient, title: str, **fields: Any) -> dict[str, Any]:
    task: dict[str, Any] = (await ada.post("/api/v1/tasks", json={"title": title, **fields})).json()
    return task


async def shown(ada: httpx.AsyncClient, task_id: str) -> dict[str, Any]:
    task: dict[str, Any] = (await ada.get(f"/api/v1/tasks/{task_id}")).json()
    return task


async def taken_back(ada: httpx.AsyncClient, change_set: str = RUN, key: str = "back") -> dict[str, Any]:
    answer = await ada.post(f"{SETS}/{change_set}/revert", headers={"idempotency-key": key})
    assert answer.status_code == 200, answer.text
    value: dict[str, Any] = answer.json()
    assert faults(value, "Reverted") == []
    return value


async def test_a_set_says_who_did_what_and_what_can_be_taken_back(ada: httpx.AsyncClient, agent: Agent) -> None:
    due = {"date": "2026-12-01"}
    moved = [await made(ada, f"Move {n}", due=due) for n in range(4)]
    done = [await made(ada, f"Do {n}") for n in range(2)]
    for task in moved:
        await agent.does(task["id"], "PatchTask", due={"date": "2026-12-02"})
    for task in done:
        await agent.does(task["id"], "CompleteTask")
    page = (await ada.get(SETS)).json()
    assert faults(page, "ChangeSetPage") == []
    [one] = page["items"]
    assert (one["title"], one["kind"], one["changes"]) == ("Moved 4 tasks, completed 2", "chat", 6)
    assert (one["who"]["kind"], one["who"]["name"]) == ("agent", "Planner")
    assert (one["reverts"], one["reverted_by"]) == (None, None)
    await ada.patch(f"/api/v1/tasks/{moved[0]['id']}", json={"due": {"date": "2026-12-24"}})
    entries = (await ada.get(f"{SETS}/{RUN}", params={"limit": 4})).json()
    assert faults(entries, "ChangeSetEntries") == []
    older = (await ada.get(f"{SETS}/{RUN}", params={"before": entries["next_cursor"]})).json()
    takes_back = entries["takes_back"] | older["takes_back"]
    titles = {str(item["position"]): item["task"]["title"] for item in [*entries["items"], *older["items"]]}
    states = {titles[position]: state for position, state in takes_back.items()}
    assert states == {
        "Move 0": "changed_since",
        **{f"Move {n}": "can" for n in (1, 2, 3)},
        "Do 0": "can",
        "Do 1": "can",
    }


async def test_a_set_is_taken_back_and_so_is_the_taking_back(ada: httpx.AsyncClient, agent: Agent) -> None:
    old = await made(ada, "Old", priority="low")
    new = await agent.adds("New")
    for priority in ("medium", "high"):
        await agent.does(old["id"], "SetPriority", priority=priority)
    await agent.does(new, "CompleteTask")
    back = await taken_back(ada)
    assert (back["counts"]["reverted"], len(back["results"])) == (4, 4)
    assert (await shown(ada, old["id"]))["priority"] == "low"
    assert (await shown(ada, new))["deleted_at"] is not None
    assert await taken_back(ada) == back
    sets = {one["id"]: one for one in (await ada.get(SETS)).json()["items"]}
    assert sets[RUN]["reverted_by"] == back["change_set"]
    assert sets[back["change_set"]]["reverts"] == RUN
    assert sets[back["change_set"]]["title"] == "Took back: changed 1 task, reopened 1, deleted 1"
    again = await taken_back(ada, back["change_set"], "again")
    assert again["counts"]["reverted"] == 4
    task = await shown(ada, new)
    assert (task["deleted_at"], task["status"], (await shown(ada, old["id"]))["priority"]) == (
        None,
        "completed",
        "high",
    )
    sets = {one["id"]: one for one in (await ada.get(SETS)).json()["items"]}
    assert sets[RUN]["reverted_by"] is None


async def test_what_has_changed_since_stays_and_is_told(ada: httpx.AsyncClient, agent: Agent) -> None:
    task, other = await made(ada, "Task"), await agent.adds("Of the agent")
    await agent.does(task["id"], "PatchTask", title="By the agent", priority="high")
    await ada.patch(f"/api/v1/tasks/{task['id']}", json={"title": "By Ada"})
    await ada.patch(f"/api/v1/tasks/{other}", json={"title": "Of Ada now"})
    first = await taken_back(ada)
    since = {one["task_id"]: one for one in first["results"]}
    assert (since[task["id"]]["status"], since[task["id"]]["conflicts"]) == (
        "changed_since",
        [{"field": "title", "set": "By the agent", "now": "By Ada"}],
    )
    assert since[other]["conflicts"] == [{"field": "title", "set": "Of the agent", "now": "Of Ada now"}]
    task_now, other_now = await shown(ada, task["id"]), await shown(ada, other)
    assert (task_now["title"], task_now["priority"]) == ("By Ada", "none")
    assert (other_now["title"], other_now["deleted_at"]) == ("Of Ada now", None)
    assert await taken_back(ada) == first


async def test_a_deletion_and_a_restore_in_one_set_end_as_before_it(
    here: World, ada: httpx.AsyncClient, agent: Agent
) -> None:
    task = await made(ada, "Task")
    for name in ("DeleteTask", "RestoreTask", "DeleteTask"):
        await agent.does(task["id"], name)
        here.clock.move(minutes=1)
    assert (await taken_back(ada))["counts"]["reverted"] == 3
    assert (await shown(ada, task["id"]))["deleted_at"] is None


async def test_what_is_gone_is_told(ada: httpx.AsyncClient, agent: Agent) -> None:
    edited, made_one = await made(ada, "Task"), await agent.adds("New")
    await agent.does(edited["id"], "PatchTask", title="Edited")
    await ada.delete(f"/api/v1/tasks/{made_one}")
    await ada.post(f"/api/v1/tasks/{edited['id']}/purge")
    assert (await taken_back(ada))["counts"]["gone"] == 2


async def test_a_series_goes_with_its_blank_occurrences_and_comes_back(
    here: World, ada: httpx.AsyncClient, agent: Agent
) -> None:
    series = await agent.begins(look_ahead_days=2)
    await here.settle()
    tasks = (await ada.get("/api/v1/tasks", params={"series": series})).json()["items"]
    written = min(tasks, key=lambda task: task["occurrence"]["slot"])
    await ada.patch(f"/api/v1/tasks/{written['id']}", json={"description": "mine"})
    back = await taken_back(ada)
    await here.settle()
    [result] = back["results"]
    assert (result["status"], [kept["task_id"] for kept in result["kept"]]) == ("kept", [written["id"]])
    left = (await ada.get("/api/v1/tasks", params={"series": series})).json()["items"]
    assert [task["id"] for task in left] == [written["id"]]
    assert (await ada.get(f"/api/v1/series/{series}")).json()["status"] == "deleted"
    again = await taken_back(ada, back["change_set"], "again")
    await here.settle()
    assert again["counts"]["reverted"] == 1
    assert (await ada.get(f"/api/v1/series/{series}")).json()["status"] == "active"
    left = (await ada.get("/api/v1/tasks", params={"series": series})).json()["items"]
    assert {task["id"] for task in left} >= {task["id"] for task in tasks}
    assert len({task["occurrence"]["slot"] for task in left}) == len(left)


async def test_a_task_that_was_made_to_repeat_goes_on_as_a_single_one(
    here: World, ada: httpx.AsyncClient, agent: Agent
) -> None:
    task = await made(ada, "Water", due={"date": "2026-11-25"})
    await repeat_task(agent.act(), task["id"], PatchTask.model_validate({"recurrence": {"rule": "FREQ=DAILY"}}))
    await here.settle()
    assert (await shown(ada, task["id"]))["series_id"] is not None
    assert (await taken_back(ada))["counts"]["reverted"] == 1
    await here.settle()
    now = await shown(ada, task["id"])
    assert (now["series_id"], now["occurrence"], now["deleted_at"], now["status"]) == (None, None, None, "open")
    assert [one["id"] for one in (await ada.get("/api/v1/tasks")).json()["items"]] == [task["id"]]


async def test_edits_pauses_and_skips_of_a_series_are_taken_back(
    here: World, ada: httpx.AsyncClient, agent: Agent
) -> None:
    series = (await ada.post("/api/v1/series", json={**DAILY, "look_ahead_days": 2})).json()
    await edit_series(agent.act(), series["id"], {"template": {"title": "Feed"}})
    await change_series(agent.act(), series["id"], "SkipSlot", {"slot": "2026-11-24T09:00"})
    await change_series(agent.act(), series["id"], "PauseSeries")
    await here.settle()
    assert (await ada.get("/api/v1/tasks")).json()["items"] == []
    back = await taken_back(ada)
    await here.settle()
    assert back["counts"]["reverted"] == 3
    tasks = (await ada.get("/api/v1/tasks")).json()["items"]
    assert {task["title"] for task in tasks} == {"Water"}
    assert sorted(task["occurrence"]["slot"] for task in tasks) == [f"2026-11-2{n}T09:00" for n in (3, 4)]


async def test_what_follows_from_a_set_belongs_to_it_and_is_undone_with_its_cause(
    here: World, ada: httpx.AsyncClient, agent: Agent
) -> None:
    series = await agent.begins()
    await change_series(agent.act(), series, "PauseSeries")
    await here.settle()
    items = (await ada.get("/api/v1/activity", params={"limit": 200})).json()["items"]
    of_duely = [item for item in items if item["cause"]["kind"] == "system"]
    assert {"task.created", "task.deleted"} <= {item["type"] for item in of_duely}
    assert {item["cause"]["change_set"] for item in of_duely} == {RUN}
    assert not any(item["undoable"] for item in of_duely)
    gone = next(item for item in of_duely if item["type"] == "task.deleted")
    paused = next(item for item in items if item["type"] == "series.paused")
    refused = await ada.post(f"/api/v1/activity/{gone['position']}/undo")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_undoable")
    assert f"entry {paused['position']}" in refused.json()["detail"]
    assert [item["cause"]["change_set"] for item in items if item["type"] == "series.paused"] == [RUN]


async def test_the_activity_names_tokens_also_revoked_ones_and_sets(ada: httpx.AsyncClient, agent: Agent) -> None:
    await agent.adds("New")
    [token] = (await ada.get("/api/v1/tokens")).json()["items"]
    await ada.delete(f"/api/v1/tokens/{token['id']}")
    page = (await ada.get("/api/v1/activity", params={"type": "task.created"})).json()
    assert page["items"][0]["cause"]["name"] == "Planner"
    assert page["change_sets"] == {RUN: {"changes": 1, "reverted_by": None}}


async def test_calls_of_one_token_close_in_time_share_a_set(here: World, agent: Agent) -> None:
    def call() -> Act:
        act = agent.act()
        return replace(act, cause=replace(act.cause, change_set=None))

    first, *others = await asyncio.gather(*(change_set_for(call()) for _ in range(10)))
    assert set(others) == {first}
    here.clock.move(minutes=9)
    assert await change_set_for(call()) == first
    here.clock.move(minutes=9)
    assert await change_set_for(call()) == first
    here.clock.move(minutes=10)
    assert await change_set_for(call()) != first
    named = agent.act()
    assert await change_set_for(named) == RUN
    person = replace(call(), caller=replace(named.caller, kind="user"))
    assert await change_set_for(person) == person.command_id


async def test_a_set_of_somebody_else_is_not_found(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, agent: Agent
) -> None:
    await agent.adds("New")
    for answer in (await bob.get(f"{SETS}/{RUN}"), await bob.post(f"{SETS}/{RUN}/revert"), await ada.get(f"{SETS}/x")):
        assert (answer.status_code, answer.json()["code"]) == (404, "change_set_not_found")
    assert (await bob.get(SETS)).json()["items"] == []


async def test_a_key_is_for_one_set_and_the_list_has_pages(ada: httpx.AsyncClient) -> None:
    ids = [(await made(ada, f"Task {n}"))["id"] for n in range(3)]
    for task_id in ids:
        await ada.post("/api/v1/tasks/bulk", json={"action": "complete", "ids": [task_id]})
    first = (await ada.get(SETS, params={"per_page": 2})).json()
    rest = (await ada.get(SETS, params={"per_page": 2, "cursor": first["next_cursor"]})).json()
    assert (first["total"], len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (3, 2, 1, None)
    one, other = first["items"]
    assert (one["kind"], one["title"], one["who"]["kind"]) == ("request", "Completed 1 task", "user")
    await taken_back(ada, one["id"])
    answer = await ada.post(f"{SETS}/{other['id']}/revert", headers={"idempotency-key": "back"})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")


async def test_an_entry_is_undone_alone_as_before(ada: httpx.AsyncClient, agent: Agent) -> None:
    task = await made(ada, "Task")
    await agent.does(task["id"], "PatchTask", title="Other")
    [item] = (await ada.get("/api/v1/activity", params={"type": "task.updated"})).json()["items"]
    await undo(agent.act(), item["position"])
    assert (await shown(ada, task["id"]))["title"] == "Task"
