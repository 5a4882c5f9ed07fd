"""What the tools over series take and answer. What is left out, or sent as its default, stays as it is."""

from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from actors.fields import MAX_REMINDERS, MAX_TAGS, STORABLE, Description, OffsetText, TagName
from actors.series.bodies import MAX_LOOK_AHEAD_DAYS, LookAheadDays, Mode, MonthEnd
from actors.series.bodies import RuleText as AnyRuleText
from web.api.series.bodies import SlotName
from web.tools.brief import BriefSeries
from web.tools.moments import StartText
from web.tools.task_names import Name
from web.tools.tasks.models import TitleOr
from web.tools.tool import Input, Output, Writing

MOST_SERIES: Final = 50  # in one call
MOST_SLOTS: Final = 50
MOST_UPCOMING: Final = 10
NONE: Final = "none"
KEEP: Final = "keep"
_OFFSET: Final[TypeAdapter[str]] = TypeAdapter(OffsetText)
_SLOT: Final[TypeAdapter[str]] = TypeAdapter(SlotName)

SeriesName = Annotated[Name, Field(description="Its id, or words of its title that fit no other series")]
RuleText = Annotated[AnyRuleText, Field(description="A rule of RFC 5545, as FREQ=WEEKLY;BYDAY=MO,TH")]
START: Final = "YYYY-MM-DD, or YYYY-MM-DDTHH:MM on the clock where the person lives"
_ReminderOr = Annotated[
    str,
    StringConstraints(max_length=40),
    AfterValidator(lambda text: text if text == NONE else _OFFSET.validate_python(text)),
    STORABLE,
]
_SlotOr = Annotated[str, AfterValidator(lambda text: text and _SLOT.validate_python(text)), STORABLE]


class RepeatTask(Writing):
    task: Name = Field(description="Its id, or words of its title that fit no other open task")
    rule: RuleText
    start: StartText = Field(default="", description=f"{START}; empty: the due that the task has")
    mode: Mode = Field(default="schedule", description="completion: the next one comes so long after the last was done")
    month_end: MonthEnd = Field(default="clamp", description="In a month without that day: its last day, or none")
    pile_up: Literal["auto", "all", "newest"] = Field(
        default="auto", description="Which open occurrences stay when the next one starts; auto goes by the rule"
    )
    look_ahead_days: LookAheadDays = Field(default=0, description="How many days ahead tasks are made")


class FindSeries(Input):
    name: str = Field(default="", max_length=500, description="Words of the title; empty: all")
    status: Literal["any", "active", "paused", "stopped", "ended"] = "any"
    upcoming: Annotated[int, Field(strict=True, ge=0, le=MOST_UPCOMING)] = Field(
        default=0, description="How many coming occurrences of each to list, with the names of their slots"
    )
    limit: Annotated[int, Field(strict=True, ge=1, le=MOST_SERIES)] = 20
    page: Annotated[int, Field(strict=True, ge=1, le=1_000)] = 1


class SeriesFound(Output):
    """Series with their rule in words and the next occurrence, the newest first."""

    series: list[BriefSeries]
    total: int
    next: list[str]


class UpdateSeries(Writing):
    series: SeriesName
    title: TitleOr = ""
    description: Description = Field(default="", description="none clears it")
    priority: Literal["keep", "none", "low", "medium", "high", "urgent"] = KEEP
    tags: list[TagName] = Field(
        default=[], max_length=MAX_TAGS, description="All of them, instead of those there are; [none]: no tags"
    )
    reminders: list[_ReminderOr] = Field(
        default=[],
        max_length=MAX_REMINDERS,
        description="All of them: how far before the due, as -PT30M or -P1D; [none]: no reminder",
    )
    rule: RuleText = ""
    start: StartText = Field(default="", description=START)
    mode: Literal["keep", "schedule", "completion"] = KEEP
    month_end: Literal["keep", "clamp", "skip"] = KEEP
    pile_up: Literal["keep", "all", "newest"] = KEEP
    look_ahead_days: Annotated[int, Field(strict=True, ge=-1, le=MAX_LOOK_AHEAD_DAYS)] = Field(
        default=-1, description="-1: as it is"
    )
    from_slot: _SlotOr = Field(
        default="",
        description="Changes this slot, as find-series names it, and all later ones, which become a series of their own; "
        "empty: all open ones",
    )


class SetSeriesStatus(Writing):
    series: list[SeriesName] = Field(min_length=1, max_length=MOST_SERIES)
    action: Literal["pause", "resume", "stop", "delete"] = Field(
        description="pause: nothing comes until resume; stop: nothing comes any more, open tasks stay"
    )
    occurrences: Literal["keep", "delete"] = Field(
        default="keep", description="For delete only: whether its open tasks stay or go to the trash with it"
    )


class SkipOccurrences(Writing):
    series: list[SeriesName] = Field(min_length=1, max_length=MOST_SERIES)
    slots: list[SlotName] = Field(
        default=[],
        max_length=MOST_SLOTS,
        description="Slots of the one series, as find-series names them; []: the next one of each series",
    )
    undo: bool = Field(default=False, strict=True, description="Takes skips back; without slots the next skipped one")

    @model_validator(mode="after")
    def _slots_of_one(self) -> Self:
        if self.slots and len(self.series) > 1:
            raise PydanticCustomError("several_series", "give slots for one series at a time")
        return self
