"""What the tools over series take and answer."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from actors.fields import MAX_REMINDERS, STORABLE, Description, OffsetText, Priority, Tags, Title
from web.api.series.bodies import LookAheadDays, Mode, MonthEnd, PileUp, RuleText, SlotName
from web.tools.brief import BriefSeries
from web.tools.moments import StartText
from web.tools.tool import Input, Output, Writing

MOST_SERIES: Final = 50  # in one call
MOST_SLOTS: Final = 50
MOST_UPCOMING: Final = 10

Named = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), STORABLE]
SeriesNamed = Annotated[Named, Field(description="The series' id, or words of its title that fit no other series")]
Start = Annotated[
    StartText,
    Field(description="YYYY-MM-DD, or YYYY-MM-DDTHH:MM on the clock where the person lives; empty: it stays as it is"),
]


class RepeatTask(Writing):
    task: Named = Field(description="The task's id, or words of its title that fit no other open task")
    rule: RuleText
    start: Start = Field(
        default="", description="Only for a task without a due, or to move its due: as 2026-12-01T09:00"
    )
    mode: Mode = "schedule"
    month_end: MonthEnd = "clamp"
    pile_up: PileUp = "all"
    look_ahead_days: LookAheadDays = 0


class FindSeries(Input):
    name: str = Field(default="", max_length=500, description="Words of the title; empty: all")
    status: Literal["any", "active", "paused", "stopped", "ended"] = "any"
    upcoming: Annotated[int, Field(strict=True, ge=0, le=MOST_UPCOMING)] = Field(
        default=0,
        description="How many coming occurrences of each series to list, for skip-occurrences and update-series",
    )
    limit: Annotated[int, Field(strict=True, ge=1, le=MOST_SERIES)] = 20
    page: Annotated[int, Field(strict=True, ge=1, le=1_000)] = 1


class SeriesFound(Output):
    """Series with their rule in words and the next occurrence, the newest first."""

    series: list[BriefSeries]
    total: int
    next: list[str]


class UpdateSeries(Writing):
    """Fields that are left out stay as they are."""

    series: SeriesNamed
    title: Title = ""
    description: Description = ""
    priority: Priority = "none"
    tags: Tags = Field(default=[], description="The tags from now on, instead of those that are there; [] for none")
    reminders: Annotated[list[OffsetText], Field(max_length=MAX_REMINDERS)] = Field(
        default=[], description="How far before the due of each occurrence, as -PT30M or -P1D; [] for none"
    )
    rule: RuleText = ""
    start: Start = ""
    mode: Mode = "schedule"
    month_end: MonthEnd = "clamp"
    pile_up: PileUp = "all"
    look_ahead_days: LookAheadDays = 0
    from_slot: SlotName = Field(
        default="",
        description="Changes this slot and all later ones only, which become a series of their own; empty: all open ones. "
        "find-series with `upcoming` names the slots",
    )


class SetSeriesStatus(Writing):
    series: list[SeriesNamed] = Field(min_length=1, max_length=MOST_SERIES)
    action: Literal["pause", "resume", "stop", "delete"] = Field(
        description="pause: nothing comes until resume; stop: ends it for good, open tasks stay; delete: it goes"
    )
    occurrences: Literal["keep", "delete"] = Field(
        default="keep", description="For delete only: whether its open tasks stay or go to the trash with it"
    )


class SkipOccurrences(Writing):
    series: list[SeriesNamed] = Field(min_length=1, max_length=MOST_SERIES)
    slots: list[SlotName] = Field(
        default=[],
        max_length=MOST_SLOTS,
        description="The slots to skip, of one series only; []: the next one of each series. "
        "find-series with `upcoming` names the slots",
    )
    undo: bool = Field(
        default=False, strict=True, description="true takes skips back; without slots the next skipped one"
    )

    @model_validator(mode="after")
    def _slots_of_one(self) -> Self:
        if self.slots and len(self.series) > 1:
            raise PydanticCustomError("several_series", "give slots for one series at a time")
        return self
