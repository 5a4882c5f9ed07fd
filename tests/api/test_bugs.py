"""A request that meets an actor with a bug: a 500 with an id that the log has, and no effect on other requests."""

import logging

import httpx
import pytest
from sqlalchemy import text

from tests.api import series
from tests.fakes.faulty import spoil
from tests.fakes.world import PASSWORD, World

pytestmark = pytest.mark.api

TASKS = "/api/v1/tasks"


async def made(ada: httpx.AsyncClient, count: int) -> list[str]:
    return [(await ada.post(TASKS, json={"title": f"Task {number}"})).json()["id"] for number in range(count)]


async def spoiled(here: World, actor_type: str, actor_id: str) -> None:
    async with here.db.raw() as connection:
        await spoil(connection, actor_type, actor_id)


async def test_it_is_a_500_without_a_time_to_come_back_and_the_log_has_its_id(
    here: World, ada: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    faulty, sound = await made(ada, 2)
    await spoiled(here, "TaskActor", faulty)
    with caplog.at_level(logging.ERROR):
        answer = await ada.post(f"{TASKS}/{faulty}/complete", headers={"x-request-id": "from-my-proxy.1"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "X-Request-Id" in answer.json()["detail"]
    assert answer.headers["x-request-id"] == "from-my-proxy.1"
    assert "retry-after" not in answer.headers
    [line] = [line for line in caplog.records if line.name == "web.api.edge.middleware"]
    assert line.__dict__["actor_type"] == "TaskActor"
    assert line.__dict__["fingerprint"] not in answer.text
    assert line.exc_info is None, "the host of the actor has it"
    assert (await ada.post(f"{TASKS}/{sound}/complete")).status_code == 200


async def test_in_a_bulk_it_is_the_answer_of_that_item_alone(here: World, ada: httpx.AsyncClient) -> None:
    tasks = await made(ada, 20)
    await spoiled(here, "TaskActor", tasks[3])
    answer = await ada.post(f"{TASKS}/bulk", json={"action": "complete", "ids": tasks})
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [result["status"] for result in results] == [500 if number == 3 else 200 for number in range(20)]
    assert results[3]["problem"]["code"] == "internal_error"


async def test_a_sign_up_that_meets_one_is_finished_by_the_same_request_when_it_is_gone(
    here: World,
) -> None:
    body = {"email": "carl@example.org", "password": PASSWORD}
    client = here.client()
    here.actors.faulty = {"UserActor"}
    assert (await client.post("/api/v1/auth/register", json=body)).status_code == 500
    here.actors.faulty = set()
    async with here.db.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM accounts")) == 1
    assert (await client.post("/api/v1/auth/register", json=body)).status_code == 201


async def test_an_edit_of_a_series_that_an_old_occurrence_cannot_hear_says_that_something_is_broken(
    here: World, ada: httpx.AsyncClient
) -> None:
    [old] = await made(ada, 1)
    series_id = (await series.made(ada))["id"]
    async with here.db.begin() as connection:  # an open occurrence that the series does not keep in mind
        await connection.execute(
            text("UPDATE tasks SET series_id = :series WHERE id = :old"), {"series": series_id, "old": old}
        )
    await spoiled(here, "TaskActor", old)
    answer = await ada.patch(f"{series.SERIES}/{series_id}", json={"title": "Prune"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
