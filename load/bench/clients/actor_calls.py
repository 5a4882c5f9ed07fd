"""A client that calls the sidecar over gRPC in a closed loop: the floor under commands and reminders."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import asyncpg
import uvloop
from dapr.actor import ActorId
from dapr.actor.runtime._type_information import ActorTypeInformation
from dapr.actor.runtime.context import ActorRuntimeContext
from dapr.proto import api_v1, common_v1
from google.protobuf.duration_pb2 import Duration

from actors.clock import SystemClock
from actors.ports import Activations
from actors.serializer import OrjsonSerializer
from actors.task.actor import TaskActor
from actors.turn import WAKE
from host.dapr.client import SidecarActorClient, SidecarConnection
from load.bench.clients.loop import answer, closed_loop, order_from_stdin
from load.bench.rows import TABLE_SQL, insert_task

_ACTOR = "TaskActor"
_TIMEOUT_SECONDS = 10
_NULL = b"null"
_DAY_SECONDS = 86_400
_POLICY = common_v1.JobFailurePolicy(
    constant=common_v1.JobFailurePolicyConstant(interval=Duration(seconds=5)),
)
Work = Callable[[int], Awaitable[None]]


class Calls:
    """The kinds of work; they call the actors of the order's `ids` in turn."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        sidecar = SidecarConnection(order["grpc_port"], order["http_port"], order["api_token"])
        self._stub, self._metadata = sidecar.calls, sidecar.metadata
        self._ids: list[str] = order["ids"]
        self._actors = _task_actors(sidecar, self._ids) if order["kind"] == "turn" else {}
        self._due_time = f"{_DAY_SECONDS}s"
        self._turn = count()
        self._pool: Any = None

    async def open(self) -> None:
        """Connects to the database where the work needs it."""
        if self._order["kind"] == "ping_and_row":
            size = self._order["workers"]
            self._pool = await asyncpg.create_pool(self._order["database_url"], min_size=size, max_size=size)
            await self._pool.execute(TABLE_SQL)

    def work(self) -> Work:
        """Returns the kind of work that the order names."""
        kinds: dict[str, Work] = {
            "ping": lambda _: self._call("ping"),
            "ping_and_row": self._ping_and_row,
            "arm": lambda _: self._call("arm"),
            "register": self._register,
            "turn": self._register_as_a_turn,
        }
        return kinds[self._order["kind"]]

    def _next_id(self) -> str:
        return self._ids[next(self._turn) % len(self._ids)]

    async def _call(self, method: str) -> None:
        request = api_v1.InvokeActorRequest(actor_type=_ACTOR, actor_id=self._next_id(), method=method, data=_NULL)
        await self._stub.InvokeActor(request, timeout=_TIMEOUT_SECONDS, metadata=self._metadata)

    async def _ping_and_row(self, _: int) -> None:
        await self._call("ping")
        async with self._pool.acquire() as connection, connection.transaction():
            await insert_task(connection, str(uuid4()))

    async def _register(self, _: int) -> None:
        """Sends the request by which an actor arms its wake, and nothing around it."""
        await self._stub.RegisterActorReminder(
            api_v1.RegisterActorReminderRequest(
                actor_type=_ACTOR,
                actor_id=self._next_id(),
                name=WAKE,
                due_time=self._due_time,
                failure_policy=_POLICY,
            ),
            timeout=_TIMEOUT_SECONDS,
            metadata=self._metadata,
        )

    async def _register_as_a_turn(self, _: int) -> None:
        """Sends the same request by the code of a turn: the actor, the SDK, our client."""
        await self._actors[self._next_id()]._arm(self._order["wake"], timedelta(0), _TIMEOUT_SECONDS)  # noqa: SLF001  this call is what is measured


def _task_actors(sidecar: SidecarConnection, ids: list[str]) -> dict[str, TaskActor]:
    """Returns actors outside a runtime, which can arm their wake and nothing else."""
    ports: Any = SimpleNamespace(clock=SystemClock(), note_armed=lambda *_: None)
    serializer = OrjsonSerializer()
    context = ActorRuntimeContext(
        ActorTypeInformation.create(TaskActor), serializer, serializer, SidecarActorClient(sidecar)
    )
    shared = Activations(ports)
    return {task_id: TaskActor(context, ActorId(task_id), shared) for task_id in ids}


async def run(order: dict[str, Any]) -> dict[str, Any]:
    """Runs the loop; returns the fields of figures.Loop.

    `order`: kind, grpc_port, http_port, api_token, ids, workers, seconds, warm_seconds; database_url or wake by kind.
    """
    calls = Calls(order)
    await calls.open()
    return await closed_loop(
        calls.work(), workers=order["workers"], seconds=order["seconds"], warm_seconds=order["warm_seconds"]
    )


if __name__ == "__main__":
    answer(uvloop.run(run(order_from_stdin())))
