"""The door of MCP and its three revisions, by the official client and by hand."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.fakes.world import World
from tests.support.agent import agent, text_of
from web.api.edge.turns import AT_ONCE
from web.tools.catalogue import CATALOGUE

pytestmark = pytest.mark.agents
MCP = "/mcp"
ACCEPT = "application/json, text/event-stream"
HANDSHAKE = ("2025-06-18", "2025-11-25")
NOW = "2026-07-28"


async def token_of(here: World, person: httpx.AsyncClient, *scopes: str) -> str:
    answer = await person.post("/api/v1/tokens", json={"name": "agent", "scopes": scopes or ("agent",)})
    assert answer.status_code == 201, answer.text
    token: str = answer.json()["token"]
    return token


def by_hand(here: World, token: str | None, **headers: str) -> httpx.AsyncClient:
    own = {"authorization": f"Bearer {token}"} if token else {}
    return here.client(accept=ACCEPT, **own, **headers)


def asked(method: str, revision: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
    """Returns what is posted, with the headers of the present revision."""
    body: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
    headers = {"MCP-Protocol-Version": revision}
    if revision == NOW:
        meta = {"io.modelcontextprotocol/protocolVersion": NOW, "io.modelcontextprotocol/clientCapabilities": {}}
        body["params"] = {"_meta": meta, **body["params"]}
        headers |= {"Mcp-Method": method, **({"Mcp-Name": params["name"]} if params and "name" in params else {})}
    return {"json": body, "headers": headers}


@pytest.mark.parametrize("revision", HANDSHAKE)
async def test_a_client_of_an_older_revision_shakes_hands_and_calls(
    here: World, ada: httpx.AsyncClient, revision: str
) -> None:
    client = by_hand(here, await token_of(here, ada))
    hello = {"protocolVersion": revision, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    answer = await client.post(MCP, **asked("initialize", revision, hello))
    assert answer.status_code == 200, answer.text
    result = answer.json()["result"]
    assert result["protocolVersion"] == revision
    assert result["capabilities"].keys() == {"tools", "resources", "prompts"}
    assert "mcp-session-id" not in answer.headers
    ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert (await client.post(MCP, json=ready, headers={"MCP-Protocol-Version": revision})).status_code == 202
    tools = (await client.post(MCP, **asked("tools/list", revision))).json()["result"]["tools"]
    assert [tool["name"] for tool in tools] == list(CATALOGUE)
    called = (await client.post(MCP, **asked("tools/call", revision, {"name": "list-tags", "arguments": {}}))).json()
    assert "isError" not in called["result"] or not called["result"]["isError"]


async def test_the_present_revision_needs_no_handshake(here: World, ada: httpx.AsyncClient) -> None:
    client = by_hand(here, await token_of(here, ada))
    answer = await client.post(MCP, **asked("server/discover", NOW))
    assert answer.status_code == 200, answer.text
    assert NOW in answer.json()["result"]["supportedVersions"]
    called = await client.post(MCP, **asked("tools/call", NOW, {"name": "list-tags", "arguments": {}}))
    assert called.json()["result"]["structuredContent"]["tags"] == []


@pytest.mark.parametrize("mode", ["auto", "legacy", NOW])
async def test_the_official_client_lists_calls_reads_and_is_prompted(
    here: World, ada: httpx.AsyncClient, mode: str
) -> None:
    task = (await ada.post("/api/v1/tasks", json={"title": "Buy milk", "tags": ["Home"]})).json()
    async with agent(here.app, await token_of(here, ada), mode) as client:
        tools = (await client.list_tools()).tools
        assert [tool.name for tool in tools] == list(CATALOGUE)
        found = await client.call_tool("find-tasks", {"text": "milk"})
        assert not found.is_error
        assert task["id"] in text_of(found)
        uris = {str(resource.uri) for resource in (await client.list_resources()).resources}
        assert uris == {"duely://today", "duely://tags"}
        for uri, word in (
            ("duely://today", "order"),
            ("duely://tags", "Home"),
            (f"duely://tasks/{task['id']}", "milk"),
        ):
            assert word in (await client.read_resource(uri)).contents[0].text
        assert [prompt.name for prompt in (await client.list_prompts()).prompts] == ["plan-my-day", "weekly-review"]
        said = await client.get_prompt("plan-my-day", {"day": "tomorrow"})
        assert "(tomorrow)" in said.messages[0].content.text


async def test_nobody_comes_in_without_a_good_token(here: World, ada: httpx.AsyncClient) -> None:
    where = 'resource_metadata="http://duely.test/.well-known/oauth-protected-resource/mcp"'
    for client, challenge in (
        (by_hand(here, None), f"Bearer {where}"),
        (ada, f"Bearer {where}"),  # a cookie is no token
        (by_hand(here, "duely_made-up"), f'Bearer error="invalid_token", {where}'),
    ):
        answer = await client.post(MCP, **asked("tools/list", NOW))
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
        assert answer.headers["www-authenticate"] == challenge
    for path in ("", MCP):
        said = await by_hand(here, None).get(f"/.well-known/oauth-protected-resource{path}")
        assert said.json()["resource"] == "http://duely.test/mcp"
        assert "authorization_servers" not in said.json()


async def test_another_site_is_refused_even_with_a_token(here: World, ada: httpx.AsyncClient) -> None:
    client = by_hand(here, await token_of(here, ada))
    request = asked("tools/list", NOW)
    for origin, status in (("https://evil.example", 403), ("null", 403), ("http://duely.test", 200)):
        request["headers"]["Origin"] = origin
        assert (await client.post(MCP, **request)).status_code == status


async def test_a_token_that_reads_is_shown_and_may_use_reading_tools_alone(here: World, ada: httpx.AsyncClient) -> None:
    async with agent(here.app, await token_of(here, ada, "read")) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        assert names == [name for name, tool in CATALOGUE.items() if tool.scope == "read"]
        refused = await client.call_tool("add-tasks", {"tasks": [{"title": "No"}]})
        assert refused.is_error
        assert "scope_missing" in text_of(refused)
    assert (await ada.get("/api/v1/tasks")).json()["total"] == 0


async def test_a_token_that_is_revoked_between_two_calls_ends_there(here: World, ada: httpx.AsyncClient) -> None:
    token = await token_of(here, ada)
    client = by_hand(here, token)
    request = asked("tools/call", NOW, {"name": "list-tags", "arguments": {}})
    assert (await client.post(MCP, **request)).status_code == 200
    [made] = (await ada.get("/api/v1/tokens")).json()["items"]
    await ada.delete(f"/api/v1/tokens/{made['id']}")
    answer = await client.post(MCP, **request)
    assert answer.status_code == 401
    assert token not in answer.text


async def test_fifty_calls_at_once_are_limited_and_the_others_said_when_to_come_again(
    here: World, ada: httpx.AsyncClient
) -> None:
    client = by_hand(here, await token_of(here, ada))
    calls = [
        asked("tools/call", NOW, {"name": "add-tasks", "arguments": {"tasks": [{"title": f"Number {n}"}]}})
        for n in range(50)
    ]
    answers = await asyncio.gather(*(client.post(MCP, **call) for call in calls))
    refused = [answer for answer in answers if answer.status_code != 200]
    assert {answer.status_code for answer in refused} == {429}
    assert {answer.headers["retry-after"] for answer in refused} == {"1"}
    assert (await ada.get("/api/v1/tasks")).json()["total"] == 50 - len(refused) >= AT_ONCE
    assert (await client.post(MCP, **calls[0])).status_code == 200  # all turns were given back


async def test_what_is_no_mcp_is_refused(here: World, ada: httpx.AsyncClient) -> None:
    client = by_hand(here, await token_of(here, ada))
    assert (await client.get(MCP)).status_code == 405
    assert (await client.delete(MCP)).headers["allow"] == "POST"
    headers = {"content-type": "application/json", "MCP-Protocol-Version": NOW}
    assert (await client.post(MCP, content=b"{nonsense", headers=headers)).status_code == 400
    assert (await client.post(MCP, content=b"[" * 100_000, headers=headers)).status_code == 400
    assert (await client.post(MCP, content=b" " * 300_000, headers=headers)).status_code == 413
    twice = await client.post(MCP, content=b'{"id": 1, "id": 2}', headers=headers)
    assert (twice.status_code, twice.json()["errors"][0]["code"]) == (422, "duplicate_key")
    request = asked("tools/list", NOW)
    request["headers"]["MCP-Protocol-Version"] = "2031-01-01"
    unknown = await client.post(MCP, **request)
    assert unknown.status_code == 400
