"""What the API answers about the activity log, as OpenAPI documents it."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from web.api.edge.models import Id, Instant
from web.api.tasks.models import Task


class Cause(BaseModel):
    kind: Literal["user", "token", "agent", "reminder", "system"]
    id: str
    correlation_id: str
    command_id: str | None
    via: Literal["request", "tool", "chat", "import", "link"] | None = Field(
        description="Through what it was asked; what follows from a change has that one's. Null where nobody asked"
    )
    change_set: str | None = Field(description="The whole that it is one part of")


class OldNew(BaseModel):
    old: Any
    new: Any


class Activity(BaseModel):
    id: int
    position: int
    type: str = Field(examples=["task.updated"])
    task_id: Id | None
    series_id: Id | None = Field(default=None, description="Of a series that says something of itself")
    version: int
    at: Instant
    cause: Cause
    changed: dict[str, OldNew]
    task: Task | None
    undoable: bool
    hash: str


class ActivityPage(BaseModel):
    items: list[Activity]
    next_cursor: str | None = Field(description="Give it as `before` for what is older")
    archived_before: Instant | None = Field(description="What is older stands in the archive of the host, not here")
