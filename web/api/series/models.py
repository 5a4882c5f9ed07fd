"""What the API answers about series, as OpenAPI documents it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from web.api.edge.models import Id, Instant, Page
from web.api.reminders.models import OFFSET, OFFSET_MINUTES
from web.api.tasks.models import DueDate, DueLocal, Priority

SERIES_EXAMPLE: dict[str, Any] = {
    "id": "7d0d4f0e-5d0a-5c3e-8f5e-0f5f3a9d2b11",
    "version": 1,
    "title": "Water the plants",
    "description": "",
    "priority": "none",
    "tags": ["home"],
    "checklist": [],
    "reminders": None,
    "rule": "FREQ=WEEKLY;BYDAY=MO,TH",
    "sentence": "Every week on Monday and Thursday at 09:00",
    "start": {"local": "2026-11-23T09:00", "zone": "Europe/Berlin"},
    "zone": "Europe/Berlin",
    "mode": "schedule",
    "month_end": "clamp",
    "pile_up": "all",
    "look_ahead_days": 0,
    "status": "active",
    "generation": 1,
    "split_from": None,
    "next": {
        "slot": "2026-11-23T09:00",
        "number": 1,
        "at": "2026-11-23T08:00:00.000Z",
        "task_id": "0b9f7a52-7c7f-5a5e-9b0e-3f0a4f6f2d11",
        "local": "2026-11-23T09:00",
        "zone": "Europe/Berlin",
    },
    "kept": [],
    "skipped": [],
    "moved": {},
    "created_at": "2026-11-22T09:00:00.000Z",
    "updated_at": "2026-11-22T09:00:00.000Z",
    "deleted_at": None,
}
_SLOT = Field(
    description="The name of the slot: its local start by the rule, before any move or change of clocks",
    examples=["2026-12-03T09:00"],
)


class OccurrenceItem(BaseModel):
    text: str
    done: bool = False


class OccurrenceReminder(BaseModel):
    """Has one of both fields."""

    offset: str | None = OFFSET
    offset_minutes: int | None = OFFSET_MINUTES


class When(BaseModel):
    """Either `local` in `zone`, or `date` alone; `at` is the instant at which it starts."""

    local: str | None = Field(default=None, examples=["2026-12-03T09:00"])
    date: str | None = Field(default=None, examples=["2026-12-03"])
    zone: str = Field(examples=["Europe/Berlin"])
    at: Instant


class Next(When):
    slot: str = _SLOT
    number: int = Field(description="Place in the rule, counted from the start, skipped slots included")
    task_id: Id | None = Field(description="Null if the tasks before it were done ahead and its own does not exist yet")


class Series(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [SERIES_EXAMPLE]})

    id: Id
    version: int
    title: str
    description: str
    priority: Priority
    tags: list[str]
    checklist: list[OccurrenceItem]
    reminders: list[OccurrenceReminder] | None = Field(description="Null means the user's default")
    rule: str
    sentence: str = Field(description="The rule in words")
    start: DueDate | DueLocal
    zone: str = Field(description="The zone in which the days of a series count")
    mode: Literal["schedule", "completion"]
    month_end: Literal["clamp", "skip"]
    pile_up: Literal["all", "newest"]
    look_ahead_days: int
    status: Literal["active", "paused", "stopped", "ended", "deleted"]
    generation: int
    split_from: Id | None
    next: Next | None = Field(
        description="The slot that waits for its time or for its completion; its task may have been moved"
    )
    kept: list[Id] = Field(
        description="Open tasks that somebody has written into and whose slots the series does not have any more, "
        "or not while it is paused: they stay as single tasks"
    )
    skipped: list[str]
    moved: dict[str, DueDate | DueLocal]
    created_at: Instant
    updated_at: Instant
    deleted_at: Instant | None


class SeriesPage(Page[Series]):
    pass


class Occurrence(When):
    """One slot of a series. `state` is computed while it has no task yet, and skipped if it will have none."""

    slot: str = _SLOT
    generation: int
    number: int | None = Field(description="Place in the rule; null if the rule has changed since")
    state: Literal["computed", "open", "completed", "deleted", "skipped"]
    task_id: Id | None
    moved: bool


class OccurrenceList(BaseModel):
    items: list[Occurrence]


class PreviewedOccurrence(When):
    shifted: bool = Field(
        description="Whether clocks leave out that local time on that day; `at` is then the first instant after"
    )


class Preview(BaseModel):
    sentence: str = Field(examples=["Every month on the 31st at 09:00, on the last day of shorter months"])
    occurrences: list[PreviewedOccurrence]
