"""What the API answers about tasks, as OpenAPI documents it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from web.api.edge.models import Id, Instant, Page, Problem
from web.api.reminders.models import Reminder

Priority = Literal["none", "low", "medium", "high", "urgent"]

TASK_EXAMPLE: dict[str, Any] = {
    "id": "0b9f7a52-7c7f-5a5e-9b0e-3f0a4f6f2d11",
    "title": "Pay rent",
    "description": "",
    "priority": "high",
    "status": "open",
    "tags": ["home"],
    "due": {"local": "2026-12-01T09:00", "zone": "Europe/Berlin"},
    "reminders": [
        {
            "id": "c6d0a6a0-43b1-4d6c-9d3a-64d4c5b7f1aa",
            "offset_minutes": 30,
            "status": "pending",
            "fire_at": "2026-12-01T07:30:00.000Z",
            "fired_at": None,
            "late_seconds": None,
            "firing": 0,
            "acknowledged_at": None,
            "snoozed_until": None,
        }
    ],
    "checklist": [{"id": "5f0f34f0-6a2c-4a3c-8f0a-2d9a0e7b7c10", "text": "Check the amount", "done": False}],
    "series_id": None,
    "occurrence": None,
    "version": 1,
    "created_at": "2026-11-22T09:00:00.000Z",
    "updated_at": "2026-11-22T09:00:00.000Z",
    "completed_at": None,
    "deleted_at": None,
    "overdue": False,
}


class DueDate(BaseModel):
    date: str = Field(examples=["2026-12-01"])


class DueLocal(BaseModel):
    local: str = Field(examples=["2026-12-01T09:00"])
    zone: str | None = Field(examples=["Europe/Berlin"], description="Null: the zone of wherever the person is")


class ChecklistItem(BaseModel):
    id: Id
    text: str
    done: bool


class OccurrenceOf(BaseModel):
    """The occurrence of its series that a task is; it stays the same when the task is moved or edited."""

    generation: int = Field(
        description="Number of the rule that made the slot; an edit of rule, start or zone begins a new one",
        examples=[1],
    )
    slot: str = Field(examples=["2026-12-01T09:00"])


class Task(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [TASK_EXAMPLE]})

    id: Id
    title: str
    description: str
    priority: Priority
    status: Literal["open", "completed"]
    tags: list[str]
    due: DueDate | DueLocal | None
    reminders: list[Reminder]
    checklist: list[ChecklistItem]
    series_id: Id | None
    occurrence: OccurrenceOf | None
    version: int
    created_at: Instant
    updated_at: Instant
    completed_at: Instant | None
    deleted_at: Instant | None
    overdue: bool


class TaskPage(Page[Task]):
    pass


class BulkResult(BaseModel):
    id: Id
    status: int = Field(description="The status that a single request would have answered", examples=[200])
    task: Task | None = None
    problem: Problem | None = None


class BulkResults(BaseModel):
    results: list[BulkResult]
