"""The events: the table of what is published, and how one is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NotRequired, TypeAlias

import orjson
from typing_extensions import TypedDict

from actors.commands import Command
from actors.replies import Json
from actors.shapes import DueShape, Reminder, Series, Task, TrimmedTask, User


class Actor(TypedDict):
    kind: Literal["user", "token", "agent", "reminder", "system"]
    id: str


class Cause(TypedDict):
    """Through what it was asked; what follows from an event has that one's. Absent where nobody asked."""

    kind: Literal["request", "tool", "chat", "import", "link"]
    id: str
    change_set: str | None


class Change(TypedDict):
    old: Any
    new: Any


Changes: TypeAlias = dict[str, Change]  # by the name of the field


class _Data(TypedDict):
    """`version` is the actor's; this is event `seq` (from 1) of the `of` that its turn made."""

    user_id: str
    version: int
    seq: int
    of: int
    actor: Actor
    correlation_id: str
    command_id: str
    cause: NotRequired[Cause]
    changed: Changes


class TaskData(_Data):
    task_id: str
    task: Task


class ReminderData(_Data):
    """The first event of a turn has the whole task; in the others `trimmed` is true, and the task lacks its long parts."""

    task_id: str
    task: Task | TrimmedTask
    trimmed: NotRequired[bool]
    reminder: Reminder


class FiredData(ReminderData):
    late_seconds: int | None


class SeriesData(_Data):
    """The first event of a turn has the whole series."""

    series_id: str
    series: NotRequired[Series]


class SlotOfEvent(TypedDict):
    """`number` is 0 where it is not known any more."""

    generation: int
    slot: str
    number: int
    at: str


class SlotData(SeriesData):
    """`task_id` is the task of the slot, whether it is made or not."""

    slot: SlotOfEvent
    task_id: str


class TriggeredData(SlotData):
    """`task` is the body of the CreateTask that makes the occurrence."""

    task: dict[str, Any]


class MovedData(SlotData):
    due: DueShape


class RetemplatedData(SlotData):
    """`fields` is the body of the Retemplate for the task."""

    fields: dict[str, Any]


class Successor(TypedDict):
    """`body` is that of the CreateSeries which makes it."""

    id: str
    body: dict[str, Any]


class SplitData(SeriesData):
    successor: Successor


class UserData(_Data):
    user: User


class DigestData(UserData):
    """`day` is the local day that the digest is of; `late_seconds` stands when it came more than 5 s late."""

    day: str
    late_seconds: int | None


# Every event an actor makes, and the shape of its data.
EVENTS: Mapping[str, type] = {
    "task.created": TaskData,
    "task.updated": TaskData,
    "task.completed": TaskData,
    "task.reopened": TaskData,
    "task.deleted": TaskData,
    "task.restored": TaskData,
    "task.purged": TaskData,
    "task.overdue": TaskData,
    "reminder.scheduled": ReminderData,
    "reminder.fired": FiredData,
    "reminder.snoozed": ReminderData,
    "reminder.acknowledged": ReminderData,
    "reminder.cancelled": ReminderData,
    "series.created": SeriesData,
    "series.updated": SeriesData,
    "series.paused": SeriesData,
    "series.resumed": SeriesData,
    "series.stopped": SeriesData,
    "series.ended": SeriesData,
    "series.deleted": SeriesData,
    "series.split": SplitData,
    "recurrence.triggered": TriggeredData,
    "recurrence.instance-created": SlotData,
    "recurrence.skipped": SlotData,
    "recurrence.withdrawn": SlotData,
    "recurrence.moved": MovedData,
    "recurrence.retemplated": RetemplatedData,
    "user.registered": UserData,
    "user.updated": UserData,
    "user.deleted": UserData,
    "digest.due": DigestData,
}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a decision made true; `data` is what its event says besides who, when and why."""

    type: str
    changed: Changes = field(default_factory=dict[str, Change])
    data: Json = field(default_factory=dict)


def cloud_events(
    actor_type: str, subject: Mapping[str, Any], facts: list[Fact], command: Command, now_text: str
) -> list[Json]:
    """The CloudEvents of one turn, in order, about the actor whose new state is `subject`."""
    actor_id, version = subject["id"], subject["version"]
    common = {
        "user_id": subject.get("user_id", actor_id),
        "version": version,
        "of": len(facts),
        "actor": {"kind": command.principal.kind, "id": command.principal.id},
        "correlation_id": command.correlation_id,
        "command_id": command.id,
        **({"cause": command.cause.to_wire()} if command.cause else {}),
    }
    return [
        {
            "specversion": "1.0",
            "id": f"{actor_type}:{actor_id}:{version}:{seq}",
            "source": f"/{actor_type}/{actor_id}",
            "type": fact.type,
            "subject": actor_id,
            "time": now_text,
            "datacontenttype": "application/json",
            "data": {**common, "seq": seq, "changed": fact.changed, **fact.data},
        }
        for seq, fact in enumerate(facts, start=1)
    ]


def whole(event: Json, first: str | None, most_bytes: int) -> Json:
    """The event with the whole task, as `first`, the first event of its turn, has it; as it is where that is too long."""
    if first is None or not event["data"].get("trimmed") or len(first.encode()) > most_bytes:
        return event
    data = {name: value for name, value in event["data"].items() if name != "trimmed"}
    return {**event, "data": {**data, "task": orjson.loads(first)["data"]["task"]}}
