"""list-tags and rename-tag."""

from typing import Any

import httpx
import pytest

from tests.agents.tools.callers import Agent
from tests.api.series import SERIES, TASKS, made
from tests.fakes.world import World
from web.problems import ProblemError
from web.tools.tags import LIST_TAGS, RENAME_TAG

pytestmark = pytest.mark.agents


async def tagged(person: httpx.AsyncClient, *tags: str) -> str:
    task_id: str = (await person.post(TASKS, json={"title": "A task", "tags": tags})).json()["id"]
    return task_id


async def tags_of(person: httpx.AsyncClient, task_id: str) -> list[str]:
    tags: list[str] = (await person.get(f"{TASKS}/{task_id}")).json()["tags"]
    return tags


async def test_tags_are_listed_with_counts(agent: Agent, ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    await tagged(ada, "Home", "garden")
    await tagged(ada, "home")
    await tagged(bob, "bobs")
    assert (await agent(LIST_TAGS))["tags"] == [{"name": "Home", "count": 2}, {"name": "garden", "count": 1}]
    found = await agent(LIST_TAGS, prefix="GAR", limit=1)
    assert (found["tags"], found["next"]) == ([{"name": "garden", "count": 1}], ["There may be more: send a prefix."])


async def test_a_tag_is_renamed_everywhere_once(agent: Agent, ada: httpx.AsyncClient) -> None:
    task_id, series = await tagged(ada, "home", "diy"), await made(ada, tags=["Home"])
    answer = await agent(RENAME_TAG, "rename", tag="HOME", to="house")
    assert [result["status"] for result in answer["results"]] == ["done"]
    assert await tags_of(ada, task_id) == ["house", "diy"]
    assert (await ada.get(f"{SERIES}/{series['id']}")).json()["tags"] == ["house"]
    later = await tagged(ada, "home")
    assert await agent(RENAME_TAG, "rename", tag="HOME", to="house") == answer
    assert await tags_of(ada, later) == ["home"]


async def test_a_task_that_could_not_be_reached_is_said_and_done_by_the_same_call(
    agent: Agent, here: World, ada: httpx.AsyncClient
) -> None:
    reached, missed = await tagged(ada, "home"), await tagged(ada, "home")
    here.actors.unreachable.add(missed)
    [result] = (await agent(RENAME_TAG, "rename", tag="home", to="house"))["results"]
    assert (result["status"], result["code"]) == ("failed", "unavailable")
    here.actors.unreachable.clear()
    [result] = (await agent(RENAME_TAG, "rename", tag="home", to="house"))["results"]
    assert result["status"] == "done"
    assert [await tags_of(ada, each) for each in (reached, missed)] == [["house"], ["house"]]


async def test_two_tags_become_one_and_it_is_said(agent: Agent, ada: httpx.AsyncClient) -> None:
    task_id = await tagged(ada, "home", "house")
    answer = await agent(RENAME_TAG, tag="home", to="house")
    assert answer["next"] == ["#home is on 1 task or series.", "#house is there already: the two become one."]
    assert await tags_of(ada, task_id) == ["house"]


async def test_a_tag_that_is_not_there_is_answered_with_near_ones(
    agent: Agent, ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    await tagged(ada, "garden")
    await tagged(bob, "gardening")
    [result] = (await agent(RENAME_TAG, tag="gardn", to="yard"))["results"]
    assert (result["status"], result["code"]) == ("failed", "tag_not_found")
    assert [candidate["id"] for candidate in result["candidates"]] == ["garden"]


async def test_more_than_ten_are_asked_about(agent: Agent, ada: httpx.AsyncClient) -> None:
    async def asks() -> bool:
        return (await RENAME_TAG.plan(await agent.use("plan"), RENAME_TAG.input(tag="many", to="few"))).asks

    for _ in range(10):
        await tagged(ada, "many")
    assert not await asks()
    await made(ada, tags=["many"])
    assert await asks()


@pytest.mark.parametrize(
    ("tool", "arguments", "where"),
    [
        (LIST_TAGS, {"limit": 201}, "/limit"),
        (LIST_TAGS, {"prefix": "x" * 31}, "/prefix"),
        (RENAME_TAG, {"tag": "x", "to": ""}, "/to"),
        (RENAME_TAG, {"tag": "x", "to": ".."}, "/to"),
        (RENAME_TAG, {"tag": ["x"], "to": "y"}, "/tag"),
        (RENAME_TAG, {"tag": "x", "to": "y", "all": True}, "/all"),
    ],
)
async def test_wrong_input_is_refused_with_its_place(
    agent: Agent, tool: Any, arguments: dict[str, Any], where: str
) -> None:
    with pytest.raises(ProblemError) as refusal:
        await agent(tool, **arguments)
    assert (refusal.value.status, [fault.where for fault in refusal.value.faults]) == (422, [where])
