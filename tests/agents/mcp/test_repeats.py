"""Calls that are sent again, and calls that are not what a tool takes."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.agents.mcp.test_protocol import MCP, NOW, asked, by_hand, token_of
from tests.fakes.world import World
from tests.support.agent import agent, text_of
from web.tools.mcp.requests import KEY

pytestmark = pytest.mark.agents
TASKS = "/api/v1/tasks"


def adding(*titles: str) -> dict[str, Any]:
    return {"name": "add-tasks", "arguments": {"tasks": [{"title": title} for title in titles]}}


async def test_a_call_with_a_key_is_done_once_and_answered_alike(here: World, ada: httpx.AsyncClient) -> None:
    client = by_hand(here, await token_of(here, ada))
    call = asked("tools/call", NOW, adding("One", "Two"))
    call["headers"]["Idempotency-Key"] = "a key of mine"
    answers = await asyncio.gather(*(client.post(MCP, **call) for _ in range(5)))
    results = [answer.json()["result"]["structuredContent"]["results"] for answer in answers]
    assert all(result == results[0] for result in results)
    assert (await ada.get(TASKS)).json()["total"] == 2
    other = asked("tools/call", NOW, adding("Three"))
    other["headers"]["Idempotency-Key"] = "a key of mine"
    assert "idempotency_mismatch" in (await client.post(MCP, **other)).text


async def test_a_key_may_stand_in_the_call_itself(here: World, ada: httpx.AsyncClient) -> None:
    async with agent(here.app, await token_of(here, ada)) as client:
        call = adding("One")
        first, again = [await client.call_tool(call["name"], call["arguments"], meta={KEY: "key"}) for _ in range(2)]
        assert first.structured_content["results"] == again.structured_content["results"]
        bad = await client.call_tool(call["name"], call["arguments"], meta={KEY: "x" * 256})
        assert "bad_idempotency_key" in text_of(bad)
    assert (await ada.get(TASKS)).json()["total"] == 1


async def test_a_keyed_call_that_asks_first_is_one_plan(here: World, ada: httpx.AsyncClient) -> None:
    task = (await ada.post(TASKS, json={"title": "One"})).json()
    async with agent(here.app, await token_of(here, ada)) as client:
        first, again = [
            (await client.call_tool("delete-tasks", {"tasks": [task["id"]]}, meta={KEY: "key"})).structured_content
            for _ in range(2)
        ]
        assert first == again
        done = await client.call_tool("apply-plan", {"plan_id": first["plan_id"]})
        after = await client.call_tool("delete-tasks", {"tasks": [task["id"]]}, meta={KEY: "key"})
    assert done.structured_content == after.structured_content


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("find-task", {}, "find-tasks"),
        ("find-tasks", {"limit": "many"}, "/limit"),
        ("find-tasks", {"colour": "red"}, "unknown_field"),
        ("add-tasks", {"tasks": [{"title": "x"}] * 500}, "/tasks"),
        ("complete-tasks", {"tasks": ["x"] * 1_000}, "/tasks"),
        ("add-tasks", {"tasks": [{"title": "\ud800"}]}, "invalid"),
        ("complete-tasks", {"tasks": [7]}, "/tasks/0"),
        ("apply-plan", {"plan_id": "made-up"}, "/plan_id"),
        ("apply-plan", {"plan_id": str(uuid4())}, "plan_not_found"),
    ],
)
async def test_what_a_tool_does_not_take_is_said_to_the_model(
    here: World, ada: httpx.AsyncClient, name: str, arguments: dict[str, Any], said: str
) -> None:
    client = by_hand(here, token := await token_of(here, ada))
    call = asked("tools/call", NOW, {"name": name, "arguments": arguments})
    answer = await client.post(
        MCP, content=_ascii(call["json"]), headers={**call["headers"], "content-type": "application/json"}
    )
    assert answer.status_code == 200, answer.text
    result = answer.json()["result"]
    assert result["isError"]
    assert said in result["content"][0]["text"]
    assert token not in answer.text


async def test_more_values_than_any_body_may_have_are_refused_before_a_tool_sees_them(
    here: World, ada: httpx.AsyncClient
) -> None:
    client = by_hand(here, await token_of(here, ada))
    answer = await client.post(MCP, **asked("tools/call", NOW, adding(*"x" * 1_000)))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "too_many")


async def test_things_of_others_do_not_exist(here: World, ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    task = (await ada.post(TASKS, json={"title": "Hers"})).json()
    async with agent(here.app, await token_of(here, bob)) as client:
        made_up, hers = [
            (await client.call_tool("complete-tasks", {"tasks": [id_]})).structured_content["results"][0]
            for id_ in (str(uuid4()), task["id"])
        ]
        assert (made_up["status"], made_up["code"]) == (hers["status"], hers["code"]) == ("failed", "task_not_found")
        with pytest.raises(Exception, match="task_not_found"):
            await client.read_resource(f"duely://tasks/{task['id']}")


async def test_calls_of_one_token_share_a_change_set(here: World, ada: httpx.AsyncClient) -> None:
    async with agent(here.app, await token_of(here, ada)) as client:
        sets = [
            (await client.call_tool("add-tasks", adding(title)["arguments"])).structured_content["change_set"]
            for title in "ab"
        ]
        own = str(uuid4())
        named = await client.call_tool("add-tasks", {**adding("c")["arguments"], "change_set": own})
    assert sets[0] == sets[1]
    assert named.structured_content["change_set"] == own
    entries = (await ada.get("/api/v1/activity")).json()["items"]
    causes = {entry["cause"]["change_set"] for entry in entries if entry["type"] == "task.created"}
    assert causes == {sets[0], own}


def _ascii(body: dict[str, Any]) -> bytes:
    """Returns JSON whose odd characters are escaped, as a client may send them."""
    return json.dumps(body).encode()
