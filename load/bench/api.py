"""Calls of the public API that the bench makes itself: many creates at once, creates and completions at fixed times."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import cycle, islice
from typing import Any

import orjson

from load.bench.bench import TASK, Bench
from load.bench.clients.http import Connection, connect, request
from load.bench.figures import VoidError
from load.bench.users import User

_CREATED, _OK = 201, 200
_CONNECTIONS = 16
_PACED_CONNECTIONS = 8
Create = tuple[str, bytes]  # token and body


async def create_many(bench: Bench, bodies: Sequence[dict[str, Any]], users: Sequence[User] = ()) -> list[str]:
    """Creates a task of each body for the users in turn (for the bench's own user when there are none).

    Returns their ids in no order; raises VoidError when one is refused.
    """
    tokens = cycle([user.token for user in users] or [bench.token])
    creates = ((token, orjson.dumps(body)) for body, token in zip(bodies, tokens, strict=False))
    lists = await asyncio.gather(*(_create(bench, creates) for _ in range(_CONNECTIONS)))
    return [task_id for ids in lists for task_id in ids]


async def create_paced(bench: Bench, tokens: list[str], rate: int) -> list[str]:
    """Creates `rate` tasks a second at fixed times, whether the last one is answered or not; returns their ids."""
    count = int(rate * bench.plan.stream_seconds)
    began, body = time.perf_counter(), orjson.dumps(TASK)
    plan = [(began + n / rate, (token, body)) for n, token in enumerate(islice(cycle(tokens), count))]
    lists = await asyncio.gather(
        *(_create_at(bench, plan[number::_PACED_CONNECTIONS]) for number in range(_PACED_CONNECTIONS))
    )
    return [task_id for ids in lists for task_id in ids]


async def complete_paced(bench: Bench, user: User, tasks: Sequence[str], rate: int) -> None:
    """Completes `rate` tasks a second over one connection; raises VoidError when one is refused."""
    connection = await connect(bench.url("/tasks"))
    began = time.perf_counter()
    async for task_id in _at([(began + number / rate, task_id) for number, task_id in enumerate(tasks)]):
        await _post(connection, bench.url(f"/tasks/{task_id}/complete"), user.token, b"", _OK)
    connection.close()


async def _create(bench: Bench, creates: Iterator[Create]) -> list[str]:
    url = bench.url("/tasks")
    connection = await connect(url)
    ids = [await _created(connection, url, create) for create in creates]
    connection.close()
    return ids


async def _create_at(bench: Bench, plan: Sequence[tuple[float, Create]]) -> list[str]:
    url = bench.url("/tasks")
    connection = await connect(url)
    ids = [await _created(connection, url, create) async for create in _at(plan)]
    connection.close()
    return ids


async def _at(plan: Iterable[tuple[float, Any]]) -> AsyncIterator[Any]:
    """Gives each item at its time, or at once when that has passed."""
    for at, item in plan:
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        yield item


async def _created(connection: Connection, url: str, create: Create) -> str:
    task_id: str = orjson.loads(await _post(connection, url, *create, _CREATED))["id"]
    return task_id


async def _post(connection: Connection, url: str, token: str, body: bytes, expected: int) -> bytes:
    status, answer = await connection.ask(request("POST", url, {"Authorization": f"Bearer {token}"}, body))
    if status != expected:
        raise VoidError(f"a request was refused: {status} {answer[:200]!r}")
    return answer
