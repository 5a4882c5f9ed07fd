"""The inner listener: what it answers and to whom, and what the public one answers."""

import httpx
import pytest
from starlette.types import ASGIApp

from tests.fakes.world import World
from web.api.health.app import create_health_app
from web.inner import create_inner_app

pytestmark = pytest.mark.api

TOKEN = "the token of this test"
SHOWN = {"authorization": f"Bearer {TOKEN}"}


async def works() -> str:
    return "ok"


async def fails() -> str:
    return "not connected"


def client(app: ASGIApp, **headers: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://inner.test", headers=headers)


async def test_readiness_names_each_part_to_whoever_has_the_token() -> None:
    ready = await client(create_inner_app({"database": works}, TOKEN), **SHOWN).get("/health/ready")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "parts": {"database": "ok"}})
    app = create_inner_app({"database": works, "sidecar": fails}, TOKEN)
    broken = await client(app, **SHOWN).get("/health/ready")
    parts = {"database": "ok", "sidecar": "not connected"}
    assert (broken.status_code, broken.json()) == (503, {"status": "not ready", "parts": parts})


@pytest.mark.parametrize("path", ["/metrics", "/health/ready"])
@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer \xe9"])
async def test_without_the_token_only_life_is_told(path: str, given: str) -> None:
    stranger = client(create_inner_app({"database": works}, TOKEN))
    answer = await stranger.get(path, headers=[(b"authorization", given.encode("latin-1"))] if given else None)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert "database" not in answer.text
    assert (await stranger.get("/health/live")).json() == {"status": "ok"}


async def test_where_no_token_is_asked_all_is_told() -> None:
    anyone = client(create_inner_app({"database": works}, ""))
    assert (await anyone.get("/health/ready")).json()["parts"] == {"database": "ok"}
    assert "http_requests_total" in (await anyone.get("/metrics")).text


async def test_the_public_port_says_whether_it_is_ready_and_nothing_of_what_is_behind(here: World) -> None:
    other = create_health_app(here.checks)
    for public in (here.client(), client(other)):
        ready = await public.get("/health/ready")
        assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
        assert (await public.get("/health/live")).json() == {"status": "ok"}
        assert (await public.get("/metrics")).status_code == 404
    await here.db.close()
    for public in (here.client(), client(other)):
        broken = await public.get("/health/ready")
        assert (broken.status_code, broken.json()) == (503, {"status": "not ready"})


async def test_a_check_that_fails_is_named_by_its_kind_alone(here: World) -> None:
    await here.db.close()
    broken = await client(create_inner_app(here.checks, ""), **SHOWN).get("/health/ready")
    assert broken.status_code == 503
    assert broken.json()["parts"]["database"].startswith("failed")
