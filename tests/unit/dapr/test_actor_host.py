"""The routes for the sidecar: only for the sidecar, never 404, and a reconnect drops the caches."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest

from host.dapr.actor_host import ActorHost
from host.dapr.listener import LARGEST_BODY
from tests.fakes.lines import Lines
from tests.fakes.person import FakePerson
from tests.fakes.sidecar_listener import listening

pytestmark = pytest.mark.unit


class Calls:
    """Counts how often the sidecar asked for the configuration."""

    def __init__(self) -> None:
        self.configured = 0

    def __call__(self) -> None:
        self.configured += 1


@asynccontextmanager
async def client(
    config: dict[str, Any] | None = None, token: str = "", calls: Calls | None = None
) -> AsyncGenerator[httpx.AsyncClient]:
    """A client of the real listener with the app behind it."""
    host = ActorHost(config or {"entities": ["TaskActor"]}, calls or Calls(), token)
    async with listening(host, host.room) as url, httpx.AsyncClient(base_url=url) as http:
        yield http


async def test_health_needs_no_token() -> None:
    async with client(token="secret") as http:
        assert (await http.get("/healthz")).status_code == 200


async def test_of_a_stranger_no_body_is_read() -> None:
    host = ActorHost({"entities": []}, Calls(), "secret")
    path = "/actors/TaskActor/x/method/turn"
    assert host.room("/healthz", []) == 0
    assert host.room(path, []) is None
    assert host.room(path, [(b"dapr-api-token", b"wrong")]) is None
    assert host.room(path, [(b"dapr-api-token", b"secret")]) == LARGEST_BODY


@pytest.mark.parametrize("given", ["", "wrong", "Secret"])
async def test_without_the_token_nothing_is_called(given: str) -> None:
    calls = Calls()
    async with client(token="secret", calls=calls) as http:
        reply = await http.get("/dapr/config", headers={"dapr-api-token": given})
    assert reply.status_code == 403
    assert calls.configured == 0


async def test_each_question_for_the_configuration_drops_what_was_cached() -> None:
    calls = Calls()
    async with client({"entities": ["TaskActor"]}, "secret", calls) as http:
        for _ in range(2):
            reply = await http.get("/dapr/config", headers={"dapr-api-token": "secret"})
            assert reply.json() == {"entities": ["TaskActor"]}
    assert calls.configured == 2


@pytest.mark.parametrize("path", ["/", "/events/unknown", "/job/unknown", "/actors/TaskActor"])
async def test_an_unknown_route_is_503_because_the_sidecar_drops_on_404(path: str) -> None:
    async with client() as http:
        assert (await http.put(path)).status_code == 503


async def test_a_turn_that_raises_is_500_and_tells_nothing_of_the_inside() -> None:
    async with client() as http:
        reply = await http.put("/actors/NoSuchActor/1/method/turn", content=b"{}")
    assert reply.status_code == 500
    assert "NoSuchActor" not in reply.text


@pytest.mark.parametrize("body", [b"", b"null", b"{", b"[]"])
async def test_a_call_without_a_command_that_raises_is_500_too(body: bytes) -> None:
    async with client() as http:
        assert (await http.put("/actors/NoSuchActor/1/method/tick", content=body)).status_code == 500


async def test_a_turn_that_raises_is_logged_with_the_user_and_the_request(caplog: pytest.LogCaptureFixture) -> None:
    lines, person = Lines(caplog), FakePerson()
    async with client() as http:
        await http.put("/actors/NoSuchActor/1/method/turn", content=orjson.dumps(person.says("CompleteTask").to_wire()))
    assert ("actor call failed", person.id, "request-1") in lines.take()


async def test_deactivating_what_is_not_active_is_no_error() -> None:
    from dapr.actor import ActorRuntime  # noqa: PLC0415  only this test touches the SDK's registry

    from tests.unit.plain_actor import PlainActor  # noqa: PLC0415

    await ActorRuntime.register_actor(PlainActor, actor_client=object())  # type: ignore[arg-type]
    async with client() as http:
        assert (await http.delete("/actors/PlainActor/1")).status_code == 200


async def test_a_job_is_done_at_its_hour_and_called_again_when_it_fails() -> None:
    done: list[str] = []

    async def nightly() -> None:
        done.append("nightly")
        if len(done) == 1:
            raise OSError

    host = ActorHost({"entities": []}, Calls(), "secret", jobs={"nightly": nightly})
    async with listening(host) as url, httpx.AsyncClient(base_url=url) as http:
        assert (await http.post("/job/nightly")).status_code == 403
        asked = [await http.post("/job/nightly", headers={"dapr-api-token": "secret"}) for _ in range(2)]
    assert [reply.status_code for reply in asked] == [500, 200]
    assert done == ["nightly", "nightly"]
