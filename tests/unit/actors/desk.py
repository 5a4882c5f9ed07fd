"""The desk of a task: it passes commands straight to `decide` and checks the invariants of every accepted decision."""

from datetime import datetime
from typing import Any

from actors.commands import Command
from actors.replies import Accepted, Decision, Json
from actors.shapes import TrimmedTask
from actors.task.rules import decide
from actors.task.state import task_json
from tests.fakes.person import FakeClock, FakePerson


class Desk:
    def __init__(self, zone: str = "Europe/Berlin", offset: int | None = 30) -> None:
        self.person = FakePerson(zone, offset)
        self.clock = FakeClock()
        self.state: Json | None = None
        self.version = 0
        self.events: list[Json] = []
        self.wake: str | None = None

    def do(self, name: str, body: dict[str, Any] | None = None, *, if_match: int | None = None) -> Decision:
        return self.take(self.person.says(name, body, if_match=if_match))

    def create(self, **body: Any) -> "Desk":
        assert isinstance(self.do("CreateTask", {"title": "Pay rent", **body}), Accepted)
        return self

    def tick(self) -> list[str]:
        """Returns the types of the events of one tick."""
        decision = self.take(self.person.tick(self.clock.now()))
        return [event["type"] for event in decision.events] if isinstance(decision, Accepted) else []

    def take(self, command: Command) -> Decision:
        decision = decide(self.state, self.version, command, self.clock.now())
        if isinstance(decision, Accepted):
            self._check(decision)
            self.state, self.wake = decision.state, decision.wake
            self.version += 1
            self.events += decision.events
        return decision

    def _check(self, decision: Accepted) -> None:
        state, events = decision.state, decision.events
        assert state["version"] == self.version + 1
        assert [event["data"]["seq"] for event in events] == list(range(1, len(events) + 1))
        assert 0 < len(events) <= 50
        assert all(event["data"]["of"] == len(events) for event in events)
        assert all(
            event["id"] == f"TaskActor:{state['id']}:{state['version']}:{n}" for n, event in enumerate(events, 1)
        )
        assert events[0]["data"]["task"] == task_json(state) == decision.reply
        short = {name: value for name, value in decision.reply.items() if name in TrimmedTask.__annotations__}
        assert all(event["data"]["task"] == short and event["data"]["trimmed"] for event in events[1:])

    @property
    def task(self) -> Json:
        assert self.state is not None
        return self.state

    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def reminder(self, number: int = 0) -> tuple[str, str | None, int]:
        """Returns status, time and firing of one reminder."""
        reminder = self.task["reminders"][number]
        return reminder["status"], reminder["fire_at"], reminder["firing"]

    def at(self, when: datetime) -> "Desk":
        self.clock.at = when
        return self
