"""find-change-sets and revert-change-set."""

from uuid import uuid4

import httpx
import pytest

from tests.agents.tools.callers import RUN, Agent
from tests.api.series import TASKS
from web.problems import ProblemError
from web.tools.change_sets import FIND_CHANGE_SETS, REVERT_CHANGE_SET
from web.tools.tasks import TOOLS

pytestmark = pytest.mark.agents
COMPLETE = next(tool for tool in TOOLS if tool.name == "complete-tasks")


async def made(person: httpx.AsyncClient, *titles: str) -> list[str]:
    return [(await person.post(TASKS, json={"title": title})).json()["id"] for title in titles]


async def test_the_last_set_of_a_token_is_found_taken_back_and_taken_back_again(
    agent: Agent, ada: httpx.AsyncClient
) -> None:
    ids = await made(ada, "One", "Two")
    await agent(COMPLETE, tasks=ids)
    [one] = (await agent(FIND_CHANGE_SETS, by="me"))["change_sets"]
    assert (one["id"], one["title"], one["changes"]) == (RUN, "Completed 2 tasks", 2)
    await ada.post(f"{TASKS}/{ids[0]}/reopen")
    planned = await agent(REVERT_CHANGE_SET, dry_run=True)
    assert (planned["results"][0]["status"], planned["results"][0]["id"]) == ("planned", RUN)
    [result] = (await agent(REVERT_CHANGE_SET, "back"))["results"]
    assert result["did"] == "took back 2 of 2 changes"
    assert [(await ada.get(f"{TASKS}/{task_id}")).json()["status"] for task_id in ids] == ["open", "open"]
    assert (await agent(REVERT_CHANGE_SET, "back"))["results"] == [result]
    [again] = (await agent(REVERT_CHANGE_SET, id=result["id"]))["results"]
    assert again["status"] == "done"
    assert (await ada.get(f"{TASKS}/{ids[1]}")).json()["status"] == "completed"


async def test_what_stays_is_named_and_what_is_not_there_is_said(agent: Agent, ada: httpx.AsyncClient) -> None:
    [task_id] = await made(ada, "One")
    await agent(COMPLETE, tasks=[task_id])
    await ada.delete(f"{TASKS}/{task_id}")
    await ada.post(f"{TASKS}/{task_id}/purge")
    [result] = (await agent(REVERT_CHANGE_SET, id=RUN))["results"]
    assert (result["did"], result["detail"].startswith("“One”: ")) == ("took back 0 of 1 changes", True)
    [unknown] = (await agent(REVERT_CHANGE_SET, id=task_id))["results"]
    assert (unknown["status"], unknown["code"]) == ("failed", "change_set_not_found")


async def test_a_person_of_another_account_finds_none(
    agent: Agent, bob: httpx.AsyncClient, ada: httpx.AsyncClient
) -> None:
    await agent(COMPLETE, tasks=await made(ada, "One"))
    assert (await Agent(agent.here, bob)(FIND_CHANGE_SETS)).get("change_sets", []) == []


async def test_a_revert_that_names_its_own_set_in_place_of_the_one_to_take_back_is_refused(
    agent: Agent, ada: httpx.AsyncClient
) -> None:
    [task_id] = await made(ada, "One")
    await agent(COMPLETE, tasks=[task_id])
    with pytest.raises(ProblemError) as refused:
        await agent(REVERT_CHANGE_SET, change_set=str(uuid4()))
    assert [(fault.where, fault.code) for fault in refused.value.faults] == [("/id", "required")]
    assert (await ada.get(f"{TASKS}/{task_id}")).json()["status"] == "completed"


async def test_a_call_that_changes_nothing_names_no_change_set(agent: Agent) -> None:
    answer = await agent(COMPLETE, tasks=["Unicorn"])
    assert (answer["results"][0]["code"], answer.get("change_set")) == ("task_not_found", None)
