"""Calls the sidecar over gRPC in a closed loop: the floors that commands and reminders stand on."""

from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any
from uuid import uuid4

import asyncpg
import uvloop
from dapr.proto import api_service_v1, api_v1, common_v1
from google.protobuf.duration_pb2 import Duration

from host.sidecar_client import connect
from load.bench.clients.loop import answer, closed_loop, order_from_stdin
from load.bench.rows import TABLE_SQL, insert_task

_ACTOR = "TaskActor"
_TIMEOUT_SECONDS = 10
_NULL = b"null"
Work = Callable[[int], Awaitable[None]]


class Calls:
    """The kinds of work; `ids` are the actors called, round robin."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self._stub = api_service_v1.DaprStub(connect(order["grpc_port"], order["api_token"]))
        self._ids: list[str] = order["ids"]
        self._turn = count()
        self._pool: Any = None

    async def open(self) -> None:
        """Connects to the database where the work needs it."""
        if self._order["kind"] == "ping_and_row":
            size = self._order["workers"]
            self._pool = await asyncpg.create_pool(self._order["database_url"], min_size=size, max_size=size)
            await self._pool.execute(TABLE_SQL)

    def work(self) -> Work:
        kinds: dict[str, Work] = {
            "ping": lambda _: self._call("ping"),
            "ping_and_row": self._ping_and_row,
            "arm": lambda _: self._call("arm"),
            "register": self._register,
        }
        return kinds[self._order["kind"]]

    def _next_id(self) -> str:
        return self._ids[next(self._turn) % len(self._ids)]

    async def _call(self, method: str) -> None:
        request = api_v1.InvokeActorRequest(actor_type=_ACTOR, actor_id=self._next_id(), method=method, data=_NULL)
        await self._stub.InvokeActor(request, timeout=_TIMEOUT_SECONDS)

    async def _ping_and_row(self, _: int) -> None:
        await self._call("ping")
        async with self._pool.acquire() as connection, connection.transaction():
            await insert_task(connection, str(uuid4()))

    async def _register(self, _: int) -> None:
        """The request that an actor makes for its wake: same name, same policy, same time."""
        await self._stub.RegisterActorReminder(
            api_v1.RegisterActorReminderRequest(
                actor_type=_ACTOR,
                actor_id=self._next_id(),
                name="wake",
                due_time=self._order["due_time"],
                overwrite=True,
                failure_policy=common_v1.JobFailurePolicy(
                    constant=common_v1.JobFailurePolicyConstant(interval=Duration(seconds=1))
                ),
            ),
            timeout=_TIMEOUT_SECONDS,
        )


async def run(order: dict[str, Any]) -> dict[str, Any]:
    """`order`: kind, grpc_port, api_token, ids, workers, seconds, warm_seconds; database_url or due_time by kind."""
    calls = Calls(order)
    await calls.open()
    return await closed_loop(
        calls.work(), workers=order["workers"], seconds=order["seconds"], warm_seconds=order["warm_seconds"]
    )


if __name__ == "__main__":
    answer(uvloop.run(run(order_from_stdin())))
