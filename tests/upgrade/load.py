"""Writes and reads that go on through an upgrade: everyone at every address there is, each write held to be seen."""

import asyncio
import random
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.client import Caller, Json, instant
from tests.patient import Patient
from tests.stream_reader import StreamReader

PEOPLE = 4
LANES = 3  # of each person
PAUSE_SECONDS = 0.12
REMINDER_SHARE = 0.3
REMINDER_SECONDS = (2.0, 8.0)
FIELDS: dict[str, Any] = {"title": "as it was", "status": "open", "priority": "none", "tags": []}


@dataclass(slots=True)
class Known:
    """What was acknowledged of one task: how often it was written, what it must be like, when it reminds."""

    versions: int = 0
    fires_at: str = ""
    fields: Json = field(default_factory=lambda: dict(FIELDS))


@dataclass(slots=True)
class Person:
    patient: Patient
    stream: StreamReader
    tasks: dict[str, Known] = field(default_factory=dict[str, Known])


class Load:
    """`urls` are the addresses that take requests; change it while it runs."""

    def __init__(self, seed: int) -> None:
        self.urls: list[str] = []
        self.people: list[Person] = []
        self.failed: list[str] = []
        self.writes = 0
        self._random = random.Random(seed)
        self._going = True
        self._lanes: list[asyncio.Task[None]] = []

    def start(self) -> None:
        for person in self.people:
            self._lanes += [asyncio.create_task(self._lane(person)) for _ in range(LANES)]

    async def finish(self) -> None:
        self._going = False
        await asyncio.gather(*self._lanes)

    @property
    def asked_again(self) -> int:
        return sum(person.patient.asked_again for person in self.people)

    @property
    def longest_seconds(self) -> float:
        return max(person.patient.longest_seconds for person in self.people)

    async def _lane(self, person: Person) -> None:
        while self._going:
            try:
                await self._life(person)
            except AssertionError as error:
                self.failed.append(str(error)[:500])
                return

    async def _life(self, person: Person) -> None:
        """One task, a few writes long."""
        known = Known()
        reminders: list[Json] = []
        if self._random.random() < REMINDER_SHARE:
            known.fires_at = instant(self._random.uniform(*REMINDER_SECONDS))
            reminders = [{"at": known.fires_at}]
        body = {"title": known.fields["title"], "reminders": reminders}
        task_id = (await self._write(person, known, "POST", "/tasks", body))["id"]
        person.tasks[task_id] = known
        for step in range(self._random.randint(4, 12)):
            if not self._going:
                return
            method, path, body, change = self._step(known, step)
            known.fields |= change
            await self._write(person, known, method, f"/tasks/{task_id}{path}", body)
            shown = await person.patient.read(f"/tasks/{task_id}")
            assert shown["version"] >= known.versions, f"{task_id} is shown as it was before the last write"
            await asyncio.sleep(PAUSE_SECONDS)

    def _step(self, known: Known, step: int) -> tuple[str, str, Json | None, Json]:
        title, tag = f"as of step {step}", f"tag {step % 5}"
        tags = sorted({*known.fields["tags"], tag})
        steps: list[tuple[str, str, Json | None, Json]] = [
            ("PATCH", "", {"title": title}, {"title": title}),
            ("PUT", "/priority", {"priority": "high"}, {"priority": "high"}),
            ("POST", "/tags", {"tags": [f"{tag}"]}, {"tags": tags}),
        ]
        if not known.fires_at:
            opened = known.fields["status"] == "open"
            steps.append(
                ("POST", "/complete" if opened else "/reopen", None, {"status": "completed" if opened else "open"})
            )
        return self._random.choice(steps)

    async def _write(self, person: Person, known: Known, method: str, path: str, body: Json | None) -> Json:
        answer = await person.patient.write(method, path, body)
        self.writes += 1
        known.versions = answer["version"]
        return answer


@asynccontextmanager
async def people(load: Load, urls: Sequence[str]) -> AsyncGenerator[None]:
    """Sign them up at the first address; they know all of `urls`, and listen to their streams from the beginning."""
    async with AsyncExitStack() as stack:
        for _ in range(PEOPLE):
            first = await (await stack.enter_async_context(Caller(urls[0]))).sign_up()
            token = await first.new_token()
            callers = {url: await stack.enter_async_context(Caller(url, token)) for url in urls}
            callers[urls[0]].user_id = first.user_id
            stream = await stack.enter_async_context(callers[urls[0]].stream(after=0))
            load.people.append(Person(Patient(callers, lambda: load.urls), stream))
        yield
