"""An agent at `duely mcp`, which goes on when the host is killed in the middle of a large change."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.client import Caller
from tests.support.system import System

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]
DUELY = Path(__file__).resolve().parents[2] / ".venv/bin/duely"
MANY = 200
WITHIN_SECONDS = 60


class Agent:
    """Speaks MCP of 2025-11-25 to a process, line by line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._last = 0

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._last += 1
        message = {"jsonrpc": "2.0", "id": self._last, "method": method, "params": params}
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        async with asyncio.timeout(WITHIN_SECONDS):
            line = await self._process.stdout.readline()
        answer = json.loads(line)
        assert answer["id"] == self._last
        result: dict[str, Any] = answer["result"]
        return result

    async def call(self, name: str, **arguments: Any) -> dict[str, Any]:
        result = await self.ask("tools/call", name=name, arguments=arguments)
        assert not result.get("isError"), result
        structured: dict[str, Any] = result["structuredContent"]
        return structured


@asynccontextmanager
async def agent(url: str, token: str) -> AsyncIterator[Agent]:
    process = await asyncio.create_subprocess_exec(
        DUELY, "mcp", "--url", url, env={**os.environ, "DUELY_TOKEN": token},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 22,
    )  # fmt: skip
    try:
        made = Agent(process)
        hello = await made.ask(
            "initialize", protocolVersion="2025-11-25", capabilities={}, clientInfo={"name": "test", "version": "1"}
        )
        assert hello["protocolVersion"] == "2025-11-25"
        yield made
        assert process.stdin
        process.stdin.close()
        assert await asyncio.wait_for(process.wait(), 10) == 0
    finally:
        if process.returncode is None:
            process.kill()


@pytest.mark.parametrize("part", ["host", "daprd"])
async def test_a_change_of_200_tasks_is_whole_though_a_part_is_killed_in_the_middle(
    system: System, person: Caller, part: str
) -> None:
    titles = [f"Number {number}" for number in range(MANY)]
    ids = [task["id"] for task in await asyncio.gather(*(person.create(title) for title in titles))]
    async with agent(system.url, await person.new_token()) as ours:
        plan = await ours.call("complete-tasks", tasks=ids)
        assert {result["status"] for result in plan["results"]} == {"planned"}
        applying = asyncio.create_task(ours.call("apply-plan", plan_id=plan["plan_id"]))
        await _some_are_done(system, person)
        old = system.kill(part)
        assert len(await _completed(system, person)) < MANY, "killed too late to prove anything"
        answer = await applying
        system.until_restarted(part, old)
        again = await ours.call("apply-plan", plan_id=plan["plan_id"])
    done = again if any(result["status"] == "failed" for result in answer["results"]) else answer
    assert [(result["id"], result["status"]) for result in done["results"]] == [(id_, "done") for id_ in ids]
    assert again["results"] == done["results"]
    completed = await _completed(system, person)
    assert sorted(completed) == sorted(ids)  # each once


async def _some_are_done(system: System, person: Caller) -> None:
    async with asyncio.timeout(WITHIN_SECONDS):
        while not len(await _completed(system, person)) > 0:
            await asyncio.sleep(0.01)


async def _completed(system: System, person: Caller) -> list[str]:
    """Returns the task of each completion that was committed."""
    async with system.database() as connection:
        rows = await connection.fetch(
            "SELECT actor_id FROM outbox WHERE type = 'task.completed' AND user_id = $1", person.user_id
        )
    return [row[0] for row in rows]
