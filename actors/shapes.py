"""What a task, a reminder and a user look like in replies, events, state and the read model."""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict  # pydantic reads the schema of these, and before 3.12 only of this kind

from actors.fields import Priority


class DueShape(TypedDict):
    """`{date}`, or `{local, zone}`."""

    date: NotRequired[str]
    local: NotRequired[str]
    zone: NotRequired[str]


class Reminder(TypedDict):
    """One reminder; `firing` counts its lives: (id, firing) happens once.

    `fire_at` is null while there is nothing to count back from; `late_seconds` stands when it fired > 5 s late.
    """

    id: str
    offset_minutes: NotRequired[int]
    at: NotRequired[str]
    status: Literal["pending", "fired", "cancelled"]
    fire_at: str | None
    fired_at: str | None
    late_seconds: int | None
    firing: int
    acknowledged_at: str | None
    snoozed_until: str | None


class ChecklistItem(TypedDict):
    id: str
    text: str
    done: bool


class TrimmedTask(TypedDict):
    """A task without its long parts, as later events of a turn carry a large one."""

    id: str
    user_id: str
    title: str
    priority: Priority
    status: Literal["open", "completed"]
    tags: list[str]
    due: DueShape | None
    series_id: str | None
    version: int
    created_at: str
    updated_at: str
    completed_at: str | None
    deleted_at: str | None
    overdue_at: str | None
    purged: bool


class Task(TrimmedTask):
    """A task. Instants are UTC texts; a purged one keeps its id, version and times, and no content."""

    description: str
    reminders: list[Reminder]
    checklist: list[ChecklistItem]


class User(TypedDict):
    id: str
    email: str
    name: str
    zone: str
    defaults: dict[str, Any]
    version: int
    created_at: str
    updated_at: str
    deleted_at: str | None
