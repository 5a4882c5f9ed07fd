"""What the API answers, as OpenAPI documents it; answers are written from stored JSON, not through these."""

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Instant = Annotated[str, Field(description="RFC 3339 in UTC with milliseconds", examples=["2026-11-22T09:00:00.000Z"])]
Id = Annotated[str, Field(json_schema_extra={"format": "uuid"}, examples=["0b9f7a52-7c7f-5a5e-9b0e-3f0a4f6f2d11"])]
Priority = Literal["none", "low", "medium", "high", "urgent"]
Scope = Literal["read", "write", "agent"]
Item = TypeVar("Item")

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
    zone: str = Field(examples=["Europe/Berlin"])


class Reminder(BaseModel):
    id: Id
    offset_minutes: int | None = None
    at: Instant | None = None
    status: Literal["pending", "fired", "cancelled"]
    fire_at: Instant | None
    fired_at: Instant | None
    late_seconds: float | None
    firing: int
    acknowledged_at: Instant | None
    snoozed_until: Instant | None


class ReminderOfTask(Reminder):
    task_id: Id
    task_title: str


class ChecklistItem(BaseModel):
    id: Id
    text: str
    done: bool


class OccurrenceOf(BaseModel):
    """Which occurrence of its series a task is; both stay when the task is moved or edited."""

    generation: int = Field(description="Counts the changes of rule, start and zone", examples=[1])
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


class Page(BaseModel, Generic[Item]):
    items: list[Item]
    total: int
    page: int
    per_page: int
    next_cursor: str | None


class TaskPage(Page[Task]):
    pass


class ReminderPage(Page[ReminderOfTask]):
    pass


class LedgerEntry(BaseModel):
    id: int
    task_id: Id
    reminder_id: Id
    firing: int = Field(description="Which life of the reminder: it can be snoozed or moved and fire again")
    step: Literal[
        "scheduled", "fired", "delivery_attempt", "delivered", "failed", "snoozed", "acknowledged", "cancelled"
    ]
    channel: str | None
    at: Instant
    detail: dict[str, Any] | None


class LedgerPage(BaseModel):
    items: list[LedgerEntry]


class Delivery(BaseModel):
    firing: int
    channel: str
    status: Literal["pending", "sent", "failed", "cancelled"]
    attempts: int
    sent_at: Instant | None
    error: str | None


class WhyForm(BaseModel):
    """As the reminder was set: one of both."""

    offset_minutes: int | None = None
    at: Instant | None = None


class Why(BaseModel):
    """What made a reminder: how it was set, and of which occurrence of which series its task is."""

    series_id: Id | None
    sentence: str | None = Field(description="The rule", examples=["Every week on Monday at 09:00"])
    slot: str | None = Field(examples=["2026-12-01T09:00"])
    reminder: WhyForm


class ReminderLife(ReminderOfTask):
    """A reminder with all that became of it, oldest first, and why it is there."""

    ledger: list[LedgerEntry]
    deliveries: list[Delivery]
    why: Why


class FaultOut(BaseModel):
    pointer: str | None = Field(default=None, description="JSON pointer into the body", examples=["/title"])
    parameter: str | None = Field(default=None, description="Name of the parameter or header", examples=["sort"])
    code: str
    detail: str


class Conflict(BaseModel):
    field: str
    yours: Any
    theirs: Any


class Problem(BaseModel):
    """RFC 9457."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Not Found",
                    "status": 404,
                    "code": "task_not_found",
                    "detail": "There is no such task.",
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FaultOut] | None = None
    conflicts: list[Conflict] | None = None
    cause: Literal["paused", "behind", "dead_letter"] | None = Field(
        default=None, description="With read_model_behind: why what you did cannot be read"
    )


class BulkResult(BaseModel):
    id: Id
    status: int = Field(description="What a single request would have answered", examples=[200])
    task: Task | None = None
    problem: Problem | None = None


class BulkResults(BaseModel):
    results: list[BulkResult]


class Tag(BaseModel):
    name: str = Field(examples=["home"])
    count: int = Field(examples=[3])


class TagList(BaseModel):
    items: list[Tag]


class TagChange(BaseModel):
    changed: int = Field(description="Tasks that were changed", examples=[3])
    failed: list[BulkResult] = Field(description="Tasks that were not, with the reason")


class QuietHours(BaseModel):
    start: str = Field(examples=["22:00"])
    end: str = Field(examples=["07:00"])


class UserDefaults(BaseModel):
    """Null: no reminder for a new task, no daily digest, no quiet hours."""

    reminder_offset_minutes: int | None = Field(examples=[30])
    digest_at: str | None = Field(examples=["08:00"])
    quiet_hours: QuietHours | None


class User(BaseModel):
    id: Id
    email: str = Field(examples=["ada@example.org"])
    name: str = Field(examples=["Ada"])
    timezone: str = Field(examples=["Europe/Berlin"])
    defaults: UserDefaults
    created_at: Instant


class Me(User):
    server_time: Instant


class SignedIn(BaseModel):
    user: User


class Session(BaseModel):
    id: str = Field(examples=["9f86d081884c7d65"])
    created_at: Instant
    last_seen_at: Instant
    expires_at: Instant
    user_agent: str
    address: str
    current: bool


class SessionList(BaseModel):
    items: list[Session]


class Token(BaseModel):
    id: Id
    name: str = Field(examples=["Backup script"])
    scopes: list[Scope]
    prefix: str = Field(description="The first characters, to tell tokens apart", examples=["duely_a1B2c3"])
    created_at: Instant
    expires_at: Instant | None
    last_used_at: Instant | None


class NewToken(Token):
    token: str = Field(description="Shown this once", examples=["duely_a1B2c3…"])


class TokenList(BaseModel):
    items: list[Token]


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


class Notification(BaseModel):
    id: Id
    kind: Literal["reminder", "overdue", "digest"]
    task_id: Id | None
    reminder_id: Id | None
    title: str
    body: str
    late_seconds: float | None
    created_at: Instant
    read_at: Instant | None
    acknowledged_at: Instant | None


class NotificationPage(Page[Notification]):
    unread: int


class MarkedRead(BaseModel):
    marked: int


class Liveness(BaseModel):
    status: Literal["ok"]


class Readiness(BaseModel):
    status: Literal["ready", "not ready"]


class Hello(BaseModel):
    """First on every stream, with the position from which it goes on."""

    position: int
    server_time: Instant


class StreamEvent(BaseModel):
    """The data of an event; its `id` is the position, its `event` the type."""

    position: int
    type: str = Field(examples=["task.updated"])
    task_id: Id | None
    series_id: Id | None = Field(default=None, description="Of a series that says something of itself")
    version: int
    task: Task | None
    changed: dict[str, OldNew]
    cause: Cause
    notification: Notification | None = Field(
        default=None, description="With `reminder.delivered` and `notice.delivered`: what to show"
    )


class StreamBatch(BaseModel):
    """The data of `event: batch`, which stands for several when there are more than ten a second."""

    position: int
    events: list[StreamEvent]


class StreamResync(BaseModel):
    """The data of `event: resync`: what came before is not kept any more; load the lists again."""

    position: int


STREAMED = (Hello, StreamEvent, StreamBatch, StreamResync)
