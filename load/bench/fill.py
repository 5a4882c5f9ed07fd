"""Puts many tasks into the system by the public API, for phases that need them there."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any

import orjson

from load.bench.bench import Bench
from load.bench.clients.http import connect, request
from load.bench.figures import VoidError
from load.bench.users import User

_CREATED = 201
_CONNECTIONS = 16


async def fill(bench: Bench, bodies: Sequence[dict[str, Any]], users: Sequence[User] = ()) -> list[str]:
    """The ids of the created tasks, in no order, the users' in turn (none: the bench's); VoidError when one is refused."""
    tokens = cycle([user.token for user in users] or [bench.token])
    queue = iter(zip(bodies, tokens, strict=False))
    lists = await asyncio.gather(*(_creator(bench, queue) for _ in range(_CONNECTIONS)))
    return [task_id for ids in lists for task_id in ids]


async def _creator(bench: Bench, queue: Iterator[tuple[dict[str, Any], str]]) -> list[str]:
    url = bench.url("/tasks")
    connection = await connect(url)
    ids: list[str] = []
    for body, token in queue:
        headers = {"Authorization": f"Bearer {token}"}
        status, answer = await connection.ask(request("POST", url, headers, orjson.dumps(body)))
        if status != _CREATED:
            raise VoidError(f"a task was refused: {status} {answer[:200]!r}")
        ids.append(orjson.loads(answer)["id"])
    connection.close()
    return ids
