"""Steps: what fails for one item stops no other, and a repeated call does the rest."""

import asyncio

import httpx
import pytest

from actors.commands import Command
from actors.replies import Reply
from tests.agents.tools.callers import Agent
from tests.fakes.world import World
from web.tools import steps
from web.tools.calling import carry_out, planned
from web.tools.plan import Plan, Step
from web.tools.tasks import COMPLETE_TASKS

pytestmark = pytest.mark.agents
TASKS = "/api/v1/tasks"


async def made(person: httpx.AsyncClient, title: str) -> str:
    task_id: str = (await person.post(TASKS, json={"title": title})).json()["id"]
    return task_id


async def test_an_item_that_is_not_reached_fails_alone_and_the_repeated_call_does_it(
    here: World, agent: Agent, ada: httpx.AsyncClient
) -> None:
    one, two, three = [await made(ada, title) for title in ("One", "Two", "Three")]
    here.actors.unreachable.add(two)
    here.actors.faulty.add(three)
    answer = await agent(COMPLETE_TASKS, "call", tasks=["one", "two", "three"])
    assert [result.get("code") for result in answer["results"]] == [None, "unavailable", "internal_error"]
    assert "same call again" in answer["results"][1]["detail"]
    here.actors.unreachable.clear()
    here.actors.faulty.clear()
    again = await agent(COMPLETE_TASKS, "call", tasks=["one", "two", "three"])
    assert [result["status"] for result in again["results"]] == ["done"] * 3
    assert again["results"][0] == answer["results"][0]
    for task_id in (one, two, three):
        assert (await ada.get(f"{TASKS}/{task_id}")).json()["version"] == 2


async def test_a_lost_reply_is_asked_for_again_and_nothing_is_done_twice(
    here: World, agent: Agent, ada: httpx.AsyncClient
) -> None:
    task_id = await made(ada, "One")
    here.actors.lose_reply = True
    assert (await agent(COMPLETE_TASKS, "call", tasks=["one"]))["results"][0]["code"] == "unavailable"
    assert (await agent(COMPLETE_TASKS, "call", tasks=["one"]))["results"][0]["status"] == "done"
    assert (await ada.get(f"{TASKS}/{task_id}")).json()["version"] == 2


async def test_steps_with_one_target_go_in_order(
    here: World, agent: Agent, ada: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = await made(ada, "One")
    commands = ["CompleteTask", "ReopenTask", "CompleteTask", "DeleteTask"]
    send, delays = here.actors.send, iter((0.3, 0.2, 0.1, 0.0))

    async def slower_at_first(actor_type: str, actor_id: str, command: Command) -> Reply:
        await asyncio.sleep(next(delays))
        return await send(actor_type, actor_id, command)

    monkeypatch.setattr(here.actors, "send", slower_at_first)
    plan = Plan(tuple(Step("change_task", task_id, "One", command) for command in commands))
    answer = await carry_out(await agent.use("call"), plan)
    assert [result.status for result in answer.results] == ["done"] * 4
    task = (await ada.get(f"{TASKS}/{task_id}")).json()
    assert (task["version"], task["status"], task["deleted_at"] is None) == (5, "completed", False)


async def test_no_step_is_begun_when_the_time_is_over(
    agent: Agent, ada: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = await made(ada, "One")
    monkeypatch.setattr(steps, "_SECONDS", -1.0)
    answer = await agent(COMPLETE_TASKS, "call", tasks=["one"])
    assert answer["results"][0]["code"] == "unavailable"
    assert (await ada.get(f"{TASKS}/{task_id}")).json()["version"] == 1


async def test_what_was_changed_since_the_plan_is_not_overwritten(agent: Agent, ada: httpx.AsyncClient) -> None:
    task_id = await made(ada, "One")
    use = await agent.use("call")
    plan = await planned(COMPLETE_TASKS, use, {"tasks": ["one"]})
    await ada.post(f"{TASKS}/{task_id}/complete")
    await ada.post(f"{TASKS}/{task_id}/reopen")
    answer = await carry_out(use, plan)
    assert (answer.results[0].status, answer.results[0].code) == ("failed", "edit_conflict")


async def test_a_plan_survives_as_json(agent: Agent, ada: httpx.AsyncClient) -> None:
    await made(ada, "Call one")
    await made(ada, "Call two")
    plan = await planned(COMPLETE_TASKS, await agent.use("call"), {"tasks": ["one", "call", "three"]})
    assert Plan.from_json(plan.to_json()) == plan
    assert [item.code for item in plan.unfit] == ["ambiguous_name", "task_not_found"]


async def test_two_calls_at_once_with_one_id_are_one(agent: Agent, ada: httpx.AsyncClient) -> None:
    task_id = await made(ada, "One")
    first, second = await asyncio.gather(*(agent(COMPLETE_TASKS, "call", tasks=["one"]) for _ in range(2)))
    assert first == second
    assert (await ada.get(f"{TASKS}/{task_id}")).json()["version"] == 2
