"""The stage of the turn tests: the SDK's own runtime and dispatch, over a fake sidecar."""

import asyncio
from typing import Any

import orjson
import pytest
from dapr.actor import ActorRuntime
from dapr.actor.runtime.config import ActorRuntimeConfig

from actors.bugs import Bug
from actors.commands import Command
from actors.ports import Ports
from actors.registry import register_all
from actors.replies import Reply
from host.keys.doorkeeper import Doorkeeper
from tests.fakes.person import FakeClock, FakePerson
from tests.fakes.sidecar import FakeSidecar
from tests.fakes.signing import signatures


class Stage:
    """One process that hosts actors. A second stage on the same sidecar is a second replica."""

    def __init__(self, sidecar: FakeSidecar, clock: FakeClock) -> None:
        own = {"_actor_managers": {}, "_actor_managers_lock": asyncio.Lock(), "_actor_config": ActorRuntimeConfig()}
        self.runtime: Any = type("OwnRuntime", (ActorRuntime,), own)
        self.sidecar, self.clock = sidecar, clock
        self.person = FakePerson()
        self.signing = signatures()
        self.commits: list[set[str]] = []
        self.armed: list[tuple[str, str, str]] = []
        self.bugs: list[Bug] = []

    async def open(self) -> "Stage":
        ports = Ports(
            clock=self.clock,
            commands=self.sidecar,
            on_commit=self.commits.append,
            note_armed=lambda *what: self.armed.append(what),
            on_bug=self.bugs.append,
            fault_of=Doorkeeper(self.signing).fault_of,
        )
        self.activations = await register_all(self.runtime, self.sidecar, ports)
        return self

    async def send(self, task_id: str, command: Command, actor_type: str = "TaskActor") -> Reply:
        return Reply.from_wire(await self.turn(task_id, command.to_wire(), actor_type))

    async def turn(self, actor_id: str, wire: dict[str, Any], actor_type: str = "TaskActor") -> Any:
        """Signs what travels, as the gateway does, and returns the envelope."""
        return await self.call(actor_id, "turn", self.signing.sign(actor_type, actor_id, wire), actor_type)

    async def call(self, actor_id: str, method: str, argument: Any = None, actor_type: str = "TaskActor") -> Any:
        return orjson.loads(await self.runtime.dispatch(actor_type, actor_id, method, orjson.dumps(argument)))

    async def remind(self, actor_id: str, name: str = "wake", actor_type: str = "TaskActor") -> None:
        """Fires a reminder as the sidecar does: without times in the body."""
        await self.runtime.fire_reminder(actor_type, actor_id, name, b'{"data":"","dueTime":"","period":""}')

    async def create(self, **body: Any) -> str:
        command = self.person.says("CreateTask", {"title": "Pay rent", **body})
        reply = await self.send(self.person.task_of(command), command)
        assert reply.ok
        task_id: str = reply.value["id"]
        return task_id

    def doc(self, actor_id: str) -> dict[str, Any]:
        doc: dict[str, Any] = orjson.loads(self.sidecar.docs[actor_id])
        return doc


@pytest.fixture
async def stage() -> Stage:
    return await Stage(FakeSidecar(), FakeClock()).open()


@pytest.fixture
async def replica(stage: Stage) -> Stage:
    """A second process with the same store."""
    other = Stage(stage.sidecar, stage.clock)
    other.person = stage.person
    return await other.open()
