"""What the API answers about the activity log, as OpenAPI documents it."""

from typing import Any, Literal

from pydantic import BaseModel, Field, RootModel

from web.api.edge.models import Id, Instant
from web.api.series.models import Series
from web.api.tasks.models import Task


class Cause(BaseModel):
    kind: Literal["user", "token", "agent", "reminder", "system"]
    id: str
    name: str | None = Field(
        default=None, description="The name of the token, also of one that is revoked; the live stream leaves it out"
    )
    correlation_id: str
    command_id: str | None
    via: Literal["request", "tool", "chat", "import", "link"] | None = Field(
        description="How the change was asked for; its consequences have the same. Null if nobody asked"
    )
    change_set: str | None = Field(description="The change set that it belongs to")


class OldNew(BaseModel):
    old: Any
    new: Any


class Activity(BaseModel):
    id: int
    position: int
    type: str = Field(examples=["task.updated"])
    task_id: Id | None
    series_id: Id | None = Field(default=None, description="The series, if the event is about a series")
    version: int
    at: Instant
    cause: Cause
    changed: dict[str, OldNew]
    task: Task | None
    undoable: bool
    hash: str


class Undone(RootModel[Task | Series]):
    """The task or series as it is after the undo."""


class EntrySet(BaseModel):
    changes: int = Field(description="How many entries somebody asked for in it")
    reverted_by: str | None = Field(description="The set that took it back")


class ActivityPage(BaseModel):
    items: list[Activity]
    next_cursor: str | None = Field(description="Send it as `before` for older entries")
    change_sets: dict[str, EntrySet] = Field(description="The change sets of these entries, by id")
    archived_before: Instant | None = Field(description="Older entries are in the archive on the host, not here")
