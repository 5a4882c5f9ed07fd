"""What quick add answers of a line, as OpenAPI documents it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from web.api.tasks.models import DueDate, DueLocal

READING_EXAMPLE: dict[str, Any] = {
    "title": "Pay rent",
    "due": {"local": "2026-12-01T09:00", "zone": "Europe/Berlin"},
    "priority": "high",
    "tags": ["home"],
    "list": None,
    "reminders": None,
    "recurrence": {"rule": "FREQ=MONTHLY;BYMONTHDAY=1", "mode": "schedule"},
    "sentence": "Every month on the 1st at 09:00",
    "spans": [
        {"start": 9, "end": 33, "kind": "recurrence", "text": "every month on the 1st"},
        {"start": 34, "end": 40, "kind": "time", "text": "at 9am"},
        {"start": 41, "end": 46, "kind": "tag", "text": "#home"},
        {"start": 47, "end": 52, "kind": "priority", "text": "!high"},
    ],
}


class ReadReminder(BaseModel):
    """A reminder in one of the forms in which tasks take it."""

    offset: str | None = Field(default=None, examples=["-P1D"])
    offset_minutes: int | None = Field(default=None, examples=[60])
    at: str | None = Field(default=None, examples=["2026-12-01T07:00:00.000Z"])


class ReadRecurrence(BaseModel):
    rule: str = Field(examples=["FREQ=WEEKLY;BYDAY=MO"])
    mode: Literal["schedule", "completion"]


class Span(BaseModel):
    """A stretch of the text that was understood. `start` and `end` count code points; JavaScript counts UTF-16."""

    start: int
    end: int
    kind: Literal["date", "time", "recurrence", "reminder", "priority", "tag", "list", "request"]
    text: str


class Reading(BaseModel):
    """What a line says. A task that is made of it is the same, but its title keeps `+List` until there are lists."""

    model_config = ConfigDict(json_schema_extra={"examples": [READING_EXAMPLE]})

    title: str = Field(description="What is left of the text")
    due: DueDate | DueLocal | None
    priority: Literal["low", "medium", "high", "urgent"] | None
    tags: list[str]
    reminders: list[ReadReminder] | None = Field(description="Null: it says nothing of them; []: none are wanted")
    recurrence: ReadRecurrence | None
    sentence: str | None = Field(description="The recurrence in English", examples=["Every week on Monday at 09:00"])
    spans: list[Span]
    list: str | None = Field(examples=["Home"])
