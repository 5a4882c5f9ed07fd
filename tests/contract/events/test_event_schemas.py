"""The committed schemas are those of the code, and every event that the rules make is of its schema."""

from datetime import timedelta
from functools import cache
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from actors.clock import parse_instant
from actors.event_schemas import FOLDER, schema_texts
from actors.events import EVENTS
from actors.replies import Accepted, Json
from actors.user import rules as user
from tests.fakes.person import NOON, FakePerson
from tests.unit.actors.desk import Desk
from tests.unit.actors.talk import Talk
from tests.unit.series.desk import Desk as SeriesDesk

pytestmark = pytest.mark.contract


def test_the_committed_schemas_are_those_of_the_code() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert committed == schema_texts(), "run: python -m actors.event_schemas"


@pytest.mark.parametrize("event_type", sorted(EVENTS))
def test_every_event_is_of_its_schema(event_type: str) -> None:
    validator = Draft202012Validator(orjson.loads((FOLDER / f"{event_type}.json").read_bytes()))
    events = [event for event in made() if event["type"] == event_type]
    assert events
    for event in events:
        validator.validate(event)


@cache
def made() -> list[Json]:
    """The events of a task, of a series and of a user to whom everything happens."""
    return _task_events() + _series_events() + _user_events() + _conversation_events()


def _task_events() -> list[Json]:
    desk = Desk().create(
        due={"local": "2026-11-22T20:00", "zone": "Europe/Berlin"}, description="d" * 20_000, checklist=[{"text": "x"}]
    )
    desk.do("PatchTask", {"reminders": [{"offset_minutes": number} for number in range(20)], "tags": ["home"]})
    desk.at(parse_instant("2026-11-22T19:00:10Z")).tick()
    steps: list[tuple[str, dict[str, Any]]] = [
        ("SnoozeReminder", {"minutes": 5}),
        ("AcknowledgeReminder", {}),
        ("CompleteTask", {}),
        ("ReopenTask", {}),
        ("MoveDue", {"due": {"date": "2026-12-24"}}),
        ("Rezone", {"zone": "Asia/Tokyo"}),
        ("DeleteTask", {}),
        ("RestoreTask", {}),
        ("PurgeTask", {}),
    ]
    for name, body in steps:
        assert isinstance(desk.do(name, body), Accepted), name
    assert any("trimmed" in event["data"] for event in desk.events)
    return desk.events


def _series_events() -> list[Json]:
    desk = SeriesDesk().create("FREQ=DAILY;COUNT=9", look_ahead_days=2, template={"title": "Water", "tags": ["home"]})
    steps: list[tuple[str, dict[str, Any]]] = [
        ("OccurrenceCreated", {"generation": 1, "slot": "2026-11-23T09:00"}),
        ("MoveSlot", {"slot": "2026-11-23T09:00", "to": {"date": "2026-11-28"}}),
        ("MoveSlot", {"slot": "2026-11-28T09:00", "to": {"date": "2026-12-01"}}),
        ("SkipSlot", {"slot": "2026-11-23T09:00"}),
        ("UnskipSlot", {"slot": "2026-11-23T09:00"}),
        ("OccurrenceWritten", {"generation": 1, "slot": "2026-11-24T09:00"}),
        ("PatchSeries", {"template": {"title": "Feed", "reminders": [{"offset_minutes": 5}]}}),
        ("PauseSeries", {}),
        ("ResumeSeries", {}),
        ("SplitSeries", {"slot": "2026-11-26T09:00"}),
    ]
    for name, body in steps:
        assert isinstance(desk.do(name, body), Accepted), name
    desk.wait("2026-12-24T12:00:00Z")
    assert isinstance(desk.do("DeleteSeries", {"occurrences": "delete"}), Accepted)
    stopped = SeriesDesk().create(start="2026-11-22")
    assert isinstance(stopped.do("StopSeries", {"keep": True}), Accepted)
    return desk.events + stopped.events


def _conversation_events() -> list[Json]:
    talk = Talk()
    steps = [
        talk.say(),
        talk.record(0),
        talk.finish(),
        talk.do("RenameConversation", {"title": "Ana"}),
        talk.say("and Bob"),
        talk.do("ForgetConversation"),
    ]
    assert all(isinstance(decision, Accepted) for decision in steps)
    return talk.events


def _user_events() -> list[Json]:
    person, next_day = FakePerson(), NOON + timedelta(days=1)
    state: Json | None = None
    events: list[Json] = []
    asked = [
        (NOON, person.says("RegisterUser", {"email": "ada@example.org", "defaults": {"digest_at": "08:00"}})),
        (NOON, person.says("PatchUser", {"name": "Ada"})),
        (next_day, person.tick(next_day)),
        (next_day, person.says("DeleteUser")),
    ]
    for version, (now, command) in enumerate(asked):
        decision = user.decide(state, version, command, now)
        assert isinstance(decision, Accepted)
        state, events = decision.state, events + decision.events
    return events
