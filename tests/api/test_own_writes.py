"""A read shows what the same person did before it, on every replica and by every credential; or says why it cannot."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
import pytest

from actors.commands import Principal, build_command
from host.store.turns import watermarks
from tests.fakes.world import World
from web.api.app import describe

pytestmark = pytest.mark.api
ME, TASKS, TAGS, SERIES = "/api/v1/me", "/api/v1/tasks", "/api/v1/tags", "/api/v1/series"
EVENTUAL = {"Duely-Consistency": "eventual"}
# Reads of what no projection writes (sessions, tokens, settings, the state of an actor), and the stream, which begins where
# its listener has read.
_OTHERS = {"stream", "list_sessions", "list_tokens", "get_chat_about", "get_conversation"}


@asynccontextmanager
async def lagging(here: World, seconds: float = 0.3) -> AsyncGenerator[None]:
    """Consumers that run `seconds` after the block began."""

    async def late() -> None:
        await asyncio.sleep(seconds)
        await here.settle()

    here.lagging = True
    running = asyncio.create_task(late())
    yield
    await running


def problem_of(answer: httpx.Response) -> tuple[int, str, str]:
    """Returns status, code and cause."""
    problem = answer.json()
    return answer.status_code, problem["code"], problem["cause"]


def test_every_read_of_the_read_model_waits() -> None:
    document = describe()
    shared = {f"#/components/parameters/{name}": said for name, said in document["components"]["parameters"].items()}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method != "get" or operation.get("x-duely-access", "public") == "public":
                continue
            parameters = [shared.get(said.get("$ref"), said)["name"] for said in operation["parameters"]]
            waits = "Duely-Consistency" in parameters
            assert waits is (operation["operationId"] not in _OTHERS), path


@pytest.mark.parametrize("by", ["person", "script"])
async def test_what_was_just_made_is_read_at_once(here: World, ada: httpx.AsyncClient, by: str) -> None:
    reader = await here.script(ada) if by == "script" else ada
    async with lagging(here):
        created = await ada.post(TASKS, json={"title": "New", "tags": ["home"]})
        read = await reader.get(f"{TASKS}/{created.json()['id']}")
        assert (read.status_code, read.json()["title"]) == (200, "New")
    async with lagging(here):
        await ada.patch(f"{TASKS}/{created.json()['id']}", json={"tags": ["work"]})
        answers = await asyncio.gather(reader.get(TASKS), reader.get(TAGS), reader.get("/api/v1/activity"))
        assert answers[0].json()["items"][0]["tags"] == ["work"]
        assert [tag["name"] for tag in answers[1].json()["items"]] == ["work"]
        assert answers[2].json()["items"][0]["changed"]


async def test_a_wait_ends_when_the_projector_has_done_it(here: World, ada: httpx.AsyncClient) -> None:
    async with lagging(here, 0.5):
        created = await ada.post(TASKS, json={"title": "New"})
        began = time.monotonic()
        assert (await ada.get(f"{TASKS}/{created.json()['id']}")).status_code == 200
        assert 0.3 < time.monotonic() - began < 1.5


async def test_the_profile_that_was_changed_elsewhere_is_read_without_a_token(
    here: World, ada: httpx.AsyncClient
) -> None:
    there = here.client(here.app_with(here.settings))
    there.cookies = ada.cookies
    assert (await there.get(ME)).json()["timezone"] == "Europe/Berlin"
    async with lagging(here):
        await ada.patch(ME, json={"timezone": "Asia/Tokyo"})
        assert (await there.get(ME)).json()["timezone"] == "Asia/Tokyo"


async def test_what_takes_too_long_is_a_503_that_names_the_cause(here: World, ada: httpx.AsyncClient) -> None:
    here.lagging = True
    created = await ada.post(TASKS, json={"title": "Late"})
    began = time.monotonic()
    behind = await ada.get(TASKS)
    assert 1.8 < time.monotonic() - began < 4
    assert problem_of(behind) == (503, "read_model_behind", "behind")
    assert behind.headers["retry-after"] == "1"
    async with here.db.raw() as connection:
        await watermarks.pause(connection, "projector")
    paused = await ada.get(f"{TASKS}/{created.json()['id']}")
    assert problem_of(paused) == (503, "read_model_behind", "paused")
    async with here.db.raw() as connection:
        await watermarks.resume(connection, "projector")
    await here.settle()
    assert (await ada.get(TASKS)).json()["total"] == 1


async def test_nobody_waits_for_what_others_did(here: World, ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    here.lagging = True
    await ada.post(TASKS, json={"title": "Late"})
    async with asyncio.timeout(1.5):
        assert (await bob.get(TASKS)).json()["total"] == 0


async def test_eventual_reads_what_there_is(here: World, ada: httpx.AsyncClient) -> None:
    here.lagging = True
    created = await ada.post(TASKS, json={"title": "Late"})
    url = f"{TASKS}/{created.json()['id']}"
    async with asyncio.timeout(1.5):
        assert (await ada.get(TASKS, headers=EVENTUAL)).json()["total"] == 0
        assert (await ada.get(url, headers=EVENTUAL)).status_code == 404
        done = await ada.post(f"{url}/complete", headers=EVENTUAL)
    assert done.headers["Duely-Consistency"] not in {"", "eventual"}


async def test_what_the_system_did_makes_no_503(here: World, ada: httpx.AsyncClient) -> None:
    created = await ada.post(TASKS, json={"title": "New"})
    here.lagging = True
    command = build_command(
        "DeleteTask",
        {},
        id="00000000-0000-4000-8000-000000000001",
        principal=Principal("system", "pruner", ada.headers["x-user-id"]),
        correlation_id="x",
        zone="UTC",
    )
    await here.actors.send("TaskActor", created.json()["id"], command)
    assert (await ada.get(f"{TASKS}/{created.json()['id']}")).json()["deleted_at"] is None


async def test_a_write_that_begins_with_a_read_waits_for_what_it_reads(here: World, ada: httpx.AsyncClient) -> None:
    async with lagging(here):
        await ada.post(TASKS, json={"title": "New", "tags": ["home"]})
        assert (await ada.delete(f"{TAGS}/home")).json()["changed"] == 1
    async with lagging(here):
        recurring = {"title": "Rent", "rule": "FREQ=MONTHLY", "start": {"date": "2026-12-01"}}
        made = (await ada.post(SERIES, json=recurring)).json()
        stopped = await ada.delete(f"{TASKS}/{made['next']['task_id']}/recurrence")
        assert (stopped.status_code, stopped.json()["status"]) == (200, "stopped")
