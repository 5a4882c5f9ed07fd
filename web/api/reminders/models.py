"""What the API answers about reminders and their ledger, as OpenAPI documents it."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from web.api.edge.models import Id, Instant, Page


class Firing(BaseModel):
    """One time that a reminder goes off."""

    firing: int
    snoozed: bool = Field(description="Whether it is where the reminder was snoozed to, and not at its own time")
    status: Literal["pending", "fired", "cancelled"]
    fire_at: Instant | None
    fired_at: Instant | None
    late_seconds: float | None
    acknowledged_at: Instant | None = Field(description="When it was acknowledged or snoozed")
    asked_at: Instant | None = Field(
        default=None, description="When it was asked for, if its time had passed by then: it fires at once"
    )
    change_set: str | None = Field(default=None, description="The change of many tasks in which it was asked for")


OFFSET = Field(
    default=None,
    description="From the due, as an ISO 8601 duration: weeks and days on the wall, hours and minutes elapsed",
    examples=["-P1D"],
)
OFFSET_MINUTES = Field(default=None, description="Elapsed minutes before the due, negative after it", examples=[30])


class Reminder(BaseModel):
    """A reminder, with one of `offset`, `offset_minutes` and `at`.

    From `status` on it shows the next of its `firings`, else the last one.
    """

    id: Id
    offset: str | None = OFFSET
    offset_minutes: int | None = OFFSET_MINUTES
    at: Instant | None = None
    status: Literal["pending", "fired", "cancelled"]
    fire_at: Instant | None
    fired_at: Instant | None
    late_seconds: float | None
    firing: int
    acknowledged_at: Instant | None
    snoozed_until: Instant | None
    firings: list[Firing] | None = Field(
        default=None,
        description="The last one at its own time, then the last one it was snoozed to; absent where it was set by an early release",
    )


class ReminderOfTask(Reminder):
    task_id: Id
    task_title: str


class ReminderPage(Page[ReminderOfTask]):
    pass


class LedgerEntry(BaseModel):
    id: int
    task_id: Id
    reminder_id: Id
    firing: int = Field(description="Number of the firing: a reminder that is snoozed or moved fires again")
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
    """How the reminder was set: exactly one of the fields."""

    offset: str | None = OFFSET
    offset_minutes: int | None = OFFSET_MINUTES
    at: Instant | None = None


class Why(BaseModel):
    """What made a reminder: how it was set, and the series and slot of its task."""

    series_id: Id | None
    sentence: str | None = Field(
        description="The rule of the series, in words", examples=["Every week on Monday at 09:00"]
    )
    slot: str | None = Field(examples=["2026-12-01T09:00"])
    reminder: WhyForm


class ReminderLife(ReminderOfTask):
    """A reminder with its history, the oldest entry first, and what made it."""

    ledger: list[LedgerEntry]
    deliveries: list[Delivery]
    why: Why
