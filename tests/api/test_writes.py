"""Writes that are repeated, race each other, or meet an outage."""

import asyncio
import time
from uuid import UUID, uuid1, uuid3, uuid4, uuid5

import httpx
import orjson
import pytest
from sqlalchemy import text

from actors.commands import Command
from host.dapr.gateway import Gateway
from host.store.engine import Database
from tests.fakes.gateway import FakeActors
from tests.fakes.signing import OTHER_KEY, signatures
from tests.fakes.world import World
from tests.support.deadline import eventually

pytestmark = pytest.mark.api
TASKS = "/api/v1/tasks"


async def test_a_create_that_is_repeated_is_one_task(here: World, ada: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "my key: 1"}
    answers = await asyncio.gather(*(ada.post(TASKS, json={"title": "Once"}, headers=key) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    url = f"{TASKS}/{answers[0].json()['id']}"
    for n in range(40):
        await ada.patch(url, json={"title": f"Changed {n}"})
    again = await ada.post(TASKS, json={"title": "Once"}, headers=key)
    assert again.content == answers[0].content
    assert (await ada.get(TASKS)).json()["total"] == 1


async def test_a_key_with_another_body_is_refused(ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    assert (await ada.post(TASKS, json={"title": "One"}, headers=key)).status_code == 201
    other = await ada.post(TASKS, json={"title": "Two"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    # The same key of somebody else is another key.
    assert (await bob.post(TASKS, json={"title": "Two"}, headers=key)).status_code == 201


async def test_a_write_whose_answer_was_lost_can_be_sent_again(here: World, ada: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "k"}
    here.actors.lose_reply = True
    lost = await ada.post(TASKS, json={"title": "Once"}, headers=key)
    assert (lost.status_code, lost.headers["retry-after"]) == (503, "2")
    assert (await ada.post(TASKS, json={"title": "Once"}, headers=key)).status_code == 201
    assert (await ada.get(TASKS)).json()["total"] == 1


async def test_a_bulk_that_is_repeated_changes_nothing_twice(ada: httpx.AsyncClient) -> None:
    ids = [(await ada.post(TASKS, json={"title": str(n)})).json()["id"] for n in range(3)]
    body = {"action": "add_tags", "ids": ids, "args": {"tags": ["x"]}}
    first = await ada.post(f"{TASKS}/bulk", json=body, headers={"Idempotency-Key": "k"})
    await ada.delete("/api/v1/tags/x")
    second = await ada.post(f"{TASKS}/bulk", json=body, headers={"Idempotency-Key": "k"})
    assert second.json() == first.json()
    assert (await ada.get("/api/v1/tags")).json()["items"] == []


async def test_a_task_with_a_given_id_is_made_once_and_never_taken_over(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    body = {"id": str(uuid4()), "title": "Mine"}
    key = {"Idempotency-Key": "k"}
    first = await ada.post(TASKS, json=body, headers=key)
    assert (first.status_code, first.json()["id"]) == (201, body["id"])
    taken = await ada.post(TASKS, json={**body, "title": "Again"})
    assert (taken.status_code, taken.json()["code"], taken.json()["task"]) == (409, "id_taken", first.json())
    stolen = await bob.post(TASKS, json=body)
    assert (stolen.status_code, stolen.json()["code"]) == (409, "id_taken")
    assert "Mine" not in stolen.text
    assert "task" not in stolen.json()
    await ada.post(f"{TASKS}/{body['id']}/purge")
    gone = await ada.post(TASKS, json={**body, "title": "Again"})
    assert (gone.status_code, gone.json()["code"]) == (410, "task_purged")
    assert (await bob.post(TASKS, json=body)).status_code == 409
    again = await ada.post(TASKS, json=body, headers=key)
    assert (again.status_code, again.content) == (201, first.content)


async def test_a_key_whose_task_or_series_is_gone_says_so_when_the_answer_is_forgotten(
    here: World, ada: httpx.AsyncClient
) -> None:
    key, series_key = {"Idempotency-Key": "a task"}, {"Idempotency-Key": "a series"}
    repeating = {"title": "Water", "rule": "FREQ=DAILY", "start": {"local": "2026-11-23T09:00", "zone": "UTC"}}
    task = (await ada.post(TASKS, json={"title": "Once"}, headers=key)).json()
    made = await ada.post("/api/v1/series", json=repeating, headers=series_key)
    await ada.post(f"{TASKS}/{task['id']}/purge")
    await ada.delete(f"/api/v1/series/{made.json()['id']}")
    assert (await ada.post("/api/v1/series", json=repeating, headers=series_key)).content == made.content
    async with here.db.begin() as connection:
        await connection.execute(text("DELETE FROM commands"))
    gone = await ada.post(TASKS, json={"title": "Once"}, headers=key)
    assert (gone.status_code, gone.json()["code"]) == (410, "task_purged")
    over = await ada.post("/api/v1/series", json=repeating, headers=series_key)
    assert (over.status_code, over.json()["code"]) == (410, "series_deleted")


@pytest.mark.parametrize(
    "task_id", [str(uuid5(uuid4(), "1/2026-11-23")), str(uuid3(uuid4(), "x")), str(uuid1()), str(UUID(int=0))]
)
async def test_an_id_that_can_be_derived_is_refused(ada: httpx.AsyncClient, task_id: str) -> None:
    answer = await ada.post(TASKS, json={"id": task_id, "title": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "derived_id")
    assert answer.json()["errors"][0]["pointer"] == "/id"
    assert "version 4 or 7" in answer.json()["detail"]


async def test_ids_by_chance_and_by_time_are_taken(ada: httpx.AsyncClient) -> None:
    for task_id in (str(uuid4()), "019ac000-0000-7000-8000-000000000001"):
        assert (await ada.post(TASKS, json={"id": task_id, "title": "x"})).status_code == 201


async def test_two_who_edit_one_field_at_once_get_one_winner(ada: httpx.AsyncClient) -> None:
    url = f"{TASKS}/{(await ada.post(TASKS, json={'title': 'x'})).json()['id']}"
    answers = await asyncio.gather(
        *(ada.patch(url, json={"title": f"by {n}"}, headers={"If-Match": '"1"'}) for n in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


async def test_actors_that_cannot_be_reached_are_a_503_with_a_time(here: World, ada: httpx.AsyncClient) -> None:
    here.actors.down = True
    answer = await ada.post(TASKS, json={"title": "x"})
    assert (answer.status_code, answer.json()["code"]) == (503, "actors_unavailable")
    assert answer.headers["retry-after"] == "2"
    assert (await ada.get(TASKS)).status_code == 200


async def test_behind_a_sidecar_that_hangs_a_request_too_many_gets_its_503_at_once(
    here: World, ada: httpx.AsyncClient
) -> None:
    hanging = HangingSidecar(here.actors)
    here.actors = Gateway(hanging, signatures(), most_in_flight=3)  # type: ignore[assignment, arg-type]
    client = here.client(here.app_with(here.settings))
    client.cookies = ada.cookies
    waiting = [asyncio.create_task(client.post(TASKS, json={"title": "x"})) for _ in range(3)]
    await eventually(lambda: hanging.calls == 3, 5, "three wait")
    began = time.monotonic()
    beyond = await client.post(TASKS, json={"title": "x"})
    assert time.monotonic() - began < 1.0
    assert (beyond.status_code, beyond.headers["retry-after"]) == (503, "2")
    hanging.cut.set()
    assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {201}
    assert (await client.post(TASKS, json={"title": "x"})).status_code == 201


class HangingSidecar:
    """Answers nothing until it is cut loose, and then what the actors say."""

    def __init__(self, actors: FakeActors) -> None:
        self.calls, self.cut = 0, asyncio.Event()
        self._actors = actors

    async def invoke_method(self, actor_type: str, actor_id: str, _method: str, data: bytes) -> bytes:
        self.calls += 1
        await self.cut.wait()
        reply = await self._actors.send(actor_type, actor_id, Command.from_wire(orjson.loads(data)))
        return orjson.dumps({"ok": reply.ok, "value": reply.value, "version": reply.version})


async def test_a_database_that_is_down_is_a_503_with_a_time(here: World, ada: httpx.AsyncClient) -> None:
    await here.db.close()
    Database.__init__(here.db, here.db.dsn.replace("host=", "host=/nowhere"))
    await here.db.open()
    answer = await ada.get(TASKS)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert answer.headers["retry-after"] == "2"
    ready = await ada.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (503, "not ready")
    assert (await ada.get("/health/live")).status_code == 200


async def test_a_process_with_another_key_is_unavailable_and_loses_nothing(here: World, ada: httpx.AsyncClient) -> None:
    """Its requests are answered at once, and the same request is done when the key is right."""
    right = here.actors.beneath
    here.actors.beneath = Gateway(here.actors._sidecar, signatures(OTHER_KEY))
    key = {"Idempotency-Key": str(uuid4())}
    began = time.monotonic()
    refused = await ada.post("/api/v1/tasks", json={"title": "Pay rent"}, headers=key)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
    assert time.monotonic() - began < 1, "no call is repeated"
    here.actors.beneath = right
    assert (await ada.post("/api/v1/tasks", json={"title": "Pay rent"}, headers=key)).status_code == 201
