"""Every operation of the OpenAPI document over a socket, with made-up input that fits it and input that does not.

schemathesis makes it up and holds the answers to the document. DUELY_TEST_EXAMPLES and DUELY_TEST_SEED change how much
and what it tries: `DUELY_TEST_EXAMPLES=200 DUELY_TEST_SEED=7 make test LEVELS=hostile`.
"""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from host.metrics import http_requests
from tests.fakes.world import World, world
from tests.support.deadline import eventually
from web.api.app import describe
from web.api.stream.seats import StreamTimes
from web.serve import server_of
from web.server.door import door_of

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = int(os.environ.get("DUELY_TEST_EXAMPLES", "3"))  # of each operation, beside those that stand for its limits
SEED = os.environ.get("DUELY_TEST_SEED", "14")
LONGEST_SECONDS = 150 + 10 * EXAMPLES

pytestmark = [pytest.mark.hostile, pytest.mark.timeout(LONGEST_SECONDS + 30)]


async def test_every_operation_answers_as_documented(database_url: str, tmp_path: Path) -> None:
    before = _answered_well()
    async with world(database_url) as here, _served(here) as url:
        sessions = {
            "DUELY_COOKIE": await _session(url, "ada@example.org"),
            "DUELY_COOKIE_TO_END": await _session(url, "bob@example.org"),
            "DUELY_COOKIE_TO_LOG_OUT": await _session(url, "eve@example.org"),
        }
        sessions["DUELY_CONVERSATION"] = await _conversation(url, sessions["DUELY_COOKIE"])
        said = await _schemathesis(url, sessions, tmp_path)
    assert "No issues found" in said, said
    # The input has to get past the first check of each operation, so most must also have done what they are for.
    documented = sum(len(methods) for methods in describe()["paths"].values())
    assert len(_answered_well() - before) > documented * 0.8, said


async def _schemathesis(url: str, sessions: dict[str, str], folder: Path) -> str:
    """Returns what it says."""
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("schemathesis"), "--config-file", CONFIGURATION,
        "run", f"{url}/api/v1/openapi.json", "--max-examples", str(EXAMPLES), "--seed", SEED,
        cwd=folder, env={**os.environ, **sessions}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        said, _ = await asyncio.wait_for(process.communicate(), LONGEST_SECONDS)
        return said.decode()
    finally:
        with suppress(ProcessLookupError):
            process.kill()


@asynccontextmanager
async def _served(here: World) -> AsyncGenerator[str]:
    """The app behind the real listener; its streams last a moment, since nobody here would end one."""
    app = here.app
    app.state.duely = replace(app.state.duely, stream_times=StreamTimes(life_seconds=(0.01, 0.02)))
    server = server_of(app, "127.0.0.1", 0, door_of(here.settings))
    task = asyncio.create_task(server.serve())
    try:
        await eventually(lambda: server.started, 5, "listens")
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await asyncio.wait([task], timeout=5)


async def _session(url: str, email: str) -> str:
    """Returns the cookies of somebody who signed up with the password of the document's examples, which then log in."""
    example = describe()["components"]["schemas"]["Login"]["examples"][0]
    async with httpx.AsyncClient(base_url=url) as client:
        answer = await client.post("/api/v1/auth/register", json={**example, "email": email})
        assert answer.status_code == 201, answer.text
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


async def _conversation(url: str, cookie: str) -> str:
    """Returns the id of a new conversation of whoever has the cookie."""
    async with httpx.AsyncClient(base_url=url, headers={"Cookie": cookie}) as client:
        answer = await client.post("/api/v1/chat", json={"message": "hello"})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["conversation_id"])


def _answered_well() -> Counter[tuple[str, str]]:
    """Returns how often each operation was answered with 2xx."""
    counts: Counter[tuple[str, str]] = Counter()
    for sample in [sample for metric in http_requests.collect() for sample in metric.samples]:
        if sample.name.endswith("_total") and sample.labels["status"].startswith("2"):
            counts[sample.labels["method"], sample.labels["route"]] += int(sample.value)
    return counts
