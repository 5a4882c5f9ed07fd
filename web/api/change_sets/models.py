"""What the API answers about change sets, as OpenAPI documents it."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from web.api.activity.models import Activity
from web.api.edge.models import Id, Instant, Page

Status = Literal["reverted", "changed_since", "kept", "gone", "not_undoable", "unreached"]


class Who(BaseModel):
    kind: Literal["user", "token", "agent", "reminder", "system"]
    id: str
    name: str | None = Field(description="The name of the token, also of one that is revoked", examples=["Claude"])


class ChangeSet(BaseModel):
    id: str
    title: str = Field(examples=["Moved 4 tasks, completed 2"])
    kind: Literal["request", "tool", "chat", "import", "link"] = Field(description="How it was asked for")
    who: Who
    started_at: Instant
    last_at: Instant
    changes: int = Field(description="How many entries of the activity somebody asked for in it")
    counts: dict[str, int] = Field(
        description="How many different things were made, changed, completed and deleted, and other kinds that there are",
        examples=[{"made": 0, "changed": 0, "completed": 2, "deleted": 0, "moved": 4}],
    )
    reverts: str | None = Field(description="The set that this one takes back")
    reverted_by: str | None = Field(description="The set that took this one back, unless that was taken back itself")


class ChangeSetPage(Page[ChangeSet]):
    pass


class Difference(BaseModel):
    field: str
    set: Any = Field(description="What the set wrote")
    now: Any = Field(description="What is there now, and stays")


class ChangeSetEntries(ChangeSet):
    items: list[Activity]
    takes_back: dict[str, Literal["can", "changed_since", "gone", "not_undoable"]] = Field(
        description="What taking the set back would do now to each of these entries, by position; others only follow"
    )
    next_cursor: str | None = Field(description="Send it as `before` for older entries")


class Kept(BaseModel):
    task_id: Id
    title: str
    slot: str | None
    status: Literal["open", "completed"]


class Outcome(BaseModel):
    """What became of one entry.

    `changed_since`: some of it is another value by now, which stays; the rest is as before. `kept`: the series is deleted,
    and tasks stay that somebody has written into or completed. `gone`: there is nothing to take back. `unreached`: send
    the same request again.
    """

    position: int
    type: str = Field(examples=["task.updated"])
    task_id: Id | None
    series_id: Id | None
    title: str | None
    status: Status
    detail: str
    conflicts: list[Difference]
    kept: list[Kept]


class Reverted(BaseModel):
    reverted: str = Field(description="The set that was taken back")
    change_set: str = Field(description="The set that taking it back made, which can be taken back itself")
    counts: dict[Status, int] = Field(description="How many entries of each status")
    results: list[Outcome]
