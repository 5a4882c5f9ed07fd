"""What a task, a reminder, a series and a user look like in replies, events, state and the read model."""

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


class OccurrenceRef(TypedDict):
    """Which slot of its series a task is for; a move or an edit changes nothing about it."""

    generation: int
    slot: str


class TrimmedTask(TypedDict):
    """A task without its long parts, as all events of a turn but the first carry it."""

    id: str
    user_id: str
    title: str
    priority: Priority
    status: Literal["open", "completed"]
    tags: list[str]
    due: DueShape | None
    series_id: str | None
    occurrence: OccurrenceRef | None
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


class TemplateItem(TypedDict):
    text: str
    done: NotRequired[bool]


class OffsetReminder(TypedDict):
    offset_minutes: int


class Template(TypedDict):
    """What each occurrence begins as; null reminders mean the user's default."""

    title: str
    description: str
    priority: Priority
    tags: list[str]
    checklist: list[TemplateItem]
    reminders: list[OffsetReminder] | None


class MadeSlot(TypedDict):
    """A slot whose task was made: `number` counts the slots from the start, `at` is the instant it starts."""

    generation: int
    slot: str
    number: int
    at: str
    task_id: str


class Series(TypedDict):
    """A series. `awaited` is the next slot, `ahead` are further ones made before their time.

    `open` have started, and nobody has reported their tasks as done or gone; the newest 100. No slot of this generation is on `begins_after` or before, or at `ends_before` or later.
    """

    id: str
    user_id: str
    version: int
    template: Template
    rule: str
    start: DueShape
    zone: str
    mode: Literal["schedule", "completion"]
    month_end: Literal["clamp", "skip"]
    pile_up: Literal["all", "newest"]
    look_ahead_days: int
    status: Literal["active", "paused", "stopped", "ended", "deleted"]
    generation: int
    split_from: str | None
    begins_after: str | None
    ends_before: str | None
    awaited: MadeSlot | None
    ahead: list[MadeSlot]
    open: list[MadeSlot]
    skipped: list[str]
    moved: dict[str, DueShape]
    created_at: str
    updated_at: str
    deleted_at: str | None


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


def is_whole(value: object, shape: type) -> bool:
    """Whether that which only a newer version knows has all that `shape` has now; it may have more."""
    return isinstance(value, dict) and shape.__required_keys__ <= value.keys()  # type: ignore[attr-defined]
