"""FakeSidecar: state with the fence, the command log and reminders, in memory, with switches for failures."""

import asyncio
from typing import Any

import grpc
import orjson
from dapr.clients.base import DaprActorClientBase
from grpc.aio import AioRpcError, Metadata


def grpc_error(text: str, code: grpc.StatusCode = grpc.StatusCode.INTERNAL) -> AioRpcError:
    return AioRpcError(code, Metadata(), Metadata(), details=text)


def refusal(text: str, sqlstate: str) -> AioRpcError:
    return grpc_error(f"error executing transaction: failed to save state: ERROR: {text} (SQLSTATE {sqlstate})")


class FakeSidecar(DaprActorClientBase):
    def __init__(self) -> None:
        self.docs: dict[str, bytes] = {}
        self.log: dict[str, dict[str, Any]] = {}
        self.outbox: list[dict[str, Any]] = []
        self.reminders: list[tuple[str, dict[str, Any]]] = []
        self.reads = self.saves = 0
        self.save_errors: list[BaseException] = []  # raised before anything is stored
        self.lost_answers: list[BaseException] = []  # raised after it is stored
        self.reminder_errors: list[BaseException] = []
        self.gate: asyncio.Event | None = None  # a save waits here
        self.saving = asyncio.Event()

    async def get_state(self, actor_type: str, actor_id: str, name: str) -> bytes:
        self.reads += 1
        return self.docs.get(actor_id, b"")

    async def save_state_transactionally(self, actor_type: str, actor_id: str, data: bytes) -> None:
        self.saves += 1
        self.saving.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.save_errors:
            raise self.save_errors.pop(0)
        self.commit(actor_id, orjson.dumps(orjson.loads(data)[0]["request"]["value"]))
        if self.lost_answers:
            raise self.lost_answers.pop(0)

    def commit(self, actor_id: str, value: bytes) -> None:
        """Does what the triggers of the database do: refuses a stale version and a known command, appends to the outbox."""
        old = self.docs.get(actor_id)
        if value == old:
            return
        doc, before = orjson.loads(value), 0 if old is None else orjson.loads(old)["version"]
        if doc["version"] != before + 1:
            raise refusal(f"stale actor write: {actor_id} has version {before}, got {doc['version']}", "40001")
        command = doc["command"]
        if command is not None:
            if command["id"] in self.log:
                raise refusal('duplicate key value violates unique constraint "commands_pkey"', "23505")
            self.log[command["id"]] = {"actor": actor_id, "hash": command["hash"], "reply": command["reply"]}
        self.docs[actor_id] = value
        self.outbox += doc["outbox"]

    async def find(self, command_id: str) -> dict[str, Any] | None:
        return self.log.get(command_id)

    async def register_reminder(self, actor_type: str, actor_id: str, name: str, data: bytes) -> None:
        if self.reminder_errors:
            raise self.reminder_errors.pop(0)
        self.reminders.append((name, orjson.loads(data)))

    async def invoke_method(self, actor_type: str, actor_id: str, method: str, data: bytes | None = None) -> bytes:
        raise NotImplementedError

    async def unregister_reminder(self, actor_type: str, actor_id: str, name: str) -> None:
        raise NotImplementedError

    async def register_timer(self, actor_type: str, actor_id: str, name: str, data: bytes) -> None:
        raise NotImplementedError

    async def unregister_timer(self, actor_type: str, actor_id: str, name: str) -> None:
        raise NotImplementedError
