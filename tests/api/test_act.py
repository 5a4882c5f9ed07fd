"""Acts of a tool: they do what routes do, with the same names and without HTTP."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from actors.commands import Cause, command_id_for_key
from host.store.read_model import user_queries
from tests.fakes.world import World
from web.act import Act
from web.api.activity.sending import undo
from web.api.activity.shown import entry_json
from web.api.edge.credentials import profile_of
from web.api.series.bodies import CreateSeries
from web.api.series.sending import create_series, delete_series
from web.api.tags.sending import change_everywhere
from web.api.tasks.bodies import CreateTask
from web.api.tasks.sending import change_task, change_tasks, create_task
from web.caller import Caller
from web.problems import ProblemError

pytestmark = pytest.mark.api
RUN = "f3a9ad9c-7ea3-4e57-8a3c-25f3a5dc1a53"


@pytest.fixture
async def act(here: World, ada: httpx.AsyncClient) -> Act:
    """Returns an act of an agent of Ada's that works on a run."""
    async with here.db.connect() as connection:
        user = await user_queries.find(connection, ada.headers["x-user-id"])
    assert user is not None
    caller = Caller(profile_of(user), "agent", "an-agent", frozenset({"read", "write"}), "")
    duely, command_id = here.app.state.duely, command_id_for_key(user.id, "call 1")
    return Act(duely.services, duely.signer, duely.quota, caller, Cause("chat", RUN, RUN), "a-correlation", command_id)


def then(act: Act, call: str, **changes: Any) -> Act:
    return replace(act, command_id=command_id_for_key(act.user_id, call), **changes)


async def test_an_agent_does_all_that_a_person_does_and_it_is_one_change_set(act: Act, ada: httpx.AsyncClient) -> None:
    made = await create_task(act, CreateTask(title="Paint", tags=["home"]))
    again = await create_task(act, CreateTask(title="Paint", tags=["home"]))
    assert (made.outcome, again.value["id"], again.version) == ("made", made.value["id"], 1)
    task_id = made.value["id"]
    await change_task(then(act, "2", seen=made.writes), task_id, "PatchTask", {"title": "Paint it"})
    await change_tasks(then(act, "3"), "set_priority", [task_id], {"priority": "high"})
    await change_everywhere(then(act, "4"), "home", "RenameTag", {"from": "home", "to": "house"})
    series = await create_series(
        then(act, "5"),
        CreateSeries.model_validate({"title": "Water", "rule": "FREQ=DAILY", "start": {"date": "2026-12-01"}}),
    )
    await delete_series(then(act, "6"), series.value["id"], "delete")
    items = (await ada.get("/api/v1/activity", params={"limit": 200})).json()["items"]
    renamed = next(item for item in items if item["changed"].get("tags"))
    await undo(then(act, "7"), renamed["position"])
    shown = (await ada.get(f"/api/v1/tasks/{task_id}")).json()
    assert (shown["title"], shown["priority"], shown["tags"]) == ("Paint it", "high", ["home"])
    causes = {
        (item["cause"]["via"], item["cause"]["change_set"], item["cause"]["correlation_id"])
        for item in (await ada.get("/api/v1/activity", params={"limit": 200})).json()["items"]
        if item["type"] != "user.registered"
    }
    assert causes == {("chat", RUN, "a-correlation")}


async def test_a_refusal_is_the_problem_that_a_route_answers(act: Act, ada: httpx.AsyncClient) -> None:
    task_id = (await ada.post("/api/v1/tasks", json={"title": "Mine"})).json()["id"]
    await ada.patch(f"/api/v1/tasks/{task_id}", json={"title": "Mine, still"})
    edit = then(act, "1", if_match=1)
    with pytest.raises(ProblemError) as refusal:
        await change_task(edit, task_id, "PatchTask", {"title": "Ours"})
    assert (refusal.value.status, refusal.value.code) == (409, "edit_conflict")
    with pytest.raises(ProblemError) as refusal:
        await change_tasks(edit, "set_priority", [task_id], {"priority": "very"})
    assert (refusal.value.status, refusal.value.faults[0].where) == (422, "/args/priority")


async def test_a_request_is_a_cause_too_and_nobody_asked_for_a_tick(here: World, ada: httpx.AsyncClient) -> None:
    body = {"title": "Call", "due": {"local": "2026-11-22T14:00", "zone": "Europe/Berlin"}}
    task = (await ada.post("/api/v1/tasks", json=body, headers={"x-request-id": "a-request-of-hers"})).json()
    here.clock.move(minutes=30)
    await here.actors.tick("TaskActor", task["id"])
    items = (await ada.get(f"/api/v1/tasks/{task['id']}/activity")).json()["items"]
    causes = {item["type"]: (item["cause"]["via"], item["cause"]["change_set"]) for item in items}
    assert (causes["task.created"], causes["reminder.fired"]) == (("request", None), (None, None))
    assert here.actors.sent[-1][2].cause == Cause("request", "a-request-of-hers")


def test_an_event_of_before_there_were_causes_is_shown_without(here: World) -> None:
    data = {"actor": {"kind": "user", "id": "u"}, "correlation_id": "c", "command_id": "k", "version": 1}
    shown = entry_json(1, {"type": "task.updated", "data": data}, here.clock.now())
    cause = {
        "kind": "user",
        "id": "u",
        "correlation_id": "c",
        "command_id": "k",
        "via": None,
        "change_set": None,
        "name": None,
    }
    assert shown["cause"] == cause
