"""Mixed writes at a steady rate, as several users would make them, each written down with its outcome.

A lane takes one task through its life, one write at a time, so that it knows what each write must change. When an
answer does not come, the lane either asks again with the same key until it is told, or leaves the task for good:
so an unknown outcome is never followed by a write whose effect would hang on it.
"""

import asyncio
import contextlib
import random
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from actors.commands import command_id_for_key, task_id_for
from tests.client import Caller, instant
from tests.faults.recorder import Entry, Operation, Recorder
from tests.stream_reader import StreamReader
from tests.system import System

USERS = 18  # so that none has more reminders a minute than are told one by one
LANES_PER_USER = 10
HOT_LANES_PER_USER = 2
REMINDER_SHARE = 0.3
REMINDER_SECONDS = (2.0, 16.0)
ASK_AGAIN_SHARE = 0.6
ASK_AGAIN_SECONDS = 60.0
ASK_AGAIN_PAUSE_SECONDS = 0.3
STEPS = ("patch", "complete", "reopen", "priority", "tags", "delete", "restore", "patch")

Request = tuple[str, str, dict[str, Any] | None]


@dataclass(eq=False, slots=True)
class Lane:
    """One hand at work. `hot` lanes of a user share one task."""

    person: Caller
    hot: str = ""
    task_id: str = ""
    steps: list[str] = field(default_factory=list[str])
    busy: bool = False


class Load:
    """Runs from `start` to `finish`; `held_back` counts the writes that no lane was free for."""

    def __init__(self, people: list[Caller], recorder: Recorder, rate: float, seed: int) -> None:
        self.recorder = recorder
        self.people = people
        self.held_back = 0
        self.seed = seed
        self._pause = 1 / rate
        self._random = random.Random(seed)
        self._lanes: list[Lane] = []
        self._running: set[asyncio.Task[None]] = set()
        self._clockwork: asyncio.Task[None] | None = None

    async def start(self) -> None:
        for person in self.people:
            hot = await person.create("Hot", reminders=[])
            self._lanes += [Lane(person) for _ in range(LANES_PER_USER)]
            self._lanes += [Lane(person, hot=hot["id"]) for _ in range(HOT_LANES_PER_USER)]
        self._clockwork = asyncio.create_task(self._tick())

    async def finish(self) -> None:
        """Stop asking and let what is under way end."""
        if self._clockwork:
            self._clockwork.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._clockwork
        if self._running:
            await asyncio.wait(self._running, timeout=ASK_AGAIN_SECONDS)
        for task in self._running:
            task.cancel()

    async def _tick(self) -> None:
        due = time.monotonic()
        while True:
            due = max(due + self._pause, time.monotonic() - 1)  # after a stop of our own no burst longer than a second
            await asyncio.sleep(due - time.monotonic())
            free = [lane for lane in self._lanes if not lane.busy]
            if not free:
                self.held_back += 1
                continue
            lane = self._random.choice(free)
            lane.busy = True
            task = asyncio.create_task(self._step(lane))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _step(self, lane: Lane) -> None:
        try:
            await self._write(lane)
        finally:
            lane.busy = False

    async def _write(self, lane: Lane) -> None:
        key = str(uuid.UUID(int=self._random.getrandbits(128), version=4))
        command_id = command_id_for_key(lane.person.user_id, key)
        operation, request = self._next(lane, command_id)
        entry = self.recorder.invoke(operation)
        if not await self._until_told(lane.person, entry, request, key):
            lane.task_id = ""

    def _next(self, lane: Lane, command_id: str) -> tuple[Operation, Request]:
        user_id, title = lane.person.user_id, f"title {command_id}"
        if lane.hot:
            operation = Operation(command_id, user_id, lane.hot, "patch", title)
            return operation, ("PATCH", f"/tasks/{lane.hot}", {"title": title})
        if not lane.task_id:
            return self._create(lane, command_id, title)
        name, path = lane.steps.pop(0), f"/tasks/{lane.task_id}"
        requests: dict[str, Request] = {
            "patch": ("PATCH", path, {"title": title, "description": command_id * 3}),
            "priority": ("PUT", f"{path}/priority", {"priority": "urgent"}),
            "tags": ("POST", f"{path}/tags", {"tags": [command_id[:12], "home"]}),
            "delete": ("DELETE", path, None),
        }
        operation = Operation(command_id, user_id, lane.task_id, name, title if name == "patch" else "")
        if not lane.steps:
            lane.task_id = ""
        return operation, requests.get(name, ("POST", f"{path}/{name}", None))

    def _create(self, lane: Lane, command_id: str, title: str) -> tuple[Operation, Request]:
        lane.task_id = task_id_for(lane.person.user_id, command_id)
        reminds = self._random.random() < REMINDER_SHARE
        # A task that reminds is only edited: whatever else happens, its reminder must fire.
        lane.steps = ["patch", "priority", "patch"] if reminds else list(STEPS[: self._random.randint(1, len(STEPS))])
        fires_at = instant(self._random.uniform(*REMINDER_SECONDS)) if reminds else ""
        operation = Operation(command_id, lane.person.user_id, lane.task_id, "create", title, fires_at)
        body = {"title": title, "reminders": [{"at": fires_at}] if reminds else []}
        return operation, ("POST", "/tasks", body)

    async def _until_told(self, person: Caller, entry: Entry, request: Request, key: str) -> bool:
        """Whether it was acknowledged; an attempt whose answer is lost is repeated, or left unknown."""
        asks_again = self._random.random() < ASK_AGAIN_SHARE
        deadline = entry.invoked + ASK_AGAIN_SECONDS
        attempts, reached = 0, False
        while True:
            attempts += 1
            version, detail, status = await _attempt(person, request, key)
            if version:
                self.recorder.end(entry, "ok", version=version, attempts=attempts)
                return True
            if 400 <= status < 500:
                self.recorder.end(entry, "fail", attempts=attempts, detail=detail)
                return False
            reached = reached or status != _NOT_SENT
            if not asks_again or time.monotonic() > deadline:
                self.recorder.end(entry, "unknown" if reached else "fail", attempts=attempts, detail=detail)
                return False
            await asyncio.sleep(ASK_AGAIN_PAUSE_SECONDS)


_NOT_SENT = -1


async def _attempt(person: Caller, request: Request, key: str) -> tuple[int, str, int]:
    """Version (0: not acknowledged), what was said, status (0: no answer, -1: never sent)."""
    method, path, body = request
    try:
        answer = await person.http.request(method, path, json=body, headers={"Idempotency-Key": key})
    except httpx.ConnectError as error:
        return 0, repr(error), _NOT_SENT
    except httpx.HTTPError as error:
        return 0, repr(error), 0
    if answer.is_success:
        return int(answer.json()["version"]), "", answer.status_code
    return 0, answer.text, answer.status_code


@asynccontextmanager
async def storm(
    system: System, history: Path, *, rate: float, seed: int
) -> AsyncGenerator[tuple[Load, list[StreamReader]]]:
    """A load under way for the length of the block, each user's stream read from its beginning throughout."""
    async with AsyncExitStack() as stack:
        people = [await stack.enter_async_context(await _script(system)) for _ in range(USERS)]
        streams = [await stack.enter_async_context(person.stream(after=0)) for person in people]
        load = Load(people, Recorder(history), rate, seed)
        await load.start()
        try:
            yield load, streams
        finally:
            await load.finish()
            load.recorder.close()


async def _script(system: System) -> Caller:
    """A new user's script; nothing waits for the read model between its writes."""
    async with Caller(system.url) as person:
        await person.sign_up()
        script = Caller(system.url, await person.new_token())
    script.user_id = person.user_id
    return script
