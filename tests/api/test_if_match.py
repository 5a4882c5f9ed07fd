"""If-Match on every write of the OpenAPI document: it is honoured, or refused as unsupported; never ignored."""

from typing import Any

import httpx
import pytest

from tests.api.test_access import CALLS, ROUTES, filled
from tests.fakes.belongings import belongings
from tests.fakes.world import World
from web.api.app import describe

pytestmark = pytest.mark.api
TASKS, SERIES, ME = "/api/v1/tasks", "/api/v1/series", "/api/v1/me"

WRITES = [(method, path, name) for method, path, name in ROUTES if method != "GET"]
# What makes the command change something, so that an edit of the same field can conflict.
FIRST = {"reopen_task": ("POST", "/complete"), "restore_task": ("DELETE", "")}


def takes_it(method: str, path: str) -> bool:
    document = describe()
    shared = {f"#/components/parameters/{name}": said for name, said in document["components"]["parameters"].items()}
    parameters = document["paths"][path][method.lower()]["parameters"]
    return any(shared.get(said.get("$ref"), said)["name"] == "If-Match" for said in parameters)


async def version_of(ada: httpx.AsyncClient, path: str, ids: dict[str, str]) -> str:
    """Returns the ETag of what the path is about, or "" if it has none."""
    if path == ME:
        return (await ada.get(ME)).headers["etag"]
    if "{task_id}" in path:
        listed = (await ada.get(f"{TASKS}/{ids['task_id']}")).headers.get("etag", "")
        return str(listed)
    return str((await ada.get(f"{SERIES}/{ids['series_id']}")).headers.get("etag", "")) if "{series_id}" in path else ""


@pytest.mark.parametrize(("method", "path", "name"), WRITES, ids=[name for *_, name in WRITES])
async def test_a_write_honours_it_or_refuses_it(
    here: World, ada: httpx.AsyncClient, method: str, path: str, name: str
) -> None:
    ids = await belongings(here, ada, "ada@example.org")
    if name in FIRST:
        first, suffix = FIRST[name]
        await ada.request(first, f"{TASKS}/{ids['task_id']}{suffix}")
    target, body = filled(path + CALLS[name].query, ids), filled(CALLS[name].body, ids)
    before = await version_of(ada, path, ids)

    async def ask(if_match: str) -> httpx.Response:
        return await ada.request(method, target, json=body, headers={"If-Match": if_match})

    if not takes_it(method, path):
        for text in ('"1"', "*", "made up"):
            answer = await ask(text)
            assert (answer.status_code, answer.json()["code"]) == (400, "if_match_unsupported"), answer.text
        assert await version_of(ada, path, ids) == before
        return
    for stale in ('"0"', '"999"'):
        answer = await ask(stale)
        assert (answer.status_code, answer.json()["code"]) == (409, "edit_conflict"), (stale, answer.text)
    assert (await ask("made up")).json()["code"] == "bad_if_match"
    assert await version_of(ada, path, ids) == before
    assert (await ask(before)).status_code == CALLS[name].owner


@pytest.mark.parametrize("what", ["delete", "purge"])
async def test_a_task_goes_only_as_it_was_seen(ada: httpx.AsyncClient, what: str) -> None:
    task = (await ada.post(TASKS, json={"title": "Keep the receipt"})).json()
    url = f"{TASKS}/{task['id']}"
    await ada.patch(url, json={"description": "It is needed after all"})
    method, target = ("DELETE", url) if what == "delete" else ("POST", f"{url}/purge")
    refused = await ada.request(method, target, headers={"If-Match": '"1"'})
    assert (refused.status_code, refused.json()["code"]) == (409, "edit_conflict")
    key = {"Idempotency-Key": "once", "If-Match": '"2"'}
    assert (await ada.request(method, target, headers=key)).is_success
    assert (await ada.request(method, target, headers=key)).is_success  # the same request has the same answer


async def test_a_profile_is_edited_only_as_it_was_seen(ada: httpx.AsyncClient) -> None:
    seen = (await ada.get(ME)).headers["etag"]
    first = await ada.patch(ME, json={"name": "Ada"}, headers={"If-Match": seen})
    assert first.status_code == 200
    second = await ada.patch(ME, json={"name": "Countess"}, headers={"If-Match": seen})
    assert (second.status_code, second.json()["code"]) == (409, "edit_conflict")
    assert (await ada.patch(ME, json={"name": "Ada L."}, headers={"If-Match": first.headers["etag"]})).is_success


async def test_many_tasks_are_changed_each_as_it_was_seen(ada: httpx.AsyncClient) -> None:
    tasks = [(await ada.post(TASKS, json={"title": f"Task {n}"})).json()["id"] for n in range(3)]
    await ada.patch(f"{TASKS}/{tasks[1]}", json={"title": "Changed meanwhile"})
    body: dict[str, Any] = {"action": "delete", "ids": tasks, "versions": dict.fromkeys(tasks[:2], 1)}
    results = (await ada.post(f"{TASKS}/bulk", json=body)).json()["results"]
    assert [result["status"] for result in results] == [200, 409, 200]
    assert results[1]["problem"]["code"] == "edit_conflict"


@pytest.mark.parametrize("versions", [{"0" * 8 + "-0000-4000-8000-000000000000": 1}, {"x": 1}, {"{id}": -1}])
async def test_versions_of_other_tasks_are_refused(ada: httpx.AsyncClient, versions: dict[str, int]) -> None:
    task = (await ada.post(TASKS, json={"title": "One"})).json()["id"]
    body = {"action": "delete", "ids": [task], "versions": {k.replace("{id}", task): v for k, v in versions.items()}}
    assert (await ada.post(f"{TASKS}/bulk", json=body)).status_code == 422


async def test_the_same_key_with_other_versions_is_another_request(ada: httpx.AsyncClient) -> None:
    task = (await ada.post(TASKS, json={"title": "One"})).json()["id"]
    body: dict[str, Any] = {"action": "complete", "ids": [task]}
    key = {"Idempotency-Key": "bulk"}
    assert (await ada.post(f"{TASKS}/bulk", json=body, headers=key)).status_code == 200
    other = await ada.post(f"{TASKS}/bulk", json=body | {"versions": {task: 1}}, headers=key)
    assert other.json()["code"] == "idempotency_mismatch"
