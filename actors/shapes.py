"""The shapes of a task, a reminder, a series and a user in replies, events and the read model.

The states that actors keep add private fields to them: `TaskState`, `SeriesState` and `UserState`. The JSON Schemas of
the events are made from these types, so a change here changes what consumers may rely on.
"""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict  # pydantic reads the schema of these, and before 3.12 only of this kind

from actors.fields import Priority


class DueShape(TypedDict):
    """A due: `{date}`, or `{local, zone}`; a null zone is the user's, wherever that is."""

    date: NotRequired[str]
    local: NotRequired[str]
    zone: NotRequired[str | None]


class Firing(TypedDict):
    """One time that a reminder goes off, at its own time, or where it was `snoozed` to; (reminder, `firing`) fires once.

    `fire_at` is null while there is no due to count from; `late_seconds` is null unless it fired more than 5 s late.
    `acknowledged_at` is when the person acknowledged or snoozed it. `asked_at` is when a person asked for it although
    its time had passed: it fires then, and belongs to `change_set`, where many were asked for at once.
    """

    firing: int
    snoozed: bool
    status: Literal["pending", "fired", "cancelled"]
    fire_at: str | None
    fired_at: str | None
    late_seconds: int | None
    acknowledged_at: str | None
    asked_at: NotRequired[str]
    change_set: NotRequired[str]


class Reminder(TypedDict):
    """One reminder, with one of `offset`, `offset_minutes` and `at`.

    `firings` has the last firing at its own time, then the last one to which it was snoozed, if it was. The fields from
    `status` to `acknowledged_at` repeat the next of them to come, else the last one. A reminder of an early release has
    no `firings`.
    """

    id: str
    offset: NotRequired[str]
    offset_minutes: NotRequired[int]
    at: NotRequired[str]
    status: Literal["pending", "fired", "cancelled"]
    fire_at: str | None
    fired_at: str | None
    late_seconds: int | None
    firing: int
    acknowledged_at: str | None
    snoozed_until: str | None
    firings: NotRequired[list[Firing]]


class ChecklistItem(TypedDict):
    id: str
    text: str
    done: bool


class OccurrenceRef(TypedDict):
    """The slot of its series that a task is for; a move or an edit of the task leaves it as it is."""

    generation: int
    slot: str


class TrimmedTask(TypedDict):
    """A task without its long parts, as it stands in all events of a turn but the first."""

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
    """A task. Instants are UTC texts. A purged task keeps its id, version and times, and no content."""

    description: str
    reminders: list[Reminder]
    checklist: list[ChecklistItem]


class TemplateItem(TypedDict):
    text: str
    done: NotRequired[bool]


class OffsetReminder(TypedDict):
    """Either of the two."""

    offset: NotRequired[str]
    offset_minutes: NotRequired[int]


class Template(TypedDict):
    """The fields that each occurrence begins with; null reminders mean the user's default."""

    title: str
    description: str
    priority: Priority
    tags: list[str]
    checklist: list[TemplateItem]
    reminders: list[OffsetReminder] | None


class MadeSlot(TypedDict):
    """A slot whose task was made: `number` counts the slots from the start, `at` is the instant at which it starts."""

    generation: int
    slot: str
    number: int
    at: str
    task_id: str


class Series(TypedDict):
    """A series. `awaited` is the next slot, `ahead` are further ones made before their time.

    `open` are the newest 100 that have started and whose tasks nobody has reported as done or gone. `kept` are the ids
    of open tasks that were written into and whose slots the series does not have any more. This generation has no slot on
    the day `begins_after` or before (with a time: at that slot or before), nor at the slot `ends_before` or later.
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
    kept: NotRequired[list[str]]
    skipped: list[str]
    moved: dict[str, DueShape]
    created_at: str
    updated_at: str
    deleted_at: str | None


class User(TypedDict):
    """A user. `defaults` are the fields of `actors.fields.Defaults`; a deleted user keeps nothing personal."""

    id: str
    email: str
    name: str
    zone: str
    defaults: dict[str, Any]
    version: int
    created_at: str
    updated_at: str
    deleted_at: str | None


class RunSummary(TypedDict):
    """A run that goes on; whoever finds it after `leased_until` may take it."""

    id: str
    state: Literal["running", "stopping"]
    records: int
    leased_until: str


class Conversation(TypedDict):
    """A conversation without anything that was said: ids, counts and times. `run` is null while nothing is answered."""

    id: str
    user_id: str
    version: int
    messages: int
    run: RunSummary | None
    created_at: str
    updated_at: str
    deleted_at: str | None


def is_whole(value: object, shape: type) -> bool:
    """Returns whether a value, maybe of a newer release, has all keys of the TypedDict `shape`; it may have more."""
    return isinstance(value, dict) and shape.__required_keys__ <= value.keys()  # type: ignore[attr-defined]
