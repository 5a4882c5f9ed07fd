"""What the API answers about reminders and their ledger, as OpenAPI documents it."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from web.api.edge.models import Id, Instant, Page


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
    """How the reminder was set: exactly one of both fields."""

    offset_minutes: int | None = None
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
