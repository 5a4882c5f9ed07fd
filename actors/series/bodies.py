"""The bodies of the commands to series, and of those that a series has sent to its tasks."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StrictBool, StrictInt, StringConstraints
from pydantic_core import PydanticCustomError

from actors.fields import (
    MAX_CHECKLIST,
    MAX_REMINDERS,
    STORABLE,
    Body,
    CalendarDate,
    Description,
    Due,
    Id,
    Instant,
    ItemText,
    LocalTime,
    OffsetReminder,
    OffsetTime,
    Priority,
    Sparse,
    Tags,
    Title,
)
from actors.recurrence.rule import MAX_RULE

MAX_LOOK_AHEAD_DAYS = 30

Mode = Literal["schedule", "completion"]
MonthEnd = Literal["clamp", "skip"]
PileUp = Literal["all", "newest"]
RuleText = Annotated[str, StringConstraints(max_length=MAX_RULE), STORABLE]
LookAheadDays = Annotated[StrictInt, Field(ge=0, le=MAX_LOOK_AHEAD_DAYS)]
Generation = Annotated[StrictInt, Field(ge=1)]
# The name of a slot: its nominal local start, `2026-01-31T09:00` or `2026-01-31`; the second of two equal times has its
# offset, `2026-10-25T02:00+01:00`.
SlotName = LocalTime | CalendarDate | OffsetTime


class TemplateItem(Sparse):
    text: ItemText
    done: StrictBool = False


TemplateChecklist = Annotated[list[TemplateItem], Field(max_length=MAX_CHECKLIST)]
TemplateReminders = Annotated[list[OffsetReminder], Field(max_length=MAX_REMINDERS)]


class Template(Body):
    """The fields that each occurrence begins with. Absent or null reminders mean the user's default, [] means none."""

    title: Title
    description: Description = ""
    priority: Priority = "none"
    tags: Tags = Field(default_factory=list)
    checklist: TemplateChecklist = Field(default_factory=list)
    reminders: TemplateReminders | None = None


class TemplatePatch(Body):
    """Any of a template's fields; null clears one, and for the reminders means the user's default."""

    title: Title = ""
    description: Description | None = None
    priority: Priority | None = None
    tags: Tags | None = None
    checklist: TemplateChecklist | None = None
    reminders: TemplateReminders | None = None


class AdoptedTask(Body):
    """A task of a series that was split, which its successor takes up for `slot`; `state` is as in `Shelved`."""

    slot: SlotName
    task_id: Id
    state: Literal["held", "kept", "withdrawn", "skipped", "closed"]
    written: StrictBool = False
    trashed: StrictBool = False


class CreateSeries(Body):
    """A series. The fields from `split_from` on are for one that was split from another.

    They are the slots that were skipped and moved there, the tasks from the slot on, where the series ends itself, and when
    it was split. `first_task` is a task of no series that becomes the first occurrence. `asked` says that a person makes
    the first task, and with it the series.
    """

    id: Id | None = None
    template: Template
    rule: RuleText
    start: Due
    mode: Mode = "schedule"
    month_end: MonthEnd = "clamp"
    pile_up: PileUp = "all"
    look_ahead_days: LookAheadDays = 0
    split_from: Id | None = None
    skipped: list[SlotName] = Field(default_factory=list)
    moved: dict[SlotName, Due] = Field(default_factory=dict)
    ends_before: SlotName | None = None
    wanted_since: Instant | None = None
    adopted: Annotated[list[AdoptedTask], Field(max_length=300)] = Field(default_factory=list)
    first_task: Id | None = None
    asked: StrictBool = False


class PatchSeries(Body):
    """Any of a series' fields. Null clears a field of the template alone; the defaults here are never read."""

    template: TemplatePatch = TemplatePatch()
    rule: RuleText = ""
    start: Due = Due(date="1970-01-01")
    mode: Mode = "schedule"
    month_end: MonthEnd = "clamp"
    pile_up: PileUp = "all"
    look_ahead_days: LookAheadDays = 0


class OldFields(TemplatePatch):
    """The values that an undo may put back, flat."""

    rule: RuleText = ""
    start: Due = Due(date="1970-01-01")
    mode: Mode = "schedule"
    month_end: MonthEnd = "clamp"
    pile_up: PileUp = "all"
    look_ahead_days: LookAheadDays = 0
    status: Literal["active", "paused"] = "active"
    moved: dict[SlotName, Due] = Field(default_factory=dict)


class SplitSeries(Body):
    """Makes a series of its own from `slot` on, with what `patch` changes."""

    slot: SlotName
    patch: PatchSeries = PatchSeries()


class SkipSlot(Body):
    slot: SlotName


class UnskipSlot(Body):
    """Takes the skip of a slot back."""

    slot: SlotName


def _undoable(changed: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    if not changed or any(change.keys() != {"old", "new"} for change in changed.values()):
        raise PydanticCustomError("not_undoable", "give what changed, each field with old and new")
    OldFields.model_validate({name: change["old"] for name, change in changed.items()})
    return changed


class UndoSeries(Body):
    """The audit entry to undo: the version it made and what it changed, `{field: {old, new}}`.

    That is fields, or `status` alone, or `moved` alone: of the slots that were moved, each with its due.
    """

    version: Annotated[StrictInt, Field(ge=1)]
    changed: Annotated[dict[str, dict[str, Any]], AfterValidator(_undoable)]


class MoveSlot(Body):
    """Gives the task of a slot the due `to`."""

    slot: SlotName
    to: Due


class StopSeries(Body):
    """Ends a series; `keep` leaves the task of the next slot as one of its own."""

    keep: StrictBool


class DeleteSeries(Body):
    """Says whether the open tasks of the series stay or are trashed; `unwritten`: those that nobody has written into go.

    A deletion of the last kind can be undone.
    """

    occurrences: Literal["keep", "delete", "unwritten"]


class OccurrencePlace(Body):
    """The slot that a task is for."""

    generation: Generation
    slot: SlotName


class OccurrenceReport(OccurrencePlace):
    """The slot of a task, as its series hears of the task; `task_id` is absent in what an early release sent."""

    task_id: Id | None = None


class OccurrenceWritten(OccurrenceReport):
    """A person has written into the task; `due` is there when its due was changed, null when it has none any more."""

    due: Due | None = None


class OccurrenceCompleted(OccurrenceReport):
    completed_at: Instant


class OccurrenceTaken(OccurrencePlace):
    """Says that something else has the id `task_id` of a slot, whose task has been wanted since `wanted_since`."""

    task_id: Id
    wanted_since: Instant


class Withdraw(Body):
    """Takes the task of a slot back: it goes to the trash, or is never made.

    `task_id` is given where it is not the first id of the slot. What was written into goes only if a person has `asked`.
    """

    series_id: Id
    generation: Generation
    slot: SlotName
    task_id: Id | None = None
    asked: StrictBool = False


class TakeUp(Body):
    """Says that a task is that of a slot of a series: one it had, one that the series
    `taken_from` had, or (null) none.

    `due` is that of the slot, which the task gets unless its due was set by hand or the slot is `moved`. `fields` are
    those of the template. `restored`: it comes back from the trash if its series had withdrawn it.
    """

    series_id: Id
    generation: Generation
    slot: SlotName
    due: Due
    moved: StrictBool = False
    restored: StrictBool = False
    fields: TemplatePatch = TemplatePatch()
    taken_from: Id | None = None


class Retemplate(TemplatePatch):
    """New values of the template's fields; a task takes those of fields that nobody has edited in it."""
