"""What the tools over tasks take."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from actors.fields import MAX_CHECKLIST, STORABLE, Description, Priority, TagName
from actors.typed import LINES, ONE_LINE, VISIBLE
from web.api.series.bodies import Mode, MonthEnd, RuleText
from web.tools.task_names import MOST_TASKS, Name, Names
from web.tools.tasks.dues import ClockText, DueText, MomentText, ReminderTexts
from web.tools.tool import Input, Writing

MOST_ADDED: Final = 50
MOST_TAGS: Final = 10
_DUE: Final = "today, tomorrow, a day as 2026-12-01, or a time on the clock where the person lives as 2026-12-01T09:00"
_REMINDERS: Final = "-PT30M is 30 minutes before the due, -P1D a day; or a time as 2026-12-01T18:00"

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000), VISIBLE, LINES, STORABLE]
# "" leaves a title as it is.
TitleOr = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), VISIBLE, ONE_LINE, STORABLE]
Tags = Annotated[list[TagName], Field(max_length=MOST_TAGS)]
Items = Annotated[
    list[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), LINES, STORABLE]],
    Field(max_length=MAX_CHECKLIST),
]


class NewTask(Input):
    """A task to add: a sentence as `line`, or a `title`, each with any of the other fields, which count before the sentence."""

    line: Line = Field(
        default="",
        description="A sentence with day, time, repetition, #tags, !priority and reminders: "
        "Pay rent every month on the 1st at 9am #home !high",
    )
    title: TitleOr = ""
    description: Description = Field(default="", description="Markdown")
    due: DueText = Field(default="", description=f"{_DUE}; empty: none")
    priority: Priority = "none"
    tags: Tags = Field(default=[])
    reminders: ReminderTexts = Field(
        default=[], description=f"{_REMINDERS}. []: the person's default; [none]: no reminder"
    )
    checklist: Items = Field(default=[])
    rule: RuleText = Field(default="", description="How it repeats, a rule of RFC 5545; empty: it does not")
    mode: Mode = "schedule"
    month_end: MonthEnd = "clamp"

    @model_validator(mode="after")
    def _one_text(self) -> Self:
        if bool(self.line) == bool(self.title):
            raise PydanticCustomError("required", "give either line or title")
        return self


class AddTasks(Writing):
    tasks: Annotated[list[NewTask], Field(min_length=1, max_length=MOST_ADDED)]


class TaskChange(Input):
    """A change of one task. What is left out or empty stays as it is, and `none` clears it."""

    task: Name = Field(description="Its id, or words of its title that fit no other open task")
    title: TitleOr = ""
    description: Description = ""
    due: DueText = Field(default="", description=f"{_DUE}; none: no due")
    priority: Literal["keep", "none", "low", "medium", "high", "urgent"] = "keep"
    reminders: ReminderTexts = Field(
        default=[], description=f"All of them, instead of those there are: {_REMINDERS}; [none]: no reminder"
    )
    checklist: Items = Field(
        default=[],
        description="All items, instead of those there are; `[x] text` is a ticked one, `[ ] text` an open one; "
        "[none]: no items",
    )

    @model_validator(mode="after")
    def _some_change(self) -> Self:
        if not (self.title or self.description or self.due or self.reminders or self.checklist) and (
            self.priority == "keep"
        ):
            raise PydanticCustomError("required", "give what is to be changed")
        return self


class UpdateTasks(Writing):
    tasks: Annotated[list[TaskChange], Field(min_length=1, max_length=MOST_TASKS)]


class OfTasks(Writing):
    tasks: Names


class Reschedule(OfTasks):
    to: DueText = Field(default="", description=f"{_DUE}; none: no due. A day keeps the time of day")
    by_days: Annotated[int, Field(strict=True, ge=-3_650, le=3_650)] = Field(
        default=0, description="Days later than each is due now, below 0 earlier; instead of `to`"
    )

    @model_validator(mode="after")
    def _one_move(self) -> Self:
        if bool(self.to) == bool(self.by_days):
            raise PydanticCustomError("required", "give either to or by_days")
        return self


class TagTasks(OfTasks):
    add: Tags = Field(default=[])
    remove: Tags = Field(default=[])

    @model_validator(mode="after")
    def _some_tag(self) -> Self:
        if not (self.add or self.remove):
            raise PydanticCustomError("required", "give tags to add or to remove")
        return self


class Snooze(OfTasks):
    minutes: Annotated[int, Field(strict=True, ge=0, le=527_040)] = Field(
        default=0, description="So many minutes from now"
    )
    until: MomentText = Field(default="", description="A time on the clock where the person lives, as 2026-12-01T18:00")
    tomorrow_at: ClockText = Field(default="", description="A time of tomorrow, as 09:00")

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if sum(map(bool, (self.minutes, self.until, self.tomorrow_at))) != 1:
            raise PydanticCustomError("invalid_snooze", "give one of minutes, until and tomorrow_at")
        return self
