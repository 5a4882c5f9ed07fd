"""The edge of every request: ids, log lines, metrics, headers, and the page."""

import asyncio
import gzip
import logging
from collections import defaultdict
from pathlib import Path
from uuid import uuid4

import httpx
import orjson
import pytest
from starlette.types import Message

from tests.fakes.world import World
from tests.support.deadline import eventually
from web.api.app import describe
from web.inner import create_inner_app

pytestmark = pytest.mark.api


async def test_a_request_has_one_id_everywhere(
    here: World, ada: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "duely.access"):
        given = await ada.post("/api/v1/tasks", json={"title": "x"}, headers={"x-request-id": "from-my-proxy.1"})
        for odd in ("short", "x" * 200, "has space", "<script>alert(1)"):
            answer = await ada.get("/api/v1/me", headers={"x-request-id": odd})
            assert answer.headers["x-request-id"] != odd
    assert given.headers["x-request-id"] == "from-my-proxy.1"
    assert here.actors.sent[-1][2].correlation_id == "from-my-proxy.1"
    line = caplog.records[0]
    assert (line.__dict__["method"], line.__dict__["path"], line.__dict__["status"]) == ("POST", "/api/v1/tasks", 201)


async def test_the_log_has_what_an_operator_should_see_and_no_line_for_what_went_well(
    ada: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "duely.access"):
        await ada.get("/api/v1/me")
        await ada.get("/api/v1/nothing")
    assert [line.__dict__["status"] for line in caplog.records if line.name == "duely.access"] == [404]


async def test_a_request_that_is_cut_by_the_end_of_the_server_is_told_when_to_come_back(
    here: World, ada: httpx.AsyncClient
) -> None:
    task_id, sent = str(uuid4()), list[Message]()
    sent_before = len(here.actors.sent)
    async with here.actors.lock_of("TaskActor", task_id):
        asking = asyncio.create_task(_ask(here, ada, sent, orjson.dumps({"title": "x", "id": task_id})))
        await eventually(lambda: len(here.actors.sent) > sent_before, 5, "the actor was asked")
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert (sent[0]["status"], dict(sent[0]["headers"])[b"retry-after"]) == (503, b"2")
    assert orjson.loads(sent[1]["body"])["code"] == "stopping"


async def test_a_client_that_leaves_within_its_request_is_no_fault_of_ours(
    here: World, ada: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    sent: list[Message] = []
    with caplog.at_level(logging.INFO):
        await _ask(here, ada, sent, None)
    assert sent == []
    assert [line.__dict__["status"] for line in caplog.records if line.name == "duely.access"] == [499]
    assert not [line for line in caplog.records if line.levelno >= logging.ERROR]


async def _ask(here: World, person: httpx.AsyncClient, sent: list[Message], body: bytes | None) -> None:
    """Posts a task without the client, which cannot show a request that never ends; without a body the sender leaves."""
    request = person.build_request(
        "POST", "/api/v1/tasks", headers={"content-type": "application/json"}, content=body or b"{}"
    )
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/api/v1/tasks", "raw_path": b"/api/v1/tasks", "query_string": b"", "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 1), "server": ("duely.test", 80),
    }  # fmt: skip

    async def receive() -> Message:
        if body is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await here.app(scope, receive, send)


async def test_whatever_is_read_has_a_head(here: World, ada: httpx.AsyncClient) -> None:
    paths = [path for path, methods in describe()["paths"].items() if "get" in methods and "stream" not in path]
    told = [path.format_map(defaultdict(lambda: "1")) for path in [*paths, "/api/v1/openapi.json", "/", "/nothing"]]
    for path in told:
        for who in (ada, here.client()):
            whole, head = await who.get(path), await who.head(path)
            assert (head.status_code, head.content) == (whole.status_code, b""), path
            assert head.headers["content-length"] == whole.headers["content-length"], path
            assert head.headers["content-type"] == whole.headers["content-type"], path
    refused = await ada.head("/api/v1/auth/login")
    assert (refused.status_code, refused.headers["allow"], refused.content) == (405, "POST", b"")
    for path, methods in (("/api/v1/me", "GET, HEAD, PATCH"), ("/health/live", "GET, HEAD")):
        assert (await ada.put(path)).headers["allow"] == methods
    text = (await here.client(create_inner_app({}, "")).get("/metrics")).text
    assert 'http_requests_total{method="HEAD",route="/api/v1/me",status="200"}' in text


async def test_the_head_of_the_stream_ends_at_once_and_takes_nobodys_place(here: World, ada: httpx.AsyncClient) -> None:
    async with asyncio.timeout(5):
        head = await ada.head("/api/v1/stream")
    assert (head.status_code, head.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert (await here.client().head("/api/v1/stream")).status_code == 401


async def test_metrics_name_routes_and_never_paths(here: World, ada: httpx.AsyncClient) -> None:
    await ada.get("/api/v1/tasks/0b9f7a52-7c7f-5a5e-9b0e-3f0a4f6f2d11")
    await ada.get("/made/up/path")
    await ada.request("BREW", "/api/v1/tasks")
    text = (await here.client(create_inner_app({}, "")).get("/metrics")).text
    assert 'http_requests_total{method="GET",route="/api/v1/tasks/{task_id}",status="404"}' in text
    assert 'http_request_duration_seconds_bucket{le="0.001",method="GET",route="/api/v1/tasks/{task_id}"}' in text
    assert "made/up" not in text
    assert "BREW" not in text


async def test_every_answer_carries_the_security_headers(here: World, ada: httpx.AsyncClient) -> None:
    answers = [await ada.get("/api/v1/me"), await here.client().get("/api/v1/me"), await ada.get("/nothing")]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
    assert answers[0].headers["cache-control"] == "no-store"


async def test_the_api_describes_itself(here: World) -> None:
    answer = await here.client().get("/api/v1/openapi.json")
    assert answer.json()["openapi"].startswith("3.1")
    assert (await here.client().get("/docs")).status_code == 404


async def test_the_page_is_served_from_its_folder_alone(here: World, tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<!doctype html><title>Duely</title>")
    (dist / "assets" / "app-1a2b3c.js").write_text("let x = 1;" * 100)
    (tmp_path / "secret.txt").write_text("secret")
    page = here.client(here.app_with(here.settings, dist))
    index = await page.get("/")
    assert (index.status_code, index.headers["cache-control"]) == (200, "no-cache")
    assert index.headers["content-type"].startswith("text/html")
    assert (await page.get("/", headers={"if-none-match": index.headers["etag"]})).status_code == 304
    script = await page.get("/assets/app-1a2b3c.js")
    assert "immutable" in script.headers["cache-control"]
    assert script.headers["content-encoding"] == "gzip"
    plain = await page.get("/assets/app-1a2b3c.js", headers={"accept-encoding": "identity"})
    assert (plain.text, "content-encoding" in plain.headers) == ("let x = 1;" * 100, False)
    assert len(gzip.compress(plain.content)) < len(plain.content)
    for path in (
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/../../secret.txt",
        "/assets",
        "/assets/",
        "/secret.txt",
    ):
        assert (await page.get(path)).status_code == 404, path
    assert (await page.post("/")).status_code == 404
    without = await here.client(here.app_with(here.settings, tmp_path / "not built")).get("/")
    assert (without.status_code, without.json()["code"]) == (404, "not_found")
