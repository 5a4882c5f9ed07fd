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


class Counts(BaseModel):
    """How many different things; kinds beside these four are named where there are any."""

    made: int
    changed: int
    completed: int
    deleted: int
    moved: int = 0
    snoozed: int = 0
    skipped: int = 0
    reopened: int = 0
    restored: int = 0


class ChangeSet(BaseModel):
    id: str
    title: str = Field(examples=["Moved 4 tasks, completed 2"])
    kind: Literal["request", "tool", "chat", "import", "link"] = Field(description="How it was asked for")
    who: Who
    started_at: Instant
    last_at: Instant
    changes: int = Field(description="How many entries of the activity somebody asked for in it")
    counts: Counts
    reverts: str | None = Field(description="The set that this one takes back")
    reverted_by: str | None = Field(description="The set that took this one back, unless that was taken back itself")


class ChangeSetPage(Page[ChangeSet]):
    pass


class Difference(BaseModel):
    field: str
    set: Any = Field(description="What the set wrote")
    now: Any = Field(description="What is there now, and stays")


class Entry(Activity):
    takes_back: Literal["can", "changed_since", "gone", "not_undoable"] | None = Field(
        description="What taking the set back would do to it now; null: it only follows from another entry"
    )


class ChangeSetEntries(ChangeSet):
    items: list[Entry]
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


class OutcomeCounts(BaseModel):
    reverted: int
    changed_since: int
    kept: int
    gone: int
    not_undoable: int
    unreached: int


class Reverted(BaseModel):
    reverted: str = Field(description="The set that was taken back")
    change_set: str = Field(description="The set that taking it back made, which can be taken back itself")
    counts: OutcomeCounts
    results: list[Outcome]
