"""An Idempotency-Key stands for one request: with any other request it is refused and changes nothing."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

pytestmark = pytest.mark.api

TASKS = "/api/v1/tasks"
KEY = {"Idempotency-Key": "once"}
A, B = str(uuid4()), str(uuid4())  # two tasks that there are from the beginning
HIGH = {"priority": "high"}
SERIES = {
    "title": "Water",
    "rule": "FREQ=DAILY",
    "start": {"local": "2026-11-23T09:00", "zone": "UTC"},
}
BULK = {"action": "set_priority", "args": HIGH}

# Requests that differ in whom they change, or in what: method, path, body, and the status when the key is new.
REQUESTS: dict[str, tuple[str, str, Any, int]] = {
    "a change of a task": ("PATCH", f"{TASKS}/{A}", HIGH, 200),
    "the same change of another": ("PATCH", f"{TASKS}/{B}", HIGH, 200),
    "a new task": ("POST", TASKS, {"title": "New"}, 201),
    "a new task with an id": ("POST", TASKS, {"title": "New", "id": str(uuid4())}, 201),
    "the same with another id": ("POST", TASKS, {"title": "New", "id": str(uuid4())}, 201),
    "a new series": ("POST", "/api/v1/series", SERIES, 201),
    "one tag everywhere": ("DELETE", "/api/v1/tags/home", None, 200),
    "another tag everywhere": ("DELETE", "/api/v1/tags/work", None, 200),
    "many tasks": ("POST", f"{TASKS}/bulk", BULK | {"ids": [A]}, 200),
    "many other tasks": ("POST", f"{TASKS}/bulk", BULK | {"ids": [B]}, 200),
    "the person": ("PATCH", "/api/v1/me", {"name": "Ada"}, 200),
}


@pytest.fixture
async def owner(ada: httpx.AsyncClient) -> httpx.AsyncClient:
    for task_id in (A, B):
        answer = await ada.post(TASKS, json={"id": task_id, "title": "There", "tags": ["home", "work"]})
        assert answer.status_code == 201
    return ada


async def ask(client: httpx.AsyncClient, name: str) -> httpx.Response:
    method, path, body, _ = REQUESTS[name]
    return await client.request(method, path, json=body, headers=KEY)


async def state(client: httpx.AsyncClient) -> list[tuple[str, int]]:
    return [(task["id"], task["version"]) for task in (await client.get(TASKS)).json()["items"]]


@pytest.mark.parametrize("first", REQUESTS)
async def test_no_other_request_has_the_key_again(owner: httpx.AsyncClient, first: str) -> None:
    done = await ask(owner, first)
    assert done.status_code == REQUESTS[first][3], done.text
    before = await state(owner)
    for second in REQUESTS.keys() - {first}:
        answer = await ask(owner, second)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch"), second
    assert await state(owner) == before
    again = await ask(owner, first)
    assert (again.status_code, again.json()) == (done.status_code, done.json())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a change of a task", "the same change of another"),
        ("a new task with an id", "the same with another id"),
        ("a new task", "a new series"),
        ("many tasks", "many other tasks"),
        ("many tasks", "the same change of another"),
    ],
)
async def test_of_two_at_once_one_is_done(owner: httpx.AsyncClient, first: str, second: str) -> None:
    answers = await asyncio.gather(*(ask(owner, name) for name in (first, second, first, second)))
    refused = [answer.status_code == 422 for answer in answers]
    assert refused in ([True, False, True, False], [False, True, False, True]), [each.text for each in answers]
