"""The bodies of the commands to series, and of those that a series has sent to its tasks."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt, StringConstraints

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
    OffsetMinutes,
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


class OffsetReminder(Body):
    """A reminder of a template, in minutes before due: an instant would be right for one occurrence alone."""

    offset_minutes: OffsetMinutes


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


class CreateSeries(Body):
    """A series. The fields from `split_from` on are for one that was split from another.

    They are the slots that were skipped and moved there, where the series ends itself, and when it was split.
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


class PatchSeries(Body):
    """Any of a series' fields. Null clears a field of the template alone; the defaults here are never read."""

    template: TemplatePatch = TemplatePatch()
    rule: RuleText = ""
    start: Due = Due(date="1970-01-01")
    mode: Mode = "schedule"
    month_end: MonthEnd = "clamp"
    pile_up: PileUp = "all"
    look_ahead_days: LookAheadDays = 0


class SplitSeries(Body):
    """Makes a series of its own from `slot` on, with what `patch` changes."""

    slot: SlotName
    patch: PatchSeries = PatchSeries()


class SkipSlot(Body):
    slot: SlotName


class MoveSlot(Body):
    """Gives the task of a slot the due `to`."""

    slot: SlotName
    to: Due


class StopSeries(Body):
    """Ends a series; `keep` leaves the task of the next slot as one of its own."""

    keep: StrictBool


class DeleteSeries(Body):
    """Says whether the open tasks of the series stay or are trashed."""

    occurrences: Literal["keep", "delete"]


class OccurrenceReport(Body):
    """The slot of a task, as its series hears of the task; in a CreateTask, the slot the task is for."""

    generation: Generation
    slot: SlotName


class OccurrenceCompleted(OccurrenceReport):
    completed_at: Instant


class OccurrenceTaken(OccurrenceReport):
    """Says that something else has the id `task_id` of a slot, whose task has been wanted since `wanted_since`."""

    task_id: Id
    wanted_since: Instant


class Withdraw(Body):
    """Takes the task of a slot back: it goes to the trash, or is never made.

    `task_id` is given where it is not the first id of the slot.
    """

    series_id: Id
    generation: Generation
    slot: SlotName
    task_id: Id | None = None


class Retemplate(TemplatePatch):
    """New values of the template's fields; a task takes those of fields that nobody has edited in it."""
