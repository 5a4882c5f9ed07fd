"""Who may do what: every operation of the OpenAPI document, asked by nobody, strangers, ended and lesser credentials."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from starlette.routing import Route

from tests.fakes.belongings import EMAIL, MARK, belongings, made_up
from tests.fakes.world import PASSWORD, World, world
from tests.hostile.matrix import ALLOWS, OTHER_SITE, SAFE, leaks, operations, outcome
from web.api.app import _routed
from web.api.stream.seats import StreamTimes

pytestmark = [pytest.mark.hostile, pytest.mark.timeout(120)]

OPERATIONS = list(operations())
OTHER_SITES = (
    {"sec-fetch-site": "cross-site", "origin": "http://evil.test"},
    {"sec-fetch-site": "same-site"},
    {"origin": "http://evil.test"},
    {"origin": "null"},
)


@dataclass
class Hers:
    """Ada, who has one of each thing, and what others try it with."""

    here: World
    ada: httpx.AsyncClient
    ids: Mapping[str, str]
    gone: Mapping[str, httpx.AsyncClient]  # clients with credentials of hers that have ended

    async def everything(self) -> dict[str, bytes]:
        """Returns all that Ada can read."""
        reads = [operation for operation in OPERATIONS if operation.method in SAFE and "stream" not in operation.path]
        return {str(operation): (await operation.ask(self.ada, self.ids)).content for operation in reads}


@pytest.fixture
async def hers(database_url: str) -> AsyncIterator[Hers]:
    async with world(database_url) as here:
        ended = await _that_will_end(here)
        here.clock.move(days=31)
        _begin_anew(here)
        ada = await _log_in(here)
        gone = {name: here.client(**headers) for name, headers in ended.items()}
        gone |= await _ended_by_her(here, ada)
        ids = await belongings(here, ada)
        yield Hers(here, await _log_in(here), ids, gone)  # a session that notes no use while the clock stands still


async def test_every_route_is_an_operation_or_named_here() -> None:
    routes = [route for route in _routed().router.routes if isinstance(route, Route)]
    served = {
        (method.lower(), route.path_format) for route in routes for method in route.methods or () if method != "HEAD"
    }
    documented = {(operation.method, operation.path) for operation in OPERATIONS}
    assert served - documented == {
        ("get", "/api/v1/openapi.json"),
        ("post", "/mcp"),  # another protocol: tests/agents/mcp holds who may come in
        ("get", "/.well-known/oauth-protected-resource"),
        ("get", "/.well-known/oauth-protected-resource/mcp"),
    }
    assert documented <= served


async def test_nobody_and_what_has_ended_reach_nothing(hers: Hers) -> None:
    before = await hers.everything()
    for name, client in {"nobody": hers.here.client(), **hers.gone}.items():
        for operation in OPERATIONS:
            answer = await operation.ask(client, hers.ids)
            assert outcome(answer) == operation.refused(None), (name, str(operation), answer.text)
            assert not leaks(answer, hers.ids), (name, str(operation), answer.text)
            client.cookies.clear()  # signing up gave it a session
    assert await hers.everything() == before


async def test_another_site_changes_nothing_and_may_read_nothing(hers: Hers) -> None:
    before = await hers.everything()
    for headers in OTHER_SITES:
        for operation in OPERATIONS:
            answer = await operation.ask(hers.ada, hers.ids, **headers)
            expected = None if operation.method in SAFE else OTHER_SITE
            assert outcome(answer) == expected, (headers, str(operation), answer.text)
            assert "access-control-allow-origin" not in answer.headers, (headers, str(operation))
    assert await hers.everything() == before


async def test_somebody_else_gets_the_answer_for_what_does_not_exist(hers: Hers) -> None:
    before, nothing = await hers.everything(), made_up(hers.ids)
    bob = await hers.here.person("bob@example.org")
    for operation in OPERATIONS:
        if (await bob.get("/api/v1/me")).status_code != 200:  # he has logged out
            bob = await hers.here.person(f"after-{operation.said['operationId']}@example.org")
        answer = await operation.ask(bob, hers.ids)
        assert outcome(answer) is None, (str(operation), answer.text)
        assert not leaks(answer, hers.ids), (str(operation), answer.text)
        if operation.names_things():
            assert _same(await operation.ask(bob, nothing), answer, nothing, hers.ids), (str(operation), answer.text)
    assert await hers.everything() == before


@pytest.mark.parametrize("scope", ALLOWS)
async def test_a_token_may_what_its_scope_allows(hers: Hers, scope: str) -> None:
    script = await hers.here.script(hers.ada, scope)
    await script.get("/api/v1/me")  # notes that the token is used
    before, granted = await hers.everything(), ALLOWS[scope]
    for operation in [operation for operation in OPERATIONS if operation.refused(granted)]:
        answer = await operation.ask(script, hers.ids)
        assert outcome(answer) == operation.refused(granted), (str(operation), answer.text)
        assert not leaks(answer, hers.ids), (str(operation), answer.text)
    assert await hers.everything() == before
    for operation in [operation for operation in OPERATIONS if not operation.refused(granted)]:
        answer = await operation.ask(script, hers.ids)
        assert outcome(answer) is None, (str(operation), answer.text)
        script.cookies.clear()


def _begin_anew(here: World) -> None:
    """Another replica, which remembers no credentials; its streams last a moment, since nobody here would end one."""
    here.app = here.app_with(here.settings)
    here.app.state.duely = replace(here.app.state.duely, stream_times=StreamTimes(life_seconds=(0.01, 0.02)))


async def _that_will_end(here: World) -> dict[str, dict[str, str]]:
    """Ada signs up; returns a session and a token of hers that end by themselves within 31 days."""
    ada = await here.person(EMAIL)
    await ada.patch("/api/v1/me", json={"name": MARK})
    answer = await ada.post("/api/v1/tokens", json={"name": MARK, "scopes": ["read", "write"], "expires_in_days": 1})
    return {
        "an expired session": {"cookie": _cookie(ada)},
        "an expired token": {"authorization": f"Bearer {answer.json()['token']}"},
    }


async def _ended_by_her(here: World, ada: httpx.AsyncClient) -> dict[str, httpx.AsyncClient]:
    """Returns a session that logged out and a token that was revoked, both after they were used."""
    other, token = await _log_in(here), await ada.post("/api/v1/tokens", json={"name": MARK, "scopes": ["write"]})
    script = here.client(authorization=f"Bearer {token.json()['token']}")
    left = here.client(cookie=_cookie(other))
    for client in (left, script):
        assert (await client.get("/api/v1/me")).status_code == 200
    assert (await other.post("/api/v1/auth/logout")).status_code == 204
    assert (await ada.delete(f"/api/v1/tokens/{token.json()['id']}")).status_code == 204
    return {"a session that logged out": left, "a revoked token": script}


async def _log_in(here: World) -> httpx.AsyncClient:
    client = here.client()
    answer = await client.post("/api/v1/auth/login", json={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return client


def _cookie(client: httpx.AsyncClient) -> str:
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def _same(one: httpx.Response, other: httpx.Response, ids: Mapping[str, str], other_ids: Mapping[str, str]) -> bool:
    """Returns whether two answers are the same but for the ids that were asked for."""
    return _told(one, ids) == _told(other, other_ids)


def _told(answer: httpx.Response, ids: Mapping[str, str]) -> tuple[Any, ...]:
    headers = {name: value for name, value in answer.headers.items() if name not in {"x-request-id", "content-length"}}
    text = answer.text
    for name, value in ids.items():
        text = text if name == "position" else text.replace(value, f"<{name}>")
    return answer.status_code, headers, text
