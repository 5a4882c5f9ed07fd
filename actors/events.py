"""The events: the table EVENTS of what is published, the shapes of their data, and how a turn makes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NotRequired, TypeAlias

import orjson
from typing_extensions import TypedDict

from actors.commands import Command
from actors.replies import Json
from actors.shapes import Conversation, DueShape, Reminder, Series, Task, TrimmedTask, User


class Actor(TypedDict):
    """Who asked: the principal of the command."""

    kind: Literal["user", "token", "agent", "reminder", "system"]
    id: str


class Cause(TypedDict):
    """By what an event came about; an event that follows from another has that one's. Absent where nobody asked."""

    kind: Literal["request", "tool", "chat", "import", "link"]
    id: str
    change_set: str | None


class Change(TypedDict):
    """The value of a field before the event, and after it."""

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
    """`task` is as the turn left it; `written`: a person has changed the task of a series for the first time."""

    task_id: str
    task: Task
    written: NotRequired[bool]


class OverdueData(TaskData):
    """`late_seconds` is null unless it is told more than 5 s late; events of early releases lack it."""

    late_seconds: NotRequired[int | None]


class ReminderData(_Data):
    """`reminder` is as the turn left it. In all events of a turn but the first, `trimmed` is true and the task lacks its long parts."""

    task_id: str
    task: Task | TrimmedTask
    written: NotRequired[bool]
    trimmed: NotRequired[bool]
    reminder: Reminder


class AnswerData(ReminderData):
    """`answers` is the number of the last firing that is answered, with all before it; null: none had happened."""

    answers: NotRequired[int | None]


class OneFiring(TypedDict):
    reminder_id: str
    firing: int


class FiredData(ReminderData):
    """`late_seconds` is null unless the reminder fired more than 5 s late.

    `told_with` names the firing for the same instant that tells of both. `asked_at` is when a person asked for the
    reminder although its time had passed, and `change_set` names the change of many that this was a part of.
    """

    late_seconds: int | None
    told_with: NotRequired[OneFiring]
    asked_at: NotRequired[str]
    change_set: NotRequired[str]


class SeriesData(_Data):
    """Only the first event of a turn has the whole series."""

    series_id: str
    series: NotRequired[Series]


class SlotOfEvent(TypedDict):
    """A slot of a series; `number` is 0 where it is not known any more."""

    generation: int
    slot: str
    number: int
    at: str


class SlotData(SeriesData):
    """`task_id` is the id of the slot's task, whether that is made or not."""

    slot: SlotOfEvent
    task_id: str


class TriggeredData(SlotData):
    """`task` is the body of the CreateTask that makes the occurrence."""

    task: dict[str, Any]


class MovedData(SlotData):
    """`due` is the one that the task of the slot gets."""

    due: DueShape


class WithdrawnData(SlotData):
    """`asked` is true when a person has said that the task is to go, and not only what else is to be."""

    asked: NotRequired[bool]


class TakenUpData(SlotData):
    """The task is that of the slot; see the command `TakeUp` for the rest."""

    due: DueShape
    moved: bool
    restored: bool
    fields: dict[str, Any]
    taken_from: NotRequired[str | None]


class RetemplatedData(SlotData):
    """`fields` is the body of the Retemplate for the task."""

    fields: dict[str, Any]


class Successor(TypedDict):
    """The series that follows a split; `body` is that of the CreateSeries which makes it."""

    id: str
    body: dict[str, Any]


class SplitData(SeriesData):
    """The series ends before a slot, and `successor` begins there."""

    successor: Successor


class UserData(_Data):
    """`user` is as the turn left it."""

    user: User


class DigestData(UserData):
    """`day` is the local day of the digest; `late_seconds` is null unless it came more than 5 s late."""

    day: str
    late_seconds: int | None


class ConversationData(_Data):
    """`conversation` is as the turn left it, without a text; `retitled`: it has another title."""

    conversation_id: str
    conversation: Conversation
    retitled: NotRequired[bool]


# Every event that an actor makes, and the shape of its data.
EVENTS: Mapping[str, type] = {
    "task.created": TaskData,
    "task.updated": TaskData,
    "task.completed": TaskData,
    "task.reopened": TaskData,
    "task.deleted": TaskData,
    "task.restored": TaskData,
    "task.purged": TaskData,
    "task.overdue": OverdueData,
    "reminder.scheduled": ReminderData,
    "reminder.fired": FiredData,
    "reminder.snoozed": AnswerData,
    "reminder.acknowledged": AnswerData,
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
    "recurrence.unskipped": SlotData,
    "recurrence.written": SlotData,
    "recurrence.withdrawn": WithdrawnData,
    "recurrence.taken-up": TakenUpData,
    "recurrence.moved": MovedData,
    "recurrence.retemplated": RetemplatedData,
    "user.registered": UserData,
    "user.updated": UserData,
    "user.deleted": UserData,
    "digest.due": DigestData,
    "conversation.said": ConversationData,
    "conversation.progressed": ConversationData,
    "conversation.answered": ConversationData,
    "conversation.renamed": ConversationData,
    "conversation.deleted": ConversationData,
}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a decision made true; `data` is what its event has besides who, when and why."""

    type: str
    changed: Changes = field(default_factory=dict[str, Change])
    data: Json = field(default_factory=dict)


def cloud_events(
    actor_type: str, subject: Mapping[str, Any], facts: list[Fact], command: Command, now_text: str
) -> list[Json]:
    """Returns the CloudEvents of one turn, in order, about the actor whose new state is `subject`."""
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
    """Returns a trimmed event with the whole task.

    `first` is the text of the first event of its turn, which has that task. The event stays as it is when it is not
    trimmed, when `first` is unknown, or when that is longer than `most_bytes`.
    """
    if first is None or not event["data"].get("trimmed") or len(first.encode()) > most_bytes:
        return event
    data = {name: value for name, value in event["data"].items() if name != "trimmed"}
    return {**event, "data": {**data, "task": orjson.loads(first)["data"]["task"]}}
