"""The desk of a series: it passes commands straight to `decide` and checks the invariants of every accepted decision."""

from datetime import datetime, timedelta
from typing import Any

import orjson

from actors.clock import instant_text, parse_instant
from actors.commands import Command, Principal, build_command
from actors.doc import Doc
from actors.replies import Accepted, Decision, Json, Refused, Unchanged
from actors.series.rules import decide
from actors.series.state import series_json
from actors.task.rules import decide as decide_task
from tests.fakes.person import FakeClock, FakePerson

BERLIN = "Europe/Berlin"


class Desk:
    def __init__(self, zone: str = BERLIN, at: str = "2026-11-22T12:00:00Z") -> None:
        self.person = FakePerson(zone)
        self.clock = FakeClock(parse_instant(at))
        self.state: Json | None = None
        self.doc = Doc()
        self.largest = 0  # the size of the largest doc, in bytes
        self.wake: str | None = None
        self.events: list[Json] = []
        self.made: dict[str, str] = {}  # task id → slot, in the order in which they were made
        self.withdrawn: list[str] = []  # slots whose tasks were withdrawn
        self.gone: list[str] = []  # the ids of the withdrawn tasks
        self.handed: set[str] = set()  # the ids of tasks that went to a successor
        self.reported: set[str] = set()  # the ids of tasks that a test has reported as done or gone
        self.templates: dict[str, Json] = {}
        self.places: dict[str, tuple[int, str]] = {}  # task id → generation and slot, as the task knows them

    def create(self, rule: str = "FREQ=DAILY", start: str = "2026-11-23T09:00", **body: Any) -> "Desk":
        zone = body.pop("zone", self.person.zone)
        due = {"local": start, "zone": zone} if "T" in start else {"date": start}
        decision = self.do("CreateSeries", {"template": {"title": "Water"}, "rule": rule, "start": due, **body})
        assert isinstance(decision, Accepted), decision
        return self

    def do(self, name: str, body: dict[str, Any] | None = None, *, if_match: int | None = None) -> Decision:
        return self.take(self.person.says(name, body, if_match=if_match))

    def refused(self, name: str, body: dict[str, Any] | None = None, **options: Any) -> tuple[int, str]:
        decision = self.do(name, body, **options)
        assert isinstance(decision, Refused), decision
        return decision.status, decision.code

    def unchanged(self, name: str, body: dict[str, Any] | None = None) -> bool:
        return isinstance(self.do(name, body), Unchanged)

    def tick(self) -> list[str]:
        """Returns the types of the events of one tick."""
        decision = self.take(self.person.tick(self.clock.now()))
        return [event["type"] for event in decision.events] if isinstance(decision, Accepted) else []

    def wait(self, until: str) -> "Desk":
        """Moves the clock to an instant, with a tick at each wake on the way."""
        end = parse_instant(until)
        while self.wake is not None and parse_instant(self.wake) <= end:
            self.clock.at = max(self.clock.at, parse_instant(self.wake))
            before = self.wake, self.doc.version
            self.tick()
            assert (self.wake, self.doc.version) != before, "a tick that was asked for did nothing"
        self.clock.at = end
        return self

    def late(self, until: str) -> "Desk":
        """Moves the clock to an instant without a tick on the way, then ticks as often as a wake is due at once."""
        self.clock.at = parse_instant(until)
        while self.wake is not None and self.wake <= instant_text(self.clock.at):
            assert self.tick()
        return self

    def report(
        self,
        what: str,
        slot: str,
        generation: int | None = None,
        *,
        at: datetime | None = None,
        task_id: str | None = None,
        written: bool = False,
    ) -> Decision:
        """Reports about a task as the consumer does; `what` is Created, Completed, Deleted, Opened or Written.

        Without its id or a generation it is the newest task of the slot.
        """
        body: Json = {"generation": generation or self.series["generation"], "slot": slot}
        task_id = task_id or self.task_of(slot, generation)
        if task_id is not None:
            body = {"generation": self.places[task_id][0], "slot": slot, "task_id": task_id}
        if what == "Opened":  # a withdrawn task that is restored may be withdrawn once more
            self.gone = [gone for gone in self.gone if gone != task_id]
            body["written"] = written
        if what == "Completed":
            body["completed_at"] = instant_text(at or self.clock.now())
        return self.do(f"Occurrence{what}", body)

    def task_of(self, slot: str, generation: int | None = None) -> str | None:
        """Returns the id of the newest task of a slot, or of that of a generation."""
        found = [
            task_id for task_id, place in self.places.items() if place[1] == slot and generation in {None, place[0]}
        ]
        return found[-1] if found else None

    def task(self, event: Json, at: datetime) -> Accepted:
        """Returns the decision that makes the task of an event, at that instant."""
        command = build_command(
            "CreateTask",
            event["data"]["task"],
            id=event["data"]["task_id"],
            principal=Principal("system", "recurrence", self.person.id),
            correlation_id="c",
            zone=self.person.zone,
            defaults=self.person.defaults,
        )
        decision = decide_task(None, 0, command, at)
        assert isinstance(decision, Accepted)
        return decision

    def take(self, command: Command) -> Decision:
        before = orjson.dumps(self.state)
        decision = decide(self.state, self.doc.version, command, self.clock.now())
        assert orjson.dumps(self.state) == before, "the state before was changed in place"
        if isinstance(decision, Accepted):
            self._check(decision)
            self.doc = self.doc.after(decision, command)
            self.largest = max(self.largest, len(self.doc.written(decision.events)))
            self.state, self.wake = decision.state, decision.wake
            self.events += decision.events
            for event in decision.events:
                self._note(event)
        return decision

    def _check(self, decision: Accepted) -> None:
        state, events = decision.state, decision.events
        assert state["version"] == self.doc.version + 1
        assert 0 < len(events) <= 50
        assert [event["data"]["seq"] for event in events] == list(range(1, len(events) + 1))
        assert all(
            event["id"] == f"SeriesActor:{state['id']}:{state['version']}:{n}" for n, event in enumerate(events, 1)
        )
        assert events[0]["data"]["series"] == series_json(state) == decision.reply
        assert all("series" not in event["data"] for event in events[1:])

    def _note(self, event: Json) -> None:
        data = event["data"]
        if event["type"] == "recurrence.triggered":
            assert data["task_id"] not in self.made, "a slot was made twice"
            assert data["task"]["id"] == data["task_id"]
            self.made[data["task_id"]] = data["slot"]["slot"]
            self.places[data["task_id"]] = data["slot"]["generation"], data["slot"]["slot"]
            self.templates[data["task_id"]] = {**data["task"]}
        elif event["type"] == "recurrence.withdrawn":
            assert data["task_id"] in self.places, "a task was withdrawn that was never made"
            assert data["task_id"] not in self.gone, "a task was withdrawn twice"
            self.withdrawn.append(data["slot"]["slot"])
            self.gone.append(data["task_id"])
        elif event["type"] == "recurrence.taken-up":
            assert data["task_id"] in self.made or "taken_from" in data, "a task was taken up that was never made"
            self.places[data["task_id"]] = data["slot"]["generation"], data["slot"]["slot"]
            if data["restored"]:
                self.gone = [gone for gone in self.gone if gone != data["task_id"]]
            if not data["moved"] and data["task_id"] in self.templates:
                self.templates[data["task_id"]] |= {"due": data["due"]}
        elif event["type"] == "series.split":
            self.handed |= {item["task_id"] for item in data["successor"]["body"].get("adopted", ())}
        elif event["type"] == "recurrence.retemplated":
            self.templates[data["task_id"]] |= data["fields"]

    @property
    def series(self) -> Json:
        assert self.state is not None
        return self.state

    @property
    def awaited(self) -> str | None:
        return self.series["awaited"] and self.series["awaited"]["slot"]

    def slots(self, where: str) -> list[str]:
        return [made["slot"] for made in self.series[where]]

    def slots_made(self) -> list[str]:
        return list(self.made.values())

    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def last_types(self) -> list[str]:
        """Returns the types of the events of the last turn."""
        return [event["type"] for event in self.events if event["data"]["version"] == self.doc.version]

    def move(self, **by: float) -> "Desk":
        self.clock.at += timedelta(**by)
        return self


def days(*names: str, clock: str = "T09:00") -> list[str]:
    return [f"2026-{name}{clock}" for name in names]
